"""The official client against the deliverer that plays Cloud Tasks, over REST."""

import base64
import json
import re
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from google.auth.credentials import AnonymousCredentials
from google.cloud.tasks_v2 import CloudTasksClient
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksRestTransport

from functions.render.job import DEADLINE as RENDER_DEADLINE
from local.task_queue import TaskQueueServer
from local.tasks import LONGEST_DEADLINE
from shared.adapters.cloud_tasks import DEADLINE_SECONDS, CloudTasksQueue
from shared.adapters.local_queue import DEADLINE as LOCAL_DEADLINE
from shared.errors import Unavailable
from shared.ids import new_id
from shared.signature import HEADER, TaskSigner
from shared.video_request import MAX_CONTENT, VideoRequest
from tests.local.receiver import Receiver, wait_until

QUEUE = "projects/p/locations/us-central1/queues/render"
RENDER = "https://render-abc.a.run.app/"
SIGNER = TaskSigner(["a key"])
JOB = new_id()
ALREADY_EXISTS = (409, {"error": {"code": 409, "message": "there", "status": "ALREADY_EXISTS"}})
ABORTED = (409, {"error": {"code": 409, "message": "try again", "status": "ABORTED"}})
CREATED = (200, {"name": f"{QUEUE}/tasks/t"})


def request(job_id: str = JOB) -> VideoRequest:
    return VideoRequest(content="Ship it — ¡ya!", job_id=job_id, created_at="2026-01-01T00:00:00Z")


def queue_at(url: str, render_url: str = RENDER, timeout: float = 5) -> CloudTasksQueue:
    transport = CloudTasksRestTransport(
        host=url.removeprefix("http://"), url_scheme="http", credentials=AnonymousCredentials()
    )
    client = CloudTasksClient(transport=transport)
    return CloudTasksQueue(client, QUEUE, render_url, SIGNER, service_account="tasks@p.example", timeout=timeout)


@contextmanager
def service(*answers: tuple[int, Any]) -> Iterator[tuple[str, list[Any]]]:
    """A Cloud Tasks that answers from a list; status 0 is silence."""
    calls: list[Any] = []
    over = threading.Event()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            calls.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            status, message = answers[min(len(calls), len(answers)) - 1]
            if not status:
                over.wait(10)
                return
            body = message.encode() if isinstance(message, str) else json.dumps(message).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None: ...

    with serving(Door) as address:
        yield address, calls
        over.set()


