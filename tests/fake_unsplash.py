"""Unsplash on this machine: answers as it documents, and holds callers to its rules as an auditor would."""

import socket
import zlib
from collections import Counter
from typing import Any
from urllib.parse import parse_qs, urlsplit

from shared.jobs import Credit
from tests.stock_site import Asked, Pictures, answered

KEY = "marmoset-key-of-unsplash"
ORIENTATIONS = {"portrait": (3000, 4500), "squarish": (3500, 3500), "landscape": (4500, 3000)}


class FakeUnsplash:
    """`fault` is what all searches meet; `left` how many calls the hour still has; `limit` its whole."""

    api_host = "api.unsplash.com"
    image_host = "images.unsplash.com"

    def __init__(self, limit: int = 50) -> None:
        self.left = limit
        self.fault = ""
        self.searches: list[dict[str, str]] = []
        self.calls: list[str] = []
        self.reported: Counter[str] = Counter()
        self.given: set[str] = set()
        self.broken_rules: list[str] = []
        self.pictures = Pictures(
            {"fm": "jpg", "ixid": "signed-.+", "w": r"[0-9]+", "h": r"[0-9]+"}, {KEY}, broken_rules=self.broken_rules
        )

    def images(self, connection: socket.socket, request: bytes) -> None:
        self.pictures.answer(connection, Asked.of(request))

    def api(self, connection: socket.socket, request: bytes) -> None:
        asked = Asked.of(request)
        self.calls.append(asked.path)
        self._rule("the key stands in the address", KEY not in f"{asked.path}{asked.query}")
        self._rule("no Accept-Version", asked.headers.get("accept-version") == "v1")
        if self.left == 0 or self.fault == "used up":
            self.left = 0
            return connection.sendall(
                answered("Rate Limit Exceeded", "403 Forbidden", X_Ratelimit_Limit="50", X_Ratelimit_Remaining="0")
            )
        if asked.headers.get("authorization") != f"Client-ID {KEY}" or self.fault == "401":
            return connection.sendall(answered({"errors": ["OAuth error"]}, "401 Unauthorized"))
        self.left -= 1
        limits = {"X_Ratelimit_Limit": "50", "X_Ratelimit_Remaining": str(self.left)}
        if asked.path.endswith("/download"):
            photo_id = asked.path.split("/")[2]
            self._rule("a report without its ixid", asked.query.get("ixid") == f"signed-{photo_id}")
            self._rule("a report of a photograph that was never given", photo_id in self.given)
            self.reported[photo_id] += 1
            return connection.sendall(answered({"url": f"https://{self.image_host}/{photo_id}"}, **limits))
        if self.fault == "slow":
            connection.settimeout(10)
            connection.recv(1)
            return None
        if self.fault in ("403", "429", "500", "503"):
            return connection.sendall(answered({"errors": ["no"]}, f"{self.fault} No"))
        if self.fault == "garbage":
            return connection.sendall(answered([{"results": "none"}]))
        if asked.path == "/search/photos":
            return connection.sendall(answered(self._found(asked), **limits))
        return connection.sendall(self._one(asked, limits))

    def audit(self, used: list[str], credits: list[Credit]) -> None:
        """What a person of the service would look at: every use reported once and nothing else; names with links."""
        assert self.broken_rules == []
        assert dict(self.reported) == dict.fromkeys(used, 1)
        own = [credit for credit in credits if credit.service == "Unsplash"]
        assert len(own) == len(used)
        for credit in own:
            assert credit.author in credit.text and "Unsplash" in credit.text
            for url in (credit.url, credit.author_url, credit.service_url):
                parts = urlsplit(url)
                assert (parts.scheme, parts.netloc) == ("https", "unsplash.com")
                query = parse_qs(parts.query)
                assert query["utm_medium"] == ["referral"] and query["utm_source"][0]

    def _rule(self, what: str, is_kept: bool) -> None:
        if not is_kept:
            self.broken_rules.append(what)

    def _found(self, asked: Asked) -> dict[str, Any]:
        query = asked.query
        self.searches.append(query)
        self._rule(f"orientation {query.get('orientation')}", query.get("orientation") in ORIENTATIONS)
        self._rule("no content filter", query.get("content_filter") == "high")
        self._rule("more than 30 a page", 0 < int(query.get("per_page", "10")) <= 30)
        if self.fault == "empty":
            return {"total": 0, "total_pages": 0, "results": []}
        size = ORIENTATIONS[query["orientation"]]
        start = f"{zlib.crc32(query['query'].encode()):08x}"
        photos = [self._photo(f"{start}-{n}", size, query["query"]) for n in range(int(query["per_page"]))]
        if self.fault == "points elsewhere":
            for photo in photos:
                photo["urls"] = dict.fromkeys(photo["urls"], "https://169.254.169.254/latest/meta-data/")
        if self.fault == "reports elsewhere":
            for photo in photos:
                photo["links"]["download_location"] = f"https://evil.example/photos/{photo['id']}/download?ixid=1"
        return {"total": len(photos), "total_pages": 1, "results": photos}

    def _one(self, asked: Asked, limits: dict[str, str]) -> bytes:
        photo_id = asked.path.removeprefix("/photos/")
        if photo_id.startswith("gone"):
            return answered({"errors": ["Couldn't find Photo"]}, "404 Not Found", **limits)
        return answered(self._photo(photo_id, (3000, 4500), "chosen"), **limits)

    def _photo(self, photo_id: str, size: tuple[int, int], words: str) -> dict[str, Any]:
        self.given.add(photo_id)
        raw = f"https://{self.image_host}/photo-{photo_id}?ixid=signed-{photo_id}&ixlib=rb-4.0.3"
        return {
            "id": photo_id,
            "width": size[0],
            "height": size[1],
            "color": "#60544D",
            "description": None,
            "alt_description": f"{words}, seen from above",
            "urls": {"raw": raw, **dict.fromkeys(("full", "regular", "small", "thumb"), f"{raw}&w=400")},
            "links": {
                "self": f"https://{self.api_host}/photos/{photo_id}",
                "html": f"https://unsplash.com/photos/{photo_id}",
                "download": f"https://unsplash.com/photos/{photo_id}/download",
                "download_location": f"https://{self.api_host}/photos/{photo_id}/download?ixid=signed-{photo_id}",
            },
            "user": {
                "id": f"u-{photo_id}",
                "username": f"ann{photo_id}",
                "name": f"Ann {photo_id[-3:]}",
                "links": {"html": f"https://unsplash.com/@ann{photo_id}", "self": "https://api.unsplash.com/users/ann"},
            },
        }
