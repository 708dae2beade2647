"""How loud the finished film is, measured on what a player decodes; and that the voice stays where it was put."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from functions.render.audio import Samples
from functions.render.encoder import QUALITIES, encode, join
from functions.render.narration import Narration, WordTiming
from functions.render.sound import LOUDNESS, master
from functions.render.timeline import lay_out
from shared.errors import RenderFailed, StoppedEarly
from tests.films import loudness_of
from tests.functions.render.reading import sound

RATE = 44_100
SIZE = (64, 80)


def speech(seconds: float, *, peak: float = 0.3, rate: int = RATE) -> Samples:
    """Something like a voice: a buzz with formants in syllables of changing loudness, with pauses."""
    chance = np.random.default_rng(5)
    at = np.arange(round(seconds * rate)) / rate
    pitch = 2 * np.pi * np.cumsum(115 + 12 * np.sin(2 * np.pi * 0.7 * at)) / rate
    voice = sum(np.exp(-(((115 * n - 600) / 900) ** 2)) * np.sin(n * pitch) for n in range(1, 28))
    beats = np.arange(0, seconds + 0.2, 0.1)
    loud = np.interp(at, beats, chance.choice([0, 0.4, 0.7, 1], len(beats)))
    sounding = np.asarray(voice) * loud
    return np.rint(sounding / np.abs(sounding).max() * peak * 32767).astype(np.int16)


def clipped(seconds: float) -> Samples:
    return np.clip(speech(seconds, peak=0.9).astype(int) * 12, -32768, 32767).astype(np.int16)


def film_of(voice: Samples, folder: Path, rate: int = RATE) -> tuple[Path, float]:
    """The finished film, and the loudness that `master` says it has."""
    told = master(voice, rate, folder / "sound.m4a")
    frame = memoryview(bytes(SIZE[0] * SIZE[1] * 3 // 2))
    count = round(len(voice) / rate * 25)
    encode((frame for _ in range(count)), folder / "silent.mp4", size=SIZE, quality=QUALITIES["preview"])
    join(folder / "silent.mp4", folder / "sound.m4a", folder / "film.mp4")
    return folder / "film.mp4", told


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_a_voice_comes_out_as_loud_as_the_feed(tmp_path: Path, rate: int) -> None:
    film, told = film_of(speech(8, rate=rate), tmp_path, rate)
    integrated, peak = loudness_of(film)
    assert integrated == pytest.approx(LOUDNESS, abs=1)
    assert integrated == pytest.approx(told, abs=0.5)
    assert peak <= -1


@pytest.mark.parametrize(
    "voice",
    [lambda: speech(8, peak=0.3 / 32), lambda: clipped(8), lambda: speech(3.0, peak=0.99)],
    ids=["thirty decibels down", "clipped", "short and at full scale"],
)
def test_quiet_loud_and_broken_voices_come_out_as_loud(tmp_path: Path, voice: Callable[[], Samples]) -> None:
    integrated, peak = loudness_of(film_of(voice(), tmp_path)[0])
    assert integrated == pytest.approx(LOUDNESS, abs=1)
    assert peak <= -1


def test_a_single_loud_word_in_a_whisper_does_not_clip(tmp_path: Path) -> None:
    voice = speech(8, peak=0.02)
    voice[4 * RATE : 4 * RATE + 8000] = speech(1, peak=0.95)[:8000]
    assert loudness_of(film_of(voice, tmp_path)[0])[1] <= -1


def test_silence_stays_silence(tmp_path: Path) -> None:
    film, told = film_of(np.zeros(4 * RATE, np.int16), tmp_path)
    assert told == -np.inf
    assert np.abs(sound(film).astype(int)).max() <= 1


def test_a_murmur_below_hearing_is_not_blown_up_to_noise(tmp_path: Path) -> None:
    hiss = np.random.default_rng(2).integers(-3, 4, 4 * RATE).astype(np.int16)
    assert np.abs(sound(film_of(hiss, tmp_path)[0]).astype(int)).max() < 20


def test_the_sound_is_as_long_as_the_voice_and_the_same_in_both_ears(tmp_path: Path) -> None:
    heard = sound(film_of(speech(5), tmp_path)[0])
    assert len(heard) / RATE == pytest.approx(5, abs=0.03)
    left, right = heard.T.astype(float)
    assert np.std(left - right) < np.std(left) / 50  # what the codec makes of equal channels


def test_words_are_heard_in_the_film_when_the_timeline_says(tmp_path: Path) -> None:
    """Through compressor, limiter, AAC with its priming, and the join."""
    tone = (9000 * np.sin(2 * np.pi * 700 * np.arange(round(0.3 * RATE)) / RATE)).astype(np.int16)
    quiet = np.zeros(round(0.35 * RATE), np.int16)
    starts = [n * (len(tone) + len(quiet)) / RATE for n in range(8)]
    narration = Narration(
        audio=np.concatenate([tone, quiet] * 8),
        sample_rate=RATE,
        words=tuple(WordTiming(text="w", start=start, end=start + 0.3) for start in starts),
    )
    film = lay_out([["w,"] * 8], [narration], segment_seconds=2.0, pictures=None, fades=True)
    assert len(film.shots) > 1
    heard = np.abs(sound(film_of(film.voice, tmp_path)[0])[:, 0].astype(int))
    for word in film.scenes[0]:
        begin = round((word.start - 0.1) * RATE)
        loud = np.flatnonzero(heard[max(0, begin) : begin + RATE // 2] > 3000)
        assert (max(0, begin) + loud[0]) / RATE == pytest.approx(word.start, abs=0.02)


def test_work_that_must_stop_is_not_mastered(tmp_path: Path) -> None:
    def check() -> None:
        raise StoppedEarly("Another worker has taken this job.")

    with pytest.raises(StoppedEarly):
        master(speech(3), RATE, tmp_path / "sound.m4a", check=check)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RenderFailed):
        master(speech(3), RATE, tmp_path / "no" / "sound.m4a")