@contextmanager
def losing_one_answer(url: str, how: str) -> Iterator[tuple[str, list[tuple[int, bytes]]]]:
    """A way to the queue at `url` on which the first answer is lost, though the call has arrived."""
    calls: list[tuple[int, bytes]] = []
    over = threading.Event()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = requests.post(url + self.path, data=body, timeout=5)
            calls.append((answer.status_code, body))
            if len(calls) == 1 and how == "silence":
                over.wait(5)
            if len(calls) == 1 and how != "half an answer":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            self.send_response(answer.status_code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content[: len(answer.content) // (2 if len(calls) == 1 else 1)])

        def log_message(self, format: str, *args: Any) -> None: ...

    with serving(Door) as address:
        yield address, calls
        over.set()


@contextmanager
def serving(door: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), door)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def test_the_request_arrives_at_render_as_signed_json() -> None:
    with Receiver() as render, TaskQueueServer() as server:
        queue_at(server.url, render.url).enqueue(request())
        (delivery,) = render.wait_for(1)
    assert delivery.path == "/render"
    assert delivery.headers["content-type"] == "application/json"
    assert VideoRequest.from_json(delivery.body) == request()
    assert SIGNER.verify(delivery.headers[HEADER.lower()], delivery.body) == JOB


def test_the_same_request_again_is_one_task() -> None:
    other = new_id()
    with Receiver() as render, TaskQueueServer() as server:
        queue = queue_at(server.url, render.url)
        for job_id in (JOB, JOB, other):
            queue.enqueue(request(job_id))
        bodies = sorted(delivery.body for delivery in render.wait_for(2))
    assert bodies == sorted([request(JOB).to_json(), request(other).to_json()])


def test_a_task_carries_a_token_for_the_root_of_render_and_the_longest_deadline() -> None:
    with service(CREATED) as (url, calls):
        queue_at(url).enqueue(request())
    task = calls[0]["task"]
    assert task["dispatchDeadline"] == "1800s"
    assert task["httpRequest"]["url"] == RENDER
    assert task["httpRequest"]["oidcToken"] == {
        "serviceAccountEmail": "tasks@p.example",
        "audience": "https://render-abc.a.run.app",
    }


def test_render_is_called_with_a_token_in_the_name_of_the_right_account() -> None:
    with Receiver() as render, TaskQueueServer() as server:
        queue_at(server.url, render.url).enqueue(request())
        (delivery,) = render.wait_for(1)
    _, claims, signature = delivery.headers["authorization"].removeprefix("Bearer ").split(".")
    told = json.loads(base64.urlsafe_b64decode(claims + "=="))
    assert (told["aud"], told["email"]) == (render.url.removesuffix("/render"), "tasks@p.example")
    assert signature == "SIGNATURE_REMOVED_BY_GOOGLE"  # as Google does: our own signature is what render looks at


def test_the_name_of_a_task_does_not_show_the_order_of_the_jobs() -> None:
    with service(CREATED) as (url, calls):
        for _ in range(3):
            queue_at(url).enqueue(request(new_id()))
    ids = [call["task"]["name"].removeprefix(f"{QUEUE}/tasks/") for call in calls]
    assert len({task_id[:8] for task_id in ids}) == 3
    assert all(len(task_id) == 64 for task_id in ids)


@pytest.mark.parametrize(
    "passing",
    [(503, {}), (504, {}), (500, {}), (502, "<html>"), (200, "<html>"), (0, {})],
    ids=["unavailable", "too late", "broken", "a gateway", "no JSON", "silent"],
)
def test_a_lost_answer_is_asked_for_once_more_under_the_same_name(passing: tuple[int, Any]) -> None:
    with service(passing, ALREADY_EXISTS) as (url, calls):
        queue_at(url, timeout=0.5).enqueue(request())
    assert len(calls) == 2
    assert calls[0]["task"]["name"] == calls[1]["task"]["name"]


@pytest.mark.parametrize("how", ["silence", "reset", "half an answer"])
def test_a_task_whose_answer_was_lost_is_there_once(how: str) -> None:
    with (
        Receiver() as render,
        TaskQueueServer() as server,
        losing_one_answer(server.url, how) as (url, calls),
    ):
        queue_at(url, render.url, timeout=0.5).enqueue(request())
        assert [status for status, _ in calls] == [200, 409]
        render.wait_for(1)
        queue_at(server.url, render.url).enqueue(request(new_id()))
        assert len({delivery.headers["x-cloudtasks-taskname"] for delivery in render.wait_for(2)}) == 2
        assert len(render.deliveries) == 2


def test_a_name_stays_taken_when_its_task_is_done() -> None:
    with Receiver() as render, TaskQueueServer() as server:
        queue = queue_at(server.url, render.url)
        queue.enqueue(request())
        name = f"{QUEUE}/tasks/{render.wait_for(1)[0].headers['x-cloudtasks-taskname']}"
        wait_until(lambda: requests.get(f"{server.url}/v2/{name}", timeout=5).status_code == 404)
        queue.enqueue(request())  # no failure: this job has had its task
        queue.enqueue(request(new_id()))
        render.wait_for(2)
    assert len(render.deliveries) == 2


def test_the_largest_order_fits_into_a_task() -> None:
    largest = VideoRequest(
        content="今" * MAX_CONTENT,
        user_image_ids=(new_id(), new_id(), new_id()),
        metadata={"a": "今" * 300},
        job_id=JOB,
        created_at="2026-01-01T00:00:00Z",
        request_id="0" * 32,
    )
    with Receiver() as render, TaskQueueServer() as server:
        queue_at(server.url, render.url).enqueue(largest)
        assert VideoRequest.from_json(render.wait_for(1)[0].body) == largest


def test_the_queue_waits_longer_than_render_may_work_and_render_ends_itself_before() -> None:
    """Else the queue would deliver again while the first delivery is still at work."""
    deploy = (Path(__file__).parents[3] / "deploy.sh").read_text()
    longest = max(int(seconds) for seconds in re.findall(r"--timeout=(\d+)s\b", deploy))  # which is render's
    assert RENDER_DEADLINE + 60 <= longest < DEADLINE_SECONDS <= LONGEST_DEADLINE
    assert f"{DEADLINE_SECONDS}s" == LOCAL_DEADLINE


def test_a_queue_that_stays_silent_is_unavailable_after_two_tries() -> None:
    with service((0, {})) as (url, calls), pytest.raises(Unavailable):
        queue_at(url, timeout=0.3).enqueue(request())
    assert len(calls) == 2


@pytest.mark.parametrize("refusal", [(400, {}), (403, {}), (404, {}), (429, {}), (409, "<html>"), ABORTED])
def test_a_refusal_is_unavailable_and_not_repeated(refusal: tuple[int, Any]) -> None:
    with service(refusal) as (url, calls), pytest.raises(Unavailable) as raised:
        queue_at(url).enqueue(request())
    assert len(calls) == 1
    assert raised.value.__cause__ is not None


def test_a_queue_that_is_not_there_is_unavailable_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    started = time.monotonic()
    with pytest.raises(Unavailable):
        queue_at(f"http://127.0.0.1:{port}").enqueue(request())
    assert time.monotonic() - started < 5


def test_without_credentials_the_queue_is_unavailable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "nothing.json"))
    with pytest.raises(Unavailable):
        CloudTasksQueue.connect(QUEUE, RENDER, SIGNER, service_account="tasks@p.example")
