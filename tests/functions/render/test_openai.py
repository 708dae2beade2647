"""The voice of an OpenAI-compatible service, by the true `requests`, in each way that such a service fails."""

import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from functions.render.alignment import WordTiming, estimate
from functions.render.audio import levels, quiet_spans
from functions.render.narration import NarrationFailed
from functions.render.narrators.espeak import EspeakNarrator
from functions.render.narrators.openai import OpenaiNarrator
from functions.render.narrators.pacing import paced
from shared.breakers import OwnBreakers
from tests.fake_speech import FakeSpeech

WORDS = ["We", "lost", "our", "best", "client.", "Nobody", "had", "asked", "them", "why."]
LONGER = (
    "Three years ago, after the acquisition, our engineering organisation had 42 microservices. Nobody understood "
    "them. So we deleted thirty. Deployment time fell from 2 hours to eleven minutes, and the phone went quiet."
)
KEY = "sk-okapi-0123456789"


def voice(
    speech: FakeSpeech, *, key: str | None = KEY, rate: float = 1.0, breakers: OwnBreakers | None = None
) -> OpenaiNarrator:
    return OpenaiNarrator(
        base_url=f"{speech.url}/v1", key=key, model="tts-1", voice="alloy", rate=rate, sample_rate=44_100,
        language="en-US", breakers=breakers or OwnBreakers(),
    )  # fmt: skip


def test_the_words_are_spoken_and_timed_by_their_lengths_and_the_pauses() -> None:
    with FakeSpeech(key=KEY) as speech:
        narration = voice(speech).narrate(WORDS)
    assert speech.asked == [
        {"model": "tts-1", "input": " ".join(WORDS), "voice": "alloy", "response_format": "wav", "speed": 1.0}
    ]
    assert [word.text for word in narration.words] == WORDS
    true = [word.start for word in speech.words[0]]
    assert [word.start for word in narration.words] == pytest.approx(true, abs=0.3)
    assert narration.words[5].start == pytest.approx(true[5], abs=0.03), "a sentence begins after its pause"
    assert narration.size > 1000
    quiet = quiet_spans(levels(narration.audio, 44_100))
    assert len(quiet) >= len(WORDS) - 1, "it is the sound that was sent"


@pytest.mark.parametrize("speed", [0.85, 1.2])
def test_words_without_times_are_found_better_by_how_they_are_said_than_by_their_letters(speed: float) -> None:
    words = LONGER.split()
    true = EspeakNarrator(rate=speed, volume=1.0, sample_rate=44_100, language="en-029").narrate(words)
    quiet = quiet_spans(levels(true.audio, 44_100))
    by_letters = estimate(words, quiet, duration=true.duration)
    by_ear = paced(words, true.audio, 44_100, language="en-US")

    def off(found: Sequence[WordTiming]) -> list[float]:
        return [abs(guess.start - known.start) for guess, known in zip(found, true.words, strict=True)]

    assert sum(off(by_ear)) < 0.7 * sum(off(by_letters))
    assert max(off(by_ear)) < 0.3


def test_where_espeak_does_not_know_the_language_letters_count() -> None:
    true = EspeakNarrator(rate=1.0, volume=1.0, sample_rate=44_100).narrate(WORDS)
    quiet = quiet_spans(levels(true.audio, 44_100))
    assert paced(WORDS, true.audio, 44_100, language="fil-PH") == estimate(WORDS, quiet, duration=true.duration)


def test_the_rate_reaches_the_service() -> None:
    with FakeSpeech() as speech:
        slow, fast = voice(speech).narrate(WORDS), voice(speech, rate=1.5).narrate(WORDS)
    assert [asked["speed"] for asked in speech.asked] == [1.0, 1.5]
    assert fast.duration < 0.8 * slow.duration


def test_a_service_without_a_key_is_asked_without_one() -> None:
    with FakeSpeech(key=None) as speech:
        assert voice(speech, key=None).narrate(WORDS).duration > 1


def test_the_key_is_the_operators_also_where_a_netrc_has_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with FakeSpeech() as speech:
        assert voice(speech).narrate(WORDS).duration > 1


@pytest.mark.parametrize("failure", [(429, {"Retry-After": "0"}), (500, {}), (503, {}), "drop"], ids=str)
def test_one_failed_try_is_made_good_by_the_next(failure: tuple[int, dict[str, str]] | str) -> None:
    breakers = OwnBreakers()
    with FakeSpeech([failure]) as speech:
        narration = voice(speech, breakers=breakers).narrate(WORDS)
    assert [word.text for word in narration.words] == WORDS
    assert len(speech.asked) == 2 and not breakers.is_open("openai")


@pytest.mark.parametrize(
    ("status", "calls", "opens"), [(400, 1, False), (401, 1, False), (404, 1, False), (429, 2, True), (503, 2, True)]
)
def test_what_stays_is_a_failure_that_tells_neither_key_nor_address(status: int, calls: int, opens: bool) -> None:
    breakers = OwnBreakers()
    with FakeSpeech([(status, {})] * 9) as speech, pytest.raises(NarrationFailed) as caught:
        voice(speech, breakers=breakers).narrate(WORDS)
    assert len(speech.asked) == calls
    assert breakers.is_open("openai") is opens
    for said in (str(caught.value), caught.value.public):
        assert KEY not in said and "127.0.0.1" not in said


def test_a_wrong_key_is_told_by_the_name_of_its_variable() -> None:
    with FakeSpeech(key="another") as speech, pytest.raises(NarrationFailed) as caught:
        voice(speech).narrate(WORDS)
    assert "SPEECH_API_KEY" in caught.value.public and KEY not in f"{caught.value} {caught.value.public}"


def test_a_long_retry_after_is_not_waited_for() -> None:
    began = time.monotonic()
    with FakeSpeech([(429, {"Retry-After": "3600"})]) as speech, pytest.raises(NarrationFailed):
        voice(speech).narrate(WORDS)
    assert len(speech.asked) == 1 and time.monotonic() - began < 20


def test_what_is_no_sound_is_a_failure() -> None:
    with FakeSpeech(["garbage"]) as speech, pytest.raises(NarrationFailed) as caught:
        voice(speech).narrate(WORDS)
    assert "cannot be read" in caught.value.public


def test_an_open_breaker_spares_the_call() -> None:
    breakers = OwnBreakers()
    breakers.trip("openai")
    with FakeSpeech() as speech, pytest.raises(NarrationFailed):
        voice(speech, breakers=breakers).narrate(WORDS)
    assert speech.asked == []
