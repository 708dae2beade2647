"""Runs deploy.sh in a copy of the tree, with the true gcloud against the fake Google; and tells what was done."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.deploy.fake_google import FakeGoogle
from tests.deploy.fake_project import PROJECT, REGION, Call, Project

ROOT = Path(__file__).parents[2]
NO_GCLOUD = "NO gcloud FOUND: deploy.sh is not tried. Install it (https://cloud.google.com/sdk/docs/install)."
REDIS_URL = "rediss://default:a-password-of-redis@db.upstash.io:6379"
PLANTED = "A-SECRET-THAT-LIES-ABOUT"
ORIGINS = "https://app.example.com,https://www.example.com"
SETTINGS = {
    "GOOGLE_CLOUD_PROJECT": PROJECT,
    "GOOGLE_CLOUD_REGION": REGION,
    "CORS_ORIGINS": ORIGINS,
    "REDIS_URL": REDIS_URL,
}
SHIM = """#!/bin/sh
printf '%s\\n' "$*" >> "$COMMANDS"
exec {program} "$@"
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One run of deploy.sh: how it ended, what it said, what it called, and what was there afterwards."""

    status: int
    output: str
    commands: tuple[str, ...]
    calls: tuple[Call, ...]
    project: Project
    root: Path
    gcloud_folder: Path

    @property
    def mutations(self) -> set[tuple[str, str, str]]:
        return {(call.method, call.host, call.path) for call in self.calls if call.mutates}


def gcloud() -> str:
    found = shutil.which("gcloud")
    if found is None:
        pytest.skip(NO_GCLOUD)
    return found


def checkout(folder: Path) -> Path:
    """A copy of what deploy.sh works on, with all that a working copy collects and nobody should upload."""
    root = folder / "checkout"
    unwanted = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")
    for name in ("functions", "shared"):
        shutil.copytree(ROOT / name, root / name, ignore=unwanted)
    for path in (ROOT / "deploy.sh", *ROOT.glob("requirements*.txt")):
        shutil.copy(path, root)
    for name in (
        ".env",
        "shared/.env",
        "functions/generate/.env",
        "functions/generate/.git/config",
        "functions/render/var/key.json",
        "functions/upload/tests/test_upload.py",
        "functions/status/.venv/lib/secret.py",
        "shared/__pycache__/config.cpython-312.pyc",
        "shared/adapters/old.pyc",
    ):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{PLANTED} {name}")
    return root


def deploy(
    root: Path,
    google: FakeGoogle,
    *arguments: str,
    settings: Mapping[str, str] = SETTINGS,
    stdin: str = "",
) -> Run:
    """`./deploy.sh ARGUMENTS` as somebody would run it, in an environment with these settings and no others."""
    beside = root.parent
    commands, programs, gcloud_folder = beside / "commands.txt", beside / "bin", beside / "gcloud"
    commands.write_text("")
    programs.mkdir(exist_ok=True)
    shim = programs / "gcloud"
    shim.write_text(SHIM.format(program=gcloud()))
    shim.chmod(0o755)
    environment = google.environment(gcloud_folder) | {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "HOME": str(beside),
        "COMMANDS": str(commands),
        **settings,
    }
    google.calls.clear()
    ran = subprocess.run(
        [root / "deploy.sh", *arguments], env=environment, input=stdin, capture_output=True, text=True, check=False
    )
    return Run(
        status=ran.returncode,
        output=ran.stdout + ran.stderr,
        commands=tuple(commands.read_text().splitlines()),
        calls=tuple(google.calls),
        project=google.snapshot(),
        root=root,
        gcloud_folder=gcloud_folder,
    )
