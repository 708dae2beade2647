"""The deliverer behaves as Cloud Tasks does: headers, counts, retries, duplicates, limits, and its own client."""

import base64
import threading
import time
from itertools import pairwise
from typing import Any

import pytest
import requests
from google.api_core.exceptions import BadRequest, Conflict, NotFound
from google.auth.credentials import AnonymousCredentials
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksRestTransport
from google.protobuf.duration_pb2 import Duration

from local.task_queue import RetrySettings, TaskQueueServer
from local.tasks import Refused, Task
from tests.local.receiver import Receiver, wait_until

PARENT = "projects/p/locations/l/queues/films"
SOON = RetrySettings(min_backoff=0.01, max_backoff=0.02)


def create(queue: TaskQueueServer, url: str, name: str = "", **task: Any) -> requests.Response:
    request = {"url": url, "httpMethod": "POST", "headers": {"Content-Type": "application/json"}, "body": "e30="}
    task = {"dispatchDeadline": "1800s", "httpRequest": request} | task
    if name:
        task["name"] = f"{PARENT}/tasks/{name}"
    return requests.post(f"{queue.url}/v2/{PARENT}/tasks", json={"task": task}, timeout=5)


def is_gone(queue: TaskQueueServer, name: str) -> bool:
    return requests.get(f"{queue.url}/v2/{PARENT}/tasks/{name}", timeout=5).status_code == 404


def test_the_pause_doubles_then_grows_evenly_then_stays_at_the_cap() -> None:
    retry = RetrySettings(min_backoff=10, max_backoff=300, max_doublings=3)
    assert [retry.backoff(number) for number in range(1, 10)] == [10, 20, 40, 80, 160, 240, 300, 300, 300]
    assert RetrySettings(max_backoff=3600, max_doublings=16).backoff(10_000) == 3600


def test_a_task_arrives_with_its_own_headers_and_the_queues() -> None:
    with Receiver() as receiver, TaskQueueServer() as queue:
        created = create(queue, receiver.url + "?a=1", "film-1")
        assert created.status_code == 200
        assert created.json()["name"] == f"{PARENT}/tasks/film-1"
        (delivery,) = receiver.wait_for(1)
        assert (delivery.method, delivery.path, delivery.body) == ("POST", "/render?a=1", b"{}")
        assert delivery.headers["content-type"] == "application/json"
        assert delivery.headers["user-agent"] == "Google-Cloud-Tasks"
        assert delivery.headers["x-cloudtasks-queuename"] == "films"
        assert delivery.headers["x-cloudtasks-taskname"] == "film-1"
        assert delivery.headers["x-cloudtasks-taskretrycount"] == "0"
        assert delivery.headers["x-cloudtasks-taskexecutioncount"] == "0"
        assert abs(float(delivery.headers["x-cloudtasks-tasketa"]) - time.time()) < 60
        assert "x-cloudtasks-taskpreviousresponse" not in delivery.headers
        assert "x-cloudtasks-taskretryreason" not in delivery.headers
        wait_until(lambda: is_gone(queue, "film-1"))


def test_nobody_can_set_the_headers_of_the_queue() -> None:
    headers = {"X-CloudTasks-TaskRetryCount": "7", "user-agent": "me", "Host": "elsewhere", "X-Task-Signature": "s"}
    with Receiver() as receiver, TaskQueueServer() as queue:
        create(queue, receiver.url, httpRequest={"url": receiver.url, "headers": headers})
        (delivery,) = receiver.wait_for(1)
        assert delivery.headers["x-cloudtasks-taskretrycount"] == "0"
        assert delivery.headers["user-agent"] == "Google-Cloud-Tasks"
        assert delivery.headers["host"].startswith("127.0.0.1:")
        assert delivery.headers["content-type"] == "application/octet-stream"
        assert delivery.headers["x-task-signature"] == "s"


