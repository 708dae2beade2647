"""A small internet on 127.0.0.1: public addresses behind which our own servers answer, as rudely as a test wants."""

import errno
import os
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Server:
    """Counts who came and what they sent. `behave(connection, request)` answers; the connection is closed after it.

    With `tls` the connection is encrypted first. `over` is set when the test ends: whoever waits, waits for that.
    """

    def __init__(self, behave: Callable[[socket.socket, bytes], None], tls: ssl.SSLContext | None = None) -> None:
        self._behave, self._tls = behave, tls
        self.requests: list[bytes] = []
        self.connections = 0
        self.received = 0
        self.over = threading.Event()
        self.left = threading.Event()  # a connection has ended

    def __enter__(self) -> Self:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.over.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._accepting.join(5)
        self._listening.close()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _accept(self) -> None:
        while not self.over.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            request = b""
            while b"\r\n\r\n" not in request and (part := connection.recv(65_536)):
                self.received += len(part)
                request += part
            if request:
                self.requests.append(request)
                self._behave(connection, request)
        except OSError:
            pass  # the other side has gone; that is what most of the tests are about
        finally:
            connection.close()
            self.left.set()


def says(answer: bytes) -> Callable[[socket.socket, bytes], None]:
    return lambda connection, request: connection.sendall(answer)


def page(body: bytes = b"hello", *, status: str = "200 OK", **headers: str) -> bytes:
    told = {"Content_Type": "image/jpeg", "Content_Length": str(len(body)), **headers}
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in told.items()), "", ""]
    return "\r\n".join(lines).encode() + body


def moved(location: str, status: str = "302 Found") -> bytes:
    return page(b"", status=status, Location=location)


class Internet:
    """What names resolve to, and which of our servers stands at which public address, port 443.

    `answers`: one answer of the resolver a name, or a list of them, each for one lookup, the last one for good.
    `dialled`: every address that somebody tried to connect to. Nothing leaves this machine: to connect to an address
    without a server is refused. `rebound`: addresses whose connections are seen to end at 127.0.0.1.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers: dict[str, list[Sequence[str]]] = {}
        self.servers: dict[str, int] = {}
        self.rebound: set[str] = set()
        self.dialled: list[tuple[str, int]] = []
        self.lookups: list[str] = []
        self._reached: dict[int, str] = {}
        connect, getpeername = socket.socket.connect_ex, socket.socket.getpeername

        def connect_ex(sock: socket.socket, address: tuple[str, int]) -> int:
            self.dialled.append(address[:2])
            if address[0] in self.servers and address[1] == 443:
                if address[0] not in self.rebound:
                    self._reached[sock.fileno()] = address[0]
                return connect(sock, ("127.0.0.1", self.servers[address[0]]))
            self._reached.pop(sock.fileno(), None)
            return connect(sock, address) if address[0] == "127.0.0.1" else errno.ECONNREFUSED

        def peer(sock: socket.socket) -> tuple[str, int]:
            name: tuple[str, int] = getpeername(sock)
            return (self._reached[sock.fileno()], 443) if sock.fileno() in self._reached else name

        monkeypatch.setattr(socket.socket, "connect_ex", connect_ex)
        monkeypatch.setattr(socket.socket, "getpeername", peer)

    def resolve(self, host: str, _port: int) -> Sequence[str]:
        self.lookups.append(host)
        if host == "127.0.0.1":
            return [host]
        if host not in self.answers:
            raise socket.gaierror(socket.EAI_NONAME, os.strerror(errno.ENOENT))
        told = self.answers[host]
        return told.pop(0) if len(told) > 1 else told[0]


class Authority:
    """Vouches for names, for a day. `file` is for those who trust it."""

    def __init__(self, folder: Path) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._folder = folder
        self.file = folder / "authority.pem"
        own = self._certificate("Nobody", self._key.public_key(), authority=True)
        self.file.write_bytes(own.public_bytes(serialization.Encoding.PEM))

    def vouches_for(self, name: str, *, expired: bool = False) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._certificate(name, key.public_key(), expired=expired)
        file = self._folder / f"{name}.{expired}.pem"
        pem = serialization.Encoding.PEM
        private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        file.write_bytes(private + certificate.public_bytes(pem))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _certificate(
        self, name: str, key: ec.EllipticCurvePublicKey, *, authority: bool = False, expired: bool = False
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        ends = now - timedelta(hours=1) if expired else now + timedelta(days=1)
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Nobody")]))
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(ends)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
