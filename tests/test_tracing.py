"""One trace from a request through the queue to the stages of its film; and what tracing never does."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

import flask
import pytest
import redis
from werkzeug.test import Client

from local.task_queue import TaskQueueServer
from shared import log, tracing
from shared.adapters.local_queue import LocalQueue
from shared.config import Settings, WrongSettings
from shared.services import Services
from tests.conftest import HeldQueue
from tests.fly.home import Home, stop_all
from tests.local.receiver import Receiver
from tests.service import eventually
from tests.shared.adapters.test_cloud_tasks import queue_at, request

ROOT = Path(__file__).parent.parent
TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SENT = {"traceparent": f"00-{TRACE}-{SPAN}-01"}
POST = {"content": "A marmalade sentence that nobody else may read.", "quality": "preview", "narration": "off"}


class Recorder:
    """A tracer that keeps its spans: each one's name, the name above it, and what was told about it."""

    def __init__(self) -> None:
        self.spans: list[tuple[str, str | None, dict[str, tracing.Value]]] = []
        self.flushed = False
        self._open: ContextVar[str | None] = ContextVar("open", default=None)

    def begin(self, parent: str | None) -> str:
        self._open.set("request")
        return parent[3:35] if parent else "1" * 32

    def finish(self, name: str, *, status: int | None, failed: bool) -> None:
        self.spans.append((name, None, {"status": status or 0, "failed": failed}))

    @contextmanager
    def span(self, name: str, about: Mapping[str, tracing.Value]) -> Iterator[None]:
        above = self._open.get()
        token = self._open.set(name)
        try:
            yield
        finally:
            self._open.reset(token)
            self.spans.append((name, above, dict(about)))

    def parent(self) -> str | None:
        return f"00-{TRACE}-{'2' * 16}-01" if self._open.get() else None

    def flush(self) -> None:
        self.flushed = True


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    recorder = Recorder()
    tracing.use(recorder)
    yield recorder
    tracing.use(None)


@pytest.fixture
def lines() -> Iterator[list[dict[str, object]]]:
    """The log as Cloud Logging would read it."""
    told: list[dict[str, object]] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.append(json.loads(self.format(record)))

    handler = Kept()
    handler.setFormatter(log.JsonLines("test", "films", log.Secrets(())))
    logger = logging.getLogger("linkedin_video")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    yield told
    logger.removeHandler(handler)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (SENT, TRACE),
        ({"traceparent": f"00-{TRACE}-{SPAN}-00"}, TRACE),
        ({"traceparent": f"cc-{TRACE}-{SPAN}-09-what-comes-later"}, TRACE),
        ({"X-Cloud-Trace-Context": f"{TRACE}/8448;o=1"}, TRACE),
        ({"X-Cloud-Trace-Context": f"{TRACE}/8448"}, TRACE),
        (SENT | {"X-Cloud-Trace-Context": "1" * 32 + "/1;o=1"}, TRACE),
        ({"traceparent": f"ff-{TRACE}-{SPAN}-01"}, None),
        ({"traceparent": f"00-{'0' * 32}-{SPAN}-01"}, None),
        ({"traceparent": f"00-{TRACE}-{'0' * 16}-01"}, None),
        ({"traceparent": f"00-{TRACE.upper()}-{SPAN}-01"}, None),
        ({"traceparent": f"00-{TRACE}-{SPAN}-01\n"}, None),
        ({"traceparent": "nonsense " * 1000}, None),
        ({"X-Cloud-Trace-Context": f"{TRACE}/{2**64}"}, None),
        ({"X-Cloud-Trace-Context": f"{TRACE}/0"}, None),
        ({}, None),
    ],
)
def test_the_callers_trace_is_taken_where_it_is_one(headers: dict[str, str], expected: str | None) -> None:
    own = "0af7651916cd43dd8448eb211c80319c"
    assert tracing.begin(headers, own) == (expected or own)
    assert tracing.carrier()["traceparent"].split("-")[1] == (expected or own)


def test_googles_span_number_becomes_the_parent() -> None:
    tracing.begin({"X-Cloud-Trace-Context": f"{TRACE}/255;o=0"}, "1" * 32)
    assert tracing.carrier() == {"traceparent": f"00-{TRACE}-00000000000000ff-01"}


@pytest.mark.parametrize("headers", [SENT, {}])
def test_a_film_is_followed_from_its_request_to_its_end_by_one_field_of_the_log(
    client: Client, services: Services, lines: list[dict[str, object]], headers: dict[str, str]
) -> None:
    with Receiver() as render, TaskQueueServer() as server:
        services.queue = LocalQueue(server.url, render.url, services.signer)
        accepted = client.post("/api/video/generate", json=POST, headers=headers)
        assert accepted.json
        (delivery,) = render.wait_for(1)
    kept = {name: value for name, value in delivery.headers.items() if name in ("x-task-signature", "traceparent")}
    assert client.post("/render", data=delivery.body, headers=kept).status_code == 200
    told = {line["message"]: line for line in lines}
    assert told["job_accepted"]["job_id"] == told["job_ended"]["job_id"] == accepted.json["job_id"]
    assert told["job_accepted"]["trace"] == told["job_ended"]["trace"] == told["stage"]["trace"]
    assert (told["job_ended"]["status"], told["job_ended"]["attempt"]) == ("completed", 1)
    assert 0 < told["job_ended"]["seconds"] < 60  # type: ignore[operator]
    assert told["job_accepted"]["request_id"] != told["job_ended"]["request_id"]  # a delivery is a request of its own
    trace = TRACE if headers else accepted.headers["X-Request-Id"]
    assert told["job_ended"]["logging.googleapis.com/trace"] == f"projects/films/traces/{trace}"


