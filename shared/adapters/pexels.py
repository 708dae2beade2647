"""Pexels: its addresses, and what its answers say. Nothing here asks anybody.

Source: https://www.pexels.com/api/documentation
"""

import re
import time
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import msgspec

from shared.jobs import Credit
from shared.stock import Orientation, Photo

from .stock_photos import LONGEST_ALT, LONGEST_NAME, Answered, leads_well, plain, whole_number

PER_PAGE: Final = 10
AN_HOUR: Final = 3600.0
A_DAY: Final = 24 * AN_HOUR
RESERVE: Final = 5


class Pexels:
    """What is special about this service."""

    name = "pexels"
    title = "Pexels"
    variable = "PEXELS_API_KEY"
    api_host = "api.pexels.com"
    image_hosts = frozenset({"images.pexels.com"})

    def headers(self, key: str) -> dict[str, str]:
        return {"Authorization": key}

    def search_url(self, query: str, orientation: Orientation) -> str:
        asked = {"query": query, "orientation": orientation, "per_page": str(PER_PAGE)}
        return f"https://{self.api_host}/v1/search?{urlencode(asked)}"

    def photo_url(self, photo_id: str) -> str:
        return f"https://{self.api_host}/v1/photos/{photo_id}"

    def file_url(self, photo: Photo, size: tuple[int, int]) -> str:
        wanted = {"auto": "compress", "cs": "tinysrgb", "fit": "max", "fm": "jpg", "w": size[0], "h": size[1]}
        return urlsplit(photo.file_url)._replace(query=urlencode(wanted)).geturl()

    def found(self, body: bytes) -> tuple[Photo, ...]:
        """The photographs of a search's answer. Raises msgspec.MsgspecError."""
        results = msgspec.json.decode(body, type=_Found).photos
        return tuple(photo for photo in map(_photo, results) if photo and self.is_sound(photo))

    def one(self, body: bytes) -> Photo | None:
        photo = _photo(msgspec.json.decode(body))
        return photo if photo and self.is_sound(photo) else None

    def is_sound(self, photo: Photo) -> bool:
        """Whether everything leads where it should, however the photograph came here."""
        return (
            photo.service == self.name
            and re.fullmatch(r"[0-9]{1,20}", photo.photo_id) is not None
            and leads_well(
                photo, title=self.title, image_hosts=self.image_hosts, pages={"www.pexels.com", "pexels.com"}
            )
            and photo.report_url is None
        )

    def rests(self, answer: Answered) -> float:
        """For how many seconds nobody should ask again: the hour's calls are used up, or nearly those of the month."""
        if answer.status == 429:
            return AN_HOUR
        left = whole_number(answer.headers.get("x-ratelimit-remaining", ""))
        if left is None or left > RESERVE:
            return 0.0
        renewed = whole_number(answer.headers.get("x-ratelimit-reset", ""))
        return min(max(renewed - time.time(), AN_HOUR), A_DAY) if renewed else AN_HOUR

    def is_used_up(self, answer: Answered) -> bool:
        return answer.status == 429


class _Found(msgspec.Struct):
    photos: list[Any]


class _Sizes(msgspec.Struct):
    original: str
    medium: str


class _Told(msgspec.Struct):
    id: int
    width: int
    height: int
    url: str
    photographer: str
    photographer_url: str
    src: _Sizes
    alt: str | None = None


def _photo(raw: Any) -> Photo | None:
    try:
        told = msgspec.convert(raw, _Told)
    except msgspec.ValidationError:
        return None
    author = plain(told.photographer, LONGEST_NAME) or "somebody"
    return Photo(
        service=Pexels.name,
        photo_id=str(told.id),
        width=told.width,
        height=told.height,
        alt=plain(told.alt or "", LONGEST_ALT),
        credit=Credit(
            text=f"Photo by {author} on Pexels",
            url=told.url,
            author=author,
            author_url=told.photographer_url,
            service=Pexels.title,
            service_url="https://www.pexels.com/",
        ),
        file_url=told.src.original,
        thumbnail_url=told.src.medium,
    )
