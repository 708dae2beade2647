"""Reads bodies before Flask does: what is too large is refused unread, and who sends too slowly holds no thread."""

import io
import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from shared.cors import Cors
from shared.errors import FileTooLarge, InvalidRequest, Problem
from shared.problems import problem_document

LONGEST_PAUSE: Final = 15.0  # seconds between two pieces of a body


class BodyGuard:
    """WSGI in front of Flask: `limit` tells the most bytes for a method and path."""

    def __init__(self, app: Callable[..., Any], limit: Callable[[str, str], int], cors: Cors) -> None:
        self._app = app
        self._limit = limit
        self._cors = cors

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or ""
        if not length and "HTTP_TRANSFER_ENCODING" not in environ:  # no body: a poll
            nothing_to_read: Iterable[bytes] = self._app(environ, start_response)
            return nothing_to_read
        limit = self._limit(environ.get("REQUEST_METHOD", ""), environ.get("PATH_INFO", "") or "/")
        if length.isdecimal() and int(length) > limit:
            return self._refuse(environ, start_response, _too_large(limit))
        chunked = "HTTP_TRANSFER_ENCODING" in environ  # "gzip, chunked" tells no length either
        if length.isdecimal() or chunked:
            try:
                body = _read(environ, min(int(length), limit) if length.isdecimal() else limit + 1)
            except (TimeoutError, OSError):
                return self._refuse(environ, start_response, InvalidRequest("The body did not arrive in time."))
            if len(body) > limit:
                return self._refuse(environ, start_response, _too_large(limit))
            environ = {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
            environ.pop("HTTP_TRANSFER_ENCODING", None)
        answer: Iterable[bytes] = self._app(environ, start_response)
        return answer

    def _refuse(self, environ: Mapping[str, Any], start_response: Callable[..., Any], problem: Problem) -> list[bytes]:
        request_id = uuid.uuid4().hex
        body = json.dumps(problem_document(problem, request_id)).encode()
        headers = [
            ("Content-Type", "application/problem+json"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Request-Id", request_id),
            ("Connection", "close"),  # the rest of the body is not read
            ("Vary", "Origin"),
        ]
        headers += self._cors.headers(environ)
        start_response(f"{problem.status} {problem.title}", headers)
        return [body]


def _read(environ: Mapping[str, Any], size: int) -> bytes:
    """At most `size` bytes of the body. A sender who pauses too long gets a TimeoutError, not one of our threads."""
    connection = environ.get("gunicorn.socket")
    if connection is None:
        return bytes(environ["wsgi.input"].read(size))
    connection.settimeout(LONGEST_PAUSE)
    try:
        return bytes(environ["wsgi.input"].read(size))
    finally:
        connection.settimeout(None)


def _too_large(limit: int) -> FileTooLarge:
    size = f"{limit // 2**20} MB" if limit >= 2**20 else f"{limit // 2**10} KB"
    return FileTooLarge(f"This address takes at most {size}.")
