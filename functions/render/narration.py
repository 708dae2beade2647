"""Words → their sound: the Narrator port, and what all voices share: passages, fallback, word times, cuts."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

import numpy as np

from shared import log

from .alignment import Event, WordTiming, align, estimate, in_order
from .audio import FRAME, Samples, kept, levels, quiet_spans, quietest
from .passages import Piece, passages_of

__all__ = [
    "Breaker", "Event", "Interruptible", "Narration", "NarrationFailed", "Narrator", "Spoken", "WordTiming",
    "align", "estimate", "speak",
]  # fmt: skip

AT_A_TIME: Final = 3  # more calls at once and the voice service starts to refuse
CHECK_EVERY: Final = 0.25  # seconds between two looks whether the work must stop
INTERRUPTING: Final = 0.5  # seconds at most to see the calls end that were told to
BEFORE_SPEECH: Final = 0.12  # seconds of silence left before a scene's first sound
AFTER_SPEECH: Final = 0.25  # and after its last
LONG_PAUSE: Final = 0.6  # seconds inside a scene; longer ones become
SHORT_PAUSE: Final = 0.3


class NarrationFailed(Exception):
    """A voice could not speak: the message is for the log, `public` is a reason that a person may read."""

    def __init__(self, message: str, *, public: str) -> None:
        super().__init__(message)
        self.public = public


@dataclass(frozen=True, kw_only=True, slots=True)
class Narration:
    """Spoken words: mono sound, and one timing a word."""

    audio: Samples
    sample_rate: int
    words: tuple[WordTiming, ...]

    @property
    def duration(self) -> float:
        return len(self.audio) / self.sample_rate


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoken:
    """A film's voice: one narration a scene, who spoke, and who could not: (engine, reason for a person)."""

    scenes: tuple[Narration, ...]
    engine: str
    failures: tuple[tuple[str, str], ...] = ()


class Narrator(Protocol):
    """A voice. It is called from several threads at once."""

    @property
    def name(self) -> str: ...

    def narrate(self, words: Sequence[str]) -> Narration:
        """Speak `words` as one passage; `result.words` is one to one with them. Raises NarrationFailed."""


@runtime_checkable
class Interruptible(Protocol):
    """A voice that can be told to end the calls it is in; they raise NarrationFailed."""

    def interrupt(self) -> None: ...


