"""The image's steps performed, and web and worker run in it as on Fly: 512 MB each, a film of a minute, and polls.

`python -m benchmarks.container [SUITE]` prints one line of JSON; its exit code is 1 where there was no film
or something was killed. SUITE is a Debian: bookworm (with Python 3.11; the default) or trixie (3.13). It takes
root, debootstrap, redis-server and control groups of version 1; see benchmarks/image.py.
Redis and Cloud Storage are outside, on 127.0.0.1; the store is the one of the tests, which checks as Google does.
"""

import contextlib
import json
import os
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import requests

from benchmarks.film import POST
from benchmarks.image import CannotBuild, build
from benchmarks.limits import NoLimits, group, inside
from benchmarks.outside import UPLOADS, VIDEOS, NoRedis, redis_server
from benchmarks.photographs import photographs
from benchmarks.staged import free_port
from tests.fake_gcs import FakeGcs

ROOT: Final = Path(__file__).parent.parent
MEGABYTES: Final = 512  # of a machine: fly.toml
PICTURES: Final = 3
POLL_EVERY: Final = 0.2  # seconds
PATIENCE: Final = 600.0  # seconds for one film
READY_WITHIN: Final = 60.0  # seconds


@dataclass(kw_only=True, slots=True)
class Polls:
    """What a caller saw who asked for the status all the time, and what each machine held then, in bytes."""

    machines: Mapping[str, Path]
    held: dict[str, int] = field(default_factory=dict)
    count: int = 0
    slowest: float = 0.0
    last: dict[str, Any] = field(default_factory=dict)

    def until_ended(self, address: str, processes: Sequence[subprocess.Popen[bytes]]) -> None:
        """Until the job has, or a process that should not."""
        ends = time.monotonic() + PATIENCE
        while self.last.get("status") not in ("completed", "error", "cancelled") and time.monotonic() < ends:
            if any(process.poll() is not None for process in processes):
                return
            began = time.monotonic()
            self.last = requests.get(address, timeout=30).json()
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.count += 1
            for name, folder in self.machines.items():
                self.held[name] = max(self.held.get(name, 0), _held(folder))
            time.sleep(POLL_EVERY)


def main(suite: str) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="benchmark-")))
        image = build(ROOT, folder, suite)
        gcs = stack.enter_context(FakeGcs(VIDEOS, UPLOADS))
        port = free_port()
        variables = _variables(gcs, stack.enter_context(redis_server(folder)), port)
        gcs.write_key_file(image.root / variables["GOOGLE_APPLICATION_CREDENTIALS"].lstrip("/")).chmod(0o644)
        _forget(image.root)
        processes = tomllib.loads((ROOT / "fly.toml").read_text())["processes"]
        groups = stack.enter_context(_machines(processes))
        ended: dict[str, int] = {}
        with ExitStack() as running:
            started = [
                running.enter_context(
                    _process(name, inside(groups[name], image.running(command.split(), variables)), folder, ended)
                )
                for name, command in processes.items()
            ]
            _wait_for(f"http://127.0.0.1:{port}/health")
            began = time.monotonic()
            polls = Polls(machines=groups)
            _film(f"http://127.0.0.1:{port}", folder, started, polls)
            seconds = time.monotonic() - began
            healthy = subprocess.run(image.running(image.health, variables), check=False).returncode == 0
        told = {
            "image": f"Debian {suite}",
            "image_mb": image.megabytes(),
            "limit_mb": MEGABYTES,
            **{f"{name}_held_mb": round(most / 2**20) for name, most in polls.held.items()},
            **{f"{name}_counted_mb": _peak(groups[name]) for name in groups},
            "killed": sum(map(_killed, groups.values())),
            "film_seconds": polls.last.get("duration_seconds"),
            "frame": f"{polls.last.get('width')}x{polls.last.get('height')}",
            "attempts": polls.last.get("attempt"),
            "seconds": round(seconds, 1),
            "polls": polls.count,
            "slowest_poll_ms": round(polls.slowest * 1000),
            "health_check": healthy,
            "exit_codes": ended,
        }
    print(json.dumps(told))
    if not told["film_seconds"] or told["killed"] or not healthy or any(ended.values()):
        sys.exit(1)


