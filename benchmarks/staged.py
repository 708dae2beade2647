"""A function as Google gets it: its staged folder, in an environment with its own requirements only; and its start."""

import contextlib
import fcntl
import hashlib
import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
KEPT: Final = ROOT / ".venv" / "staged"
FUNCTIONS: Final = ("status", "upload", "generate", "render")
GIVE_UP_AFTER: Final = 60.0  # seconds
LOOK_EVERY: Final = 0.002  # seconds; a look at a closed port costs some microseconds
EMPTY: Final = 'import functions_framework\n\n\n@functions_framework.http\ndef empty(request):\n    return "ok"\n'


class StagingFailed(Exception):
    """A folder or an environment could not be made, or a function did not start; the text is the program's own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Staged:
    """One function: what is uploaded, and the Python that has what its requirements name."""

    name: str
    folder: Path
    python: Path


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstAnswer:
    """What came back, read to its end."""

    status: int
    body: bytes
    headers: Mapping[str, str]


def staged(name: str) -> Staged:
    """What `./deploy.sh --stage` makes, in an environment that is kept until the requirements change."""
    with _alone(), tempfile.TemporaryDirectory(dir=KEPT) as elsewhere:  # dist/ is for whoever deploys
        here = Path(elsewhere)
        for folder in ("functions", "shared"):
            shutil.copytree(ROOT / folder, here / folder, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "deploy.sh", here)
        _run("./deploy.sh", "--stage", cwd=here)
        return _installed(name, here / "dist" / name)


def alone(name: str, source: str, requirements: str) -> Staged:
    """A function that is one file, to compare with."""
    with _alone(), tempfile.TemporaryDirectory(dir=KEPT) as elsewhere:
        folder = Path(elsewhere)
        (folder / "main.py").write_text(source)
        (folder / "requirements.txt").write_text(requirements)
        return _installed(name, folder)


def empty() -> Staged:
    """A function that does nothing, with functions-framework and nothing else."""
    return alone("empty", EMPTY, "functions-framework>=3.8,<4\n")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def booted(function: Staged, environment: Mapping[str, str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The function's process, as the buildpack starts it, until the block ends. It may not listen yet.

    What it wrote to stderr is told with a StagingFailed of the block.
    """
    program = function.python.parent / "functions-framework"
    told = {"PATH": os.environ["PATH"], "FUNCTION_TARGET": function.name, "PORT": str(port), "HOST": "127.0.0.1"}
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(
            [program], cwd=function.folder, env={**told, **environment}, process_group=0, stderr=errors
        ) as process,
    ):
        try:
            yield process
        except StagingFailed as failure:
            errors.seek(0)
            failure.add_note(errors.read()[-2000:].decode(errors="replace"))
            raise
        finally:
            process.terminate()
            try:
                process.wait(10)
            finally:
                with contextlib.suppress(ProcessLookupError):  # nobody is left
                    os.killpg(process.pid, 9)


def first_answer(
    process: subprocess.Popen[bytes],
    port: int,
    method: str,
    path: str,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
) -> FirstAnswer:
    """The first answer that the process gives at this port; raises StagingFailed."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=GIVE_UP_AFTER)
    ends = time.monotonic() + GIVE_UP_AFTER
    while True:
        try:
            connection.connect()
            break
        except ConnectionRefusedError:
            if time.monotonic() > ends or process.poll() is not None:
                raise StagingFailed("nobody listens") from None
            time.sleep(LOOK_EVERY)
    with contextlib.closing(connection):
        connection.request(method, path, body, dict(headers or {}))
        answer = connection.getresponse()
        return FirstAnswer(status=answer.status, body=answer.read(), headers=dict(answer.getheaders()))


@contextmanager
def _alone() -> Iterator[None]:
    """Two runs at the same time would stage into the same folders."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _installed(name: str, made: Path) -> Staged:
    """Where it is kept: the folder `made`, and its environment, each made anew only when it differs."""
    folder, environment = KEPT / name / "function", KEPT / name / "venv"
    python = environment / "bin" / "python"
    requirements = (made / "requirements.txt").read_bytes()
    if _differs(KEPT / name / "requirements", requirements + sys.version.encode()):
        _run(sys.executable, "-m", "venv", "--clear", "--without-pip", str(environment))
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "--python", str(python)]
        _run(*pip, "install", "--quiet", "-r", str(made / "requirements.txt"))
        _run(*pip, "check")  # the buildpack does, and fails the build
        _note(KEPT / name / "requirements", requirements + sys.version.encode())
    files = sorted(path for path in made.rglob("*") if path.is_file())
    content = b"".join(f"{path.relative_to(made)}\n".encode() + path.read_bytes() for path in files)
    if _differs(KEPT / name / "content", content):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(made, folder)
        _run(str(python), "-m", "compileall", "-q", str(folder))  # as the buildpack does; pip did it for the packages
        _note(KEPT / name / "content", content)
    return Staged(name=name, folder=folder, python=python)


def _differs(note: Path, content: bytes) -> bool:
    return not note.exists() or note.read_text() != hashlib.sha256(content).hexdigest()


def _note(note: Path, content: bytes) -> None:
    note.write_text(hashlib.sha256(content).hexdigest())


def _run(*command: str, cwd: Path | None = None) -> None:
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE")}
    done = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StagingFailed(f"{' '.join(command)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
