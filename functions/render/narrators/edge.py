"""The voice of Microsoft Edge's reading service through edge-tts, with what its client does not guard against.

Proven with edge-tts 7.3: a connection that closes in mid-speech is not an error there, its receive_timeout does not
fire, and after an error stream_sync() never returns. Hence the count of bytes, our own deadlines, and stream().
"""

import asyncio
import random
import re
import threading
from collections.abc import Sequence
from typing import Final

import aiohttp
import edge_tts
from edge_tts.exceptions import EdgeTTSException, NoAudioReceived, SkewAdjustmentError

from shared.breakers import Breakers

from ..audio import AudioUnreadable, decode, levels, quiet_spans
from ..narration import Event, Narration, NarrationFailed, align, estimate

TRIES: Final = 3
TRY_DEADLINE: Final = 15.0  # seconds; a passage usually takes two or three
TOTAL_DEADLINE: Final = 40.0  # seconds for all tries; after that another voice is quicker
CONNECT_TIMEOUT: Final = 8  # seconds
BACKOFF: Final = 0.6  # seconds before the second try, twice that before the third, less a random part
TICKS_PER_SECOND: Final = 10_000_000
BITS_PER_SECOND: Final = 48_000  # constant in the service's only format
REFUSALS: Final = (403, 429, 503)  # the service does not want us now: more tries make it worse
SEARCH: Final = 80  # characters to look ahead for a word that the service changed before speaking
_APOSTROPHES: Final = str.maketrans({"\u2018": "'", "\u2019": "'"})

Heard = tuple[float, float, str]  # start, end in seconds, and what was spoken


class _CutShort(Exception):
    """The connection ended before the service said that it was done."""


