"""What stands between a browser and our processes out there, on 127.0.0.1: TLS, and whatever a platform does to a path.

A CONNECT proxy that is itself the far end of every name it knows; the browser is told to use it, and resolves nothing.
"""

import http.client
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from werkzeug.serving import generate_adhoc_ssl_context

ONE_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "proxy-connection"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


Site = Callable[[Asked], Reply]


def on_run_app(port: int) -> Site:
    """A service of Cloud Run, or one on Fly: the whole path arrives."""

    def answer(asked: Asked) -> Reply:
        headers = {**asked.headers, "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request(asked.method, asked.path, asked.body, headers)
            response = connection.getresponse()
            # Several headers of one name are joined, as a proxy may.
            names = dict.fromkeys(name for name, _ in response.getheaders())
            told = {name: ", ".join(response.headers.get_all(name, [])) for name in names}
            return Reply(status=response.status, headers=told, body=response.read())
        finally:
            connection.close()

    return answer


def on_cloudfunctions(ports: Mapping[str, int]) -> Site:
    """One host for all functions of a project: `/NAME` chooses, and is cut off before the function sees the path."""

    def answer(asked: Asked) -> Reply:
        name, slash, rest = asked.path.removeprefix("/").partition("/")
        name, question, query = name.partition("?")
        if name not in ports:
            return Reply(status=404, headers={}, body=b"Page not found")
        path = f"/{rest}" if slash else f"/{question}{query}"
        return on_run_app(ports[name])(Asked(method=asked.method, path=path, headers=asked.headers, body=asked.body))

    return answer


@contextmanager
def front(sites: Mapping[str, Site]) -> Iterator[str]:
    """The proxy's address, while the block lasts. Names that are not in `sites` do not exist."""
    context = generate_adhoc_ssl_context()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _door(sites, context))
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a browser hangs up as it likes
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def _door(sites: Mapping[str, Site], context: ssl.SSLContext) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        site: Site | None = None

        def do_CONNECT(self) -> None:
            self.site = sites.get(self.path.partition(":")[0])
            if self.site is None:
                self.send_error(502)
                return
            self.send_response_only(200)
            self.end_headers()
            self.connection = context.wrap_socket(self.connection, server_side=True)
            self.rfile = self.connection.makefile("rb")
            self.wfile = self.connection.makefile("wb", buffering=0)  # type: ignore[assignment]
            self.close_connection = False

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.site is None:  # a plain address: nothing of ours is to ask for one
                self.send_error(502)
                return
            kept = {name: value for name, value in self.headers.items() if name.lower() not in ONE_HOP}
            reply = self.site(Asked(method=self.command, path=self.path, headers=kept, body=body))
            self.send_response_only(reply.status)
            for name, value in reply.headers.items():
                if name.lower() not in ONE_HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)

        do_POST = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = do_GET

        def log_message(self, format: str, *args: object) -> None: ...

    return Door
