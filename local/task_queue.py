"""The deliverer that plays Cloud Tasks on this machine: its REST API in, HTTP requests with its headers out.

Tasks live in memory, as long as the process does. Anything but a 2xx within the deadline is delivered again, also while
the handler that missed the deadline is still at work: as on Google, so that what breaks there breaks here first.
"""

import contextlib
import heapq
import http.client
import json
import logging
import re
import socket
import socketserver
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from local.tasks import SHORTEST_DEADLINE, Attempt, Refused, RetrySettings, Task

__all__ = ["RetrySettings", "TaskQueueServer"]

LOGGER = logging.getLogger(__name__)
QUEUE = r"/v2/(projects/[^/]+/locations/[^/]+/queues/[^/]+)/tasks"
MAX_CALL_BYTES = 2 * 1024 * 1024  # a task of 1 MB in base64, and room for its headers
MAX_ANSWER_BYTES = 64 * 1024  # what a handler answers beside its status is of no interest


@dataclass(slots=True)
class _Pending:
    task: Task
    deliveries: int  # that are still to succeed: one, or two where duplicates are played
    dispatched: int = 0
    answered: int = 0


class TaskQueueServer:
    """Cloud Tasks' queues at `url`, while the `with` block lasts.

    `deliver_twice` plays at-least-once at its worst: every task is delivered by two attempts that know nothing of each
    other, at the same time if `max_concurrent` allows it. `shortest_deadline` may be lowered for the sake of a test.
    """

    def __init__(
        self,
        address: tuple[str, int] = ("127.0.0.1", 0),
        retry: RetrySettings | None = None,
        max_concurrent: int = 2,
        *,
        deliver_twice: bool = False,
        shortest_deadline: float = SHORTEST_DEADLINE,
    ) -> None:
        self._retry = retry or RetrySettings()
        self._copies = 2 if deliver_twice else 1
        self._shortest_deadline = shortest_deadline
        self._due = threading.Condition()  # guards everything below
        self._pending: dict[str, _Pending] = {}
        self._used_names: set[str] = set()  # a name is never taken twice, also after its task is done
        self._attempts: list[tuple[float, int, Attempt]] = []  # a heap: the next one first
        self._order = count()
        self._open: set[http.client.HTTPConnection] = set()
        self._stopping = False
        self._http = _HttpServer(address, self)
        self.port: int = self._http.server_address[1]
        self.url = f"http://{address[0]}:{self.port}"
        self._threads = [threading.Thread(target=self._deliver_all, daemon=True) for _ in range(max_concurrent)]
        self._threads.append(threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True))

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        with self._due:
            self._stopping = True
            self._due.notify_all()
            for connection in self._open:
                if connection.sock is not None:
                    with contextlib.suppress(OSError):  # the handler may have hung up just now
                        connection.sock.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for the answer
        for thread in self._threads:
            thread.join(timeout=0.5)

    def create(self, parent: str, message: Any) -> dict[str, Any]:
        """CreateTask. Raises Refused."""
        task = Task.parse(parent, message, now=time.time(), shortest_deadline=self._shortest_deadline)
        with self._due:
            if task.name in self._used_names:
                raise Refused(409, "ALREADY_EXISTS", "The task cannot be created: a task with this name existed.")
            self._used_names.add(task.name)
            self._pending[task.name] = _Pending(task, deliveries=self._copies)
            for _ in range(self._copies):
                self._schedule(Attempt(task=task, eta=task.schedule_time))
        return task.to_message()

    def get(self, name: str) -> dict[str, Any]:
        """GetTask: a task that is done is gone. Raises Refused."""
        with self._due:
            pending = self._find(name)
            return pending.task.to_message(dispatched=pending.dispatched, answered=pending.answered)

    def delete(self, name: str) -> dict[str, Any]:
        """DeleteTask: a delivery on its way goes on, but is not repeated. Raises Refused."""
        with self._due:
            del self._pending[self._find(name).task.name]
        return {}

    def _find(self, name: str) -> _Pending:
        if name not in self._pending:
            raise Refused(404, "NOT_FOUND", "The task does not exist.")
        return self._pending[name]

    def _schedule(self, attempt: Attempt) -> None:
        heapq.heappush(self._attempts, (attempt.eta, next(self._order), attempt))
        self._due.notify_all()

    def _deliver_all(self) -> None:
        """One of `max_concurrent` threads: take what is due, deliver it, see to what follows."""
        while attempt := self._next():
            status, reason = self._send(attempt)
            with self._due:
                self._settle(attempt, status, reason)

    def _next(self) -> Attempt | None:
        """Waits for the next attempt that is due; None when the server stops."""
        with self._due:
            while not self._stopping:
                if not self._attempts:
                    self._due.wait()
                elif (pause := self._attempts[0][0] - time.time()) > 0:
                    self._due.wait(pause)
                else:
                    _, _, attempt = heapq.heappop(self._attempts)
                    if pending := self._pending.get(attempt.task.name):  # it may have been deleted meanwhile
                        pending.dispatched += 1
                        return attempt
            return None

    def _settle(self, attempt: Attempt, status: int | None, reason: str) -> None:
        task = attempt.task
        pending = self._pending.get(task.name)
        if pending is None or self._stopping:
            return
        pending.answered += status is not None
        succeeded = status is not None and 200 <= status <= 299
        now = time.time()
        if not succeeded and not attempt.is_last(now=now, retry=self._retry):
            following = attempt.failed(status, reason, now=now, retry=self._retry)
            LOGGER.info("%s: %s; again in %.3g s", task.name, reason, following.eta - now)
            self._schedule(following)
            return
        if not succeeded:
            LOGGER.warning("%s: %s; given up after %d attempts", task.name, reason, attempt.retries + 1)
        pending.deliveries -= 1
        if not pending.deliveries:
            del self._pending[task.name]

    def _send(self, attempt: Attempt) -> tuple[int | None, str]:
        """One HTTP request: the status (None without an answer) and why it has to be repeated, if it has."""
        task = attempt.task
        parts = urlsplit(task.url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(str(parts.hostname), parts.port, timeout=task.dispatch_deadline)
        with self._due:
            self._open.add(connection)
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request(task.method, target, body=task.body or None, headers=attempt.headers())
            response = connection.getresponse()
            response.read(MAX_ANSWER_BYTES)
        except TimeoutError:
            return None, "deadline exceeded"
        except (OSError, http.client.HTTPException) as error:
            return None, f"no answer ({type(error).__name__})"
        else:
            return response.status, f"answered {response.status}"
        finally:
            with self._due:
                self._open.discard(connection)
            connection.close()


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], queue: TaskQueueServer) -> None:
        self.queue = queue
        super().__init__(address, _Door)

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)  # HTTPServer's asks DNS for our own name: seconds on some laptops


