"""Which headers let a page of another origin read an answer: the CORS protocol of the Fetch standard, from one list.

Written out here, since it is asked for with every answer: the packages for it take longer than a poll's own work.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

METHODS: Final = ("DELETE", "GET", "HEAD", "OPTIONS", "POST")
ALLOWED_HEADERS: Final = frozenset(["content-type", "authorization", "idempotency-key"])
EXPOSED_HEADERS: Final = (
    "Idempotent-Replayed",
    "Location",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Retry-After",
    "X-Request-Id",
)
SECONDS_A_PREFLIGHT_HOLDS: Final = 3600


class Cors:
    """What the pages of `origins`, and of no others, are allowed."""

    def __init__(self, origins: Iterable[str]) -> None:
        self._origins = frozenset(origins)
        self._exposed = ", ".join(EXPOSED_HEADERS)
        self._methods = ", ".join(METHODS)

    def headers(self, environ: Mapping[str, Any]) -> list[tuple[str, str]]:
        """The headers for the answer to a request, told by its WSGI environment. None for an origin not on the list."""
        origin = environ.get("HTTP_ORIGIN", "")
        if origin not in self._origins:
            return []
        headers = [
            ("Access-Control-Allow-Origin", origin),
            ("Access-Control-Expose-Headers", self._exposed),
            ("Access-Control-Allow-Credentials", "true"),
        ]
        if environ["REQUEST_METHOD"] == "OPTIONS" and environ.get("HTTP_ACCESS_CONTROL_REQUEST_METHOD") in METHODS:
            asked = (name.strip() for name in environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "").split(","))
            allowed = ", ".join(sorted(name for name in asked if name.lower() in ALLOWED_HEADERS))
            headers += [("Access-Control-Allow-Headers", allowed)] if allowed else []
            headers += [
                ("Access-Control-Max-Age", str(SECONDS_A_PREFLIGHT_HOLDS)),
                ("Access-Control-Allow-Methods", self._methods),
            ]
        return headers
