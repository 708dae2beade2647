"""What the measurement of polls rests on: whole answers are counted, and rounds are compared with each other."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from benchmarks import api, pollers

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


@pytest.fixture
def door() -> Iterator[int]:
    """A server that answers in two pieces over a kept connection."""

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self.wfile.write(ANSWER[:20])
            self.wfile.write(ANSWER[20:])

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_pollers_count_whole_answers_and_keep_their_pace(door: int) -> None:
    request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    fast = pollers.poll(door, 2, 0.3, 0, request)
    assert fast["answers"] > 20 and fast["statuses"] == [200] and fast["bytes"] == len(ANSWER)
    assert 0 < fast["p50_ms"] <= fast["p99_ms"]
    paced = pollers.poll(door, 4, 0.5, 0.2, request)
    assert 4 <= paced["answers"] <= 12


def test_polls_are_compared_round_by_round() -> None:
    def pace(rate: float) -> api.Pace:
        return api.Pace(rate=rate, cpu=1 / rate, p99_ms=5, status=200, bytes=7)

    rates = {"bare": [100, 50, 10], "status": [80, 40, 8], "unchanged": [80, 40, 16]}
    told = api.summary({name: [pace(rate) for rate in each] for name, each in rates.items()}, pace(1))
    assert (told["status_vs_bare_mget"], told["unchanged_poll_vs_full"]) == (0.8, 1.0)
    assert (told["p99_ms_100_pollers"], told["polls_a_second"]["bare"]) == (5, 50)
