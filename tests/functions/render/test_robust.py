"""When the machine fails a film: it ends soon, says so, and leaves no process, no thread and no file. Nor do films that
succeed, one after the other."""

import ctypes
import gc
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest

from functions.render.encoder import QUALITIES, encode, join
from functions.render.pipeline import Studio
from functions.render.sound import master
from shared.adapters.disk_blobs import DiskBlobs
from shared.adapters.redis_jobs import RedisJobs
from shared.blobs import video_name
from shared.config import Settings
from shared.errors import NotFound, RenderFailed, Unavailable
from shared.ids import new_id
from shared.jobs import JobStatus
from tests.fake_edge import FakeEdge
from tests.functions.render.test_pipeline import House

RATE = 44_100
SIZE = (128, 160)
COLOUR = (190, 40, 40)
SOON = 8.0  # seconds, on a busy machine
FULL = Path("/dev/full")  # every write to it fails as on a full disk
TINY = 128 * 1024  # bytes of a disk on which a film has no room
MB = 1024 * 1024

on_dev_full = pytest.mark.skipif(not FULL.exists(), reason="only Linux has /dev/full")


@pytest.fixture(scope="module")
def house(embedded_redis: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    var, temporary = tmp_path_factory.mktemp("var"), tmp_path_factory.mktemp("temporary")
    before, tempfile.tempdir = tempfile.tempdir, str(temporary)
    studio = Studio(
        settings=Settings.from_env({"NARRATORS": "edge,silent", "DATA_DIR": str(var)}),
        videos=DiskBlobs(var / "videos", url="http://localhost/files", key="k"),
        uploads=DiskBlobs(var / "uploads", url="http://localhost/files", key="k"),
    )
    yield House(
        studio=studio, jobs=RedisJobs.connect(embedded_redis, lease_seconds=60, max_attempts=3), temporary=temporary
    )
    tempfile.tempdir = before


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with next to no room."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={TINY}", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("NO RIGHT TO MOUNT: a film on a full disk is not tried; only its parts are, on /dev/full.")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture(autouse=True)
def nothing_is_left(house: House) -> Iterator[None]:
    """No test here may leave an ffmpeg, a thread or a temporary file."""
    yield
    began = time.monotonic()
    while (left := ours()) and time.monotonic() < began + 5:
        time.sleep(0.05)
    assert not left
    assert ffmpegs() == []
    assert list(house.temporary.iterdir()) == []


def ours() -> list[str]:
    """The threads that a film starts, as far as they are still there; tests' servers have threads as well."""
    prefixes = ("beside", "prepare", "narrate", "draw", "watch-ffmpeg", "heartbeat")
    return [thread.name for thread in threading.enumerate() if thread.name.startswith(prefixes)]


def ffmpegs() -> list[psutil.Process]:
    """Those of this process; it may have a Redis as well."""
    found = []
    for child in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):  # it has just ended
            if "ffmpeg" in child.name():
                found.append(child)
    return found


def held() -> int:
    """Bytes in memory, without those that are free and that the allocator keeps for later."""
    gc.collect()
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)
    return int(psutil.Process().memory_info().rss)


