"""Photographs of stock services, one for each shot: looked for while the voice speaks, each shown once."""

import io
import logging
import struct
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Final

from PIL import Image

from shared import log
from shared.containers import Damaged, stripped
from shared.errors import RenderFailed
from shared.jobs import Credit, JobWarning
from shared.stock import Errand, Photo, PhotoService, StockFailed, orientation_of, photos_for, reasons, together
from shared.storyboard.search import CHOSEN
from shared.styles import Palette

from ..pictures import MediaSource, Picture
from ..timeline import Shot
from .placing import work_size
from .uploaded import UploadedPictures

GATHERING: Final = 6.0  # seconds for all pictures of a film, beside the voice; and
SETTLING: Final = 2.0  # for what is missing when the shots are known
REPORTING: Final = 3.0  # seconds to tell the services what was used
TRIES: Final = 3  # photographs that are asked for a shot, of one service
MOST_SCANS: Final = 50  # of a JPEG; thousands of empty ones keep a processor busy for minutes
MOST_HELD: Final = 16_000_000  # coefficients of a progressive one: 32 MB for each of those that are checked at once
MOST_PIXELS: Final = 16_000_000
NOT_A_PICTURE: Final = (Damaged, OSError, ValueError, SyntaxError, struct.error, EOFError, TypeError)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Print:
    """A photograph that has come, still compressed, and the scene that it was found for."""

    photo: Photo
    scene: int
    data: bytes


