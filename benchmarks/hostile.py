"""Everything that strangers may try, thousands of times, at real functions: `python -m benchmarks.hostile [CASES]`.

What it does and what the figures mean stands in benchmarks/README.md.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import requests

from benchmarks.limits import Footprint
from benchmarks.measure import AS_DEPLOYED, family, pss
from benchmarks.outside import redis_server
from benchmarks.staged import ROOT, free_port
from local.run import NO_LIMITS
from local.task_queue import RetrySettings, TaskQueueServer
from tests.fuzzing import ORDERS, Contract, every, mutated, turn_against_itself
from tests.nasty_files import CASES as NASTY
from tests.nasty_files import FORM

FUNCTIONS: Final = ("generate", "status", "upload")
CASES: Final = 5_000  # of each kind
LARGE: Final = 200 * 1024 * 1024
PIECE: Final = bytes(256 * 1024)
CALLERS: Final = 100
ALLOWED: Final = 17  # of them; no default of ours, so that the setting is what counts
THREADS: Final = 8
LONGEST_PAUSE: Final = 15.0  # seconds; BodyGuard's own
POST: Final = b'{"content": "This is a whole post of somebody."}'
JOB: Final = "01a206ec-9d1b-734e-9593-65925e590e2c"
Result = TypeVar("Result")


@dataclass(slots=True)
class Tally:
    """What came of it all."""

    cases: int = 0
    server_errors: int = 0
    slowest: float = 0.0
    faults: list[str] = field(default_factory=list)

    def count(self, status: int, seconds: float, what: str) -> None:
        self.cases += 1
        self.slowest = max(self.slowest, seconds)
        if status >= 500:
            self.server_errors += 1
            self.faults.append(f"{what}: {status}")

    def expect(self, is_right: bool, what: str) -> None:
        if not is_right:
            self.faults.append(what)


@dataclass(frozen=True, kw_only=True, slots=True)
class Function:
    """A process of functions-framework, and where it answers."""

    name: str
    url: str
    process: int

    def held(self) -> float:
        """MB, its children included."""
        return sum(map(pss, family(self.process))) * 1024 / 1e6


@contextmanager
def functions(environment: Mapping[str, str], *names: str) -> Iterator[dict[str, Function]]:
    """The functions, each as on Google in a process of its own, until the block ends."""
    ports = {name: free_port() for name in names}
    addresses = {f"{name.upper()}_URL": f"http://127.0.0.1:{port}" for name, port in ports.items()}
    with ExitStack() as stack:
        started = {}
        for name, port in ports.items():
            command = [sys.executable, "-m", "functions_framework", "--host", "127.0.0.1", "--port", str(port)]
            process = subprocess.Popen(
                [*command, "--source", f"functions/{name}/main.py", "--target", name],
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], "THREADS": str(THREADS), **AS_DEPLOYED, **addresses, **environment},
                stderr=subprocess.DEVNULL,
            )
            stack.callback(process.wait)
            stack.callback(process.terminate)
            started[name] = Function(name=name, url=addresses[f"{name.upper()}_URL"], process=process.pid)
        for function in started.values():
            while True:
                with suppress(requests.ConnectionError):
                    requests.get(f"{function.url}/health", timeout=30).raise_for_status()
                    break
                time.sleep(0.1)
        yield started


def run(cases: int) -> dict[str, Any]:
    tally = Tally()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        queue = stack.enter_context(TaskQueueServer(retry=RetrySettings(max_attempts=1)))
        environment = {
            "REDIS_URL": stack.enter_context(redis_server(folder)),
            "DATA_DIR": str(folder / "var"),
            "TMPDIR": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "TASK_QUEUE_URL": f"local:{queue.port}",
            "TASK_HMAC_KEYS": "a key of this run",
            "RENDER_URL": stack.enter_context(_idle_worker()),
        }
        with functions({**environment, **NO_LIMITS}, *FUNCTIONS) as here, ExitStack() as watching:
            footprints = {name: watching.enter_context(Footprint(here[name].process)) for name in FUNCTIONS}
            document = requests.get(f"{here['generate'].url}/openapi.json", timeout=30).json()
            _say("the description", lambda: described(document, cases, tally))
            _say("texts", lambda: texts(document, here["generate"], cases, tally))
            _say("pictures", lambda: pictures(document, here["upload"], cases, tally))
            _say("nasty files", lambda: nasty_files(here["upload"], tally))
            moved = _say("large bodies", lambda: large_bodies(here, tally))
            waited = _say("slow senders", lambda: max(slow_senders(function, tally) for function in here.values()))
            for function in here.values():
                answer = requests.get(f"{function.url}/health", timeout=30)
                tally.expect(answer.json().get("status") == "ok", f"{function.name} is not well at the end")
        limits = dict.fromkeys(NO_LIMITS, str(ALLOWED))
        with functions({**environment, **limits}, "generate", "upload", "status") as here:
            _say("limits", lambda: limited(here, tally))
    return {
        "cases": tally.cases,
        "server_errors": tally.server_errors,
        "peak_mb": round(max(footprint.peak for footprint in footprints.values())),
        "slowest_s": round(tally.slowest, 2),
        "faults": len(tally.faults),
        "large_bodies_moved_mb": round(moved, 1),
        "waited_beside_slow_senders_s": round(waited, 1),
        "told": tally.faults[:20],
    }


def described(document: dict[str, Any], cases: int, tally: Tally) -> None:
    """Each function's part of the description against that function, until there were enough."""
    hosts = {item["servers"][0]["url"] for path, item in document["paths"].items() if path != "/health"}
    sent = 0
    while sent < cases:
        for host in sorted(hosts):
            paths = {path: item for path, item in document["paths"].items() if item["servers"][0]["url"] == host}
            part = {**document, "paths": paths}
            each = max(1, (cases - sent) // sum(len(item) - 1 for item in document["paths"].values()))
            outcome = turn_against_itself(part, each=each, base_url=host)
            sent += outcome.cases
            tally.cases += outcome.cases
            tally.slowest = max(tally.slowest, outcome.slowest)
            tally.server_errors += sum(count for status, count in outcome.statuses.items() if status >= 500)
            tally.faults += outcome.faults


def texts(document: dict[str, Any], generate: Function, cases: int, tally: Tally) -> None:
    _every(document, "/api/video/generate", generate, ORDERS, {}, cases, tally)


def pictures(document: dict[str, Any], upload: Function, cases: int, tally: Tally) -> None:
    _every(document, "/api/images", upload, mutated(), {"Content-Type": FORM}, cases, tally)


def _every(
    document: dict[str, Any],
    path: str,
    function: Function,
    bodies: Any,
    headers: dict[str, str],
    cases: int,
    tally: Tally,
) -> None:
    contract = Contract(document)
    session = requests.Session()

    def send(body: bytes) -> None:
        answer = session.post(function.url + path, data=body, headers=headers, timeout=120)
        tally.count(answer.status_code, answer.elapsed.total_seconds(), f"{path} {body[:200]!r}")
        contract.check("post", path, answer.status_code, answer.headers, answer.content)

    try:
        every(bodies, send, cases)
    except (AssertionError, ValueError) as fault:  # of the contract; the rest is not sent
        tally.faults.append(f"{path}: {fault}")


def nasty_files(upload: Function, tally: Tally) -> None:
    for case in NASTY:
        answer = requests.post(upload.url, data=case.body(), headers={"Content-Type": case.content_type}, timeout=300)
        tally.count(answer.status_code, answer.elapsed.total_seconds(), case.name)
        told = (answer.status_code, answer.json().get("code"))
        tally.expect(told == (case.status, case.code), f"{case.name}: {told}")


def large_bodies(here: Mapping[str, Function], tally: Tally) -> float:
    """200 MB at every address, said beforehand and in chunks; the most that a function's memory moved, in MB."""
    doors = [("generate", "POST", "/"), ("generate", "POST", "/api/video/generate"), ("generate", "GET", "/docs"),
             ("generate", "GET", "/openapi.json"), ("generate", "GET", "/health"), ("generate", "PUT", "/nowhere"),
             ("status", "GET", f"/{JOB}"), ("status", "POST", f"/video/{JOB}/cancel"),
             ("status", "DELETE", f"/video/{JOB}"), ("status", "GET", f"/api/video/{JOB}"),
             ("upload", "POST", "/"), ("upload", "POST", "/api/images"), ("upload", "DELETE", f"/{JOB}")]  # fmt: skip
    moved = 0.0
    for name, method, path in doors:
        for chunked in (False, True):
            before = here[name].held()
            with Footprint(here[name].process) as footprint:
                began = time.monotonic()
                status = _pour(here[name], method, path, chunked)
                seconds = time.monotonic() - began
                time.sleep(2 * Footprint.EVERY)
            tally.count(status, seconds, f"200 MB at {method} {path}")
            tally.expect(status == 413, f"200 MB at {method} {path}: {status}")
            moved = max(moved, footprint.peak - before)
    return moved


def _pour(function: Function, method: str, path: str, chunked: bool) -> int:
    """The status for 200 MB, all of which is sent as long as anybody listens. 0 where there was no answer at all."""
    told = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {LARGE}"
    piece = f"{len(PIECE):x}\r\n".encode() + PIECE + b"\r\n" if chunked else PIECE
    with closing(socket.create_connection(_address(function), timeout=60)) as connection:
        connection.sendall(f"{method} {path} HTTP/1.1\r\nHost: x\r\n{told}\r\n\r\n".encode())
        answer = b""
        with suppress(ConnectionError, TimeoutError):
            for _ in range(LARGE // len(PIECE)):
                connection.sendall(piece)
                connection.setblocking(False)
                with suppress(BlockingIOError):
                    answer += connection.recv(65536)
                connection.settimeout(60)
        with suppress(ConnectionError, TimeoutError):
            answer += connection.recv(65536)
    return int(answer[9:12] or 0)


def slow_senders(function: Function, tally: Tally) -> float:
    """As many as there are threads begin a body and fall silent; how long somebody else waits meanwhile, in seconds."""
    half = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n{"
    with ExitStack() as stack:
        senders = [
            stack.enter_context(socket.create_connection(_address(function), timeout=4 * LONGEST_PAUSE))
            for _ in range(THREADS)
        ]
        for sender in senders:
            sender.sendall(half)
        began = time.monotonic()
        answer = requests.get(f"{function.url}/health", timeout=120)
        waited = time.monotonic() - began
        tally.count(answer.status_code, 0, "beside slow senders")
        tally.expect(waited < LONGEST_PAUSE + 5, f"{function.name}: {waited:.0f} s beside slow senders")
        for sender in senders:
            status = int(sender.recv(65536)[9:12] or 0)
            tally.count(status, 0, "a slow sender")
            tally.expect(status == 400, f"a slow sender: {status}")
    return waited


def limited(here: Mapping[str, Function], tally: Tally) -> None:
    """A hundred callers at the same moment: as many pass as are allowed, and each of the others is told when."""
    picture = next(case for case in NASTY if case.name == "png named .jpg")
    for function, body, headers, good in (
        (here["generate"], POST, {}, 202),
        (here["upload"], picture.body(), {"Content-Type": FORM}, 201),
    ):

        def call(_: int, url: str = function.url, body: bytes = body, headers: Any = headers) -> requests.Response:
            return requests.post(url, data=body, headers=headers, timeout=120)

        with ThreadPoolExecutor(CALLERS) as pool:
            answers = list(pool.map(call, range(CALLERS)))
        for answer in answers:
            tally.count(answer.status_code, 0, f"{function.name} at its limit")
        refused = [answer for answer in answers if answer.status_code == 429]
        passed = sum(answer.status_code == good for answer in answers)
        tally.expect(passed == ALLOWED, f"{function.name}: {passed} of {ALLOWED} passed")
        tally.expect(len(refused) == CALLERS - ALLOWED, f"{function.name}: {len(refused)} were refused")
        tally.expect(all(answer.headers.get("Retry-After") for answer in refused), f"{function.name}: no Retry-After")


class _Takes(BaseHTTPRequestHandler):
    """Every task, and does nothing."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """The run's own output is enough."""


@contextmanager
def _idle_worker() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Takes) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def _address(function: Function) -> tuple[str, int]:
    parts = urlsplit(function.url)
    return parts.hostname or "", parts.port or 0


def _say(what: str, do: Callable[[], Result]) -> Result:
    began = time.monotonic()
    result = do()
    print(f"{what}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return result


if __name__ == "__main__":
    told = run(int(sys.argv[1]) if len(sys.argv) > 1 else CASES)
    for fault in told.pop("told"):
        print(fault, file=sys.stderr)
    print(json.dumps(told))
    sys.exit(1 if told["faults"] else 0)
