"""A line to a real Redis that fails on order: a TCP proxy that knows commands and replies apart.

`FaultyRedis(url)` listens at a `url` of its own. What it is to do wrong is said command by command:

    line.fail(Fault.LOSE_REPLY, script=CLAIM)            # the next run of this script
    line.fail(Fault.SILENCE, command="MGET", times=None)  # every MGET from now on
    line.fail(Fault.SILENCE, times=None)                  # everything; line.mend() ends it

and of the line as a whole: `hang_up()` and `listen()`, `go_deaf()`.
"""

import hashlib
import socket
import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from enum import Enum, auto
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class Fault(Enum):
    """What happens to one command."""

    CLOSE_BEFORE = auto()  # the connection closes, Redis never hears of it
    LOSE_REPLY = auto()  # Redis does it, then the connection closes
    SILENCE = auto()  # Redis never hears of it, and no answer comes
    MUTE_REPLY = auto()  # Redis does it, and no answer comes
    HALF_REPLY = auto()  # Redis does it, half of the answer comes
    LATE = auto()  # it is held for a while, then done and answered
    REFUSE = auto()  # answered with an error of Redis' own, and not done


@dataclass(kw_only=True)
class _Rule:
    fault: Fault
    command: str | None
    sha: str | None
    times: int | None
    skip: int
    seconds: float
    error: str

    def takes(self, words: list[bytes]) -> bool:
        if self.times == 0:
            return False
        command = words[0].upper().decode()
        if self.command not in (None, command):
            return False
        if self.sha and not (command == "EVALSHA" and words[1].decode() == self.sha):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times:
            self.times -= 1
        return True


class FaultyRedis:
    """The proxy, listening until the block ends. `seen` holds the name of every command that arrived."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._there = (parts.hostname or "127.0.0.1", parts.port or 6379)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.seen: list[str] = []
        self.connections = 0  # ever made
        self.most_at_once = 0
        self._rules: list[_Rule] = []
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._waiting: list[socket.socket] = []  # what fills the queue of a deaf listener
        self._mended = threading.Event()

    def __enter__(self) -> Self:
        self._accept_from(self._listener)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.mend()
        self.hang_up()

    def fail(
        self,
        fault: Fault,
        *,
        command: str | None = None,
        script: str | None = None,
        times: int | None = 1,
        skip: int = 0,
        seconds: float = 0.0,
        error: str = "",
    ) -> None:
        """Do this to the next `times` commands that fit (None: to all of them), after `skip` that pass unharmed."""
        sha = hashlib.sha1(script.encode()).hexdigest() if script else None
        rule = _Rule(fault=fault, command=command, sha=sha, times=times, skip=skip, seconds=seconds, error=error)
        with self._lock:
            self._rules.append(rule)

    @property
    def is_spent(self) -> bool:
        """Whether every fault that was ordered a number of times has happened."""
        return not any(rule.times for rule in self._rules)

    def mend(self) -> None:
        """No faults from here on; connections on which nobody was answered close."""
        with self._lock:
            self._rules.clear()
            mended, self._mended = self._mended, threading.Event()
        mended.set()

    def hang_up(self) -> None:
        """Close every connection and refuse new ones."""
        self._stop_listening()
        with self._lock:
            sockets = [*self._open, *self._waiting]
            self._waiting.clear()
        for one in sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def listen(self) -> None:
        """Be there again, at the same port."""
        self._stop_listening()
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._accept_from(self._listener)

    def go_deaf(self) -> None:
        """Close every connection and let new ones wait unanswered, as a network does that swallows packets."""
        self.hang_up()
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=0)
        for _ in range(4):  # with its queue full the system drops who wants to connect
            filler = socket.socket()
            filler.setblocking(False)
            with suppress(BlockingIOError):
                filler.connect(("127.0.0.1", self.port))
            self._waiting.append(filler)

    def _stop_listening(self) -> None:
        with suppress(OSError):  # it was stopped before
            self._listener.shutdown(socket.SHUT_RDWR)  # else the thread that accepts keeps it open
        self._listener.close()

    def _accept_from(self, listener: socket.socket) -> None:
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):  # closed
            while True:
                here, _ = listener.accept()
                if self._listener is not listener:  # it arrived while we hung up
                    here.close()
                    return
                threading.Thread(target=self._serve, args=(here,), daemon=True).start()

    def _serve(self, here: socket.socket) -> None:
        with suppress(OSError, EOFError), closing(here), socket.create_connection(self._there) as there:
            for one in (here, there):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._open.add(here)
                self.connections += 1
                self.most_at_once = max(self.most_at_once, len(self._open))
            try:
                asked, answered = _Reader(here), _Reader(there)
                while True:
                    self._pass_on(asked, answered, here, there)
            finally:
                with self._lock:
                    self._open.discard(here)

    def _pass_on(self, asked: "_Reader", answered: "_Reader", here: socket.socket, there: socket.socket) -> None:
        """One command and its reply. EOFError: this connection is over."""
        packed, words = asked.command()
        with self._lock:
            self.seen.append(words[0].upper().decode())
            rule = next((rule for rule in self._rules if rule.takes(words)), None)
            mended = self._mended
        fault = rule.fault if rule else None
        if fault is Fault.CLOSE_BEFORE:
            raise EOFError
        if fault is Fault.SILENCE:
            mended.wait()
            raise EOFError
        if rule and fault is Fault.REFUSE:
            here.sendall(f"-{rule.error}\r\n".encode())
            return
        if rule and fault is Fault.LATE:
            time.sleep(rule.seconds)
        there.sendall(packed)
        reply = answered.reply()
        if fault is Fault.LOSE_REPLY:
            raise EOFError
        if fault is Fault.MUTE_REPLY:
            mended.wait()
            raise EOFError
        if fault is Fault.HALF_REPLY:
            here.sendall(reply[: len(reply) // 2])
            mended.wait()
            raise EOFError
        here.sendall(reply)


class _Reader:
    """Whole commands and replies out of a stream, as the bytes they came in."""

    def __init__(self, stream: socket.socket) -> None:
        self._stream = stream
        self._buffer = b""

    def command(self) -> tuple[bytes, list[bytes]]:
        head = self._line()
        parts = [self._bulk() for _ in range(int(head[1:]))]
        return head + b"".join(packed for packed, _ in parts), [word for _, word in parts]

    def reply(self) -> bytes:
        head = self._line()
        size = int(head[1:]) if head[:1] in b"$*%~>" else 0
        if head[:1] == b"$":
            return head + (self._exactly(size + 2) if size >= 0 else b"")
        children = size * 2 if head[:1] == b"%" else size
        return head + b"".join(self.reply() for _ in range(children))

    def _bulk(self) -> tuple[bytes, bytes]:
        head = self._line()
        word = self._exactly(int(head[1:]) + 2)
        return head + word, word[:-2]

    def _line(self) -> bytes:
        while (end := self._buffer.find(b"\r\n")) < 0:
            self._more()
        return self._exactly(end + 2)

    def _exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._more()
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return taken

    def _more(self) -> None:
        data = self._stream.recv(65536)
        if not data:
            raise EOFError
        self._buffer += data
