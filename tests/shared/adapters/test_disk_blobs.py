"""Signed addresses of files on disk: what opens them, what does not, and when a file is dead."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from shared.adapters.disk_blobs import DiskBlobs
from shared.blobs import Link
from shared.errors import Forbidden, NotFound, Unavailable
from tests.service import ROOT

NAME = "videos/2026/03/13/film.mp4"


def blobs(folder: Path, lifetime: timedelta | None = None) -> DiskBlobs:
    return DiskBlobs(folder / "videos", url="http://localhost/files/videos", key="key", lifetime=lifetime)


def query(link: Link) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(link.url).query))


def test_a_signed_address_opens_its_file_only(tmp_path: Path) -> None:
    store = blobs(tmp_path)
    store.put(NAME, b"film", content_type="video/mp4", metadata={})
    store.put("other", b"other", content_type="video/mp4", metadata={})
    signed = query(store.sign(NAME, timedelta(hours=1), download_name="film.mp4"))
    path, blob = store.open_signed(NAME, signed)
    assert (path.read_bytes(), blob.content_type) == (b"film", "video/mp4")
    for name, changed in [
        ("other", signed),
        (NAME, signed | {"expires": str(int(signed["expires"]) + 1)}),
        (NAME, signed | {"signature": "0" * 64}),
        (NAME, signed | {"download": "evil.html"}),
        (NAME, {}),
        (NAME, {"expires": "²", "signature": ""}),
    ]:
        with pytest.raises(Forbidden):
            store.open_signed(name, changed)


def test_a_signed_address_expires(tmp_path: Path) -> None:
    store = blobs(tmp_path)
    store.put(NAME, b"film", content_type="video/mp4", metadata={})
    with pytest.raises(Forbidden, match="expired"):
        store.open_signed(NAME, query(store.sign(NAME, timedelta(seconds=-1))))


def test_another_key_or_another_store_does_not_sign_for_this_one(tmp_path: Path) -> None:
    store = blobs(tmp_path)
    store.put(NAME, b"film", content_type="video/mp4", metadata={})
    foreign = DiskBlobs(tmp_path / "uploads", url="http://localhost/files/uploads", key="key")
    with pytest.raises(Forbidden):
        store.open_signed(NAME, query(foreign.sign(NAME, timedelta(hours=1))))


@pytest.mark.parametrize("name", ["../outside", "a/../../outside", "/etc/passwd", ".about/x.json", ".fresh/x"])
def test_a_name_cannot_leave_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFound):
        blobs(tmp_path).get(name)
    with pytest.raises(NotFound):
        blobs(tmp_path).put(name, b"film", content_type="video/mp4", metadata={})


def test_what_has_outlived_its_day_is_dead_and_swept(tmp_path: Path) -> None:
    store = blobs(tmp_path, lifetime=timedelta(seconds=0.2))
    store.put("old", b"old", content_type="image/jpeg", metadata={})
    old = time.time() - 10
    for path in (tmp_path / "videos").rglob("old*"):
        os.utime(path, (old, old))
    time.sleep(0.25)
    with pytest.raises(NotFound):
        store.get("old")
    blobs(tmp_path, lifetime=timedelta(seconds=0.2)).put("new", b"new", content_type="image/jpeg", metadata={})
    assert [path.name for path in (tmp_path / "videos").rglob("*") if path.is_file() and "old" in path.name] == []


def test_nothing_half_written_is_left(tmp_path: Path) -> None:
    store = blobs(tmp_path)
    with pytest.raises(Unavailable):
        store.put(NAME, tmp_path / "nowhere", content_type="video/mp4", metadata={})
    with pytest.raises(NotFound):
        store.find(NAME)
    assert not [path for path in tmp_path.rglob("*.mp4*") if path.is_file() and ".about" not in path.parts]


WRITER = """
import shutil, sys, time
from pathlib import Path
from shared.adapters.disk_blobs import DiskBlobs

def half(source, target):
    Path(target).write_bytes(b"half a film")
    print("half", flush=True)
    time.sleep(60)

shutil.copyfile = half
store = DiskBlobs(Path(sys.argv[1]) / "videos", url="http://localhost/files/videos", key="key")
store.put(sys.argv[2], Path("film.mp4"), content_type="video/mp4", metadata={})
"""


@contextmanager
def writer(folder: Path, name: str) -> Iterator[subprocess.Popen[str]]:
    """A process that has written half a film, and is not done with it."""
    command = [sys.executable, "-c", WRITER, str(folder), name]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdout.readline() == "half\n"
        yield process
        process.kill()


def sizes(folder: Path) -> list[int]:
    return [path.stat().st_size for path in (folder / "videos" / ".fresh").glob("*")]


def test_what_a_killed_writer_left_is_no_file_and_goes_with_the_next_put(tmp_path: Path) -> None:
    with writer(tmp_path, NAME) as process:
        process.kill()
        process.wait(10)
    store = blobs(tmp_path)
    assert sizes(tmp_path) == [11]  # it is there, and nobody takes it for a film
    with pytest.raises(NotFound):
        store.find(NAME)
    for left_over in (tmp_path / "videos" / ".fresh").iterdir():
        with pytest.raises(NotFound):
            store.find(f".fresh/{left_over.name}")
    store.put("another", b"film", content_type="video/mp4", metadata={})
    assert sizes(tmp_path) == []


def test_what_a_writer_at_work_has_written_is_left_alone(tmp_path: Path) -> None:
    with writer(tmp_path, NAME):
        store = blobs(tmp_path)
        store.put("another", b"film", content_type="video/mp4", metadata={})
        assert sizes(tmp_path) == [11]


def test_many_writers_at_once_lose_nothing_and_leave_nothing(tmp_path: Path) -> None:
    stores = [blobs(tmp_path) for _ in range(4)]

    def write(number: int) -> None:
        for name in ("one", "two"):
            stores[number].put(name, b"%d" % number * 1000, content_type="video/mp4", metadata={})

    with ThreadPoolExecutor(4) as pool:
        for _ in range(20):
            list(pool.map(write, range(4)))
    assert {blobs(tmp_path).get(name)[1:] for name in ("one", "two")} <= {b"%d" % n * 999 for n in range(4)}
    assert sizes(tmp_path) == []