def _variables(gcs: FakeGcs, redis_url: str, port: int) -> dict[str, str]:
    """fly.toml's own, and what `fly secrets set` would add; and where the outside is here."""
    declared = tomllib.loads((ROOT / "fly.toml").read_text())["env"]
    return {
        **declared,
        "REDIS_URL": redis_url,
        "TASK_HMAC_KEYS": "the key of a benchmark",
        "GOOGLE_CLOUD_PROJECT": "p",
        "GOOGLE_CLOUD_STORAGE_BUCKET": VIDEOS,
        "GOOGLE_CLOUD_STORAGE_TEMP_BUCKET": UPLOADS,
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        "STORAGE_EMULATOR_HOST": gcs.url,
        "NARRATORS": "espeak",  # the voice that is in the image
    }


def _film(here: str, scratch: Path, processes: Sequence[subprocess.Popen[bytes]], polls: Polls) -> None:
    """Three photographs uploaded, a post of more than a minute sent, and its status asked for until it has ended."""
    pictures, _ = photographs(scratch)
    files = [("images", (file.name, file.read_bytes())) for file in sorted(pictures.glob("*.jpg"))[-PICTURES:]]
    uploaded = requests.post(f"{here}/api/images", files=files, timeout=60)
    uploaded.raise_for_status()
    body = {"content": f"{POST}\n\n" * 3, "user_image_ids": uploaded.json()["user_image_ids"]}
    promised = requests.post(f"{here}/api/video/generate", json=body, timeout=30)
    promised.raise_for_status()
    polls.until_ended(promised.json()["status_url"], processes)


@contextmanager
def _process(name: str, command: list[str], folder: Path, ended: dict[str, int]) -> Iterator[subprocess.Popen[bytes]]:
    """A machine of its own; told to end as Fly does it. What it said is shown where it ended badly."""
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(60)
        process.kill()
        ended[name] = process.wait()
        if ended[name] or sys.exc_info()[0]:
            sys.stderr.write((folder / f"{name}.log").read_text()[-4000:])


@contextmanager
def _machines(names: Iterable[str]) -> Iterator[dict[str, Path]]:
    """A control group for each, with a machine's memory. Raises NoLimits."""
    with group("memory", {}) as parent:
        folders = {name: parent / name for name in names}
        try:
            for folder in folders.values():
                folder.mkdir()
                (folder / "memory.limit_in_bytes").write_text(str(MEGABYTES * 2**20))
            yield folders
        finally:
            for folder in folders.values():
                with contextlib.suppress(FileNotFoundError):
                    folder.rmdir()


def _forget(root: Path) -> None:
    """Drop the image's files from memory: a page that is there already would not count for who reads it."""
    os.sync()
    for path in root.rglob("*"):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _wait_for(address: str) -> None:
    ends = time.monotonic() + READY_WITHIN
    while True:
        try:
            requests.get(address, timeout=5).raise_for_status()
            return
        except requests.RequestException:
            if time.monotonic() > ends:
                raise
            time.sleep(0.2)


def _held(folder: Path) -> int:
    """What the group's processes hold and no file could give back, in bytes."""
    told = re.search(r"^total_rss (\d+)$", (folder / "memory.stat").read_text(), re.MULTILINE)
    return int(told[1]) if told else 0


def _peak(folder: Path) -> int:
    """The kernel's own figure for the group: the most bytes at a time, in MB, with files that were read and written.

    It reaches the limit where there are enough of those: then they go first.
    """
    return round(int((folder / "memory.max_usage_in_bytes").read_text()) / 2**20)


def _killed(folder: Path) -> int:
    told = re.search(r"^oom_kill (\d+)$", (folder / "memory.oom_control").read_text(), re.MULTILINE)
    return int(told[1]) if told else 0


if __name__ == "__main__":
    try:
        main(sys.argv[1] if len(sys.argv) > 1 else "bookworm")
    except (CannotBuild, NoLimits, NoRedis) as reason:
        sys.exit(str(reason))