class EdgeNarrator:
    """`rate` and `volume` as the service wants them ("+10%"). Raises NarrationFailed, after up to three tries."""

    name = "edge"

    def __init__(
        self,
        *,
        voice: str,
        rate: str,
        volume: str,
        sample_rate: int,
        breakers: Breakers,
        try_deadline: float = TRY_DEADLINE,
        total_deadline: float = TOTAL_DEADLINE,
        backoff: float = BACKOFF,
    ) -> None:
        self.voice, self._rate, self._volume = voice, rate, volume
        self._sample_rate = sample_rate
        self._breakers = breakers
        self._try_deadline, self._total_deadline, self._backoff = try_deadline, total_deadline, backoff
        self._calls: set[tuple[asyncio.AbstractEventLoop, asyncio.Task[object]]] = set()
        self._lock = threading.Lock()

    def narrate(self, words: Sequence[str]) -> Narration:
        text = " ".join(words)
        if self._breakers.is_open(self.name):
            raise NarrationFailed("the breaker is open", public="The voice service did not answer a short while ago.")
        try:
            mp3, heard = asyncio.run(self._in_time(text))
        except asyncio.CancelledError:
            raise NarrationFailed("interrupted", public="The narration was stopped.") from None
        try:
            audio = decode(mp3, sample_rate=self._sample_rate, input_format="mp3")
        except AudioUnreadable as error:
            raise NarrationFailed(str(error), public="The voice service sent sound that cannot be read.") from error
        duration = len(audio) / self._sample_rate
        events = located(text, heard)
        if events:
            timings = align(words, text, events, duration=duration)
        else:
            timings = estimate(words, quiet_spans(levels(audio, self._sample_rate)), duration=duration)
        return Narration(audio=audio, sample_rate=self._sample_rate, words=timings, size=len(mp3))

    def interrupt(self) -> None:
        """End the calls now in flight; they raise NarrationFailed."""
        with self._lock:
            for loop, task in self._calls:
                loop.call_soon_threadsafe(task.cancel)

    async def _in_time(self, text: str) -> tuple[bytes, list[Heard]]:
        task = asyncio.current_task()
        assert task is not None  # asyncio.run made one
        call = (asyncio.get_running_loop(), task)
        with self._lock:
            self._calls.add(call)
        try:
            async with asyncio.timeout(self._total_deadline):
                return await self._tried(text)
        except TimeoutError as error:
            self._breakers.trip(self.name)
            raise NarrationFailed("the total deadline passed", public="The voice service did not answer.") from error
        finally:
            with self._lock:
                self._calls.discard(call)

    async def _tried(self, text: str) -> tuple[bytes, list[Heard]]:
        attempt = 1
        while True:
            try:
                async with asyncio.timeout(self._try_deadline):
                    answer = await self._asked(text)
            except (EdgeTTSException, aiohttp.ClientError, _CutShort, OSError, ValueError, KeyError) as error:
                # TimeoutError is an OSError; ValueError and KeyError: messages that the client cannot take apart
                failure = self._judged(error, last=attempt == TRIES)
                if failure is not None:
                    raise failure from error
            else:
                return answer
            await asyncio.sleep(self._backoff * 2 ** (attempt - 1) * random.uniform(0.5, 1.0))
            attempt += 1
            if self._breakers.is_open(self.name):  # tripped meanwhile, by another passage
                raise NarrationFailed("the breaker is open", public="The voice service does not answer.")

    async def _asked(self, text: str) -> tuple[bytes, list[Heard]]:
        try:
            client = edge_tts.Communicate(
                text,
                self.voice,
                rate=self._rate,
                volume=self._volume,
                boundary="WordBoundary",  # its default tells sentences only
                connect_timeout=CONNECT_TIMEOUT,
            )
        except ValueError as error:
            reason = "The voice service does not know this voice."
            raise NarrationFailed(str(error), public=reason, of_the_voice=True) from error
        mp3 = bytearray()
        heard: list[Heard] = []
        async for message in client.stream():
            if message["type"] == "audio":
                mp3 += message["data"]
            elif message["type"] == "WordBoundary":
                start = message["offset"] / TICKS_PER_SECOND
                heard.append((start, start + message["duration"] / TICKS_PER_SECOND, message["text"]))
        if client.state["cumulative_audio_bytes"] != len(mp3):  # counted only when the service says that it is done
            raise _CutShort(f"{len(mp3)} bytes and then no more")
        if heard and heard[-1][0] > len(mp3) * 8 / BITS_PER_SECOND:
            raise _CutShort(f"words up to {heard[-1][0]:.1f} s in {len(mp3)} bytes")
        return bytes(mp3), heard

    def _judged(self, error: Exception, *, last: bool) -> NarrationFailed | None:
        """What a failed try means: the failure of the whole call, or None when another try may help."""
        status = _status(error)
        message = f"{type(error).__name__}: {status or error}"  # with a status, the text holds the whole address
        if isinstance(error, aiohttp.ClientConnectorError):  # refused, no such host, no route: no use to insist
            self._breakers.trip(self.name)
            return NarrationFailed(message, public="The voice service cannot be reached.")
        if status is not None and status not in REFUSALS and status < 500:
            return NarrationFailed(message, public="The voice service did not accept the request.")
        if not last:
            return None
        if status in REFUSALS:
            self._breakers.trip(self.name)
            return NarrationFailed(message, public="The voice service refuses requests at the moment.")
        if isinstance(error, TimeoutError):
            self._breakers.trip(self.name)
            return NarrationFailed(message, public="The voice service did not answer in time.")
        if isinstance(error, NoAudioReceived):
            reason = "The voice service sent no sound; perhaps it lacks this voice."
            return NarrationFailed(message, public=reason, of_the_voice=True)
        return NarrationFailed(message, public="The voice service broke off.")


def _status(error: Exception) -> int | None:
    if isinstance(error, SkewAdjustmentError):
        return 403  # the client asks for the server's time after a 403 only, and did not get it
    return error.status if isinstance(error, aiohttp.ClientResponseError) else None


def located(text: str, heard: Sequence[Heard]) -> list[Event]:
    """Find what was spoken in `text`, in order; what the service changed ("5" → "five") is left out.

    Some voices give every word the same time; then nothing is found.
    """
    plain = text.translate(_APOSTROPHES)
    events: list[Event] = []
    if len(heard) > 2 and heard[-1][0] <= heard[0][0]:
        return events
    cursor = 0
    for start, end, spoken in heard:
        wanted = re.escape(spoken.strip().translate(_APOSTROPHES))
        if not wanted:
            continue
        here = re.compile(rf"[\W_]*({wanted})", re.IGNORECASE).match(plain, cursor)
        ahead = re.compile(rf"(?<!\w)({wanted})(?!\w)", re.IGNORECASE)
        found = here or ahead.search(plain, cursor, cursor + SEARCH)
        if found is None:
            continue
        events.append(Event(position=found.start(1), length=len(found[1]), start=start, end=end))
        cursor = found.end(1)
    return events
