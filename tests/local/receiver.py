"""A handler for the tests to deliver to: it keeps what arrives, and answers from a list."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

GIVE_UP_AFTER = 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    method: str
    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes
    at: float


class Receiver:
    """Answers with `statuses` in turn, then 200. `work`, if given, runs before each answer."""

    def __init__(self, *statuses: int, work: Callable[[int], object] = lambda _: None) -> None:
        self.deliveries: list[Delivery] = []
        self._lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                with receiver._lock:
                    number = len(receiver.deliveries)
                    receiver.deliveries.append(
                        Delivery(method=self.command, path=self.path, headers=headers, body=body, at=time.time())
                    )
                work(number)
                self.send_response(statuses[number] if number < len(statuses) else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST

            def log_message(self, format: str, *args: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # answers nobody waits for
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/render"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait_for(self, number: int) -> list[Delivery]:
        wait_until(lambda: len(self.deliveries) >= number)
        return self.deliveries


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + GIVE_UP_AFTER
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)
