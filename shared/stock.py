"""Photographs of stock services: what is known of one, and how the scenes of a film find theirs."""

import contextvars
import logging
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeVar

from shared import log
from shared.jobs import Credit
from shared.storyboard.search import CHOSEN

AT_ONCE: Final = 4  # calls of one service for one film
A_SEARCH: Final = 3.0  # seconds
A_FILE: Final = 4.0  # seconds
PATIENCE: Final = 2  # failures that may pass, after which a service is left alone for this film
LOOKED_AT: Final = 5  # of the answers to a search: the first of them fit best; posts differ in which comes first
CHOICE: Final = 3  # candidates a scene
LATER_SCENES_HAVE_NONE: Final = 12  # with more candidates a plan would be too long to be sent back

Orientation = Literal["portrait", "square", "landscape"]
Problem = Literal["lasting", "passing", "of_one_photo"]

T = TypeVar("T")
R = TypeVar("R")


class StockFailed(Exception):
    """A service gave nothing: the message is for the log, `public` a sentence that a person can act on.

    `kind`: whether another call may do better, none will for now, or this was about one photograph alone.
    """

    def __init__(self, message: str, *, public: str, kind: Problem) -> None:
        super().__init__(message)
        self.public = public
        self.kind: Problem = kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Photo:
    """One photograph of a service, not fetched yet. `report_url` is called once it is used, where there is one."""

    service: str  # "unsplash"
    photo_id: str
    width: int
    height: int
    alt: str
    credit: Credit
    file_url: str
    thumbnail_url: str
    report_url: str | None = None

    @property
    def reference(self) -> str:
        """How a caller names it among the search terms of a scene."""
        return f"{self.service}:{self.photo_id}"


class PhotoService(Protocol):
    """A service with photographs. Each call takes `seconds` at most; `check` is called meanwhile, and raises when the
    work must stop. All raise StockFailed, and nothing else of their own.
    """

    name: str
    title: str

    def search(
        self, query: str, orientation: Orientation, *, seconds: float, check: Callable[[], None]
    ) -> tuple[Photo, ...]:
        """What fits the words, the best first; what was found in the last 24 hours is not asked for again."""
        ...

    def photo(self, photo_id: str, *, seconds: float, check: Callable[[], None]) -> Photo: ...

    def file(self, photo: Photo, size: tuple[int, int], *, seconds: float, check: Callable[[], None]) -> bytes:
        """The photograph as JPEG, whole, within `size` = (width, height) pixels."""
        ...

    def report_used(self, photo: Photo, film: str, *, seconds: float, check: Callable[[], None]) -> None:
        """Tell the service that the film shows it; once, however often this is called for the same film."""
        ...


class PhotoMemory(Protocol):
    """What is remembered of the services. No method fails: a memory that does not answer knows nothing."""

    def recall(self, service: str, question: str) -> "Recalled": ...

    def remember(self, service: str, question: str, answer: bytes) -> None:
        """For 24 hours."""
        ...

    def rest(self, service: str, seconds: float) -> None:
        """Nobody asks the service for so long."""
        ...

    def is_first(self, mark: str) -> bool:
        """Whether this was never asked of the same mark before."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Recalled:
    """What a service answered lately, as it was told to `remember`; and whether it is to be left alone now."""

    answer: bytes | None = None
    rests: bool = False


class Errand:
    """All that one film or plan asks of one service, until a moment of `time.monotonic()`, and what failed of it."""

    def __init__(self, service: PhotoService, *, until: float, check: Callable[[], None]) -> None:
        self.service = service
        self.failures: list[StockFailed] = []
        self._until = until
        self._check = check

    def again(self, until: float) -> "Errand":
        """The same one with more time."""
        errand = Errand(self.service, until=until, check=self._check)
        errand.failures = self.failures
        return errand

    @property
    def has_refused(self) -> bool:
        """Whether the service refuses, or does not answer."""
        kinds = [failure.kind for failure in self.failures]
        return "lasting" in kinds or kinds.count("passing") >= PATIENCE

    @property
    def is_over(self) -> bool:
        """Whether nothing more is asked."""
        return self.has_refused or time.monotonic() >= self._until

    def ask(self, term: str, orientation: Orientation) -> tuple[Photo, ...]:
        """What a search term stands for: words, or one photograph that somebody chose."""
        chosen = CHOSEN.fullmatch(term)
        if chosen is None:
            return (
                self._done(
                    lambda seconds: self.service.search(term, orientation, seconds=seconds, check=self._check), A_SEARCH
                )
                or ()
            )
        if chosen["service"] != self.service.name:
            return ()
        photo = self._done(
            lambda seconds: self.service.photo(chosen["id"], seconds=seconds, check=self._check), A_SEARCH
        )
        return (photo,) if photo else ()

    def file(self, photo: Photo, size: tuple[int, int], use: Callable[[bytes], R]) -> R | None:
        """What `use` makes of the photograph's file; None, and a failure noted, where there is no good one."""
        return self._done(
            lambda seconds: use(self.service.file(photo, size, seconds=seconds, check=self._check)), A_FILE
        )

    def _done(self, call: Callable[[float], R], most: float) -> R | None:
        if self.is_over:
            return None
        try:
            return call(max(0.05, min(most, self._until - time.monotonic())))
        except StockFailed as failure:
            log.event("stock_failed", level=logging.WARNING, service=self.service.name, detail=str(failure))
            self.failures.append(failure)
            return None