def test_the_next_request_of_a_thread_has_a_trace_of_its_own(client: Client, lines: list[dict[str, object]]) -> None:
    client.get("/nowhere", headers=SENT)
    client.get("/nowhere")
    first, second = (line["trace"] for line in lines)
    assert first == TRACE != second


def test_a_task_of_cloud_tasks_carries_the_trace() -> None:
    tracing.begin(SENT, "1" * 32)
    with Receiver() as render, TaskQueueServer() as server:
        queue_at(server.url, render.url).enqueue(request())
        (delivery,) = render.wait_for(1)
    assert delivery.headers["traceparent"] == SENT["traceparent"]


def test_a_task_in_redis_carries_the_trace_to_the_worker(real_redis: str, tmp_path: Path) -> None:
    redis.Redis.from_url(real_redis).flushall()
    home = Home(tmp_path, real_redis)
    tracing.begin(SENT, "1" * 32)
    try:
        order = home.order()
        worker = home.start("worker")
        home.wait_for(order, lambda job: job.status.ended)
        eventually(lambda: worker.has_said("job_ended"), 10)
    finally:
        stop_all(home)
    told = {line["message"]: line for line in worker.lines()}
    assert (told["job_ended"]["job_id"], told["job_ended"]["trace"]) == (order.job_id, TRACE)


def test_a_request_and_its_film_are_recorded_stage_by_stage(
    client: Client, services: Services, queue: HeldQueue, recorder: Recorder
) -> None:
    assert client.post("/api/video/generate", json=POST, headers=SENT).status_code == 202
    (order,) = queue.requests
    assert [(name, above) for name, above, _ in recorder.spans] == [("enqueue", "request"), ("create", None)]
    assert not recorder.flushed  # somebody waits for the answer

    recorder.spans.clear()
    body = order.to_json()
    headers = services.signer.headers(order.job_id, body)
    assert client.post("/render", data=body, headers=headers).status_code == 200
    assert {(name, above) for name, above, _ in recorder.spans} == {
        ("media", "attempt"), ("voice", "attempt"), ("encode", "attempt"), ("publish", "attempt"),
        ("attempt", "request"), ("run", None),
    }  # fmt: skip
    assert recorder.flushed
    assert "marmalade" not in repr(recorder.spans)
    assert ("attempt", "request", {"job_id": order.job_id, "number": 1}) in recorder.spans


def test_a_refused_request_is_recorded_as_such(client: Client, recorder: Recorder) -> None:
    client.get("/nowhere")
    client.post("/api/video/generate", data="{")
    client.post("/render", data="{}")
    told = [(name, about["status"], about["failed"]) for name, _, about in recorder.spans]
    assert told == [("refused", 404, False), ("create", 400, False), ("run", 403, False)]


def test_what_came_through_a_queue_without_http_goes_on_in_the_same_trace(lines: list[dict[str, object]]) -> None:
    tracing.begin(SENT, "1" * 32)
    carried = tracing.carrier()
    tracing.begin({}, "2" * 32)
    with tracing.continued(carried, "3" * 32, "run"):
        log.event("inside")
        assert tracing.carrier() == carried
    with pytest.raises(ValueError, match="broken"), tracing.continued({}, "4" * 32, "run"):
        raise ValueError("broken")
    assert (lines[0]["trace"], lines[0]["request_id"]) == (TRACE, "3" * 32)


def test_without_a_collector_nothing_of_opentelemetry_is_loaded(redis_url: str, tmp_path: Path) -> None:
    alone = "import sys, shared.tracing; print(*sys.modules)"
    served = "import sys, wsgi; wsgi.app.test_client().get('/health'); print(*sys.modules)"
    for program, never in ((alone, {"opentelemetry"}), (served, {"opentelemetry.sdk", "shared.adapters.otlp"})):
        environment = {"REDIS_URL": redis_url, "DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
        ran = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        assert not never & set(ran.stdout.split())


def test_a_collector_without_the_packages_ends_the_start_with_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(WrongSettings, match=r"requirements-tracing\.txt"):
        Settings.from_env({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"})
    environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "DATA_DIR": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-c", "import wsgi"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    assert "requirements-tracing.txt" in ran.stderr and "Traceback" not in ran.stderr


def test_an_answer_is_the_same_whether_it_is_recorded_or_not(app: flask.Flask, recorder: Recorder) -> None:
    recorded = app.test_client().get("/api/video/status/unknown")
    tracing.use(None)
    plain = app.test_client().get("/api/video/status/unknown")
    different = {"X-Request-Id"}
    assert {n: v for n, v in recorded.headers if n not in different} == {
        n: v for n, v in plain.headers if n not in different
    }
