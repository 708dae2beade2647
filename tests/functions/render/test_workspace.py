"""One film's folder: there while it is made, gone afterwards, and swept up after a worker that was killed."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from functions.render.workspace import workspace


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path) -> Iterator[Path]:
    before = tempfile.tempdir
    tempfile.tempdir = str(tmp_path)
    yield tmp_path
    tempfile.tempdir = before


def test_it_is_gone_after_the_film_and_after_a_failure(temporary: Path) -> None:
    with workspace() as folder:
        (folder / "film.mp4").write_bytes(b"film")
        assert folder.parent == temporary
    with pytest.raises(ZeroDivisionError), workspace():
        raise ZeroDivisionError
    assert list(temporary.iterdir()) == []


def test_two_films_at_a_time_leave_each_other_alone(temporary: Path) -> None:
    with workspace() as one, workspace() as two:
        assert one.exists() and two.exists() and one != two


def test_what_a_killed_worker_left_is_removed_by_the_next_film(temporary: Path) -> None:
    program = "import time\nfrom functions.render.workspace import workspace\n"
    program += "with workspace() as folder: print(folder, flush=True); time.sleep(60)"
    environment = {**os.environ, "TMPDIR": str(temporary)}
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", program], env=environment, cwd=root, stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout
        folder = Path(worker.stdout.readline().strip())
        with workspace():
            assert folder.exists(), "its worker is alive"
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert folder.exists()
    with workspace():
        assert not folder.exists()
