"""docs/operations.md is true: its events are those of the code, its commands are commands."""

import ast
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import redis

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
TABLE = dict(re.findall(r"^\| `(\w+)` \| (info|warning|error|critical) \|", PAGE, re.MULTILINE))
NO_GCLOUD = "NO gcloud FOUND: the commands of docs/operations.md are NOT checked here."
QUIET = {"dramatiq", "narrator_not_installed", "picture_not_kept"}  # what needs no action of anybody
# Instead of the programs: they note how they were called. What reads a secret is answered with the test's Redis.
STUB = """#!/bin/bash
printf '%s\\0' "${0##*/}" "$@" >> "$CALLS"; printf '\\n' >> "$CALLS"
[[ "$*" == *redis-url* ]] && echo "$TEST_REDIS" || true
"""


def events() -> dict[str, set[str]]:
    """What the code logs: the names, and at which levels."""
    found: dict[str, set[str]] = {}
    for path in [*(ROOT / "shared").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]:
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in ("log.event", "log.failure"):
                levels = [ast.unparse(word.value) for word in call.keywords if word.arg == "level"]
                level = levels[0].removeprefix("logging.").lower() if levels else "info"
                name = ast.literal_eval(call.args[0])
                found.setdefault(name, set()).add("error" if ast.unparse(call.func) == "log.failure" else level)
    return found


def test_every_event_of_the_page_is_one_of_the_code_at_that_level() -> None:
    known = events()
    for name, level in re.findall(r"^\| `(\w+)` \| (info|warning|error|critical) \|", PAGE, re.MULTILINE):
        assert level in known.get(name, set()), name


def test_every_event_that_is_a_warning_or_worse_is_on_the_page() -> None:
    serious = {name for name, levels in events().items() if levels & {"warning", "error", "critical"}}
    assert serious - QUIET <= set(TABLE)


def test_every_query_asks_for_an_event_that_there_is() -> None:
    asked = set(re.findall(r'jsonPayload\.message="(\w+)"', PAGE))
    assert len(asked) > 5
    assert asked <= set(events())


@pytest.fixture(scope="module")
def calls(real_redis: str, tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    """Every command of the page's shell blocks, as bash understood it; redis-cli was the true one."""
    folder = tmp_path_factory.mktemp("page")
    redis.Redis.from_url(real_redis, decode_responses=True).mset(
        {"job:a:status": "error", "job:b:status": "completed", "job:b:lease": "t 1"}
    )
    programs = folder / "bin"
    programs.mkdir()
    for name in ("gcloud", "fly", "curl", "deploy.sh", "python"):
        (programs / name).write_text(STUB)
        (programs / name).chmod(0o755)
    (folder / ".venv").mkdir()
    (folder / ".venv/bin").symlink_to(programs)
    (folder / "deploy.sh").symlink_to(programs / "deploy.sh")
    environment = {"PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin", "CALLS": str(folder / "calls")}
    environment |= {"TEST_REDIS": real_redis, "HOME": str(folder)}
    script = "\n".join(BLOCKS)
    ran = subprocess.run(
        ["bash", "-u", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.stderr == ""
    assert "attempt: " in ran.stdout
    lines = (folder / "calls").read_text().split("\0\n")
    return [line.split("\0") for line in lines if line]


def test_a_replay_of_all_that_failed_takes_those_that_failed(calls: list[list[str]]) -> None:
    replayed = [call[-1] for call in calls if "operations.replay" in call]
    assert "a" in replayed and "b" not in replayed


def test_deploy_is_called_as_it_says_itself(calls: list[list[str]]) -> None:
    usage = subprocess.run([ROOT / "deploy.sh", "--help"], capture_output=True, text=True, check=True).stdout
    used = {word for call in calls if call[0] == "deploy.sh" for word in call[1:]}
    used |= set(re.findall(r"`\./deploy\.sh (--[a-z-]+)`", PAGE))
    assert {"--rollback", "--rotate-keys"} <= used
    assert all(word in usage for word in used if word.startswith("--"))


def test_gclouds_own_parser_takes_every_command(calls: list[list[str]], tmp_path: Path) -> None:
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        pytest.skip(NO_GCLOUD)
    inline = re.findall(r"`(gcloud [^`]+)`", PAGE)
    commands = [["gcloud", *call[1:]] for call in calls if call[0] == "gcloud"]
    commands += [re.sub(r'"\$\w+"', "us-central1", text).replace("ACCOUNT@", "fly@").split() for text in inline]
    assert len(commands) > 15
    # The linter splits at spaces as a shell does, but takes no quotes off a filter: words alone are checked.
    quoted = [" ".join(word if re.fullmatch(r"[\w@:/.,^;=-]+", word) else _plain(word) for word in c) for c in commands]
    (tmp_path / "commands").write_text(json.dumps([{"command_string": text} for text in quoted]))
    lint = [gcloud, "meta", "lint-gcloud-commands", f"--commands-file={tmp_path / 'commands'}"]
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "CLOUDSDK_CONFIG": str(tmp_path), "HOME": str(tmp_path)}
    # In a folder of its own: the parser opens the files that a command would write.
    ran = subprocess.run(lint, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    told = json.loads(ran.stdout.splitlines()[0])
    assert [(result["command_string"], result.get("error_message")) for result in told if not result["success"]] == []
    assert len(told) == len(commands)


def _plain(word: str) -> str:
    option, equals, value = word.partition("=") if word.startswith("--") else ("", "", word)
    return option + equals + (re.sub(r"\W+", "-", value).strip("-") or "x")
