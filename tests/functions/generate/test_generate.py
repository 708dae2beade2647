"""A post is promised a film: written, in the queue, 202; or refused with words that help, and nothing looks alive."""

import json
from datetime import timedelta
from typing import Any

import pytest
import redis
from werkzeug.test import Client, TestResponse

from shared.errors import Unavailable
from shared.ids import is_id, new_id
from shared.images import Image
from shared.jobs import JobStatus, now
from shared.services import Services
from shared.video_request import VideoRequest
from tests.conftest import HeldQueue

POST = {"content": "I got fired three years ago. Best thing that ever happened to me."}


def send(client: Client, body: Any = POST, **headers: str) -> TestResponse:
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(
        "/api/video/generate", data=data, headers={name.replace("_", "-"): v for name, v in headers.items()}
    )


def told(answer: TestResponse) -> dict[str, Any]:
    assert answer.json is not None
    return answer.json  # type: ignore[no-any-return]


def test_a_post_is_promised_a_film(client: Client, queue: HeldQueue, services: Services) -> None:
    answer = send(client, {**POST, "style": "casual", "metadata": {"draft": "42"}})
    assert answer.status_code == 202
    job_id = told(answer)["job_id"]
    assert is_id(job_id)
    assert told(answer) == {
        "job_id": job_id,
        "status": "queued",
        "status_url": f"http://localhost:8080/api/video/status/{job_id}",
        "poll_after_ms": 1000,
    }
    assert answer.headers["Location"] == told(answer)["status_url"]
    [request] = queue.requests
    assert (request.job_id, request.style, request.metadata) == (job_id, "casual", {"draft": "42"})
    assert told(client.get(f"/api/video/status/{job_id}"))["metadata"] == {"draft": "42"}
    assert services.jobs.get(job_id).status == "queued"


@pytest.mark.parametrize(
    "kind", ["text/plain;charset=UTF-8", "application/json", "application/x-www-form-urlencoded", ""]
)
def test_the_body_is_json_whatever_its_content_type_says(client: Client, kind: str) -> None:
    answer = client.post("/api/video/generate", data=json.dumps(POST), content_type=kind)
    assert answer.status_code == 202


def test_mistakes_come_back_as_a_problem_document_that_names_each_field(client: Client, queue: HeldQueue) -> None:
    answer = send(client, {"contnt": "A post.", "style": "loud", "aspect_ratio": 4})
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = told(answer)
    assert (problem["code"], problem["status"], problem["title"]) == (
        "invalid_request",
        400,
        "The request is not valid",
    )
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    assert {error["field"] for error in problem["errors"]} == {"contnt", "content", "style", "aspect_ratio"}
    assert not queue.requests


@pytest.mark.parametrize("content", ["🚀🔥", "https://example.com/a?b=c", "#growth #mindset", "— — —"])
def test_a_post_with_nothing_to_say_is_refused(client: Client, queue: HeldQueue, content: str) -> None:
    answer = send(client, {"content": content})
    assert (answer.status_code, told(answer)["code"]) == (422, "nothing_to_narrate")
    assert not queue.requests


def test_a_picture_that_is_not_there_is_named(client: Client, services: Services, queue: HeldQueue) -> None:
    known, unknown = new_id(), new_id()
    services.jobs.put_images(
        [
            Image(
                id=known, owner=None, name="n", content_type="image/jpeg", width=9, height=9, size=9,
                expires_at=now() + timedelta(hours=1),
            )
        ]
    )  # fmt: skip
    assert send(client, {**POST, "user_image_ids": [known]}).status_code == 202
    answer = send(client, {**POST, "user_image_ids": [known, unknown]})
    assert (answer.status_code, told(answer)["code"]) == (422, "image_not_found")
    [error] = told(answer)["errors"]
    assert error["field"] == "user_image_ids[1]" and unknown in error["message"]
    assert len(queue.requests) == 1


