"""The voices of Google, by the true `requests` and google-auth with a service account's key, in their ways to fail."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from google.oauth2.service_account import Credentials

from functions.render.narration import NarrationFailed
from functions.render.narrators import google
from functions.render.narrators.google import GoogleNarrator
from shared.breakers import OwnBreakers
from tests.fake_iam import write_key_file
from tests.fake_speech import SYNTHESIZE, FakeSpeech

WORDS = ["We", "lost", "R&D", "<break/>", "client.", "Nobody", "had", "asked", "“why”."]


@pytest.fixture
def speech(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSpeech]:
    with FakeSpeech() as speech:
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(write_key_file(tmp_path / "key.json", speech.url)))
        monkeypatch.setattr(google, "URL", speech.url + SYNTHESIZE)
        # The library asks Google in the background where the account may be used, and lives without an answer.
        monkeypatch.setattr(
            Credentials, "_maybe_start_regional_access_boundary_refresh", lambda *_: None, raising=False
        )
        google._session.cache_clear()
        yield speech
        google._session.cache_clear()


def voice(
    like: str = "de-DE-ConradNeural", *, name: str | None = None, rate: float = 1.0, breakers: OwnBreakers | None = None
) -> GoogleNarrator:
    return GoogleNarrator(like=like, voice=name, rate=rate, sample_rate=44_100, breakers=breakers or OwnBreakers())


def test_words_are_timed_by_their_marks_and_a_strangers_text_is_no_markup(speech: FakeSpeech) -> None:
    narration = voice().narrate(WORDS)
    assert [word.text for word in narration.words] == WORDS
    assert [word.start for word in narration.words] == pytest.approx([w.start for w in speech.words[0]], abs=0.005)
    assert [word.text for word in speech.words[0]] == WORDS, "what was heard is what was to be said"
    assert narration.size > 1000


def test_the_language_and_the_gender_are_those_of_the_voice_that_was_asked_for(speech: FakeSpeech) -> None:
    voice("de-DE-ConradNeural").narrate(WORDS)
    voice("fr-FR-DeniseNeural", rate=1.5).narrate(WORDS)
    assert [asked["voice"] for asked in speech.asked] == [
        {"languageCode": "de-DE", "ssmlGender": "MALE"},
        {"languageCode": "fr-FR", "ssmlGender": "FEMALE"},
    ]
    assert [asked["audioConfig"]["speakingRate"] for asked in speech.asked] == [1.0, 1.5]


def test_locales_that_google_calls_otherwise_are_asked_for_by_its_names(speech: FakeSpeech) -> None:
    for name in ("zh-CN-XiaoxiaoNeural", "zh-TW-HsiaoChenNeural", "ar-EG-SalmaNeural"):
        voice(name).narrate(WORDS)
    assert [asked["voice"]["languageCode"] for asked in speech.asked] == ["cmn-CN", "cmn-TW", "ar-XA"]


def test_a_voice_that_takes_no_marks_gets_plain_text(speech: FakeSpeech) -> None:
    narration = voice("en-US-JennyNeural", name="en-US-Chirp3-HD-Kore").narrate(WORDS)
    assert speech.asked[0]["input"] == {"text": " ".join(WORDS)}
    true = [word.start for word in speech.words[0]]
    assert [word.start for word in narration.words] == pytest.approx(true, abs=0.3)


def test_a_passage_of_many_short_words_fits_into_what_the_service_takes(speech: FakeSpeech) -> None:
    words = ["&"] + ["so"] * 800
    narration = voice().narrate(words)
    assert [word.text for word in narration.words] == words
    starts = [word.start for word in narration.words]
    assert starts == sorted(starts) and starts[-1] > 0.95 * narration.duration


@pytest.mark.parametrize(
    ("status", "said"),
    [(400, "language or voice"), (401, "credentials"), (403, "API enabled"), (429, "more requests"), (503, "fault")],
)
def test_a_refusal_is_a_failure_with_a_reason(speech: FakeSpeech, status: int, said: str) -> None:
    speech.failures = [(status, {})] * 9
    breakers = OwnBreakers()
    with pytest.raises(NarrationFailed) as caught:
        voice(breakers=breakers).narrate(WORDS)
    assert said in caught.value.public
    assert breakers.is_open("google") is (status in (403, 429, 503))
    assert "token-" not in str(caught.value) and "127.0.0.1" not in str(caught.value)


@pytest.mark.parametrize("failure", ["drop", "garbage"])
def test_a_broken_answer_is_a_failure(speech: FakeSpeech, failure: str) -> None:
    speech.failures = [failure] * 9
    with pytest.raises(NarrationFailed):
        voice().narrate(WORDS)


def test_without_credentials_it_says_so(speech: FakeSpeech, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "nothing.json"))
    with pytest.raises(NarrationFailed) as caught:
        voice().narrate(WORDS)
    assert "credentials" in caught.value.public and speech.asked == []
