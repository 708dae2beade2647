"""A URL from outside → what it answers. Everything that this service fetches from the web comes through here.

https only, from the hosts that are named, at public addresses, within a number of bytes and of seconds. No proxy, no
cookie, no password file and no other setting of the machine is asked; nothing is compressed, so nothing can explode.
"""

import http.client
import re
import ssl
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, cast

import certifi

from .public_web import Destination, FetchFailed, destination_of, redirected, refused
from .wire import BUFFER, Patience, Resolve, Wire, connect, resolved_by_the_system, too_much

if TYPE_CHECKING:
    import socket

__all__ = ["FetchFailed", "Fetched", "Fetcher"]

REDIRECTS: Final = 3
HEAD: Final = 65_536  # bytes of an answer before its body
KEPT: Final = re.compile(r"cache-control|content-type|etag|retry-after|x-ratelimit-[a-z-]+")
HEADER_NAME: Final = re.compile(r"[A-Za-z0-9-]+")
VISIBLE: Final = re.compile(r"[ -~]*")
TRAVELS: Final = {"accept"}  # of the caller's headers, to another origin: any other may hold a key


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """An answer, whatever its status. `content_type` without parameters; `headers` under their small names."""

    status: int
    content_type: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def retry_after(self) -> float | None:
        """In how many seconds the service wants to be asked again, where it says so."""
        told = self.headers.get("retry-after", "")
        if re.fullmatch(r"[0-9]{1,6}", told):
            return float(told)
        try:
            at = parsedate_to_datetime(told)
        except (ValueError, OverflowError):  # OverflowError: a time zone millions of hours away
            return None
        return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds())

    def successful(self) -> "Fetched":
        """This, when it is a 200. Raises FetchFailed."""
        if self.status == 200:
            return self
        passing = self.status in (408, 429) or self.status >= 500
        public = "The service cannot answer at the moment." if passing else "The service did not accept the request."
        raise FetchFailed(f"status {self.status}", public=public, passing=passing, retry_after=self.retry_after)


class Fetcher:
    """Asks `allowed_hosts`, exact names, and nobody else. It may be used from several threads at once.

    `trusted_origins` ("http://127.0.0.1:8123") are excepted: plain, on any port, at any address; a stand-in for a
    service on the same machine. `ca_file` are the authorities that servers prove themselves with.
    """

    def __init__(
        self,
        *,
        allowed_hosts: Collection[str],
        trusted_origins: Collection[str] = (),
        ca_file: Path | None = None,
        resolve: Resolve = resolved_by_the_system,
    ) -> None:
        self._allowed_hosts = frozenset(allowed_hosts)
        self._trusted_origins = frozenset(trusted_origins)
        self._ca_file = ca_file or Path(certifi.where())
        self._resolve = resolve

    def get(
        self,
        url: str,
        *,
        max_bytes: int,
        seconds: float,
        headers: Mapping[str, str] = MappingProxyType({}),
        check: Callable[[], None] = lambda: None,
    ) -> Fetched:
        """What the URL answers, after three redirects at most: `max_bytes` of body, `seconds` for all of it.

        `check` is called several times a second, and raises when the work must stop. Raises FetchFailed.
        """
        if not all(HEADER_NAME.fullmatch(name) and VISIBLE.fullmatch(value) for name, value in headers.items()):
            raise FetchFailed(  # often a key with a line's end, as editors leave it
                "a header holds what no header may", public="The service is not set up correctly.", passing=False
            )
        patience = Patience(seconds, check)
        trusted = self._trusted_origins
        at = destination_of(url, allowed_hosts=self._allowed_hosts, trusted_origins=trusted)
        for _ in range(REDIRECTS + 1):
            answer = self._asked(at, headers, max_bytes, patience)
            if isinstance(answer, Fetched):
                return answer
            if not at.trusted:
                trusted = frozenset()  # nobody outside sends us to this machine
            before, url = at, redirected(url, answer)
            at = destination_of(url, allowed_hosts=self._allowed_hosts, trusted_origins=trusted)
            if before.scheme == "https" != at.scheme:
                raise refused(f"{at.host}: a redirect from https to {at.scheme}")
            if at.origin != before.origin:
                headers = {name: value for name, value in headers.items() if name.lower() in TRAVELS}
        raise refused(f"{at.host}: more than {REDIRECTS} redirects")

    def _asked(self, at: Destination, headers: Mapping[str, str], max_bytes: int, patience: Patience) -> Fetched | str:
        """One request: its answer, or where it redirects to."""
        try:
            with connect(at, resolve=self._resolve, ca_file=self._ca_file, patience=patience) as wire:
                wire.send_all(_request(at, headers))
                return _answer(wire, max_bytes)
        except ssl.SSLCertVerificationError as error:
            public = "The service cannot prove who it is."
            raise FetchFailed(f"{at.host}: {error.verify_message}", public=public, passing=False) from error
        except OSError as error:
            message = f"{at.host}: {type(error).__name__}: {error.strerror or error}"
            raise FetchFailed(message, public="The service cannot be reached.", passing=True) from error
        except (http.client.HTTPException, ValueError) as error:  # ValueError: a chunk of less than no bytes
            # without the cause: its text holds what the service wrote
            message = f"{at.host}: {type(error).__name__} in its answer"
            raise FetchFailed(message, public="The service sent what cannot be read.", passing=True) from None


def _request(at: Destination, headers: Mapping[str, str]) -> bytes:
    sent = {
        "User-Agent": "linkedin-video",
        "Accept": "*/*",
        **{name.title(): value for name, value in headers.items()},  # however they are written, each is sent once
        "Host": at.authority,
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    lines = [f"GET {at.target} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items()), "", ""]
    return "\r\n".join(lines).encode("ascii")


def _answer(wire: Wire, max_bytes: int) -> Fetched | str:
    wire.room = HEAD
    with http.client.HTTPResponse(cast("socket.socket", wire)) as response:  # it asks for makefile() and nothing else
        response.begin()
        location = response.getheader("Location")
        if response.status in (301, 302, 303, 307, 308) and location is not None:
            return location
        if response.getheader("Content-Encoding", "identity").lower() != "identity":
            public = "The service sent what cannot be read."
            raise FetchFailed("compressed, which was not asked for", public=public, passing=False)
        wire.room += max_bytes * 5 // 4 + HEAD  # chunks have marks around them, and one of -1 bytes has no end
        headers = {
            name.lower(): value
            for name, value in response.getheaders()
            if KEPT.fullmatch(name.lower()) and VISIBLE.fullmatch(value)
        }
        return Fetched(
            status=response.status,
            content_type=headers.get("content-type", "").partition(";")[0].strip().lower(),
            headers=MappingProxyType(headers),
            body=_body(response, max_bytes),
        )


def _body(response: http.client.HTTPResponse, max_bytes: int) -> bytes:
    announced = response.length
    if announced is not None and announced > max_bytes:
        raise too_much()
    parts: list[bytes] = []
    size = 0
    while part := response.read(min(BUFFER, max_bytes + 1 - size)):
        size += len(part)
        if size > max_bytes:
            raise too_much()
        parts.append(part)
    if announced is not None and size < announced:
        raise http.client.IncompleteRead(b"", announced - size)
    return b"".join(parts)
