"""The voices of Google Text-to-Speech, by REST: https://cloud.google.com/text-to-speech/docs/reference/rest.

Word times come from a `<mark>` before each word, which the version v1beta1 tells. Voices that take no marks (the newer
HD ones) get plain text; their word times follow from the words and the pauses in the sound.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from functools import cache
from html import escape
from typing import Any, Final

import google.auth
import google.auth.exceptions
import requests
from google.auth.transport.requests import AuthorizedSession

from shared.breakers import Breakers
from shared.voices import voices

from ..audio import AudioUnreadable, decode
from ..narration import Event, Narration, NarrationFailed, align
from .pacing import paced

URL: Final = "https://texttospeech.googleapis.com/v1beta1/text:synthesize"
SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"
TIMEOUT: Final = 30.0  # seconds; a passage takes two or three
MOST_SSML: Final = 5000  # bytes that the service takes; hundreds of one-letter words have longer marks than that
SLOWEST, FASTEST = 0.25, 2.0  # what the service takes as `speakingRate`
_WITHOUT_MARKS: Final = re.compile(r"Chirp|Journey|Studio")


class GoogleNarrator:
    """`like` is a voice of Edge's: its locale and gender are asked for, unless the operator named a `voice`."""

    name = "google"

    def __init__(self, *, like: str, voice: str | None, rate: float, sample_rate: int, breakers: Breakers) -> None:
        self.voice = voice
        self._like = like
        self._rate = min(max(rate, SLOWEST), FASTEST)
        self._sample_rate = sample_rate
        self._breakers = breakers

    def narrate(self, words: Sequence[str]) -> Narration:
        if self._breakers.is_open(self.name):
            raise NarrationFailed("the breaker is open", public="The voice service did not answer a short while ago.")
        takes_marks = not (self.voice and _WITHOUT_MARKS.search(self.voice))
        told = self._asked(words, marked=takes_marks and len(_ssml(words).encode()) <= MOST_SSML)
        try:
            wav = base64.b64decode(told["audioContent"], validate=True)
            audio = decode(wav, sample_rate=self._sample_rate, input_format="wav")
            times = {point["markName"]: float(point["timeSeconds"]) for point in told.get("timepoints", [])}
        except (AudioUnreadable, KeyError, TypeError, ValueError, binascii.Error) as error:
            public = "The voice service sent sound that cannot be read."
            raise NarrationFailed(type(error).__name__, public=public) from error
        duration = len(audio) / self._sample_rate
        events = _events(words, times, duration)
        if events:
            timings = align(words, " ".join(words), events, duration=duration)
        else:
            timings = paced(words, audio, self._sample_rate, language=self._like.rpartition("-")[0])
        return Narration(audio=audio, sample_rate=self._sample_rate, words=timings, size=len(wav))

    def _asked(self, words: Sequence[str], *, marked: bool) -> dict[str, Any]:
        language = _code(self._like.rpartition("-")[0])
        gender = next((voice.gender.upper() for voice in voices() if voice.name == self._like), "FEMALE")
        asked = {
            "input": {"ssml": _ssml(words)} if marked else {"text": " ".join(words)},
            "voice": {"languageCode": language, "ssmlGender": gender} | ({"name": self.voice} if self.voice else {}),
            "audioConfig": {
                "audioEncoding": "LINEAR16", "sampleRateHertz": self._sample_rate, "speakingRate": self._rate
            },
        }  # fmt: skip
        if marked:
            asked["enableTimePointing"] = ["SSML_MARK"]
        try:
            answer = _session().post(URL, json=asked, timeout=TIMEOUT, allow_redirects=False)
        except (google.auth.exceptions.GoogleAuthError, requests.RequestException) as error:
            self._breakers.trip(self.name)
            credentials = isinstance(error, google.auth.exceptions.GoogleAuthError)
            public = (
                "Google's credentials are missing or not good." if credentials else "Google's voice is out of reach."
            )
            raise NarrationFailed(type(error).__name__, public=public) from error
        if answer.status_code == 200:
            try:
                told = answer.json()
            except ValueError as error:
                raise NarrationFailed("no JSON", public="Google's voice sent an answer that cannot be read.") from error
            return told if isinstance(told, dict) else {}
        if answer.status_code in (403, 429) or answer.status_code >= 500:
            self._breakers.trip(self.name)
        raise NarrationFailed(f"status {answer.status_code}", public=_reason(answer.status_code))


def _reason(status: int) -> str:
    reasons = {
        400: "Google's voice does not know this language or voice.",
        401: "Google does not accept the credentials.",
        403: "Google refuses: is the Text-to-Speech API enabled for this project?",
        429: "Google's voice refuses more requests at the moment.",
    }
    return reasons.get(status, "Google's voice has a fault.")


def _ssml(words: Sequence[str]) -> str:
    """The words are a stranger's: escaped, they cannot be markup."""
    told = " ".join(f'<mark name="w{place}"/>{escape(word)}' for place, word in enumerate(words))
    return f"<speak>{told}</speak>"


def _events(words: Sequence[str], times: dict[str, float], duration: float) -> list[Event]:
    """When each word begins; it ends where the next one begins."""
    starts = [times.get(f"w{place}") for place in range(len(words))]
    events, position = [], 0
    for place, word in enumerate(words):
        start = starts[place]
        if start is not None:
            end = next((later for later in starts[place + 1 :] if later is not None), duration)
            events.append(Event(position=position, length=len(word), start=start, end=max(start, end)))
        position += len(word) + 1
    return events


def _code(locale: str) -> str:
    """What Google calls a locale of Edge's: https://cloud.google.com/text-to-speech/docs/list-voices-and-types."""
    if locale.startswith("ar-"):
        return "ar-XA"
    return {"zh-CN": "cmn-CN", "zh-TW": "cmn-TW", "zh-HK": "yue-HK"}.get(locale, locale)


@cache
def _session() -> AuthorizedSession:
    credentials, _ = google.auth.default(scopes=[SCOPE])
    return AuthorizedSession(credentials)  # type: ignore[no-untyped-call]
