"""Refuses a body that is too large before anybody reads it: functions-framework would read all of it first."""

import io
import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from shared.errors import FileTooLarge
from shared.problems import problem_document

Headers = list[tuple[str, str]]


class BodyGuard:
    """WSGI in front of Flask: `limit` tells the most bytes for a method and path, `cors_headers` those of an origin."""

    def __init__(
        self, app: Callable[..., Any], limit: Callable[[str, str], int], cors_headers: Callable[[str], Headers]
    ) -> None:
        self._app = app
        self._limit = limit
        self._cors_headers = cors_headers

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        limit = self._limit(environ.get("REQUEST_METHOD", ""), environ.get("PATH_INFO", "") or "/")
        length = environ.get("CONTENT_LENGTH") or ""
        if length.isdigit() and int(length) > limit:
            return self._refuse(environ, start_response, limit)
        if not length and environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
            body = environ["wsgi.input"].read(limit + 1)
            if len(body) > limit:
                return self._refuse(environ, start_response, limit)
            environ = {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
            environ.pop("HTTP_TRANSFER_ENCODING")
        answer: Iterable[bytes] = self._app(environ, start_response)
        return answer

    def _refuse(self, environ: Mapping[str, Any], start_response: Callable[..., Any], limit: int) -> list[bytes]:
        problem = FileTooLarge(f"This address takes at most {limit // 1024:,} KB.")
        request_id = uuid.uuid4().hex
        body = json.dumps(problem_document(problem, request_id)).encode()
        headers = [
            ("Content-Type", "application/problem+json"),
            ("Content-Length", str(len(body))),
            ("X-Request-Id", request_id),
            ("Connection", "close"),  # the rest of the body is not read
            ("Vary", "Origin"),
        ]
        headers += self._cors_headers(environ.get("HTTP_ORIGIN", ""))
        start_response("413 Content Too Large", headers)
        return [body]
