"""/health says what is there and what is not: in time, whatever hangs, and without a word too many."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import flask
import pytest
from werkzeug.test import Client

import functions.generate.main
import functions.render.main
import functions.status.main
import functions.upload.main
from shared.adapters.redis_jobs import RedisJobs
from shared.health import examine
from shared.http import Endpoint, wire
from shared.services import Services

QUICK = 3.0  # seconds


@pytest.fixture(params=["says nothing", "says a letter at a time"])
def stalled_redis(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of what takes connections and never comes to an end."""
    over = threading.Event()

    def dribble(connection: socket.socket) -> None:
        with connection:
            try:
                while not over.wait(0.3):
                    connection.sendall(b"+" if request.param == "says a letter at a time" else b"")
            except OSError:
                return  # it has hung up

    def accept() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=dribble, args=[connection], daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=accept, daemon=True).start()
        yield f"redis://:a-password@127.0.0.1:{server.getsockname()[1]}/0"
        over.set()


def test_health_is_told_in_time_when_redis_stalls(
    client: Client, services: Services, stalled_redis: str, capfd: pytest.CaptureFixture[str]
) -> None:
    services.jobs = RedisJobs.connect(stalled_redis, lease_seconds=2, max_attempts=3)
    began = time.monotonic()
    answer = client.get("/health")
    assert time.monotonic() - began < QUICK
    assert answer.status_code == 200 and answer.json
    assert answer.json["status"] == "degraded"
    well = dict.fromkeys(["libmagic", "ffmpeg", "fonts", "lettering"], "ok")
    assert answer.json["checks"] == {"redis": "failed", **well}
    assert "a-password" not in answer.text + capfd.readouterr().err


@pytest.mark.parametrize(
    ("function", "needs"),
    [
        ("generate", {"redis"}),
        ("status", {"redis"}),
        ("upload", {"redis", "libmagic"}),
        ("render", {"redis", "ffmpeg", "fonts", "lettering"}),
    ],
)
def test_each_function_tells_of_what_it_needs_itself(services: Services, function: str, needs: set[str]) -> None:
    app = flask.Flask(function)
    endpoint: Endpoint = getattr(functions, function).main.endpoint
    app.route("/<path:path>")(lambda path: endpoint.answer(flask.request))
    wire(app, endpoint, services=services)
    answer = app.test_client().get("/health")
    assert answer.json == {"status": "ok", "version": "0.1.0", "checks": dict.fromkeys(needs, "ok")}


def test_an_ffmpeg_that_is_not_there_is_told_without_its_path(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "ffmpeg"))
    answer = client.get("/health")
    assert answer.json and (answer.json["status"], answer.json["checks"]["ffmpeg"]) == ("degraded", "failed")
    assert str(tmp_path) not in answer.text


def test_a_check_that_hangs_or_breaks_is_a_failed_one_and_no_other() -> None:
    def broken() -> None:
        raise OSError("no such file: /a/path")

    over = threading.Event()
    began = time.monotonic()
    told = examine({"hangs": over.wait, "breaks": broken, "works": lambda: None})
    over.set()
    assert told == {"hangs": "failed", "breaks": "failed", "works": "ok"}
    assert time.monotonic() - began < QUICK
