"""One PhotoService for each stock service: asks it, remembers what it answered, and leaves it alone when it must."""

import hashlib
import logging
import re
from collections.abc import Callable, Collection, Mapping
from typing import Final, Protocol, TypeVar
from urllib.parse import urlsplit

import msgspec

from shared import log
from shared.stock import Orientation, Photo, PhotoMemory, Problem, StockFailed

from .fetching import Fetched, Fetcher, FetchFailed

MOST_OF_AN_ANSWER: Final = 400_000  # bytes; ten photographs take about 60,000
MOST_OF_A_FILE: Final = 4_000_000  # bytes, at quality 80 about four times what is usual: thirteen stay in memory
LARGEST_SIDE: Final = 60_000  # pixels
LONGEST_NAME: Final = 60  # characters
LONGEST_ALT: Final = 120
_URL: Final = re.compile(r"https://[!#-;=?-\[\]_a-z~]{1,1000}")  # visible ASCII that stands in no need of quotes


Read = TypeVar("Read")


class Answered(Protocol):
    """What a service tells of its limits with any answer."""

    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]: ...


class Vendor(Protocol):
    """What one service calls things."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def variable(self) -> str:
        """The setting that holds the key."""
        ...

    @property
    def api_host(self) -> str: ...

    @property
    def image_hosts(self) -> Collection[str]: ...

    def headers(self, key: str) -> Mapping[str, str]: ...

    def search_url(self, query: str, orientation: Orientation) -> str: ...

    def photo_url(self, photo_id: str) -> str: ...

    def file_url(self, photo: Photo, size: tuple[int, int]) -> str: ...

    def found(self, body: bytes) -> tuple[Photo, ...]: ...

    def one(self, body: bytes) -> Photo | None: ...

    def is_sound(self, photo: Photo) -> bool: ...

    def rests(self, answer: Answered) -> float: ...

    def is_used_up(self, answer: Answered) -> bool: ...


class StockPhotos:
    """`PhotoService` on HTTP. The key travels to the service's API and nowhere else; files are fetched without it."""

    def __init__(
        self,
        vendor: Vendor,
        key: str,
        memory: PhotoMemory,
        *,
        api: Fetcher | None = None,
        images: Fetcher | None = None,
    ) -> None:
        self.name, self.title = vendor.name, vendor.title
        self._vendor = vendor
        self._key = key
        self._memory = memory
        self._api = api or Fetcher(allowed_hosts={vendor.api_host})
        self._images = images or Fetcher(allowed_hosts=vendor.image_hosts)

    def search(
        self, query: str, orientation: Orientation, *, seconds: float, check: Callable[[], None]
    ) -> tuple[Photo, ...]:
        query = " ".join(query.split())
        question = _hashed("search", orientation, query.casefold())
        if (known := self._recalled(question)) is not None:
            return known
        body = self._asked(self._vendor.search_url(query, orientation), seconds, check)
        return self._kept(question, self._read(lambda: self._vendor.found(body)))

    def photo(self, photo_id: str, *, seconds: float, check: Callable[[], None]) -> Photo:
        question = _hashed("photo", photo_id)
        photos = self._recalled(question)
        if photos is None:
            body = self._asked(self._vendor.photo_url(photo_id), seconds, check)
            photo = self._read(lambda: self._vendor.one(body))
            photos = self._kept(question, (photo,) if photo and photo.photo_id == photo_id else ())
        if not photos:
            raise self._no_such_photo()
        return photos[0]

    def file(self, photo: Photo, size: tuple[int, int], *, seconds: float, check: Callable[[], None]) -> bytes:
        try:
            answer = self._images.get(
                self._vendor.file_url(photo, size), max_bytes=MOST_OF_A_FILE, seconds=seconds, check=check
            )
        except FetchFailed as error:
            raise self._failed(error, "passing" if error.passing else "of_one_photo") from error
        if answer.status != 200:
            kind: Problem = "passing" if answer.status >= 500 or answer.status == 429 else "of_one_photo"
            raise StockFailed(
                f"file: status {answer.status}", public=f"{self.title} did not send a picture.", kind=kind
            )
        if answer.content_type not in ("image/jpeg", "image/jpg"):
            raise StockFailed("file: not a JPEG", public=f"{self.title} sent what is no picture.", kind="of_one_photo")
        return answer.body

    def report_used(self, photo: Photo, film: str, *, seconds: float, check: Callable[[], None]) -> None:
        if photo.report_url is None or not self._memory.is_first(_hashed("used", film, photo.reference)):
            return
        # Once and not again: an answer that was lost may have been to a report that counts.
        self._asked(photo.report_url, seconds, check)

    def _asked(self, url: str, seconds: float, check: Callable[[], None]) -> bytes:
        """The body of a 200 of the API."""
        try:
            answer = self._api.get(
                url,
                headers=self._vendor.headers(self._key),
                max_bytes=MOST_OF_AN_ANSWER,
                seconds=seconds,
                check=check,
            )
        except FetchFailed as error:
            raise self._failed(error, "passing" if error.passing else "lasting") from error
        if (pause := self._vendor.rests(answer)) > 0:
            log.event("stock_rests", level=logging.WARNING, service=self.name, seconds=round(pause))
            self._memory.rest(self.name, pause)
        if answer.status == 200:
            return answer.body
        raise self._refused(answer)

    def _refused(self, answer: Fetched) -> StockFailed:
        status, title, variable = answer.status, self.title, self._vendor.variable
        if status == 404:
            return self._no_such_photo()
        if self._vendor.is_used_up(answer):
            return self._used_up(f"status {status}")
        if status in (401, 403):
            verb = "does not accept" if status == 401 else "refuses"
            return StockFailed(f"status {status}", public=f"{title} {verb} the key ({variable}).", kind="lasting")
        if status >= 500:
            return StockFailed(f"status {status}", public=f"{title} has a fault at the moment.", kind="passing")
        return StockFailed(f"status {status}", public=f"{title} did not accept the request.", kind="lasting")

    def _used_up(self, message: str) -> StockFailed:
        public = f"{self.title} was asked as often as it allows for now; it may be asked again within the hour."
        return StockFailed(message, public=public, kind="lasting")

    def _no_such_photo(self) -> StockFailed:
        return StockFailed(
            "status 404", public=f"{self.title} does not have a chosen picture any more.", kind="of_one_photo"
        )

    def _failed(self, error: FetchFailed, kind: Problem) -> StockFailed:
        return StockFailed(str(error), public=error.public.replace("The service", self.title, 1), kind=kind)

    def _read(self, parse: Callable[[], Read]) -> Read:
        try:
            return parse()
        except (msgspec.MsgspecError, UnicodeDecodeError):  # without the cause, which repeats what came
            public = f"{self.title} sent what cannot be read."
            raise StockFailed("an answer that cannot be read", public=public, kind="passing") from None

    def _recalled(self, question: str) -> tuple[Photo, ...] | None:
        """What is remembered; None where nothing is. Raises StockFailed where the service must be left alone."""
        recalled = self._memory.recall(self.name, question)
        if recalled.answer is not None:
            try:
                photos = msgspec.json.decode(recalled.answer, type=tuple[Photo, ...])
            except (msgspec.MsgspecError, UnicodeDecodeError):
                log.event("stock_memory_unreadable", service=self.name)
            else:
                return tuple(photo for photo in photos if self._vendor.is_sound(photo))
        if recalled.rests:
            raise self._used_up("it rests")
        return None

    def _kept(self, question: str, photos: tuple[Photo, ...]) -> tuple[Photo, ...]:
        self._memory.remember(self.name, question, msgspec.json.encode(photos))
        return photos


def leads_well(photo: Photo, *, title: str, image_hosts: Collection[str], pages: Collection[str]) -> bool:
    """Whether a photograph has sizes, texts and addresses that may be shown and asked, however it came here."""
    credit = photo.credit
    return (
        0 < photo.width <= LARGEST_SIDE
        and 0 < photo.height <= LARGEST_SIDE
        and (photo.alt, credit.author) == (plain(photo.alt, LONGEST_ALT), plain(credit.author, LONGEST_NAME))
        and (credit.service, credit.text) == (title, f"Photo by {credit.author} on {title}")
        and all(is_at(url, image_hosts) for url in (photo.file_url, photo.thumbnail_url))
        and all(is_at(url, pages) for url in (credit.url, credit.author_url, credit.service_url))
    )


def is_at(url: str, hosts: Collection[str]) -> bool:
    """Whether a URL is plain https to one of these hosts, and nothing that a page or a client could take otherwise."""
    if not _URL.fullmatch(url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.netloc in hosts


def plain(text: str, longest: int) -> str:
    """Printable text on one line, of at most so many characters."""
    shown = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(shown.split())[:longest].strip()


def whole_number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,12}", text) else None


def _hashed(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
