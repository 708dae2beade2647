"""Words → their sound: what was bought before, and the rest in passages by the first voice that can speak all of it."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Final

from shared import log
from shared.jobs import VoiceUsage

from .alignment import Event, WordTiming, align, estimate
from .passages import Piece, passages_of
from .spoken import BOUGHT, Bought, Interruptible, Narration, NarrationFailed, Narrator, NoShelf, Shelf, Spoken
from .takes import Take, joined, takes_of

__all__ = [
    "Event", "Interruptible", "Narration", "NarrationFailed", "Narrator", "Spoken", "WordTiming",
    "align", "estimate", "speak",
]  # fmt: skip

AT_A_TIME: Final = 3  # calls for one film: with more at once the voice service starts to refuse
IN_ALL: Final = 4  # calls of this process to services at once, whatever films it makes
CHECK_EVERY: Final = 0.25  # seconds between two looks whether the work must stop
INTERRUPTING: Final = 0.5  # seconds at most to see the calls end that were told to
PATIENCE: Final = 40.0  # seconds that a film gives one service for all it says, and
PATIENCE_A_PASSAGE: Final = 10.0  # this much more for each passage; then another voice is quicker

_turns: Final = threading.BoundedSemaphore(IN_ALL)


@dataclass(kw_only=True)
class _Bill:
    """What the services were asked for so far; noted by several threads."""

    texts: list[int] = field(default_factory=list)  # characters of each call
    sizes: list[int] = field(default_factory=list)  # bytes of each answer

    def usage(self, reused: Mapping[int, Bought]) -> VoiceUsage:
        return VoiceUsage(
            calls=len(self.texts),
            characters=sum(self.texts),
            bytes_bought=sum(self.sizes),
            scenes_reused=len(reused),
            bytes_reused=sum(bought.size for bought in reused.values()),
            seconds_saved=round(sum(bought.seconds for bought in reused.values()), 2),
        )


def speak(
    scenes: Sequence[Sequence[str]],
    narrators: Sequence[Narrator],
    *,
    sample_rate: int,
    check: Callable[[], None] = lambda: None,
    progress: Callable[[float], None] = lambda _: None,
    shelf: Shelf | None = None,
    again: bool = False,
    patience: float = PATIENCE,
) -> Spoken:
    """Speak a film's scenes (each its words as the voice says them) with the first voice that can speak all of it.

    What that voice has spoken before and `shelf` has kept is not spoken again. `again`: an earlier attempt may have
    bought the whole film from a later voice, which then comes first. Every scene is kept as soon as it is bought.
    `check` raises when the work must stop, and is called at least twice a second; `progress` gets 0..1, and begins
    again with the next voice. A film waits `patience` seconds for one service, and some more for each passage.
    Raises NarrationFailed when no voice is left, with the last voice's reason.
    """
    shelf = shelf or NoShelf()
    found = shelf.find()
    bill = _Bill()
    failures: list[tuple[str, str]] = []
    last: NarrationFailed | None = None
    out_of_time: dict[str, float] = {}  # of each service
    for narrator in _in_turn(narrators, found, len(scenes) if again else None):
        if last and failures[-1][0] == narrator.name and not last.of_the_voice:
            continue  # another voice of an engine that does not answer
        own = {number: bought for number, bought in found.items() if _is_of(bought, narrator)}
        passages = passages_of(scenes, without=own)
        is_bought = narrator.name in BOUGHT
        patient = patience + PATIENCE_A_PASSAGE * len(passages)
        ends_at = out_of_time.setdefault(narrator.name, time.monotonic() + patient) if is_bought else None
        told: dict[int, Narration] = {}
        try:
            calls = _Calls(narrator, bill, check=check, progress=progress, ends_at=ends_at)
            for number, bought in calls.scenes_told(scenes, passages, tuple(failures)):
                if bought.narration.sample_rate != sample_rate:
                    raise ValueError(f"{narrator.name} speaks at another rate than {sample_rate}")
                told[number] = bought.narration
                if is_bought:
                    shelf.keep(number, bought)
        except NarrationFailed as error:
            log.event("voice_failed", level=logging.WARNING, engine=narrator.name, detail=str(error))
            failures.append((narrator.name, error.public))
            last = error
            continue
        before = next((bought.failures for bought in own.values()), ())  # of the attempt that bought it
        return Spoken(
            scenes=tuple(told[n] if n in told else own[n].narration for n in range(len(scenes))),
            engine=narrator.name,
            voice=narrator.voice,
            failures=tuple(failures) or (() if told else before),
            usage=bill.usage(own),
        )
    raise NarrationFailed(
        f"no voice could speak: {failures}", public=last.public if last else "No voice is set up."
    ) from last


class _Calls:
    """The calls of one voice for one film."""

    def __init__(
        self,
        narrator: Narrator,
        bill: _Bill,
        *,
        check: Callable[[], None],
        progress: Callable[[float], None],
        ends_at: float | None,
    ) -> None:
        self._narrator, self._bill = narrator, bill
        self._check, self._progress, self._ends_at = check, progress, ends_at

    def scenes_told(
        self,
        scenes: Sequence[Sequence[str]],
        passages: Sequence[Sequence[Piece]],
        failures: tuple[tuple[str, str], ...],
    ) -> Iterator[tuple[int, Bought]]:
        """Each scene as soon as all of it is told. Raises NarrationFailed."""
        left = Counter(scene for passage in passages for scene in {piece.scene for piece in passage})
        takes: dict[int, dict[int, Take]] = {}
        cost: dict[int, tuple[float, float]] = {}
        for place, narration, seconds in self._answers(passages):
            passage = passages[place]
            characters = Counter[int]()
            for piece in passage:
                characters[piece.scene] += len(piece.text)
            for scene, take in takes_of(passage, narration).items():
                share = characters[scene] / characters.total()
                before = cost.get(scene, (0.0, 0.0))
                cost[scene] = before[0] + share * seconds, before[1] + share * narration.size
                takes.setdefault(scene, {})[place] = take
                left[scene] -= 1
                if not left[scene]:
                    parts = [take for _, take in sorted(takes.pop(scene).items())]
                    yield (
                        scene,
                        Bought(
                            narration=joined(scenes[scene], parts),
                            engine=self._narrator.name,
                            voice=self._narrator.voice,
                            failures=failures,
                            seconds=cost[scene][0],
                            size=round(cost[scene][1]),
                        ),
                    )

    def _answers(self, passages: Sequence[Sequence[Piece]]) -> Iterator[tuple[int, Narration, float]]:
        """The number of a passage, its sound, and how long it took, in the order in which they come."""
        pool = ThreadPoolExecutor(max_workers=AT_A_TIME, thread_name_prefix="narrate")
        calls: dict[Future[tuple[Narration, float]], int] = {
            pool.submit(self._call, [piece.text for piece in passage]): place for place, passage in enumerate(passages)
        }
        waiting = set(calls)
        try:
            while waiting:
                self._check()
                if self._ends_at and time.monotonic() > self._ends_at:
                    raise NarrationFailed("the film's deadline passed", public="The voice service took too long.")
                done, waiting = wait(waiting, timeout=CHECK_EVERY, return_when=FIRST_COMPLETED)
                for call in done:
                    narration, seconds = call.result()
                    yield calls[call], narration, seconds
                if done:
                    self._progress(1 - len(waiting) / len(calls))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            give_up_at = time.monotonic() + INTERRUPTING
            while isinstance(self._narrator, Interruptible) and not all(call.done() for call in calls):
                self._narrator.interrupt()  # again and again: a call that has just begun may not have heard it
                if time.monotonic() > give_up_at:
                    break
                time.sleep(INTERRUPTING / 50)

    def _call(self, words: Sequence[str]) -> tuple[Narration, float]:
        if self._narrator.name not in BOUGHT:
            return self._narrator.narrate(words), 0.0
        with _turns:
            began = time.monotonic()
            self._bill.texts.append(len(" ".join(words)))
            narration = self._narrator.narrate(words)
            self._bill.sizes.append(narration.size)
            return narration, time.monotonic() - began


def _in_turn(narrators: Sequence[Narrator], found: Mapping[int, Bought], scenes: int | None) -> list[Narrator]:
    """The voices in their order; where `scenes` are all there from one of them, that one first."""

    def has_not_all(narrator: Narrator) -> bool:
        return sum(_is_of(bought, narrator) for bought in found.values()) != scenes

    return sorted(narrators, key=has_not_all)


def _is_of(bought: Bought, narrator: Narrator) -> bool:
    return (bought.engine, bought.voice) == (narrator.name, narrator.voice)
