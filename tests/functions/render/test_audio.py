"""Decoding at the right time and rate, and finding the quiet."""

import numpy as np
import pytest

from functions.render.audio import AudioUnreadable, as_wav, decode, kept, levels, quiet_spans
from tests.fake_edge import RATE, mp3_of

BEEPS = (0.0, 0.5, 1.13, 1.9)


def beeps(rate: int) -> np.ndarray:
    audio = np.zeros(int(2.5 * rate), dtype=np.int16)
    for start in BEEPS:
        count = int(0.1 * rate)
        at = round(start * rate)
        audio[at : at + count] = 12000 * np.sin(2 * np.pi * 880 * np.arange(count) / rate)
    return audio


def onsets(audio: np.ndarray, rate: int) -> list[float]:
    found = []
    for start in BEEPS:
        low = max(0, round((start - 0.1) * rate))
        found.append((low + int(np.argmax(np.abs(audio[low : low + int(0.3 * rate)]) > 3000))) / rate)
    return found


@pytest.mark.parametrize("rate", [44100, 48000, 24000])
def test_the_codec_delay_of_a_bare_mp3_is_taken_off(rate: int) -> None:
    audio = decode(mp3_of(beeps(RATE)), sample_rate=rate, input_format="mp3")
    assert audio.dtype == np.int16
    assert onsets(audio, rate) == pytest.approx(BEEPS, abs=0.005)
    assert len(audio) / rate == pytest.approx(2.5, abs=0.06)


@pytest.mark.parametrize("rate", [44100, 48000])
def test_a_wav_keeps_its_times_at_another_rate(rate: int) -> None:
    audio = decode(as_wav(beeps(22050), 22050), sample_rate=rate, input_format="wav")
    assert onsets(audio, rate) == pytest.approx(BEEPS, abs=0.003)
    assert len(audio) / rate == pytest.approx(2.5, abs=0.001)


@pytest.mark.parametrize("data", [b"", b"no sound at all" * 100])
def test_bytes_that_are_no_sound_are_refused(data: bytes) -> None:
    with pytest.raises(AudioUnreadable):
        decode(data, sample_rate=44100, input_format="mp3")


def test_quiet_is_found_around_and_between_the_beeps() -> None:
    spans = quiet_spans(levels(beeps(44100), 44100))
    assert [span[0] for span in spans] == pytest.approx([0.1, 0.6, 1.23, 2.0], abs=0.011)
    assert [span[1] for span in spans] == pytest.approx([0.5, 1.13, 1.9, 2.5], abs=0.011)


def test_silence_is_one_quiet_span_and_nothing_is_none() -> None:
    assert quiet_spans(levels(np.zeros(44100, dtype=np.int16), 44100)) == [(0.0, pytest.approx(1.0))]
    assert quiet_spans(levels(np.zeros(0, dtype=np.int16), 44100)) == []


def test_every_cut_begins_and_ends_at_zero() -> None:
    audio = kept(np.full(44100, 20000, dtype=np.int16), 44100, [(0.1, 0.3), (0.5, 0.8)])
    assert len(audio) == round(0.5 * 44100)
    seam = round(0.2 * 44100)
    assert max(abs(int(audio[at])) for at in (0, seam - 1, seam, -1)) < 100
    assert int(audio[seam // 2]) == 20000
