"""Who may do what over HTTP: limits, ownership, tokens and keys, at the real doors."""

import hashlib
import io
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jwt
import pytest
import redis
from PIL import Image
from werkzeug.test import Client, TestResponse

from functions.render.delivery import deliver
from shared.errors import Unavailable
from shared.ids import new_id
from shared.jobs import Job, JobStatus, now
from shared.signature import HEADER
from shared.video_request import VideoRequest
from tests.conftest import HeldQueue, Made

SECRET = "a secret of the front end's server, long enough"
KEY = "lvk_5c1f0e9a7b"
AUTH = {
    "AUTH_SECRET": SECRET,
    "AUTH_ISSUER": "https://app.example.com",
    "AUTH_AUDIENCE": "linkedin-video",
    "API_KEYS": f"shop:{hashlib.sha256(KEY.encode()).hexdigest()}",
}


def user(name: str) -> dict[str, str]:
    claims = {"sub": name, "iss": AUTH["AUTH_ISSUER"], "aud": AUTH["AUTH_AUDIENCE"], "exp": int(time.time()) + 300}
    return {"Authorization": f"Bearer {jwt.encode(claims, SECRET, 'HS256')}"}


def server(end_user: str | None = None) -> dict[str, str]:
    return {"Authorization": f"Bearer {KEY}"} | ({"X-End-User": end_user} if end_user else {})


def order(client: Client, headers: dict[str, str] | None = None, **body: Any) -> TestResponse:
    return client.post("/api/video/generate", json={"content": "A post to be told."} | body, headers=headers or {})


def upload(client: Client, headers: dict[str, str] | None = None) -> TestResponse:
    file = io.BytesIO()
    Image.new("RGB", (300, 300), (190, 40, 40)).save(file, "JPEG")
    form = {"images": (io.BytesIO(file.getvalue()), "a.jpg")}
    return client.post("/api/images", data=form, headers=headers or {})


def code(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, (answer.json or {})["code"]


def test_an_upload_too_many_is_told_when_to_come_again(made: Made) -> None:
    client, _ = made(UPLOAD_LIMIT_HOUR="2")
    first, second = upload(client), upload(client)
    assert [answer.headers["RateLimit-Remaining"] for answer in (first, second)] == ["1", "0"]
    assert first.headers["RateLimit-Limit"] == "2"
    refused = upload(client)
    assert code(refused) == (429, "rate_limited")
    assert 3590 <= int(refused.headers["Retry-After"]) <= 3600
    assert refused.json and refused.json["retry_after_seconds"] == int(refused.headers["RateLimit-Reset"])


def test_the_limits_of_the_description_hold_where_nothing_is_set(made: Made) -> None:
    client, _ = made()
    assert upload(client).headers["RateLimit-Limit"] == "10"
    assert order(client).headers["RateLimit-Limit"] == "30"


def test_a_hundred_orders_at_once_make_exactly_as_many_jobs_as_allowed(made: Made, queue: HeldQueue) -> None:
    client, _ = made(GENERATE_LIMIT_HOUR="7")
    app = client.application
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: order(app.test_client()).status_code, range(100)))
    assert sorted(answers) == [202] * 7 + [429] * 93
    assert len(queue.requests) == 7


def test_a_repeated_order_is_not_counted_twice_and_is_answered_at_the_limit(made: Made) -> None:
    client, _ = made(GENERATE_LIMIT_HOUR="1", DAILY_FILM_SECONDS="60")
    first = order(client, {"Idempotency-Key": "once"})
    again = order(client, {"Idempotency-Key": "once"})
    assert first.json and again.json and again.status_code == 202
    assert again.json["job_id"] == first.json["job_id"] and again.headers["Idempotent-Replayed"] == "true"
    assert order(client).status_code == 429


