"""As many slow senders as Fly lets in at a time: whoever else asks is answered meanwhile."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import requests

from tests.fly.home import FLY, Home, stop_all

AT_A_TIME = FLY["http_service"]["concurrency"]["hard_limit"]


@pytest.fixture(scope="module")
def home(real_redis: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    home = Home(tmp_path_factory.mktemp("fly"), real_redis)
    home.start("web")
    yield home
    stop_all(home)


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"GET /health HTTP/1.1\r\nHost: x\r\nX-Long: a",
        b"POST /api/video/generate HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n{",
        b"POST /api/images HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n-\r\n",
    ],
    ids=["nothing", "headers", "a body", "a body in chunks"],
)
def test_slow_senders_stop_nobody_else(home: Home, beginning: bytes) -> None:
    with ExitStack() as connections:
        senders = [
            connections.enter_context(socket.create_connection(("127.0.0.1", home.port))) for _ in range(AT_A_TIME)
        ]
        for piece in (beginning, *[beginning and b"1"] * 4):
            for sender in senders:
                sender.sendall(piece)
            assert requests.get(f"http://127.0.0.1:{home.port}/health", timeout=10).status_code == 200