class _Door(BaseHTTPRequestHandler):
    server: _HttpServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        self._answer(rf"{QUEUE}", lambda parent: self.server.queue.create(parent, self._message()))

    def do_GET(self) -> None:
        self._answer(rf"{QUEUE}/[^/]+", self.server.queue.get)

    def do_DELETE(self) -> None:
        self._answer(rf"{QUEUE}/[^/]+", self.server.queue.delete)

    def log_message(self, format: str, *args: Any) -> None:
        LOGGER.debug(format, *args)

    def _message(self) -> Any:
        size = self.headers.get("Content-Length", "")
        if not size.isdecimal() or int(size) > MAX_CALL_BYTES:
            self.close_connection = True  # what is not read would be taken for the next request
            raise Refused(400, "INVALID_ARGUMENT", "The body must have a length, of 2 MB at most.")
        try:
            return json.loads(self.rfile.read(int(size)))
        except ValueError as error:
            raise Refused(400, "INVALID_ARGUMENT", "The body is not JSON.") from error

    def _answer(self, pattern: str, call: Any) -> None:
        path = self.path.partition("?")[0]
        try:
            if "Origin" in self.headers:  # a page in a browser must not send requests through us
                self.close_connection = True
                raise Refused(403, "PERMISSION_DENIED", "Not for browsers.")
            if not re.fullmatch(pattern, path):
                self.close_connection = True
                raise Refused(404, "NOT_FOUND", "There is no such method.")
            status, message = 200, call(path.removeprefix("/v2/").removesuffix("/tasks"))
        except Refused as refused:
            status = refused.http_status
            message = {"error": {"code": status, "message": str(refused), "status": refused.rpc_status}}
        body = json.dumps(message).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
