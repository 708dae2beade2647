"""Silence that lasts as long as reading."""

import subprocess
import sys

import pytest

from functions.render.narration import Narrator, speak
from functions.render.narrators import narrators
from functions.render.narrators.silent import SilentNarrator
from shared.breakers import OwnBreakers
from shared.config import NarratorName, Settings

SENTENCE = ["Silence", "is", "timed", "by", "how", "fast", "people", "read,", "with", "a", "pause", "at", "the", "end."]


def test_words_follow_each_other_at_reading_speed() -> None:
    narration = SilentNarrator(rate=1.0, sample_rate=44100).narrate(SENTENCE)
    assert [word.text for word in narration.words] == SENTENCE
    assert not narration.audio.any()
    assert narration.duration == pytest.approx(len(" ".join(SENTENCE)) / 15, abs=1.0)
    edges = [edge for word in narration.words for edge in (word.start, word.end)]
    assert edges == sorted(edges)
    assert narration.duration - edges[-1] > 0.4


def test_a_faster_rate_takes_less_time() -> None:
    normal = SilentNarrator(rate=1.0, sample_rate=44100).narrate(SENTENCE).duration
    faster = SilentNarrator(rate=1.25, sample_rate=44100).narrate(SENTENCE).duration
    assert faster == pytest.approx(normal / 1.25, abs=0.01)


def test_its_pauses_are_not_taken_for_silence_to_trim() -> None:
    spoken = speak([SENTENCE, ["And", "more."]], [SilentNarrator(rate=1.0, sample_rate=44100)], sample_rate=44100)
    first, second = spoken.scenes
    assert first.duration == pytest.approx(len(" ".join(SENTENCE)) / 15, abs=0.6)
    assert second.words[-1].end <= second.duration
    assert [word.text for word in second.words] == ["And", "more."]


def built(names: tuple[NarratorName, ...], **environment: str) -> list[Narrator]:
    settings = Settings.from_env(environment)
    return narrators(names, settings=settings, voice="de-DE-KatjaNeural", rate="+5%", breakers=OwnBreakers())


def test_a_silent_film_loads_no_network_client_and_no_voice() -> None:
    code = (
        "import sys; from functions.render.narrators import narrators; from shared.breakers import OwnBreakers;"
        "from shared.config import Settings; settings = Settings.from_env({});"
        "narrators(('silent',), settings=settings, voice='en-US-JennyNeural', rate='+0%', breakers=OwnBreakers());"
        "print([name for name in ('aiohttp', 'edge_tts', 'espeakng_loader') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_voices_come_in_the_order_asked_for() -> None:
    names: tuple[NarratorName, ...] = ("espeak", "google", "silent", "openai", "edge")
    voices = built(names, SPEECH_BASE_URL="http://127.0.0.1:1/v1")
    assert [voice.name for voice in voices] == [*names, "edge"]
    assert [voice.voice for voice in voices][-2:] == ["de-DE-KatjaNeural", "de-DE-AmalaNeural"]


def test_a_voice_that_is_not_installed_is_left_out_with_a_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    monkeypatch.delitem(sys.modules, "functions.render.narrators.espeak", raising=False)
    voices = built(("espeak", "silent"))
    assert [voice.name for voice in voices] == ["silent"]
    assert [record.message for record in caplog.records] == ["narrator_not_installed"]
