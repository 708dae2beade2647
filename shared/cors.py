"""Which headers let a page of another origin read an answer: the CORS protocol of the Fetch standard.

Written out here, since it is asked for with every answer: the packages for it take longer than a poll's own work.
"""

import re
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
_HTTPS_ORIGIN: Final = re.compile(r"https://[a-z0-9.-]+(:[0-9]{1,5})?")
SECONDS_A_PREFLIGHT_HOLDS: Final = 3600


class Cors:
    """What the pages of `origins` are allowed, and those of `previews` without credentials; others nothing.

    Where anybody may register a name that fits a pattern, a page there must not act in the name of who looks at it.
    """

    def __init__(self, origins: Iterable[str], previews: re.Pattern[str] | None = None) -> None:
        self._origins = frozenset(origins)
        self._previews = previews
        self._exposed = ", ".join(EXPOSED_HEADERS)
        self._methods = ", ".join(METHODS)

    def headers(self, environ: Mapping[str, Any]) -> list[tuple[str, str]]:
        """The headers for the answer to a request, told by its WSGI environment. None for a strange origin."""
        origin = environ.get("HTTP_ORIGIN", "")
        known = origin in self._origins
        if not known and not self._is_preview(origin):
            return []
        headers = [("Access-Control-Allow-Origin", origin), ("Access-Control-Expose-Headers", self._exposed)]
        headers += [("Access-Control-Allow-Credentials", "true")] if known else []
        if environ["REQUEST_METHOD"] == "OPTIONS" and environ.get("HTTP_ACCESS_CONTROL_REQUEST_METHOD") in METHODS:
            asked = (name.strip() for name in environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "").split(","))
            allowed = ", ".join(sorted(name for name in asked if name.lower() in ALLOWED_HEADERS))
            headers += [("Access-Control-Allow-Headers", allowed)] if allowed else []
            headers += [
                ("Access-Control-Max-Age", str(SECONDS_A_PREFLIGHT_HOLDS)),
                ("Access-Control-Allow-Methods", self._methods),
            ]
        return headers

    def _is_preview(self, origin: str) -> bool:
        """Whether all of the origin fits: a pattern found in a part of it would let in longer names."""
        return bool(self._previews and _HTTPS_ORIGIN.fullmatch(origin) and self._previews.fullmatch(origin))