def test_every_answer_but_a_2xx_is_retried_and_only_answers_outside_5xx_count_as_executions() -> None:
    with Receiver(500, 409, 404, 302, 503, 204) as receiver, TaskQueueServer(retry=SOON) as queue:
        create(queue, receiver.url, "film")
        wait_until(lambda: is_gone(queue, "film"))
        counts = [
            tuple(delivery.headers.get(f"x-cloudtasks-task{name}") for name in ("retrycount", "executioncount"))
            for delivery in receiver.deliveries
        ]
        assert counts == [("0", "0"), ("1", "0"), ("2", "1"), ("3", "2"), ("4", "3"), ("5", "3")]
        previous = [delivery.headers.get("x-cloudtasks-taskpreviousresponse") for delivery in receiver.deliveries]
        assert previous == [None, "500", "409", "404", "302", "503"]
        assert "503" in receiver.deliveries[-1].headers["x-cloudtasks-taskretryreason"]


def test_retries_wait_for_their_pause() -> None:
    retry = RetrySettings(min_backoff=0.05, max_backoff=0.1)
    with Receiver(500, 500, 500) as receiver, TaskQueueServer(retry=retry) as queue:
        create(queue, receiver.url)
        times = [delivery.at for delivery in receiver.wait_for(4)]
        gaps = [later - earlier for earlier, later in pairwise(times)]
        assert gaps[0] >= 0.04
        assert gaps[1] >= 0.09
        assert gaps[2] >= 0.09


def test_after_the_last_attempt_the_task_is_dropped() -> None:
    retry = RetrySettings(min_backoff=0.01, max_backoff=0.01, max_attempts=3)
    with Receiver(*[500] * 10) as receiver, TaskQueueServer(retry=retry) as queue:
        create(queue, receiver.url, "hopeless")
        wait_until(lambda: is_gone(queue, "hopeless"))
        assert len(receiver.deliveries) == 3


def test_a_task_is_dropped_only_when_its_attempts_and_its_time_are_both_spent() -> None:
    by_attempts = RetrySettings(max_attempts=3)
    assert [by_attempts.is_spent(attempts, seconds) for attempts, seconds in [(2, 1e9), (3, 0)]] == [False, True]
    by_both = RetrySettings(max_attempts=3, max_retry_duration=100)
    spent = [by_both.is_spent(attempts, seconds) for attempts, seconds in [(2, 1e9), (3, 99), (1000, 99), (3, 100)]]
    assert spent == [False, False, False, True]


def test_attempts_go_on_beyond_their_number_while_there_is_time() -> None:
    retry = RetrySettings(min_backoff=0.05, max_backoff=0.05, max_attempts=1, max_retry_duration=0.3)
    with Receiver(*[500] * 100) as receiver, TaskQueueServer(retry=retry) as queue:
        create(queue, receiver.url, "hopeless")
        wait_until(lambda: is_gone(queue, "hopeless"))
        assert 2 <= len(receiver.deliveries) < 50
        assert receiver.deliveries[-1].at - receiver.deliveries[0].at >= 0.2


def test_a_missed_deadline_is_delivered_again_while_the_handler_still_works() -> None:
    at_work = threading.Event()
    with (
        Receiver(work=lambda number: at_work.wait(10) if number == 0 else None) as receiver,
        TaskQueueServer(retry=SOON, shortest_deadline=0.1) as queue,
    ):
        create(queue, receiver.url, "slow", dispatchDeadline="0.1s")
        second = receiver.wait_for(2)[1]
        assert not at_work.is_set()
        assert second.headers["x-cloudtasks-taskretrycount"] == "1"
        assert second.headers["x-cloudtasks-taskexecutioncount"] == "0"
        assert "deadline" in second.headers["x-cloudtasks-taskretryreason"]
        at_work.set()
        wait_until(lambda: is_gone(queue, "slow"))


def test_a_handler_that_is_not_there_yet_gets_its_task_later() -> None:
    with TaskQueueServer(retry=SOON) as queue:
        with Receiver() as receiver:
            pass  # only its address: nobody listens any more
        create(queue, receiver.url, "early")
        shown = requests.get(f"{queue.url}/v2/{PARENT}/tasks/early", timeout=5).json()
        assert shown["responseCount"] == 0
        assert "body" not in shown["httpRequest"]
        with Receiver() as late:
            create(queue, late.url, "late")
            late.wait_for(1)
        wait_until(lambda: requests.get(f"{queue.url}/v2/{PARENT}/tasks/early", timeout=5).json()["dispatchCount"] > 1)


