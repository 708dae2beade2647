"""Web and worker as on Fly, with a real Redis: a post becomes a film, and no worker's end loses it."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil
import pytest
import redis
import requests

from shared.jobs import JobStatus, Stage
from tests.fly.home import LONG, SHORT, Home, stop_all
from tests.service import eventually


@pytest.fixture
def home(real_redis: str, tmp_path: Path) -> Iterator[Home]:
    redis.Redis.from_url(real_redis).flushall()
    home = Home(tmp_path, real_redis)
    yield home
    stop_all(home)


def test_a_post_becomes_a_film_and_render_has_no_door(home: Home) -> None:
    web, worker = home.start("web"), home.start("worker")
    here = f"http://127.0.0.1:{home.port}"
    promised = requests.post(f"{here}/api/video/generate", json={"content": SHORT, "quality": "preview"}, timeout=10)
    assert promised.status_code == 202
    job = {}
    eventually(
        lambda: job.update(requests.get(promised.json()["status_url"], timeout=10).json()) or job["progress"] == 100, 60
    )
    assert job["status"] == "completed" and job["attempt"] == 1
    assert requests.get(job["video_url"], timeout=10).content[4:8] == b"ftyp"
    traces = {line["trace"] for line in web.lines() + worker.lines() if line["message"] in ("job_accepted", "claimed")}
    assert len(traces) == 1  # one request's lines, on both machines
    assert requests.post(f"{here}/render", data=b"{}", timeout=10).status_code == 404
    health = requests.get(f"{here}/health", timeout=10).json()
    assert health["status"] == "ok" and not {"ffmpeg", "fonts"} & set(health["checks"])


def test_kill_9_in_the_middle_of_a_film_loses_nothing(home: Home) -> None:
    worker = home.start("worker")
    order = home.order(LONG, "standard")
    before = home.wait_for(order, lambda job: job.stage is Stage.COMBINING_MEDIA and job.progress > 42)
    children = worker.children()
    worker.end(signal.SIGKILL)
    home.start("worker")
    job = home.wait_for(order, lambda job: job.status.ended)
    assert job.status is JobStatus.COMPLETED and job.attempt == 2
    assert len(home.films()) == 1 and home.leftovers() == []
    assert before.progress <= job.progress
    assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.long
def test_a_task_that_comes_twice_makes_one_film(home: Home) -> None:
    workers = [home.start("worker"), home.start("worker")]
    order = home.order(LONG, "standard")
    home.services.queue.enqueue(order)
    job = home.wait_for(order, lambda job: job.status.ended)
    assert job.status is JobStatus.COMPLETED and job.attempt == 1 and len(home.films()) == 1
    claims = [line["verdict"] for worker in workers for line in worker.lines() if line["message"] == "claimed"]
    assert len(claims) >= 2 and claims.count("run") == 1


def test_sigterm_in_the_middle_of_a_film_hands_it_to_another_worker(home: Home) -> None:
    worker = home.start("worker")
    order = home.order(LONG, "standard")
    home.wait_for(order, lambda job: job.stage is Stage.COMBINING_MEDIA and job.progress > 42)
    children = worker.children()
    other = home.start("worker")
    assert worker.end(signal.SIGTERM) == 0
    assert worker.lines()[-1]["message"] == "worker_stopped"
    assert not [child for child in children if child.is_running()]
    job = home.wait_for(order, lambda job: job.status.ended)
    assert job.status is JobStatus.COMPLETED and job.attempt == 1  # a deploy is no failed attempt
    assert len(home.films()) == 1 and home.leftovers() == []
    assert other.has_said("job_ended") and not worker.has_said("job_ended")


def test_what_is_no_task_of_ours_is_dropped_with_one_line_and_holds_nobody_up(home: Home) -> None:
    worker = home.start("worker")
    broker, signer = home.services.broker, home.services.signer
    body = home.order().to_json().decode()
    broker.put({"body": body, "signature": "v1.forged"})
    broker.put({"body": "no JSON", "signature": signer.headers("someone", b"no JSON")["X-Task-Signature"]})
    broker.put({"text": body})
    broker.put({"body": [body], "signature": 7, "deliveries": "many"})
    client = redis.Redis.from_url(home.redis_url)
    client.hset("dramatiq:render.msgs", "torn", b'{"queue_name": "render", "ar')
    client.rpush("dramatiq:render", "torn")
    last = home.order()
    home.wait_for(last, lambda job: job.status is JobStatus.COMPLETED)
    eventually(lambda: client.hlen("dramatiq:render.msgs") == 0, 10)
    lines = worker.lines()
    dropped = [line["code"] for line in lines if line["message"] == "task_dropped"]
    assert sorted(dropped) == ["forbidden", "forbidden", "invalid_request", "unreadable"]
    assert [line["error"] for line in lines if line["message"] == "dramatiq"] == ["TypeError", "DecodeError"]
    assert "promotion" not in worker.log.read_text()  # nobody's post stands in the log


def test_a_task_of_a_newer_version_waits_for_a_newer_worker(home: Home) -> None:
    worker = home.start("worker")
    order = home.order()
    home.wait_for(order, lambda job: job.status.ended)
    newer = msgspec.json.encode(json.loads(order.to_json()) | {"version": 99})
    signature = home.services.signer.headers(order.job_id, newer)["X-Task-Signature"]
    home.services.broker.put({"body": newer.decode(), "signature": signature})
    eventually(lambda: worker.has_said("task_comes_again"), 10)
    client = redis.Redis.from_url(home.redis_url)
    assert client.hlen("dramatiq:render.DQ.msgs") == 1 and client.hlen("dramatiq:render.msgs") == 0
    assert worker.end(signal.SIGTERM) == 0
    assert client.llen("dramatiq:render.DQ") == 1  # the worker held it in memory, and has given it back


@pytest.mark.parametrize(
    ("settings", "reason"),
    [({"TASK_QUEUE_URL": "local:"}, "redis:"), ({"TASK_HMAC_KEYS": ""}, "TASK_HMAC_KEYS"), ({"PORT": "x"}, "PORT")],
)
def test_a_worker_that_cannot_work_ends_at_once_and_says_why(
    tmp_path: Path, settings: dict[str, str], reason: str
) -> None:
    home = Home(tmp_path, "redis://127.0.0.1:1/0", settings=settings)
    with pytest.raises(AssertionError, match=reason):
        home.start("worker")
    assert home.started[0].popen.returncode == 1