def together(function: Callable[[T], R], items: Sequence[T]) -> list[R]:
    """`function` of each, AT_ONCE of them at the same time; the first exception ends it."""
    if not items:
        return []
    contexts = [contextvars.copy_context() for _ in items]
    with ThreadPoolExecutor(max_workers=min(AT_ONCE, len(items)), thread_name_prefix="stock") as pool:
        return list(pool.map(lambda context, item: context.run(function, item), contexts, items))


def orientation_of(frame: tuple[int, int]) -> Orientation:
    width, height = frame
    return "portrait" if width < 0.9 * height else "landscape" if height < 0.9 * width else "square"


def photos_for(
    wanted: Mapping[int, Sequence[str]], errand: Errand, orientation: Orientation, seed: str
) -> dict[int, tuple[Photo, ...]]:
    """Photographs for each scene by its terms: of the first term that finds any. What scenes share is asked once.

    `seed` turns the first few answers of a search, the same way each time: two posts about one thing need not look
    alike.
    """
    found: dict[int, tuple[Photo, ...]] = dict.fromkeys(wanted, ())
    for turn in range(max(map(len, wanted.values()), default=0)):
        asking = {scene: terms[turn] for scene, terms in wanted.items() if not found[scene] and turn < len(terms)}
        questions = list(dict.fromkeys(asking.values()))
        answers = dict(zip(questions, together(lambda term: errand.ask(term, orientation), questions), strict=True))
        found |= {scene: _turned(answers[term], f"{seed}\n{term}") for scene, term in asking.items()}
    return found


def _turned(photos: tuple[Photo, ...], seed: str) -> tuple[Photo, ...]:
    first = zlib.crc32(seed.encode()) % max(1, min(LOOKED_AT, len(photos)))
    return (*photos[first:LOOKED_AT], *photos[:first], *photos[LOOKED_AT:])


def candidates(
    terms: Sequence[Sequence[str]],
    services: Sequence[PhotoService],
    frame: tuple[int, int],
    *,
    seed: str,
    seconds: float,
    check: Callable[[], None] = lambda: None,
) -> tuple[list[tuple[Photo, ...]], list[StockFailed]]:
    """A few photographs for each scene to choose from, none twice, and why there are not more. No file is fetched."""
    until = time.monotonic() + seconds
    found: dict[int, tuple[Photo, ...]] = {}
    failures: list[StockFailed] = []
    for service in services:
        missing = {
            scene: scene_terms
            for scene, scene_terms in enumerate(terms[:LATER_SCENES_HAVE_NONE])
            if scene_terms and not found.get(scene)
        }
        errand = Errand(service, until=until, check=check)
        found |= photos_for(missing, errand, orientation_of(frame), seed)
        failures += errand.failures
    shown: set[str] = set()
    chosen = []
    for scene in range(len(terms)):
        fresh = [photo for photo in found.get(scene, ()) if photo.reference not in shown][:CHOICE]
        shown |= {photo.reference for photo in fresh}
        chosen.append(tuple(fresh))
    return chosen, failures


def reasons(failures: Sequence[StockFailed]) -> str:
    """Why, in sentences: each reason once, what lasts before what may pass."""
    order: tuple[Problem, ...] = ("lasting", "passing", "of_one_photo")
    lasting_first = sorted(failures, key=lambda failure: order.index(failure.kind))
    return " ".join(dict.fromkeys(failure.public for failure in lasting_first))
