"""Only the queue's signature opens render's door; what it then answers tells the queue what to do."""

import msgspec
import pytest
from werkzeug.test import Client, TestResponse

from shared.ids import new_id
from shared.jobs import Job, now
from shared.services import Services
from shared.video_request import VideoRequest


@pytest.fixture
def order(services: Services) -> VideoRequest:
    job_id, moment = new_id(), now()
    request = VideoRequest(
        content="It works.", job_id=job_id, created_at=moment.isoformat(), narration="off", quality="preview"
    )
    services.jobs.put(Job(job_id=job_id, created_at=moment, updated_at=moment), request)
    return request


def deliver(client: Client, body: bytes, headers: dict[str, str]) -> TestResponse:
    return client.post("/render", data=body, headers=headers)


def test_a_delivery_makes_the_film_and_a_second_one_makes_nothing(
    client: Client, services: Services, order: VideoRequest
) -> None:
    body = order.to_json()
    headers = services.signer.headers(order.job_id, body)
    first = deliver(client, body, headers)
    assert (first.status_code, first.json) == (200, {"job_id": order.job_id, "verdict": "run"})
    done = services.jobs.get(order.job_id)
    assert done.status == "completed" and done.film
    second = deliver(client, body, headers)
    assert (second.status_code, second.json) == (200, {"job_id": order.job_id, "verdict": "done"})
    assert services.jobs.get(order.job_id) == done


def test_forged_queue_headers_open_nothing(client: Client, services: Services, order: VideoRequest) -> None:
    body = order.to_json()
    forged = {"X-CloudTasks-QueueName": "render", "X-CloudTasks-TaskName": "t", "User-Agent": "Google-Cloud-Tasks"}
    other = services.signer.headers(new_id(), body)
    for headers in ({}, forged, other, services.signer.headers(order.job_id, body + b" ")):
        answer = deliver(client, body, headers)
        assert (answer.status_code, answer.json and answer.json["code"]) == (403, "forbidden")
    assert services.jobs.get(order.job_id).status == "queued"


def test_a_job_that_somebody_works_on_is_answered_409(client: Client, services: Services, order: VideoRequest) -> None:
    services.jobs.claim(order, "somebody-else")
    body = order.to_json()
    answer = deliver(client, body, services.signer.headers(order.job_id, body))
    assert (answer.status_code, answer.json and answer.json["code"]) == (409, "busy")


def test_a_task_of_a_newer_version_is_left_for_a_newer_worker(
    client: Client, services: Services, order: VideoRequest
) -> None:
    body = msgspec.json.encode(msgspec.json.decode(order.to_json()) | {"version": 2})
    answer = deliver(client, body, services.signer.headers(order.job_id, body))
    assert answer.status_code == 503
    assert services.jobs.get(order.job_id).status == "queued"


def test_a_picture_that_died_on_the_way_ends_the_job_with_its_reason(client: Client, services: Services) -> None:
    job_id, moment = new_id(), now()
    order = VideoRequest(
        content="It works.", user_image_ids=(new_id(),), job_id=job_id, created_at=moment.isoformat(), narration="off"
    )
    body = order.to_json()
    answer = deliver(client, body, services.signer.headers(job_id, body))
    assert answer.status_code == 200  # the queue need not try again
    told = client.get(f"/api/video/status/{job_id}").json
    assert told and told["status"] == "error" and "Upload it again" in told["error"]
    assert told["error_detail"]["code"] == "image_not_found" and told["error_detail"]["stage"] == "media_processing"
