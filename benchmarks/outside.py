"""What stands around a deployed function, on 127.0.0.1: a Redis, and Google behind its own names.

The function's process is not told of any of it in our words. It finds a metadata server, as on Google, and reaches
`cloudtasks.googleapis.com` and `storage.googleapis.com` over TLS through a proxy, with the variables that every HTTP
library honours (`HTTPS_PROXY`, `REQUESTS_CA_BUNDLE`).
"""

import http.client
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import redis
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from benchmarks.staged import free_port
from local.task_queue import RetrySettings, TaskQueueServer
from tests.fake_gcs import FakeGcs

VIDEOS: Final = "films"
UPLOADS: Final = "uploads"
HEADERS_OF_ONE_HOP: Final = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class NoRedis(Exception):
    """There is no redis-server here: a measurement against another would say little."""


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """The address of an empty Redis that keeps nothing. Raises NoRedis."""
    program = shutil.which("redis-server")
    if program is None:
        raise NoRedis("Install it: apt-get install redis-server")
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            client = redis.Redis(port=port)
            while True:
                try:
                    client.ping()
                    break
                except redis.ConnectionError:
                    if server.poll() is not None:
                        raise
                    time.sleep(0.02)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()


@dataclass(frozen=True, kw_only=True, slots=True)
class Google:
    """What the environment of a function says; what the stores hold; the bodies of the tasks that were delivered."""

    environment: dict[str, str]
    stores: FakeGcs
    delivered: list[bytes]


@contextmanager
def google(folder: Path) -> Iterator[Google]:
    """Cloud Tasks (the deliverer of `make run`) and Cloud Storage, while the block lasts."""
    with ExitStack() as stack:
        store = stack.enter_context(FakeGcs(VIDEOS, UPLOADS))
        queue = stack.enter_context(TaskQueueServer(retry=RetrySettings(max_attempts=1)))
        served_by = {
            "cloudtasks.googleapis.com": queue.url,
            "storage.googleapis.com": store.url,
            "iamcredentials.googleapis.com": store.url,
        }
        authority, context = _certificates(folder, list(served_by))
        proxy = stack.enter_context(_serving(_proxy(context, served_by)))
        metadata = stack.enter_context(_serving(_metadata(store.url)))
        delivered: list[bytes] = []
        worker = stack.enter_context(_serving(_worker(delivered)))
        environment = {
            "HOME": str(folder),  # nobody's own credentials
            "GCE_METADATA_HOST": metadata,
            "GCE_METADATA_IP": metadata,
            "HTTPS_PROXY": f"http://{proxy}",
            "NO_PROXY": "127.0.0.1",
            "REQUESTS_CA_BUNDLE": str(authority),
            "GOOGLE_CLOUD_PROJECT": "p",
            "GOOGLE_CLOUD_STORAGE_BUCKET": VIDEOS,
            "GOOGLE_CLOUD_STORAGE_TEMP_BUCKET": UPLOADS,
            "TASK_QUEUE_URL": "projects/p/locations/us-central1/queues/render",
            "TASK_SERVICE_ACCOUNT": "tasks@p.iam.gserviceaccount.com",
            "RENDER_URL": f"http://{worker}",
            "STATUS_URL": "https://status.example",
            "UPLOAD_URL": "https://upload.example",
            "GENERATE_URL": "https://generate.example",
        }
        yield Google(environment=environment, stores=store, delivered=delivered)


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """host:port of a server whose requests `handler` answers."""
    server = _Quiet(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A function that is stopped leaves calls unfinished, those that its libraries make beside the point."""


class _Forwarding(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    forward_to = ""  # the address that answers; none: nobody

    def do_GET(self) -> None:
        if not self.forward_to:
            self.send_error(502)
            return
        _acknowledge(self.connection)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        connection = http.client.HTTPConnection(self.forward_to.removeprefix("http://"), timeout=30)
        connection.connect()
        _acknowledge(connection.sock)
        connection.request(self.command, self.path, body, dict(self.headers))
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        self.send(answer.status, data, dict(answer.getheaders()))

    do_POST = do_PUT = do_DELETE = do_GET

    def send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in HEADERS_OF_ONE_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """The run's own output is enough."""


def _worker(delivered: list[bytes]) -> type[BaseHTTPRequestHandler]:
    """Takes every task, and does nothing."""

    class Worker(_Forwarding):
        def do_POST(self) -> None:
            delivered.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            self.send(200, b"", {})

    return Worker


def _acknowledge(connection: socket.socket) -> None:
    """At once what has come and what comes next: who sends in pieces, as clients do through a proxy, waits for it."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def _proxy(context: ssl.SSLContext, served_by: Mapping[str, str]) -> type[BaseHTTPRequestHandler]:
    """What listens behind HTTPS_PROXY: for Google's names it is the far end itself, for all others there is none."""

    class Proxy(_Forwarding):
        def do_CONNECT(self) -> None:
            self.forward_to = served_by.get(self.path.partition(":")[0], "")
            if not self.forward_to:
                self.send_error(502)
                return
            self.send_response_only(200)
            self.end_headers()
            self.connection = context.wrap_socket(self.connection, server_side=True)
            self.rfile = self.connection.makefile("rb")
            self.wfile = self.connection.makefile("wb", buffering=0)
            self.close_connection = False

        def finish(self) -> None:
            super().finish()
            self.connection.close()

    return Proxy


def _metadata(url: str) -> type[BaseHTTPRequestHandler]:
    """The metadata server: it is asked whether it is there, and for tokens, which `url` knows."""

    class Metadata(_Forwarding):
        forward_to = url

        def do_GET(self) -> None:
            if self.path == "/":
                self.send(200, b"", {"Metadata-Flavor": "Google"})
            else:
                super().do_GET()

    return Metadata


def _certificates(folder: Path, names: list[str]) -> tuple[Path, ssl.SSLContext]:
    """An authority of our own as a file to be trusted, and a server that it vouches for."""
    root, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = (
        _certificate("Nobody's authority", root, issuer="Nobody's authority", issued_by=root)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
                key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
            ),
            critical=True,
        )
        .sign(root, hashes.SHA256())
    )  # fmt: skip
    server = (
        _certificate(names[0], key, issuer="Nobody's authority", issued_by=root)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(root, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    trusted = folder / "authority.pem"
    trusted.write_bytes(authority.public_bytes(pem))
    own = folder / "server.pem"
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    own.write_bytes(private + server.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)
    return trusted, context


def _certificate(
    subject: str, key: ec.EllipticCurvePrivateKey, *, issuer: str, issued_by: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issued_by.public_key()), critical=False)
    )