def test_a_queue_that_refuses_leaves_nothing_that_looks_alive(
    client: Client, queue: HeldQueue, services: Services, redis_url: str
) -> None:
    queue.refuses = Unavailable("The queue does not take the job.")
    answer = send(client, Idempotency_Key="once")
    assert (answer.status_code, told(answer)["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "5" and told(answer)["retry_after_seconds"] == 5
    client_ = redis.Redis.from_url(redis_url, decode_responses=True)
    assert {client_.get(key) for key in client_.scan_iter("job:*:status")} == {"error"}

    queue.refuses = None
    again = send(client, Idempotency_Key="once")
    assert again.status_code == 202 and "Idempotent-Replayed" not in again.headers


def test_a_queue_that_took_the_task_and_says_no_all_the_same_keeps_the_promise(
    client: Client, queue: HeldQueue, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken(request: VideoRequest) -> None:
        services.jobs.claim(request, "token")  # it is quick
        raise Unavailable("The queue does not answer.")

    monkeypatch.setattr(queue, "enqueue", taken)
    answer = send(client, Idempotency_Key="once")
    assert answer.status_code == 202
    assert services.jobs.get(told(answer)["job_id"]).status is JobStatus.PROCESSING


def test_a_dead_redis_is_a_503_in_good_time(services: Services, client: Client) -> None:
    from shared.adapters.redis_jobs import RedisJobs

    services.jobs = RedisJobs.connect("redis://127.0.0.1:1", lease_seconds=2, max_attempts=3)
    answer = send(client)
    assert (answer.status_code, told(answer)["code"]) == (503, "unavailable")
    assert "127.0.0.1" not in answer.text


def test_the_same_key_and_body_answer_the_same_job(client: Client, queue: HeldQueue) -> None:
    first = send(client, Idempotency_Key="draft-42")
    second = send(client, Idempotency_Key="draft-42")
    assert told(first)["job_id"] == told(second)["job_id"]
    assert "Idempotent-Replayed" not in first.headers and second.headers["Idempotent-Replayed"] == "true"
    assert len(queue.requests) == 1
    other = send(client, {"content": "Another post."}, Idempotency_Key="draft-42")
    assert (other.status_code, told(other)["code"]) == (422, "idempotency_conflict")


def test_a_replay_of_a_job_that_never_reached_the_queue_sends_it_there(
    client: Client, queue: HeldQueue, services: Services
) -> None:
    class Crash(Exception):
        pass

    queue.refuses = Crash()  # as if the process died between Redis and the queue
    assert send(client, Idempotency_Key="draft-43").status_code == 500
    queue.refuses = None
    answer = send(client, Idempotency_Key="draft-43")
    assert answer.status_code == 202 and answer.headers["Idempotent-Replayed"] == "true"
    assert [request.job_id for request in queue.requests] == [told(answer)["job_id"]]


@pytest.mark.parametrize("key", ["", "with space", "ü", "x" * 201])
def test_a_strange_idempotency_key_is_refused(client: Client, key: str) -> None:
    answer = send(client, Idempotency_Key=key)
    assert (answer.status_code, told(answer)["code"]) == (400, "invalid_request")


def test_a_body_over_64_kb_is_refused_before_it_is_read(client: Client) -> None:
    answer = client.post("/api/video/generate", data=b"x" * 70_000, headers={"Origin": "http://localhost:3000"})
    assert (answer.status_code, told(answer)["code"]) == (413, "file_too_large")
    assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"


def test_the_page_with_a_slash_leads_to_the_one_without(client: Client) -> None:
    answer = client.get("/test/")
    assert (answer.status_code, answer.headers["Location"]) == (308, "../test")


def test_the_page_is_told_where_the_functions_are(client: Client) -> None:
    page = client.get("/test")
    assert page.status_code == 200 and "{{" not in page.text
    assert 'data-generate-url="/api/video/generate"' in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert client.get("/test/app.js").headers["Content-Type"].startswith("text/javascript")
    assert client.get("/test/app.css").headers["Content-Type"].startswith("text/css")
    for path in ("/test/index.html", "/test/main.py", "/test/..%2fmain.py"):
        assert client.get(path).status_code == 404
