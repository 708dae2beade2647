"""A voice of any service that speaks OpenAI's `/v1/audio/speech`: OpenAI itself, or one's own machine."""

import random
import time
from collections.abc import Sequence
from typing import Final

import requests

from shared.breakers import Breakers

from ..audio import AudioUnreadable, decode
from ..narration import Narration, NarrationFailed
from .pacing import paced

CONNECT_TIMEOUT: Final = 5.0  # seconds
READ_TIMEOUT: Final = 30.0  # seconds without a byte
TRIES: Final = 2
LONGEST_WAIT: Final = 8.0  # seconds of `Retry-After` that are worth it; then another voice is quicker
MOST_BYTES: Final = 20_000_000  # of one answer: a passage is about 40 seconds of speech
SLOWEST, FASTEST = 0.25, 4.0  # what the service takes as `speed`
REFUSALS: Final = (403, 429, 503)


class OpenaiNarrator:
    """`base_url` ends in /v1. The service tells no word times: they follow from the words and the pauses heard."""

    name = "openai"

    def __init__(
        self,
        *,
        base_url: str,
        key: str | None,
        model: str,
        voice: str,
        rate: float,
        sample_rate: int,
        language: str = "en-US",
        breakers: Breakers,
    ) -> None:
        self._language = language
        self._url = f"{base_url}/audio/speech"
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._model, self.voice = model, voice
        self._speed = min(max(rate, SLOWEST), FASTEST)
        self._sample_rate = sample_rate
        self._breakers = breakers

    def narrate(self, words: Sequence[str]) -> Narration:
        if self._breakers.is_open(self.name):
            raise NarrationFailed("the breaker is open", public="The voice service did not answer a short while ago.")
        body = {"model": self._model, "input": " ".join(words), "voice": self.voice, "response_format": "wav",
                "speed": self._speed}  # fmt: skip
        wav = self._asked(body)
        try:
            audio = decode(wav, sample_rate=self._sample_rate, input_format="wav")
        except AudioUnreadable as error:
            raise NarrationFailed(str(error), public="The voice service sent sound that cannot be read.") from error
        if not len(audio):
            raise NarrationFailed("no sound", public="The voice service sent no sound.", of_the_voice=True)
        timings = paced(words, audio, self._sample_rate, language=self._language)
        return Narration(audio=audio, sample_rate=self._sample_rate, words=timings, size=len(wav))

    def _asked(self, body: dict[str, object]) -> bytes:
        for last in (False, True):
            try:
                with requests.post(
                    self._url, json=body, headers=self._headers, timeout=(CONNECT_TIMEOUT, READ_TIMEOUT),
                    stream=True, allow_redirects=False, auth=_as_they_are,
                ) as answer:  # fmt: skip
                    if answer.status_code == 200:
                        return _body(answer)
                    status, wait = answer.status_code, _seconds(answer.headers.get("Retry-After"))
            except requests.RequestException as error:
                if last:
                    self._breakers.trip(self.name)
                    raise NarrationFailed(
                        type(error).__name__, public="The voice service cannot be reached."
                    ) from error
                status, wait = 0, None
            if last or (status and status not in REFUSALS and status < 500) or (wait or 0) > LONGEST_WAIT:
                raise self._refused(status)
            time.sleep(wait if wait is not None else random.uniform(0.3, 0.8))
        raise AssertionError("the last try ends the loop")

    def _refused(self, status: int) -> NarrationFailed:
        if status in REFUSALS or status >= 500:
            self._breakers.trip(self.name)
        reasons = {
            401: "The voice service does not accept the key (SPEECH_API_KEY).",
            403: "The voice service refuses the key (SPEECH_API_KEY).",
            404: "The voice service does not know the model or the address (SPEECH_MODEL, SPEECH_BASE_URL).",
            429: "The voice service refuses more requests at the moment.",
        }
        public = reasons.get(status, "The voice service did not accept the request.")
        return NarrationFailed(f"status {status}", public=public if status < 500 else "The voice service has a fault.")


def _as_they_are(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """The headers hold the key; without this a ~/.netrc would put another in its place."""
    return request


def _body(answer: requests.Response) -> bytes:
    sound = bytearray()
    for piece in answer.iter_content(65536):
        sound += piece
        if len(sound) > MOST_BYTES:
            raise NarrationFailed("more than a passage", public="The voice service sent more than it was asked for.")
    return bytes(sound)


def _seconds(retry_after: str | None) -> float | None:
    return float(retry_after) if retry_after and retry_after.isdecimal() else None
