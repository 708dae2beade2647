"""The Dockerfile, read as `python -m benchmarks.container` reads it: what goes in, and what must stay out."""

import json
import tomllib
from pathlib import Path

import pytest

from benchmarks.image import instructions, is_ignored

ROOT = Path(__file__).parents[2]
STEPS = list(instructions((ROOT / "Dockerfile").read_text()))


def told(word: str) -> list[str]:
    return [rest for name, rest in STEPS if name == word]


def test_everything_that_is_copied_is_there_and_is_let_through() -> None:
    for names in (rest.split()[:-1] for rest in told("COPY")):
        for name in names:
            paths = [ROOT / name] if (ROOT / name).is_file() else list((ROOT / name).rglob("*.py"))
            assert [path for path in paths if not is_ignored(str(path.relative_to(ROOT)), ROOT)] == paths


def test_every_requirement_is_copied_before_it_is_installed() -> None:
    wanted = {"requirements.txt", *(line.split()[1] for line in (ROOT / "requirements.txt").read_text().splitlines()
                                    if line.startswith("-r "))}  # fmt: skip
    install = next(index for index, (word, rest) in enumerate(STEPS) if word == "RUN" and "pip install" in rest)
    copied = {name for word, rest in STEPS[:install] if word == "COPY" for name in rest.split()[:-1]}
    assert copied == wanted


def test_what_the_processes_of_fly_import_is_copied() -> None:
    copied = {name for rest in told("COPY") for name in rest.split()[:-1]}
    assert {"shared", "functions", "wsgi.py"} <= copied


@pytest.mark.parametrize(
    "secret",
    [".env", "functions/render/.env", "key.json", "google-key.json", "var/hmac.key", ".git/config", ".venv/bin/python",
     "tests/conftest.py", "shared/__pycache__/config.cpython-311.pyc", "shared/.secrets/key", "dist/status/main.py"],
)  # fmt: skip
def test_no_secret_and_no_rubbish_gets_into_the_image(secret: str) -> None:
    assert is_ignored(secret, ROOT)


def test_it_does_not_run_as_root() -> None:
    users = told("USER")
    assert users and users[-1] not in ("root", "0")
    assert f"useradd --system --no-create-home {users[-1]}" in " ".join(told("RUN"))
    last_step_as_root = max(index for index, (word, _) in enumerate(STEPS) if word in ("RUN", "COPY"))
    assert STEPS.index(("USER", users[-1])) > last_step_as_root


def test_its_health_check_asks_the_port_that_it_listens_on() -> None:
    (check,) = told("HEALTHCHECK")
    program = json.loads(check.partition("CMD ")[2])
    assert program[:2] == ["python", "-c"] and "/health" in program[2]
    compile(program[2], "health check", "exec")
    assert "PORT=8080" in told("ENV")[0] and told("EXPOSE") == ["8080"]
    assert tomllib.loads((ROOT / "fly.toml").read_text())["http_service"]["internal_port"] == 8080