def test_a_name_is_taken_once_also_after_its_task_is_done() -> None:
    with Receiver() as receiver, TaskQueueServer() as queue:
        create(queue, receiver.url, "film")
        wait_until(lambda: is_gone(queue, "film"))
        again = create(queue, receiver.url, "film")
        assert again.status_code == 409
        assert again.json()["error"]["status"] == "ALREADY_EXISTS"
        assert again.json()["error"]["code"] == 409
        create(queue, receiver.url, "other")
        assert [delivery.headers["x-cloudtasks-taskname"] for delivery in receiver.wait_for(2)] == ["film", "other"]


def test_deliver_twice_delivers_both_at_the_same_time() -> None:
    both = threading.Barrier(2)  # breaks, and fails the test, if one came after the other
    with (
        Receiver(work=lambda _: both.wait(10)) as receiver,
        TaskQueueServer(deliver_twice=True) as queue,
    ):
        create(queue, receiver.url, "film")
        wait_until(lambda: is_gone(queue, "film"))
        assert not both.broken
        assert [delivery.headers["x-cloudtasks-taskretrycount"] for delivery in receiver.deliveries] == ["0", "0"]


def test_no_more_than_the_agreed_number_is_delivered_at_once_and_none_is_lost() -> None:
    lock, now, most = threading.Lock(), 0, 0

    def work(number: int) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.01)
        with lock:
            now -= 1

    with Receiver(work=work) as receiver, TaskQueueServer(max_concurrent=3) as queue:
        for number in range(20):
            create(queue, receiver.url, f"film-{number}")
        wait_until(lambda: all(is_gone(queue, f"film-{number}") for number in range(20)))
        assert most == 3
        assert len({delivery.headers["x-cloudtasks-taskname"] for delivery in receiver.deliveries}) == 20


def test_a_deleted_task_is_not_delivered() -> None:
    with Receiver() as receiver, TaskQueueServer() as queue:
        create(queue, receiver.url, "later", scheduleTime="2035-01-01T00:00:00Z").json()
        soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
        assert create(queue, receiver.url, "scheduled", scheduleTime=soon).json()["scheduleTime"] == soon
        assert requests.delete(f"{queue.url}/v2/{PARENT}/tasks/scheduled", timeout=5).json() == {}
        assert is_gone(queue, "scheduled")
        assert receiver.deliveries == []


def test_the_server_stops_at_once_while_a_handler_works() -> None:
    at_work = threading.Event()
    with Receiver(work=lambda _: at_work.wait(10)) as receiver:
        with TaskQueueServer() as queue:
            create(queue, receiver.url)
            receiver.wait_for(1)
            stopping = time.monotonic()
        assert time.monotonic() - stopping < 1
        at_work.set()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": "projects/p/locations/l/queues/other/tasks/x"}, "Task.name"),
        ({"name": f"{PARENT}/tasks/no spaces"}, "Task.name"),
        ({"dispatchDeadline": "14s"}, "dispatchDeadline"),
        ({"dispatchDeadline": "1801s"}, "dispatchDeadline"),
        ({"dispatchDeadline": 1800}, "dispatchDeadline"),
        ({"scheduleTime": "tomorrow"}, "scheduleTime"),
        ({"scheduleTime": "2026-01-01T00:00:00"}, "time zone"),
        ({"scheduleTime": "2199-01-01T00:00:00Z"}, "scheduleTime"),
        ({"httpRequest": None}, "httpRequest"),
        ({"httpRequest": {"url": "ftp://host/"}}, "url"),
        ({"httpRequest": {"url": "http://host:99999/"}}, "url"),
        ({"httpRequest": {"url": "http://host/ x\r\nHost: y"}}, "url"),
        ({"httpRequest": {"url": "http://h/", "httpMethod": "BREW"}}, "httpMethod"),
        ({"httpRequest": {"url": "http://h/", "headers": {"X-A": "1\r\nX-B: 2"}}}, "X-A"),
        ({"httpRequest": {"url": "http://h/", "headers": ["X-A"]}}, "headers"),
        ({"httpRequest": {"url": "http://h/", "body": "not base64!"}}, "base64"),
        ({"httpRequest": {"url": "http://h/", "oidcToken": {"audience": "http://h"}}}, "oidcToken"),
        ({"httpRequest": {"url": "http://h/", "oidcToken": "tasks@p.iam"}}, "oidcToken"),
        ({"httpRequest": {"url": "http://h/", "httpMethod": "GET", "body": "e30="}}, "body"),
        ({"httpRequest": {"url": "http://h/", "body": base64.b64encode(b"x" * 1_048_576).decode()}}, "too large"),
    ],
)
def test_what_cloud_tasks_would_refuse_is_refused(change: dict[str, Any], says: str) -> None:
    task = {"httpRequest": {"url": "http://127.0.0.1:1/"}} | change
    with pytest.raises(Refused, match=says) as refused:
        Task.parse(PARENT, {"task": task}, now=0)
    assert (refused.value.http_status, refused.value.rpc_status) == (400, "INVALID_ARGUMENT")


