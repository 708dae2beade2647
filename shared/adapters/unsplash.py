"""Unsplash: its addresses, and what its answers say. Nothing here asks anybody.

Rules that are kept here or in stock_photos.py (https://help.unsplash.com/en/articles/2511245): each photograph that is
used is reported, names stand with links that say where readers come from, thumbnails are shown from its own hosts.
"""

import re
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec

from shared.jobs import Credit
from shared.stock import Orientation, Photo

from .stock_photos import LONGEST_ALT, LONGEST_NAME, Answered, is_at, leads_well, plain, whole_number

PER_PAGE: Final = 10
AN_HOUR: Final = 3600.0  # the limit's window
RESERVE: Final = 10  # calls of the hour that are kept for reports of use
REFERRAL: Final = "utm_source=linkedin_video&utm_medium=referral"
ORIENTATIONS: Final[dict[Orientation, str]] = {"portrait": "portrait", "square": "squarish", "landscape": "landscape"}


class Unsplash:
    """What is special about this service."""

    name = "unsplash"
    title = "Unsplash"
    variable = "UNSPLASH_ACCESS_KEY"
    api_host = "api.unsplash.com"
    image_hosts = frozenset({"images.unsplash.com"})  # those of plus.unsplash.com are not free

    def headers(self, key: str) -> dict[str, str]:
        return {"Authorization": f"Client-ID {key}", "Accept-Version": "v1"}

    def search_url(self, query: str, orientation: Orientation) -> str:
        asked = {
            "query": query,
            "orientation": ORIENTATIONS[orientation],
            "content_filter": "high",
            "per_page": str(PER_PAGE),
        }
        return f"https://{self.api_host}/search/photos?{urlencode(asked)}"

    def photo_url(self, photo_id: str) -> str:
        return f"https://{self.api_host}/photos/{photo_id}"

    def file_url(self, photo: Photo, size: tuple[int, int]) -> str:
        """The whole photograph within `size`: `fit=crop` would cut before anybody has looked where the subject is."""
        wanted = {"w": size[0], "h": size[1], "fit": "max", "fm": "jpg", "q": 80, "cs": "srgb"}
        parts = urlsplit(photo.file_url)
        kept = {name: value for name, value in parse_qsl(parts.query) if name not in wanted}  # ixid must stay
        return parts._replace(query=urlencode(kept | wanted)).geturl()

    def found(self, body: bytes) -> tuple[Photo, ...]:
        """The photographs of a search's answer. Raises msgspec.MsgspecError."""
        results = msgspec.json.decode(body, type=_Found).results
        return tuple(photo for photo in map(_photo, results) if photo and self.is_sound(photo))

    def one(self, body: bytes) -> Photo | None:
        photo = _photo(msgspec.json.decode(body))
        return photo if photo and self.is_sound(photo) else None

    def is_sound(self, photo: Photo) -> bool:
        """Whether everything leads where it should, however the photograph came here."""
        return (
            photo.service == self.name
            and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", photo.photo_id) is not None
            and leads_well(photo, title=self.title, image_hosts=self.image_hosts, pages={"unsplash.com"})
            and photo.report_url is not None
            and is_at(photo.report_url, {self.api_host})
            and urlsplit(photo.report_url).path == f"/photos/{photo.photo_id}/download"
        )

    def rests(self, answer: Answered) -> float:
        """For how many seconds nobody should ask again: the hour's calls are used up, or nearly."""
        left = whole_number(answer.headers.get("x-ratelimit-remaining", ""))
        used_up = answer.status == 429 or (left is not None and left <= RESERVE)
        return AN_HOUR if used_up else 0.0

    def is_used_up(self, answer: Answered) -> bool:
        """It says 403 both for a bad key and for too many calls."""
        return answer.status == 429 or (answer.status == 403 and answer.headers.get("x-ratelimit-remaining") == "0")


class _Found(msgspec.Struct):
    results: list[Any]


class _Page(msgspec.Struct):
    html: str


class _Author(msgspec.Struct):
    name: str
    links: _Page


class _Links(msgspec.Struct):
    html: str
    download_location: str


class _Urls(msgspec.Struct):
    raw: str
    small: str


class _Told(msgspec.Struct):
    id: str
    width: int
    height: int
    urls: _Urls
    links: _Links
    user: _Author
    alt_description: str | None = None


def _photo(raw: Any) -> Photo | None:
    try:
        told = msgspec.convert(raw, _Told)
    except msgspec.ValidationError:
        return None
    author = plain(told.user.name, LONGEST_NAME) or "somebody"
    return Photo(
        service=Unsplash.name,
        photo_id=told.id,
        width=told.width,
        height=told.height,
        alt=plain(told.alt_description or "", LONGEST_ALT),
        credit=Credit(
            text=f"Photo by {author} on Unsplash",
            url=_referred(told.links.html),
            author=author,
            author_url=_referred(told.user.links.html),
            service=Unsplash.title,
            service_url=_referred("https://unsplash.com/"),
        ),
        file_url=told.urls.raw,
        thumbnail_url=told.urls.small,
        report_url=told.links.download_location,
    )


def _referred(url: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{REFERRAL}"