def frames(count: int) -> Iterator[memoryview]:
    chance = np.random.default_rng(3)
    for _ in range(count):
        yield chance.integers(0, 250, SIZE[0] * SIZE[1] * 3 // 2, np.uint8).data


def hum(seconds: float) -> np.ndarray:
    return (6000 * np.sin(2 * np.pi * 200 * np.arange(round(seconds * RATE)) / RATE)).astype(np.int16)


@on_dev_full
def test_a_full_disk_under_the_encoder_is_told_soon(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").symlink_to(FULL)
    began = time.monotonic()
    with pytest.raises(RenderFailed, match="could not be encoded"):
        encode(frames(100_000), tmp_path / "film.mp4", size=SIZE, quality=QUALITIES["preview"])
    assert time.monotonic() < began + SOON


@on_dev_full
def test_a_full_disk_under_the_sound_is_told(tmp_path: Path) -> None:
    (tmp_path / "sound.m4a").symlink_to(FULL)
    with pytest.raises(RenderFailed, match="sound could not be made"):
        master(hum(20), RATE, tmp_path / "sound.m4a")


@on_dev_full
def test_a_disk_that_is_full_when_film_and_sound_are_joined_is_told(tmp_path: Path) -> None:
    encode(frames(50), tmp_path / "silent.mp4", size=SIZE, quality=QUALITIES["preview"])
    master(hum(2), RATE, tmp_path / "sound.m4a")
    (tmp_path / "film.mp4").symlink_to(FULL)
    with pytest.raises(RenderFailed, match="could not be encoded"):
        join(tmp_path / "silent.mp4", tmp_path / "sound.m4a", tmp_path / "film.mp4")


def test_a_film_on_a_full_disk_ends_clearly(house: House, tiny_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tiny_disk))
    began = time.monotonic()
    made = house.film(narration="off")
    assert time.monotonic() < began + SOON
    assert made.job.status is JobStatus.ERROR
    assert made.job.error and made.job.error.startswith("The ")
    assert made.job.error_detail and made.job.error_detail.code == "render_failed"
    assert list(tiny_disk.iterdir()) == []


def test_a_full_store_is_left_for_another_attempt_without_half_a_film(house: House, tiny_disk: Path) -> None:
    videos = DiskBlobs(tiny_disk, url="http://localhost/files", key="k")
    crowded = replace(house, studio=replace(house.studio, videos=videos))
    with pytest.raises(Unavailable):
        crowded.film(narration="off", content="A film is larger than this store has room for. " * 3)
    assert not list(tiny_disk.rglob("*.mp4")) and not list(tiny_disk.rglob(".*.mp4*"))


def test_without_ffmpeg_a_film_ends_clearly(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/nowhere/ffmpeg")
    began = time.monotonic()
    made = house.film(narration="off")
    assert time.monotonic() < began + SOON
    assert made.job.status is JobStatus.ERROR
    assert made.job.error == "The film could not be encoded: the encoder does not start."


@pytest.mark.parametrize("code", [0, 1])
def test_an_ffmpeg_that_hangs_up_ends_the_film_clearly(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """The pipe to it breaks, whether it calls that a success or not."""
    program = tmp_path / "ffmpeg"
    program.write_text(f"#!/bin/sh\nhead -c 100000 > /dev/null\nexit {code}\n")
    program.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(program))
    began = time.monotonic()
    made = house.film(narration="off")
    assert time.monotonic() < began + SOON
    assert made.job.status is JobStatus.ERROR
    assert made.job.error_detail and made.job.error_detail.code == "render_failed"


def test_a_sound_whose_ffmpeg_is_killed_is_left_for_another_attempt(tmp_path: Path) -> None:
    def kill() -> None:
        while not (running := ffmpegs()):
            time.sleep(0.005)
        os.kill(running[0].pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(RenderFailed) as failed:
        master(hum(60), RATE, tmp_path / "sound.m4a")
    killer.join()
    assert failed.value.retryable


def test_a_picture_that_is_not_there_ends_a_film_whose_voice_has_not_begun_to_answer(house: House) -> None:
    with FakeEdge(delay=30.0):
        began = time.monotonic()
        made = house.film(user_image_ids=(new_id(),))
        assert time.monotonic() < began + SOON
        assert ours() == [], "the voice was not told to stop"
    assert made.job.error_detail and made.job.error_detail.code == "image_not_found"
    with pytest.raises(NotFound):
        house.studio.videos.find(video_name(made.request.job_id))


def test_ten_films_in_a_row_leave_no_memory_file_or_thread_behind(house: House) -> None:
    """By the third film the caches of letters and sprites are full."""
    me = psutil.Process()
    memory, files, threads = [], [], []
    with FakeEdge(sound="tones"):
        for number in range(10):
            made = house.film(f"Film number {number}. It is short.", user_image_ids=(house.uploaded(COLOUR),))
            assert (made.job.status, made.job.degraded) == (JobStatus.COMPLETED, False)
            memory.append(held() / MB)
            files.append(me.num_fds())
            threads.append(threading.active_count())
    assert min(memory[7:]) - min(memory[2:5]) <= 10, memory
    assert files[9] <= files[2], files
    assert threads[9] <= threads[2], threads