class StockPictures:
    """MediaSource. `wanted` are the search terms of each scene; what no service has, `fallback` shows.

    `gather` comes first, `settle` when the shots are known; then what is shown, and its credits, stand.
    """

    def __init__(
        self,
        wanted: Sequence[Sequence[str]],
        services: Sequence[PhotoService],
        *,
        frame: tuple[int, int],
        ground: Palette,
        seed: str,
        fallback: MediaSource,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._wanted = wanted
        self._services = services
        self._frame = frame
        self._ground = ground
        self._seed = seed
        self._fallback = fallback
        self._check = check
        self._found: list[tuple[Errand, dict[int, tuple[Photo, ...]]]] = []
        self._asked: set[str] = set()  # references: no photograph is fetched twice
        self._gathered: dict[int, _Print] = {}  # by the number of the shot that was expected
        self._shown: dict[int, _Print] = {}  # by the number of the shot
        self._shots = 0

    def gather(self, scenes: Sequence[int]) -> None:
        """Find and fetch a photograph for each shot that is to be expected, by the scene that it shows."""
        until = time.monotonic() + GATHERING
        missing = dict(enumerate(scenes))
        for place, service in enumerate(self._services):
            later = {other.name for other in self._services[place + 1 :]}
            now = {number: scene for number, scene in missing.items() if self._chosen_from(scene) not in later}
            if not now:
                continue
            errand = Errand(service, until=until, check=self._check)
            asked = {scene: self._wanted[scene] for scene in sorted(set(now.values()))}
            found = photos_for(asked, errand, orientation_of(self._frame), self._seed)
            self._found.append((errand, found))
            come = self._fetched(now, found, errand)
            self._gathered |= come
            missing = {number: scene for number, scene in missing.items() if number not in come}
        if self._gathered and 0 not in self._gathered:
            self._gathered[0] = self._gathered.pop(min(self._gathered))
        self._shown = dict(self._gathered)  # the first shot is drawn before the others are known

    def settle(self, scenes: Sequence[int]) -> None:
        """Give each shot, by the scene that it really shows, one of the photographs; fetch what is missing still."""
        self._shots = len(scenes)
        if not self._gathered:
            return
        left = dict(self._gathered)
        self._shown = {0: left.pop(0)}
        missing = {number: scene for number, scene in enumerate(scenes) if number}
        for is_near in (lambda one, other: one == other, lambda one, other: True):
            for number, scene in list(missing.items()):
                fitting = [key for key, print_ in left.items() if is_near(print_.scene, scene)]
                if fitting:
                    nearest = min(fitting, key=lambda key: (abs(left[key].scene - scene), key))
                    self._shown[number] = left.pop(nearest)
                    del missing[number]
        until = time.monotonic() + SETTLING
        for errand, found in self._found:
            if missing and not errand.has_refused:
                come = self._fetched(missing, found, errand.again(until))
                self._shown |= come
                missing = {number: scene for number, scene in missing.items() if number not in come}

    def find(self, shot: Shot, frame: tuple[int, int]) -> Picture:
        print_ = self._shown.get(shot.number)
        if print_ is None:
            return self._fallback.find(shot, frame)
        try:
            placed = UploadedPictures([print_.data], self._ground).find(replace(shot, picture=0), frame)
        except RenderFailed:
            log.event("stock_picture_unreadable", level=logging.WARNING, service=print_.photo.service)
            del self._shown[shot.number]
            return self._fallback.find(shot, frame)
        return replace(placed, source=print_.photo.service)

    @property
    def used(self) -> tuple[Photo, ...]:
        """The photographs of the film, in the order they are seen."""
        return tuple(self._shown[number].photo for number in sorted(self._shown))

    @property
    def credits(self) -> tuple[Credit, ...]:
        return tuple(photo.credit for photo in self.used)

    @property
    def small_print(self) -> tuple[str, ...]:
        """Whom the film names, a service after the other: `Photos: Ann Example, Bo Example / Unsplash`."""
        by_service = sorted(self.credits, key=lambda credit: credit.service, reverse=True)  # as they are asked
        return tuple(
            f"Photos: {', '.join(dict.fromkeys(credit.author for credit in credits))} / {service}"
            for service, credits in groupby(by_service, key=lambda credit: credit.service)
        )

    @property
    def warnings(self) -> tuple[JobWarning, ...]:
        """One, where a service failed or had nothing; it says what the film shows in place of that."""
        drawn = self._shots - len(self._shown)
        failures = [failure for errand, _ in self._found for failure in errand.failures]
        if not self._services or not (failures or drawn):
            return ()
        titles = " and ".join(service.title for service in self._services)
        why = reasons(failures) or f"{titles} had no more fitting pictures."
        if not drawn:
            then = "The film shows other photographs in their place."
        elif self._shown:
            then = f"{drawn} of {self._shots} backgrounds are drawn instead."
        else:
            then = "The backgrounds are drawn instead."
        return (JobWarning(code="pictures_fallback", message=f"{why} {then}"),)

    def report_used(self, film: str) -> None:
        """Tell the services which photographs the film shows, as they ask for. What fails is logged, and no more."""
        until = time.monotonic() + REPORTING
        services = {service.name: service for service in self._services}

        def report(photo: Photo) -> None:
            seconds = until - time.monotonic()
            try:
                services[photo.service].report_used(photo, film, seconds=max(seconds, 0.05), check=self._check)
            except StockFailed as failure:
                log.event("stock_use_not_reported", level=logging.WARNING, service=photo.service, detail=str(failure))

        together(report, self.used)

    def _fetched(
        self, missing: Mapping[int, int], found: Mapping[int, tuple[Photo, ...]], errand: Errand
    ) -> dict[int, _Print]:
        """The photographs that came, by the number of the shot; where one is broken, the next one has its turn."""
        come: dict[int, _Print] = {}
        for _ in range(TRIES):
            left = {number: scene for number, scene in missing.items() if number not in come}
            picks = self._picked(left, found)
            if not picks or errand.is_over:
                break

            def fetch(pick: tuple[int, Photo]) -> bytes | None:
                size = work_size((pick[1].width, pick[1].height), self._frame)
                return errand.file(pick[1], size, whole_jpeg)

            files = together(fetch, list(picks.items()))
            for (number, photo), data in zip(picks.items(), files, strict=True):
                if data is not None:
                    come[number] = _Print(photo=photo, scene=missing[number], data=data)
        return come

    def _picked(self, missing: Mapping[int, int], found: Mapping[int, tuple[Photo, ...]]) -> dict[int, Photo]:
        """A photograph for each shot that none was asked for yet: of its own scene, else of the scenes around."""
        picks: dict[int, Photo] = {}
        chosen_first = sorted(missing.items(), key=lambda item: (self._chosen_from(item[1]) is None, item[0]))
        for own in (True, False):
            for number, scene in chosen_first:
                if number in picks:
                    continue
                near = [scene] if own else sorted(found, key=lambda other: (abs(other - scene), other))
                photos = (photo for place in near for photo in found.get(place, ()))
                fresh = next((photo for photo in photos if photo.reference not in self._asked), None)
                if fresh:
                    picks[number] = fresh
                    self._asked.add(fresh.reference)
        return dict(sorted(picks.items()))

    def _chosen_from(self, scene: int) -> str | None:
        """The service of the photograph that somebody chose for a scene."""
        chosen = [found["service"] for found in map(CHOSEN.fullmatch, self._wanted[scene]) if found]
        return str(chosen[0]) if chosen else None


def whole_jpeg(data: bytes) -> bytes:
    """The picture of a JPEG and nothing else of the file, when all of it is there. Raises StockFailed."""
    try:
        container = stripped(data)
        if container.kind != "JPEG" or container.scans > MOST_SCANS or container.held > MOST_HELD:
            raise Damaged
        with Image.open(io.BytesIO(container.data), formats=("JPEG",)) as image:
            if image.mode not in ("RGB", "L") or image.width * image.height > MOST_PIXELS or min(image.size) < 200:
                raise Damaged
            image.draft(None, (image.width // 8, image.height // 8))
            image.load()  # OpenCV would hand out half a picture as if it were whole
    except (*NOT_A_PICTURE, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        public = "A photograph that was found is broken."
        raise StockFailed(f"file: {type(error).__name__}", public=public, kind="of_one_photo") from None
    return container.data


def expected_scenes(seconds: Sequence[float], segment_seconds: float, shows: Sequence[int] | None) -> list[int]:
    """The scene of each shot that a film is likely to have, from estimates of how long each scene takes.

    `shows` says of each scene which picture it shows, where somebody chose (see timeline.lay_out).
    """
    groups = _groups(shows or [0] * len(seconds))
    expected: list[int] = []
    for group in groups:
        total = sum(seconds[scene] for scene in group)
        count = max(1, round(total / segment_seconds))
        starts = {scene: sum(seconds[other] for other in group if other < scene) for scene in group}
        expected += [min(group, key=lambda scene: abs(starts[scene] - total * place / count)) for place in range(count)]
    return expected


def _groups(shows: Iterable[int]) -> list[list[int]]:
    return [[scene for scene, _ in group] for _, group in groupby(enumerate(shows), key=lambda item: item[1])]


def shown_alone(chosen: Sequence[bool]) -> list[int] | None:
    """Where somebody chose photographs for scenes: each of these gets a picture for itself; None where nobody did."""
    if not any(chosen):
        return None
    shows, number = [0], 0
    for before, this in pairwise(chosen):
        number += before or this
        shows.append(number)
    return shows
