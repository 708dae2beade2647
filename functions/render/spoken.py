"""What a film's voice is: the Narrator port, what it says, what that cost, and where bought scenes are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, runtime_checkable

from shared.jobs import VoiceUsage

from .alignment import WordTiming
from .audio import Samples

BOUGHT: Final = frozenset({"edge", "openai", "google"})  # engines whose sound comes from a service


class NarrationFailed(Exception):
    """A voice could not speak: the message is for the log, `public` is a reason that a person may read.

    `of_the_voice`: the engine answers, so that another voice of it may speak.
    """

    def __init__(self, message: str, *, public: str, of_the_voice: bool = False) -> None:
        super().__init__(message)
        self.public = public
        self.of_the_voice = of_the_voice


@dataclass(frozen=True, kw_only=True, slots=True)
class Narration:
    """Spoken words: mono sound, and one timing a word. `size`: bytes that a service sent for it."""

    audio: Samples
    sample_rate: int
    words: tuple[WordTiming, ...]
    size: int = 0

    @property
    def duration(self) -> float:
        return len(self.audio) / self.sample_rate


@dataclass(frozen=True, kw_only=True, slots=True)
class Bought:
    """One scene from a service: who spoke it, who could not, and what it cost: seconds of a call, bytes of sound."""

    narration: Narration
    engine: str
    voice: str | None
    failures: tuple[tuple[str, str], ...]
    seconds: float
    size: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoken:
    """A film's voice: one narration a scene, who spoke, and who could not: (engine, reason for a person)."""

    scenes: tuple[Narration, ...]
    engine: str
    voice: str | None = None
    failures: tuple[tuple[str, str], ...] = ()
    usage: VoiceUsage = field(default_factory=VoiceUsage)


class Narrator(Protocol):
    """A voice. It is called from several threads at once."""

    @property
    def name(self) -> str:
        """Of the engine."""

    @property
    def voice(self) -> str | None:
        """The engine's name for the voice, where it has several."""

    def narrate(self, words: Sequence[str]) -> Narration:
        """Speak `words` as one passage; `result.words` is one to one with them. Raises NarrationFailed."""


@runtime_checkable
class Interruptible(Protocol):
    """A voice that can be told to end the calls it is in; they raise NarrationFailed."""

    def interrupt(self) -> None: ...


class Shelf(Protocol):
    """Where a film's bought scenes are kept, by their numbers. Neither method fails: what is lost is bought again."""

    def find(self) -> Mapping[int, Bought]: ...

    def keep(self, scene: int, bought: Bought) -> None: ...


class NoShelf:
    """Nothing is kept."""

    def find(self) -> Mapping[int, Bought]:
        return {}

    def keep(self, scene: int, bought: Bought) -> None:
        """Nothing to do."""