class Breaker:
    """Remembers for a while that a service does not answer, so that not every film waits for it in vain."""

    def __init__(self, cooldown: float = 300.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._cooldown, self._clock = cooldown, clock
        self._until: float | None = None
        self._lock = threading.Lock()

    @property
    def open(self) -> bool:
        with self._lock:
            return self._until is not None and self._clock() < self._until

    def trip(self) -> None:
        with self._lock:
            self._until = self._clock() + self._cooldown

    def reset(self) -> None:
        with self._lock:
            self._until = None


def speak(
    scenes: Sequence[Sequence[str]],
    narrators: Sequence[Narrator],
    *,
    sample_rate: int,
    check: Callable[[], None] = lambda: None,
    progress: Callable[[float], None] = lambda _: None,
) -> Spoken:
    """Speak a film's scenes (each its words as the voice says them) with the first voice that can speak all of it.

    `check` raises when the work must stop, and is called at least twice a second; `progress` gets 0..1, and begins
    again with the next voice.
    Raises NarrationFailed when no voice is left, with the last voice's reason.
    """
    passages = passages_of(scenes)
    failures: list[tuple[str, str]] = []
    last: NarrationFailed | None = None
    for narrator in narrators:
        try:
            told = _narrated(passages, narrator, check, progress)
        except NarrationFailed as error:
            log.event("voice_failed", level=logging.WARNING, engine=narrator.name, detail=str(error))
            failures.append((narrator.name, error.public))
            last = error
            continue
        if any(narration.sample_rate != sample_rate for narration in told):
            raise ValueError(f"{narrator.name} speaks at another rate than {sample_rate}")
        return Spoken(scenes=_in_scenes(scenes, passages, told), engine=narrator.name, failures=tuple(failures))
    raise NarrationFailed(
        f"no voice could speak: {failures}", public=last.public if last else "No voice is set up."
    ) from last


def _narrated(
    passages: Sequence[Sequence[Piece]],
    narrator: Narrator,
    check: Callable[[], None],
    progress: Callable[[float], None],
) -> list[Narration]:
    pool = ThreadPoolExecutor(max_workers=AT_A_TIME, thread_name_prefix="narrate")
    calls = [pool.submit(narrator.narrate, [piece.text for piece in passage]) for passage in passages]
    waiting = set(calls)
    try:
        while waiting:
            check()
            done, waiting = wait(waiting, timeout=CHECK_EVERY, return_when=FIRST_COMPLETED)
            for call in done:
                call.result()
            if done:
                progress(1 - len(waiting) / len(calls))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        give_up_at = time.monotonic() + INTERRUPTING
        while isinstance(narrator, Interruptible) and not all(call.done() for call in calls):
            narrator.interrupt()  # again and again: a call that has just begun may not have heard the first time
            if time.monotonic() > give_up_at:
                break
            time.sleep(INTERRUPTING / 50)
    return [call.result() for call in calls]


def _in_scenes(
    scenes: Sequence[Sequence[str]], passages: Sequence[Sequence[Piece]], told: Sequence[Narration]
) -> tuple[Narration, ...]:
    takes: list[list[tuple[Narration, list[int]]]] = [[] for _ in scenes]
    for passage, narration in zip(passages, told, strict=True):
        level = levels(narration.audio, narration.sample_rate)
        quiet = quiet_spans(level)
        first, cut = 0, 0.0
        while first < len(passage):
            scene = passage[first].scene
            after = next((i for i in range(first, len(passage)) if passage[i].scene != scene), len(passage))
            words = narration.words[first:after]
            end = narration.duration
            if after < len(passage):
                last, following = words[-1], narration.words[after]
                low = (last.start + last.end) / 2
                high = min(following.start + 0.06, (following.start + following.end) / 2)  # its time may be late
                end = max(cut, quietest(level, quiet, low, high))
            take = _tightened(narration, words, (cut, end), quiet)
            takes[scene].append((take, [piece.word for piece in passage[first:after]]))
            first, cut = after, end
    return tuple(_joined(words, parts) for words, parts in zip(scenes, takes, strict=True))


def _tightened(
    narration: Narration,
    words: Sequence[WordTiming],
    take: tuple[float, float],
    quiet: Sequence[tuple[float, float]],
) -> Narration:
    """One scene out of its passage: silence at its ends trimmed, long pauses shortened, word times moved along."""
    low, high = take
    silences = [(max(low, start), min(high, end)) for start, end in quiet if start < high and end > low]
    begin, finish, pauses = low, high, silences
    if silences and silences[0][0] == low and silences[0][1] >= high - FRAME:
        # nothing sounds at all: the words' times say what belongs to them
        begin, finish, pauses = min(max(words[0].start, low), high), min(max(words[-1].end, low), high), []
    else:
        if silences and silences[0][0] == low:
            begin, pauses = silences[0][1], pauses[1:]
        if silences and silences[-1][1] >= high - FRAME:  # the last frame may be longer than the sound
            finish, pauses = silences[-1][0], pauses[:-1]
    edges = [max(low, begin - BEFORE_SPEECH)]
    for start, end in pauses:
        if end - start > LONG_PAUSE:
            edges += [start + SHORT_PAUSE / 2, end - SHORT_PAUSE / 2]
    edges.append(min(high, finish + AFTER_SPEECH))
    spans = list(zip(edges[::2], edges[1::2], strict=True))
    audio = kept(narration.audio, narration.sample_rate, spans)
    lengths = [end - start for start, end in spans]
    moved_edges = [0.0]
    for length in lengths:
        moved_edges += [moved_edges[-1] + length] * 2
    moved = np.interp([(word.start, word.end) for word in words], edges, moved_edges[:-1])
    duration = len(audio) / narration.sample_rate
    timings = in_order([word.text for word in words], [(float(a), float(b)) for a, b in moved], duration)
    return Narration(audio=audio, sample_rate=narration.sample_rate, words=timings)


def _joined(words: Sequence[str], parts: Sequence[tuple[Narration, Sequence[int]]]) -> Narration:
    spans: dict[int, tuple[float, float]] = {}
    elapsed = 0.0
    for narration, numbers in parts:
        for number, timing in zip(numbers, narration.words, strict=True):
            start, _ = spans.get(number, (elapsed + timing.start, 0.0))
            spans[number] = (start, elapsed + timing.end)
        elapsed += narration.duration
    timings = tuple(WordTiming(text=word, start=spans[i][0], end=spans[i][1]) for i, word in enumerate(words))
    audio = np.concatenate([narration.audio for narration, _ in parts])
    return Narration(audio=audio, sample_rate=parts[0][0].sample_rate, words=timings)
