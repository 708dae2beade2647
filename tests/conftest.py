"""What many tests stand on: a Redis of each kind, and the whole service in one process on a folder of its own."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import flask
import pytest
import redis
from werkzeug.test import Client

import functions.generate.main
import functions.render.main
import functions.status.main
import functions.upload.main
from local.redis_server import RedisServer
from local.redis_server import start as start_embedded_redis
from local.run import NO_LIMITS
from shared.adapters.redis_jobs import RedisJobs
from shared.config import Settings
from shared.http import one_process
from shared.services import Services
from shared.video_request import VideoRequest

NO_REDIS = "NO redis-server FOUND: nothing is tested against a real Redis. Install it (apt-get install redis-server)."


@pytest.fixture(scope="session")
def embedded_redis() -> Iterator[str]:
    server: RedisServer = start_embedded_redis()
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
def real_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip(NO_REDIS)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    folder = tmp_path_factory.mktemp("redis")
    with subprocess.Popen([*command, "--dir", str(folder)], stdout=subprocess.DEVNULL) as server:
        client = redis.Redis(port=port)
        for _ in range(100):
            try:
                client.ping()
                break
            except redis.ConnectionError:
                time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"
        server.terminate()


@pytest.fixture(params=["embedded", "redis-server"])
def any_redis(request: pytest.FixtureRequest) -> str:
    """The address of an empty Redis: once the embedded one, once a real server."""
    url: str = request.getfixturevalue("embedded_redis" if request.param == "embedded" else "real_redis")
    redis.Redis.from_url(url).flushall()
    return url


@pytest.fixture
def redis_url(embedded_redis: str) -> str:
    """The address of an empty Redis, for tests of other things."""
    redis.Redis.from_url(embedded_redis).flushall()
    return embedded_redis


@pytest.fixture
def jobs(any_redis: str) -> RedisJobs:
    return RedisJobs.connect(any_redis, lease_seconds=2, max_attempts=3)


Made = Callable[..., tuple[Client, Services]]


class HeldQueue:
    """A queue that keeps what it is given, so that a test decides when the work is done; `refuses` plays an outage."""

    def __init__(self) -> None:
        self.requests: list[VideoRequest] = []
        self.refuses: Exception | None = None

    def enqueue(self, request: VideoRequest, *, again: str = "") -> None:  # noqa: ARG002
        if self.refuses:
            raise self.refuses
        self.requests.append(request)


@pytest.fixture
def queue() -> HeldQueue:
    return HeldQueue()


@pytest.fixture
def services(redis_url: str, tmp_path: Path, queue: HeldQueue) -> Services:
    environment = {
        "REDIS_URL": redis_url,
        "DATA_DIR": str(tmp_path / "var"),
        "PUBLIC_BASE_URL": "http://localhost:8080",
        "NARRATORS": "espeak,silent",
        "TASK_HMAC_KEYS": "a key of the tests",
        **NO_LIMITS,
    }
    services = Services(Settings.from_env(environment))
    services.queue = queue
    return services


@pytest.fixture
def made(redis_url: str, tmp_path: Path, queue: HeldQueue) -> Made:
    """The service with these variables."""

    def make(**variables: str) -> tuple[Client, Services]:
        environment = {
            "REDIS_URL": redis_url,
            "DATA_DIR": str(tmp_path / "var"),
            "PUBLIC_BASE_URL": "http://localhost:8080",
            "NARRATORS": "silent",
            "TASK_HMAC_KEYS": "a-key-of-the-tests",
            **variables,
        }
        services = Services(Settings.from_env(environment))
        services.queue = queue
        endpoints = [getattr(functions, name).main.endpoint for name in ("generate", "status", "upload", "render")]
        return one_process(*endpoints, services=services).test_client(), services

    return make


@pytest.fixture
def app(services: Services) -> flask.Flask:
    endpoints = [getattr(functions, name).main.endpoint for name in ("generate", "status", "upload", "render")]
    return one_process(*endpoints, services=services)


@pytest.fixture
def client(app: flask.Flask) -> Client:
    return app.test_client()


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Where everything must run (CI), a skipped test is a failed one."""
    if os.environ.get("CI") and call.excinfo and call.excinfo.errisinstance(pytest.skip.Exception):
        raise AssertionError(f"skipped where nothing may be skipped: {call.excinfo.value}")
