"""One connection to a server outside: looked up, checked, encrypted, and given up when it lasts too long.

The socket never blocks: nothing in here waits longer than CHECK_EVERY without asking whether it is still wanted,
whether the other side is slow to be found, to connect, to shake hands, to send its first byte or its last.
"""

import errno
import io
import os
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from contextlib import ExitStack
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from .public_web import Destination, FetchFailed, is_public, refused

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHECK_EVERY: Final = 0.1  # seconds between two looks whether the work must stop
CONNECTING: Final = 3.0  # seconds for one address; the next may be nearer
ADDRESSES: Final = 4  # tried, of those that a name has
BUFFER: Final = 65_536  # bytes read at once

T = TypeVar("T")
Resolve = Callable[[str, int], Sequence[str]]


def resolved_by_the_system(host: str, port: int) -> list[str]:
    """The IP addresses of a name, best first. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Patience:
    """How long a whole fetch may still take, and whether anybody still wants it."""

    def __init__(self, seconds: float, check: Callable[[], None]) -> None:
        self._seconds, self._check = seconds, check
        self._until = time.monotonic() + seconds
        self._next_check = 0.0

    def left(self) -> float:
        """Seconds to wait before the next look. Raises FetchFailed when the time is up, and what `check` raises."""
        now = time.monotonic()
        if now >= self._next_check:
            self._next_check = now + CHECK_EVERY
            self._check()
        if now >= self._until:
            raise FetchFailed(
                f"not done within {self._seconds:g} s", public="The service did not answer in time.", passing=True
            )
        return min(self._until - now, CHECK_EVERY)


class Wire(io.RawIOBase):
    """A connection as a file to read answers from. `room` is how many bytes it may still bring."""

    room = 0

    def __init__(self, sock: socket.socket, patience: Patience) -> None:
        self._sock, self._patience = sock, patience

    @property
    def peer(self) -> str:
        """The IP address at the other end."""
        return str(self._sock.getpeername()[0])

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        if self.room <= 0:
            raise too_much()
        view = memoryview(buffer)[: self.room]
        count = self._done(lambda: self._sock.recv_into(view), select.POLLIN)
        self.room -= count
        return count

    def send_all(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[self._done(partial(self._sock.send, rest), select.POLLOUT) :]

    def encrypt(self, context: ssl.SSLContext, host: str) -> None:
        """TLS from here on, with a server that proves to be `host`."""
        encrypted = context.wrap_socket(
            self._sock,
            server_hostname=host,
            do_handshake_on_connect=False,
            suppress_ragged_eofs=False,  # an answer that was cut off must not look like a whole one
        )
        self._sock = encrypted
        self._done(encrypted.do_handshake, select.POLLIN)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What http.client wants of a socket."""
        return io.BufferedReader(self, BUFFER)

    def close(self) -> None:
        self._sock.close()
        super().close()

    def _done(self, attempt: Callable[[], T], waiting_for: int) -> T:
        while True:
            seconds = self._patience.left()
            try:
                return attempt()
            except ssl.SSLWantReadError:
                _ready(self._sock, select.POLLIN, seconds)
            except ssl.SSLWantWriteError:
                _ready(self._sock, select.POLLOUT, seconds)
            except BlockingIOError:
                _ready(self._sock, waiting_for, seconds)


def connect(destination: Destination, *, resolve: Resolve, ca_file: Path, patience: Patience) -> Wire:
    """Raises FetchFailed, and OSError with ssl.SSLError where the network or the other side fails."""
    addresses = _looked_up(destination, resolve, patience)
    if not destination.trusted and not all(map(is_public, addresses)):  # one is enough: no honest name has such
        raise refused(f"{destination.host}: leads to an address that is not public")
    wire = Wire(_opened(addresses, destination.port, patience), patience)
    with ExitStack() as unless_it_is_good:
        unless_it_is_good.callback(wire.close)
        if not destination.trusted and not is_public(wire.peer):  # whatever was looked up, this is who gets the request
            raise refused(f"{destination.host}: connected to an address that is not public")
        if destination.scheme == "https":
            wire.encrypt(_tls(ca_file), destination.host)
        unless_it_is_good.pop_all()
    return wire


def too_much() -> FetchFailed:
    return FetchFailed("more bytes than are wanted", public="The service sent too much.", passing=False)


def _looked_up(destination: Destination, resolve: Resolve, patience: Patience) -> Sequence[str]:
    answer: Future[Sequence[str]] = Future()

    def ask() -> None:
        try:
            answer.set_result(resolve(destination.host, destination.port))
        except (OSError, UnicodeError) as error:
            answer.set_exception(error)

    # Nothing can end a lookup: when it is given up, its thread stays until the resolver has answered.
    threading.Thread(target=ask, name="lookup", daemon=True).start()
    while not answer.done():
        wait([answer], timeout=patience.left())
    addresses = answer.result()
    if not addresses:
        raise OSError(errno.EADDRNOTAVAIL, "the name has no address")
    return addresses


def _opened(addresses: Sequence[str], port: int, patience: Patience) -> socket.socket:
    """Connected to the first of the addresses that answers; as numbers, so that nothing is looked up again."""
    last = OSError()
    for address in addresses[:ADDRESSES]:
        try:
            return _connected(address, port, patience)
        except OSError as error:
            last = error
    raise last


def _connected(address: str, port: int, patience: Patience) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    with ExitStack() as unless_it_is_open:
        unless_it_is_open.callback(sock.close)
        sock.setblocking(False)
        code = sock.connect_ex((address, port))
        give_up_at = time.monotonic() + CONNECTING
        if code == errno.EINPROGRESS:
            while not _ready(sock, select.POLLOUT, patience.left()):
                if time.monotonic() > give_up_at:
                    raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
            code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise OSError(code, os.strerror(code))
        unless_it_is_open.pop_all()
    return sock


def _ready(sock: socket.socket, events: int, seconds: float) -> bool:
    poll = select.poll()  # and not select(), which knows the first 1,024 files of a process only
    poll.register(sock, events)
    return bool(poll.poll(seconds * 1000))


@cache
def _tls(ca_file: Path) -> ssl.SSLContext:
    """Made once: reading all authorities takes some 20 ms. Unlike ssl's own default it asks no environment."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks certificate and name; TLS 1.2 at least
    context.load_verify_locations(ca_file)
    context.set_alpn_protocols(["http/1.1"])
    return context
