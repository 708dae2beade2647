"""The laptop's queue: what is enqueued reaches render, signed, and is one task however often it is enqueued."""

import socket
import time

import pytest

from local.task_queue import TaskQueueServer
from shared.adapters.local_queue import LocalQueue
from shared.errors import Unavailable
from shared.signature import TaskSigner
from shared.video_request import VideoRequest
from tests.local.receiver import Receiver, wait_until

SIGNER = TaskSigner(["a key"])


def request(job_id: str) -> VideoRequest:
    return VideoRequest(content="Ship it — ¡ya!", job_id=job_id, created_at="2026-01-01T00:00:00Z")


def test_the_request_arrives_at_render_as_signed_json() -> None:
    with Receiver() as render, TaskQueueServer() as server:
        LocalQueue(server.url, render.url, SIGNER).enqueue(request("job-1"))
        (delivery,) = render.wait_for(1)
    assert delivery.path == "/render"
    assert delivery.headers["content-type"] == "application/json"
    assert VideoRequest.from_json(delivery.body) == request("job-1")
    assert SIGNER.verify(delivery.headers["x-task-signature"], delivery.body) == "job-1"


def test_the_same_request_again_is_one_task() -> None:
    with Receiver() as render, TaskQueueServer() as server:
        queue = LocalQueue(server.url, render.url, SIGNER)
        for job_id in ("job-1", "job-1", "job-2"):
            queue.enqueue(request(job_id))
        bodies = {delivery.body for delivery in render.wait_for(2)}
        wait_until(lambda: len(render.deliveries) == 2)
    assert bodies == {request("job-1").to_json(), request("job-2").to_json()}


def test_a_queue_that_is_not_there_is_unavailable_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    started = time.monotonic()
    with pytest.raises(Unavailable):
        LocalQueue(f"http://127.0.0.1:{port}", "http://127.0.0.1:1/render", SIGNER).enqueue(request("job-1"))
    assert time.monotonic() - started < 3


def test_a_queue_that_refuses_the_task_is_unavailable() -> None:
    with TaskQueueServer() as server, pytest.raises(Unavailable):
        LocalQueue(server.url, "not an address", SIGNER).enqueue(request("job-1"))


def test_a_proxy_in_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with Receiver() as render, TaskQueueServer() as server:
        LocalQueue(server.url, render.url, SIGNER).enqueue(request("job-1"))
        render.wait_for(1)
