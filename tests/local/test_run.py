"""`python -m local`: it starts, answers, and leaves neither a process nor a file behind, however it ends."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest
import requests

from local.processes import ProcessGroup
from tests.local.receiver import wait_until

ROOT = Path(__file__).parent.parent.parent
STARTS_WITHIN = 60
# A child that ignores a polite word and has a child of its own: as ffmpeg below gunicorn's worker may be.
STUBBORN = [
    sys.executable,
    "-c",
    "import subprocess as s; s.run(['/bin/sh', '-c', 'trap : TERM INT; sleep 60; sleep 60'])",
]


@pytest.fixture
def port() -> int:
    """A port with five free ones after it."""
    for first in range(18_000 + os.getpid() % 1_000 * 10, 65_000, 10):
        try:
            for offset in range(6):
                socket.create_server(("127.0.0.1", first + offset)).close()
        except OSError:
            continue
        return first
    pytest.fail("no free ports")


@contextmanager
def launched(port: int, data: Path, *arguments: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    environment = {name: value for name, value in os.environ.items() if name not in {"REDIS_URL", "HOST"}}
    environment |= {"PORT": str(port), "DATA_DIR": str(data), "NARRATORS": "espeak,silent"} | variables
    process = subprocess.Popen(
        [sys.executable, "-m", "local", *arguments],
        cwd=ROOT,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def read_until_ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    text, deadline = "", time.monotonic() + STARTS_WITHIN
    for line in process.stdout:
        text += line
        if "To stop" in line:
            return text
        assert time.monotonic() < deadline
    pytest.fail(f"it ended before it was ready:\n{text}")


def family(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return list(psutil.Process(process.pid).children(recursive=True))


def is_gone(process: psutil.Process) -> bool:
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)  # ended, though nobody has asked yet how
    except psutil.NoSuchProcess:
        return True


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_starts_answers_and_leaves_nothing_behind(
    port: int, tmp_path: Path, ending: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    started = time.monotonic()
    with launched(port, tmp_path) as process:
        text = read_until_ready(process)
        with capsys.disabled():
            print(f" [{time.monotonic() - started:.2f} s to ready]", end="")
        assert f"http://localhost:{port}/test" in text
        assert requests.get(f"http://127.0.0.1:{port}/health", timeout=5).json()["status"] in {"ok", "degraded"}
        assert "<html" in requests.get(f"http://127.0.0.1:{port}/test", timeout=5).text
        children = family(process)
        assert len(children) >= 3  # the guard, gunicorn, its worker
        assert list((tmp_path / "tmp").iterdir()) != []
        stopping = time.monotonic()
        process.send_signal(ending)
        assert process.wait(timeout=10) == 0
        assert time.monotonic() - stopping < 5
        wait_until(lambda: all(is_gone(child) for child in children))
        assert list((tmp_path / "tmp").iterdir()) == []


def test_its_children_go_when_it_is_killed_and_the_next_start_sweeps_up(port: int, tmp_path: Path) -> None:
    with launched(port, tmp_path) as process:
        read_until_ready(process)
        children = family(process)
        (left_over,) = (tmp_path / "tmp").iterdir()
        process.kill()
        process.wait()
        wait_until(lambda: all(is_gone(child) for child in children))
        assert left_over.exists()
    with launched(port, tmp_path) as process:
        read_until_ready(process)
        assert not left_over.exists()
        process.terminate()
        process.wait(timeout=10)


def test_two_runs_share_a_data_folder(port: int, tmp_path: Path) -> None:
    with launched(port, tmp_path) as first, launched(port + 1, tmp_path) as second:
        read_until_ready(first)
        read_until_ready(second)
        assert len(list((tmp_path / "tmp").iterdir())) == 2


def test_it_says_so_when_the_web_server_ends(port: int, tmp_path: Path) -> None:
    with launched(port, tmp_path) as process:
        read_until_ready(process)
        master = next(child for child in family(process) if "gunicorn" in " ".join(child.cmdline()))
        master.kill()
        output, _ = process.communicate(timeout=10)
        assert "The web server process has ended by itself" in output
        assert process.returncode == 1


def test_a_taken_port_is_one_sentence(port: int, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", port)), launched(port, tmp_path) as process:
        output, _ = process.communicate(timeout=10)
    assert process.returncode == 1
    assert re.fullmatch(rf"Port {port} is already in use\. .*PORT={port + 10} make run\n", output)


@pytest.mark.parametrize("wrong", ["http", "0", "70000", "-1"])
def test_a_port_that_is_none_is_one_sentence(tmp_path: Path, wrong: str) -> None:
    with launched(0, tmp_path, PORT=wrong) as process:
        output, _ = process.communicate(timeout=10)
    assert process.returncode == 1
    assert output == f"PORT must be a number from 1 to 65530, not {wrong!r}.\n"


def test_each_function_runs_by_itself(port: int, tmp_path: Path) -> None:
    with launched(port, tmp_path, "functions", DEBUG="true") as process:
        text = read_until_ready(process)
        for number, name in enumerate(("generate", "status", "upload", "render"), start=1):
            assert re.search(rf"{name} +http://localhost:{port + number}\n", text)
            assert requests.get(f"http://127.0.0.1:{port + number}/health", timeout=5).status_code == 200
        children = family(process)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 0
        wait_until(lambda: all(is_gone(child) for child in children))


def test_a_stubborn_grandchild_ends_with_its_group() -> None:
    me = psutil.Process()
    before = set(me.children(recursive=True))  # of other tests: a Redis, a browser
    with ProcessGroup() as group:
        group.start("stubborn", STUBBORN, cwd=ROOT, env=os.environ)
        wait_until(lambda: any("trap :" in " ".join(child.cmdline()) for child in me.children(recursive=True)))
        children = set(me.children(recursive=True)) - before
        assert group.ended() is None
    wait_until(lambda: all(is_gone(child) for child in children))
