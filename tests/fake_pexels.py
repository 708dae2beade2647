"""Pexels on this machine: answers as it documents, and holds callers to its rules."""

import socket
import zlib
from typing import Any

from shared.jobs import Credit
from tests.stock_site import Asked, Pictures, answered

KEY = "tamarin-key-of-pexels"
ORIENTATIONS = {"portrait": (3000, 4500), "square": (3500, 3500), "landscape": (4500, 3000)}


class FakePexels:
    """`fault` is what all searches meet."""

    api_host = "api.pexels.com"
    image_host = "images.pexels.com"

    def __init__(self) -> None:
        self.fault = ""
        self.left = 20_000
        self.searches: list[dict[str, str]] = []
        self.broken_rules: list[str] = []
        self.pictures = Pictures({"w": r"[0-9]+", "h": r"[0-9]+"}, {KEY}, broken_rules=self.broken_rules)

    def images(self, connection: socket.socket, request: bytes) -> None:
        self.pictures.answer(connection, Asked.of(request))

    def api(self, connection: socket.socket, request: bytes) -> None:
        asked = Asked.of(request)
        if KEY in f"{asked.path}{asked.query}":
            self.broken_rules.append("the key stands in the address")
        if asked.headers.get("authorization") != KEY or self.fault == "401":
            return connection.sendall(answered({"error": "Authorization field missing"}, "401 Unauthorized"))
        if self.fault in ("429", "500"):
            return connection.sendall(answered({"error": "no"}, f"{self.fault} No"))
        self.left -= 1
        limits = {"X_Ratelimit_Remaining": str(self.left), "X_Ratelimit_Reset": "1790812800"}
        if asked.path == "/v1/search":
            return connection.sendall(answered(self._found(asked), **limits))
        photo_id = int(asked.path.removeprefix("/v1/photos/"))
        return connection.sendall(answered(self._photo(photo_id, (3000, 4500)), **limits))

    def audit(self, used: list[str], credits: list[Credit]) -> None:
        assert self.broken_rules == []
        own = [credit for credit in credits if credit.service == "Pexels"]
        assert len(own) == len(used)
        for credit in own:
            assert credit.author in credit.text and "Pexels" in credit.text
            for url in (credit.url, credit.author_url, credit.service_url):
                assert url.startswith("https://www.pexels.com/")

    def _found(self, asked: Asked) -> dict[str, Any]:
        query = asked.query
        self.searches.append(query)
        if query.get("orientation") not in ORIENTATIONS or not 0 < int(query.get("per_page", "15")) <= 80:
            self.broken_rules.append(f"a search for {query}")
        first = zlib.crc32(query["query"].encode()) * 100
        photos = [self._photo(first + n, ORIENTATIONS[query["orientation"]]) for n in range(int(query["per_page"]))]
        return {"total_results": len(photos), "page": 1, "photos": [] if self.fault == "empty" else photos}

    def _photo(self, photo_id: int, size: tuple[int, int]) -> dict[str, Any]:
        file = f"https://{self.image_host}/photos/{photo_id}/pexels-photo-{photo_id}.jpeg"
        return {
            "id": photo_id,
            "width": size[0],
            "height": size[1],
            "url": f"https://www.pexels.com/photo/a-table-{photo_id}/",
            "photographer": f"Bo {photo_id % 1000}",
            "photographer_url": "https://www.pexels.com/@bo",
            "photographer_id": 1,
            "avg_color": "#978E82",
            "src": dict.fromkeys(("original", "large2x", "large", "medium", "small", "tiny"), file),
            "liked": False,
            "alt": "A table",
        }
