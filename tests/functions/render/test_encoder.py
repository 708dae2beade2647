"""The file that comes out of ffmpeg, and what happens when ffmpeg, the drawing or the caller breaks off."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from functions.render.encoder import QUALITIES, encode, join
from shared.errors import RenderFailed, StoppedEarly
from tests.functions.render.reading import decoded, ffmpeg, header, packets, shown_at, sound

SIZE = (128, 160)


def frames(count: int, delay: float = 0.0) -> Iterator[memoryview]:
    """Grey frames that get lighter, with some noise in them."""
    chance = np.random.default_rng(3)
    for number in range(count):
        time.sleep(delay)
        frame = chance.integers(0, 20, SIZE[0] * SIZE[1] * 3 // 2, np.uint8) + np.uint8(60 + number % 100)
        yield frame.data


def encoded(target: Path, source: Iterator[memoryview], **options: object) -> Path:
    encode(source, target, size=SIZE, quality=QUALITIES["preview"], **options)  # type: ignore[arg-type]
    return target


def children() -> set[int]:
    told = subprocess.run(["ps", "-o", "pid=,comm=", "--ppid", str(os.getpid())], capture_output=True, check=True)
    return {int(line.split()[0]) for line in told.stdout.decode().splitlines() if "ffmpeg" in line}


def ends_within(seconds: float, error: type[BaseException], work: Callable[[], object]) -> BaseException:
    """What `work` raises, soon; it leaves neither a process nor a thread."""
    began = time.monotonic()
    with pytest.raises(error) as raised:
        work()
    assert time.monotonic() - began < seconds
    assert children() == set()
    assert "draw" not in {thread.name for thread in threading.enumerate()}
    return raised.value


def test_a_film_is_what_every_player_takes(tmp_path: Path) -> None:
    told = header(encoded(tmp_path / "film.mp4", frames(30)))
    assert "Video: h264 (High)" in told
    assert "yuv420p(tv, bt709, progressive" in told
    assert "128x160" in told and "25 fps" in told


@pytest.mark.parametrize("count", [1, 2, 75])
def test_every_frame_is_in_the_film_once(tmp_path: Path, count: int) -> None:
    told: list[int] = []
    film = encoded(tmp_path / "film.mp4", frames(count), progress=told.append)
    assert told == list(range(1, count + 1))
    at, _ = shown_at(film)
    assert at == pytest.approx([number / 25 for number in range(count)], abs=1e-3)
    levels = decoded(film, SIZE).mean(axis=(1, 2, 3))
    assert len(levels) == count and np.all(np.diff(levels) > 0)  # in their order


def test_key_frames_stand_where_they_were_asked_for_and_nowhere_else(tmp_path: Path) -> None:
    asked = [0.64, 1.16, 2.36]
    _, keys = shown_at(encoded(tmp_path / "film.mp4", frames(75), keyframes=asked))
    assert keys == pytest.approx([0.0, *asked], abs=1e-3)


def test_a_long_still_film_has_a_key_frame_every_ten_seconds(tmp_path: Path) -> None:
    _, keys = shown_at(encoded(tmp_path / "film.mp4", frames(260)))
    assert keys == pytest.approx([0.0, 10.0], abs=1e-3)


def test_a_folder_that_is_not_there_is_told_soon(tmp_path: Path) -> None:
    failed = ends_within(3, RenderFailed, lambda: encoded(tmp_path / "no" / "film.mp4", frames(10_000)))
    assert isinstance(failed, RenderFailed) and not failed.retryable


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])  # the machine lacks memory; it is shut down
def test_an_ffmpeg_that_is_killed_in_mid_film_ends_the_work_for_another_attempt(
    tmp_path: Path, how: signal.Signals
) -> None:
    def progress(done: int) -> None:
        if done == 20:
            for child in children():
                os.kill(child, how)

    failed = ends_within(3, RenderFailed, lambda: encoded(tmp_path / "film.mp4", frames(10_000), progress=progress))
    assert isinstance(failed, RenderFailed) and failed.retryable


def test_an_ffmpeg_that_stands_still_does_not_hold_the_work(tmp_path: Path) -> None:
    stood_still_at: list[float] = []

    def progress(done: int) -> None:
        if done == 20:
            for child in children():
                os.kill(child, signal.SIGSTOP)
            stood_still_at.append(time.monotonic())

    def check() -> None:
        if stood_still_at and time.monotonic() > stood_still_at[0] + 0.4:  # the pipe is full by now
            raise StoppedEarly("Another worker has taken this job.")

    source = frames(10_000)
    ends_within(3, StoppedEarly, lambda: encoded(tmp_path / "film.mp4", source, progress=progress, check=check))


def test_work_that_must_stop_stops_within_a_second(tmp_path: Path) -> None:
    begun = time.monotonic()

    def check() -> None:
        if time.monotonic() > begun + 0.4:
            raise StoppedEarly("Another worker has taken this job.")

    ends_within(1.4, StoppedEarly, lambda: encoded(tmp_path / "film.mp4", frames(10_000, delay=0.01), check=check))


def test_work_that_must_stop_stops_while_ffmpeg_writes_its_last_frames(tmp_path: Path) -> None:
    all_drawn = threading.Event()

    def check() -> None:
        if all_drawn.is_set():
            raise StoppedEarly("Another worker has taken this job.")

    def drawn() -> Iterator[memoryview]:
        yield from frames(30)
        for child in children():
            os.kill(child, signal.SIGSTOP)
        all_drawn.set()

    ends_within(3, StoppedEarly, lambda: encoded(tmp_path / "film.mp4", drawn(), check=check))


def test_what_goes_wrong_in_drawing_is_raised_where_it_was_asked_for(tmp_path: Path) -> None:
    def broken() -> Iterator[memoryview]:
        yield from frames(10)
        raise ZeroDivisionError("in drawing")

    ends_within(3, ZeroDivisionError, lambda: encoded(tmp_path / "film.mp4", broken()))


def test_what_goes_wrong_before_the_first_frame_is_raised_too(tmp_path: Path) -> None:
    def broken() -> Iterator[memoryview]:
        raise ZeroDivisionError("in drawing")
        yield memoryview(b"")

    ends_within(3, ZeroDivisionError, lambda: encoded(tmp_path / "film.mp4", broken()))


def test_an_exception_of_progress_ends_the_work_too(tmp_path: Path) -> None:
    def progress(done: int) -> None:
        raise KeyError(done)

    ends_within(3, KeyError, lambda: encoded(tmp_path / "film.mp4", frames(10_000), progress=progress))


@pytest.fixture
def parts(tmp_path: Path) -> tuple[Path, Path]:
    """A silent film of two seconds and its sound: silence, then a tone from second 1 on."""
    tone = "aevalsrc=if(gte(t\\,1)\\,0.3*sin(2*PI*800*t)\\,0):s=44100:d=2"
    ffmpeg("-f", "lavfi", "-i", tone, "-ac", "2", "-c:a", "aac", "-b:a", "128k", "-y", tmp_path / "sound.m4a")
    return encoded(tmp_path / "silent.mp4", frames(50)), tmp_path / "sound.m4a"


def test_a_joined_film_can_be_played_from_its_first_bytes(parts: tuple[Path, Path], tmp_path: Path) -> None:
    join(*parts, tmp_path / "film.mp4")
    data = (tmp_path / "film.mp4").read_bytes()
    assert 0 < data.find(b"moov") < data.find(b"mdat")


def test_joining_changes_no_packet(parts: tuple[Path, Path], tmp_path: Path) -> None:
    film, track = parts
    join(film, track, tmp_path / "film.mp4")
    assert packets(tmp_path / "film.mp4", "0:v") == packets(film, "0:v")
    assert packets(tmp_path / "film.mp4", "0:a") == packets(track, "0:a")
    assert shown_at(tmp_path / "film.mp4") == shown_at(film)


def test_sound_stays_where_it_was_when_it_is_joined(parts: tuple[Path, Path], tmp_path: Path) -> None:
    join(*parts, tmp_path / "film.mp4")
    heard = np.flatnonzero(np.abs(sound(tmp_path / "film.mp4")[:, 0].astype(int)) > 1500)[0] / 44_100
    assert heard == pytest.approx(1.0, abs=0.005)


def test_a_sound_that_is_not_there_is_told(parts: tuple[Path, Path], tmp_path: Path) -> None:
    ends_within(3, RenderFailed, lambda: join(parts[0], tmp_path / "none.m4a", tmp_path / "film.mp4"))