def test_a_repeated_upload_is_not_counted_twice_and_stores_nothing_more(made: Made, tmp_path: Path) -> None:
    client, _ = made(UPLOAD_LIMIT_HOUR="1")
    first = upload(client, {"Idempotency-Key": "once"})
    again = upload(client, {"Idempotency-Key": "once"})
    assert first.json and again.json and again.status_code == 201
    assert again.json["user_image_ids"] == first.json["user_image_ids"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert upload(client, {"Idempotency-Key": "twice"}).status_code == 429
    stored = [path for path in (tmp_path / "var" / "uploads" / "images").rglob("*") if path.is_file()]
    assert len(stored) == 1


def test_what_we_could_not_do_is_not_counted(made: Made, queue: HeldQueue) -> None:
    client, _ = made(GENERATE_LIMIT_HOUR="1", DAILY_FILM_SECONDS="60")
    queue.refuses = Unavailable("The queue does not take the job.")
    assert order(client).status_code == 503
    queue.refuses = None
    assert order(client).status_code == 202


def test_a_mistake_in_the_order_is_not_counted_but_a_bad_file_is(made: Made) -> None:
    client, _ = made(GENERATE_LIMIT_HOUR="1", UPLOAD_LIMIT_HOUR="1")
    assert order(client, style="unknown").status_code == 400
    assert order(client, content="🎉").status_code == 422
    assert order(client).status_code == 202
    assert client.post("/api/images", data={"images": (io.BytesIO(b"GIF89a"), "a.gif")}).status_code == 422
    assert upload(client).status_code == 429


def test_the_days_film_seconds_are_taken_by_promises_and_given_back_by_what_ends(made: Made, queue: HeldQueue) -> None:
    client, services = made(DAILY_FILM_SECONDS="100")
    assert order(client, max_duration_seconds=50, quality="preview", aspect_ratio="1:1").status_code == 202
    cancelled = order(client, max_duration_seconds=50)
    refused = order(client, max_duration_seconds=3)
    assert code(refused) == (429, "budget_exhausted") and int(refused.headers["Retry-After"]) <= 86_400
    assert cancelled.json
    client.post(f"/api/video/{cancelled.json['job_id']}/cancel")
    for task in queue.requests:  # the queue delivers: one film of a few seconds, and one that nobody wants any more
        body = task.to_json()
        deliver(services, services.signer.headers(task.job_id, body)[HEADER], body)
    film = services.jobs.get(queue.requests[0].job_id).film
    assert film and 1 < film.duration_seconds < 20
    assert order(client, max_duration_seconds=60).status_code == 202
    assert order(client, max_duration_seconds=40).status_code == 429


def test_an_order_that_is_refused_for_its_pictures_takes_nothing_of_the_day(made: Made) -> None:
    client, _ = made(DAILY_FILM_SECONDS="60")
    assert code(order(client, user_image_ids=[new_id()])) == (422, "image_not_found")
    assert order(client).status_code == 202


def test_a_pause_stops_orders_at_once_and_leaves_reads_alone(made: Made, redis_url: str) -> None:
    client, _ = made()
    job = order(client).json
    assert job
    with redis.Redis.from_url(redis_url) as keys:
        keys.set("paused:generate", "We are back at nine.")
    refused = order(client)
    assert code(refused) == (503, "unavailable") and refused.json and refused.json["detail"] == "We are back at nine."
    assert int(refused.headers["Retry-After"]) > 0
    assert client.get(f"/api/video/status/{job['job_id']}").status_code == 200
    assert upload(client).status_code == 201


@pytest.mark.parametrize("door", ["/api/video/generate", "/api/images"])
def test_without_a_token_a_door_with_a_lock_stays_shut(made: Made, door: str) -> None:
    client, _ = made(**AUTH)
    refused = client.post(door)
    assert code(refused) == (401, "unauthenticated") and refused.headers["WWW-Authenticate"] == "Bearer"
    assert client.post(door, headers={"Authorization": "Bearer nonsense"}).status_code == 401
    assert client.get(f"/api/video/status/{new_id()}").status_code == 401
    assert client.get("/health").status_code == 200


def test_a_users_jobs_and_pictures_are_nobody_elses(made: Made, queue: HeldQueue) -> None:
    client, _ = made(**AUTH)
    picture = upload(client, user("ada")).json
    assert picture
    ids = picture["user_image_ids"]
    job = order(client, user("ada"), user_image_ids=ids).json
    assert job and queue.requests[0].owner
    status, film, cancel = (
        f"/api/video/{path}" for path in (f"status/{job['job_id']}", job["job_id"], f"{job['job_id']}/cancel")
    )
    absent = new_id()
    for other in (user("bob"), server("ada"), server()):
        foreign, missing = order(client, other, user_image_ids=ids), order(client, other, user_image_ids=[absent])
        assert code(foreign) == (422, "image_not_found")
        assert foreign.json and missing.json
        assert foreign.json["errors"][0]["message"].replace(ids[0], absent) == missing.json["errors"][0]["message"]
        for method, path in (("GET", status), ("GET", film), ("POST", cancel)):
            theirs = client.open(path, method=method, headers=other)
            nothing = client.open(path.replace(job["job_id"], absent), method=method, headers=other)
            assert theirs.status_code == nothing.status_code == 404
            assert (
                theirs.text.replace(job["job_id"], absent).split('"request_id"')[0]
                == nothing.text.split('"request_id"')[0]
            )
    assert client.get(status, headers=user("ada")).status_code == 200
    assert client.post(cancel, headers=user("ada")).status_code == 202


def test_a_film_that_redis_has_forgotten_still_belongs_to_its_owner(
    made: Made, queue: HeldQueue, redis_url: str
) -> None:
    client, services = made(**AUTH)
    order(client, user("ada"), quality="preview", aspect_ratio="1:1")
    body = queue.requests[0].to_json()
    job_id = queue.requests[0].job_id
    deliver(services, services.signer.headers(job_id, body)[HEADER], body)
    with redis.Redis.from_url(redis_url) as keys:
        keys.flushall()
    assert client.get(f"/api/video/{job_id}", headers=user("ada")).status_code == 200
    assert client.get(f"/api/video/{job_id}", headers=user("bob")).status_code == 404


def test_the_users_of_a_server_are_counted_and_kept_apart(made: Made) -> None:
    client, _ = made(**AUTH, GENERATE_LIMIT_HOUR="1")
    assert [order(client, server(name)).status_code for name in ("ada", "bob", "ada")] == [202, 202, 429]


def test_a_user_cannot_pass_for_another_by_a_header(made: Made) -> None:
    client, _ = made(**AUTH)
    assert code(order(client, user("ada") | {"X-End-User": "bob"})) == (403, "forbidden")


def test_a_forged_address_gives_nobody_more(made: Made) -> None:
    client, _ = made(GENERATE_LIMIT_HOUR="1")
    assert order(client).status_code == 202
    forged = {
        "X-Forwarded-For": "9.9.9.9",
        "Fly-Client-IP": "8.8.8.8",
        "Forwarded": "for=7.7.7.7",
        "X-Real-IP": "6.6.6.6",
    }
    assert order(client, forged).status_code == 429


def test_the_owner_of_a_job_is_never_told(made: Made, queue: HeldQueue) -> None:
    client, services = made(**AUTH)
    job = Job(job_id=new_id(), created_at=now(), updated_at=now(), owner=services.callers.owner(user("ada")))
    services.jobs.put(job, VideoRequest(content="A post.", job_id=job.job_id, created_at="2026-01-01T00:00:00Z"))
    answer = client.get(f"/api/video/status/{job.job_id}", headers=user("ada"))
    assert answer.json and answer.json["status"] == JobStatus.QUEUED
    assert job.owner and job.owner not in answer.text