@pytest.mark.parametrize("message", [None, [], "task", {}, {"task": []}, {"task": {}}])
def test_a_message_without_a_task_is_refused(message: Any) -> None:
    with pytest.raises(Refused, match="httpRequest"):
        Task.parse(PARENT, message, now=0)


def test_the_door_refuses_browsers_unknown_paths_and_oversized_calls() -> None:
    with TaskQueueServer() as queue:
        tasks = f"{queue.url}/v2/{PARENT}/tasks"
        assert requests.post(tasks, json={}, headers={"Origin": "https://page"}, timeout=5).status_code == 403
        assert requests.post(f"{queue.url}/elsewhere", json={}, timeout=5).status_code == 404
        assert requests.post(tasks, data=b"not json", timeout=5).status_code == 400
        oversized = requests.post(tasks, headers={"Content-Length": "3000000"}, timeout=5)
        assert oversized.json()["error"]["status"] == "INVALID_ARGUMENT"
        assert requests.delete(f"{tasks}/unknown", timeout=5).json()["error"]["status"] == "NOT_FOUND"


def test_googles_own_client_creates_reads_and_deletes_tasks() -> None:
    with Receiver() as receiver, TaskQueueServer() as queue:
        transport = CloudTasksRestTransport(
            host=queue.url.removeprefix("http://"),
            url_scheme="http",
            credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
        )
        client = tasks_v2.CloudTasksClient(transport=transport)
        http_request = tasks_v2.HttpRequest(
            url=receiver.url,
            http_method=tasks_v2.HttpMethod.POST,
            headers={"Content-Type": "application/json"},
            body=b'{"job_id": "1"}',
            oidc_token=tasks_v2.OidcToken(service_account_email="tasks@p.iam", audience="http://render"),
        )
        task = tasks_v2.Task(
            name=f"{PARENT}/tasks/film", http_request=http_request, dispatch_deadline=Duration(seconds=1800)
        )
        created = client.create_task(parent=PARENT, task=task, timeout=5)
        assert created.name == task.name
        assert created.dispatch_deadline.total_seconds() == 1800
        assert created.http_request.oidc_token.audience == "http://render"
        (delivery,) = receiver.wait_for(1)
        assert delivery.body == b'{"job_id": "1"}'
        assert delivery.headers["content-type"] == "application/json"
        with pytest.raises(Conflict):  # not AlreadyExists, its gRPC child: over REST the client goes by the HTTP status
            client.create_task(parent=PARENT, task=task, timeout=5)
        task.name, task.dispatch_deadline = "", Duration(seconds=5)
        with pytest.raises(BadRequest):
            client.create_task(parent=PARENT, task=task, timeout=5)
        wait_until(lambda: is_gone(queue, "film"))
        with pytest.raises(NotFound):
            client.get_task(name=f"{PARENT}/tasks/film", timeout=5)
        transport.close()  # type: ignore[no-untyped-call]
