"""A failed film is made once more: from its stored order, under a new task name, and never one that is well."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from local.task_queue import TaskQueueServer
from operations.replay import main
from shared.adapters.local_queue import LocalQueue
from shared.adapters.redis_jobs import RedisJobs
from shared.config import Settings
from shared.errors import Unavailable
from shared.ids import new_id
from shared.jobs import Film, Job, JobStatus, Links, Stage, Verdict, now
from shared.services import Services
from shared.video_request import VideoRequest
from tests.conftest import HeldQueue
from tests.local.receiver import Receiver
from tests.shared.adapters.test_cloud_tasks import queue_at, request

ROOT = Path(__file__).parents[2]
FILM = Film(duration_seconds=3, width=540, height=676, size_bytes=9, narration={}, has_captions=True)
LINKS = Links(
    video_url="http://f/1", poster_url="http://f/2", captions_url=None, vtt_url=None, signed_at=now(), expires_at=now()
)


@pytest.fixture
def services(any_redis: str, tmp_path: Path, queue: HeldQueue) -> Services:
    environment = {"REDIS_URL": any_redis, "DATA_DIR": str(tmp_path), "TASK_HMAC_KEYS": "k", "LEASE_SECONDS": "2"}
    services = Services(Settings.from_env(environment))
    services.queue = queue
    return services


@pytest.fixture
def delivered(services: Services) -> Iterator[Receiver]:
    """What the queue of a laptop delivers: it refuses a used name, as Cloud Tasks does."""
    with Receiver() as render, TaskQueueServer() as server:
        services.queue = LocalQueue(server.url, render.url, services.signer)
        yield render


def promised(jobs: RedisJobs) -> VideoRequest:
    order = VideoRequest(
        content="Ship it.",
        metadata={"campaign": 7},
        job_id=new_id(),
        created_at="2026-01-01T00:00:00Z",
        request_id="r1",
    )
    jobs.put(Job(job_id=order.job_id, created_at=now(), updated_at=now(), metadata=order.metadata), order)
    return order


def failed(jobs: RedisJobs) -> VideoRequest:
    """A job that failed at 47 percent, in its first attempt."""
    order = promised(jobs)
    job = jobs.claim(order, "t").job.advanced(Stage.COMBINING_MEDIA, 47)
    jobs.save(job.failed("It broke.", code="internal", retryable=True), order, "t")
    return order


def all_keys(services: Services) -> dict[bytes, bytes]:
    client = redis.Redis.from_url(services.settings.redis_url)
    return {key: client.get(key) for key in client.scan_iter()}  # type: ignore[misc]


def test_a_failed_job_is_queued_again_as_it_was_ordered(
    services: Services, delivered: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    order = failed(services.jobs)
    services.queue.enqueue(order)
    delivered.wait_for(1)
    services.queue.enqueue(order)  # the name is used: nothing comes of it

    assert main([order.job_id], services) == 0
    first, again = delivered.wait_for(2)
    assert VideoRequest.from_json(again.body) == order
    assert again.headers["x-cloudtasks-taskname"] != first.headers["x-cloudtasks-taskname"]
    assert "Replayed" in capsys.readouterr().out
    job = services.jobs.get(order.job_id)
    assert (job.status, job.progress, job.attempt, job.stage) == (JobStatus.QUEUED, 47, 0, None)
    assert (job.error, job.error_detail, job.metadata) == (None, None, {"campaign": 7})


def test_a_replayed_job_has_all_its_attempts_and_its_progress_never_falls(services: Services, queue: HeldQueue) -> None:
    order = failed(services.jobs)
    assert main([order.job_id], services) == 0
    claim = services.jobs.claim(order, "u")
    assert (claim.verdict, claim.job.attempt, claim.job.progress) == (Verdict.RUN, 1, 47)
    services.jobs.save(claim.job.advanced(Stage.MEDIA_PROCESSING, 5), order, "u")
    assert services.jobs.get(order.job_id).progress == 47
    services.jobs.save(services.jobs.get(order.job_id).completed(FILM, LINKS), order, "u")
    assert services.jobs.get(order.job_id).status is JobStatus.COMPLETED
    assert queue.requests == [order]


def test_a_job_can_be_replayed_more_than_once(services: Services, delivered: Receiver) -> None:
    order = failed(services.jobs)
    assert [main([order.job_id], services) for _ in range(3)] == [0, 0, 0]
    assert len({delivery.headers["x-cloudtasks-taskname"] for delivery in delivered.wait_for(3)}) == 3


@pytest.mark.parametrize("state", ["in work", "completed", "cancelled", "unknown", "without its order"])
def test_what_is_well_or_unknown_is_left_alone(
    services: Services, queue: HeldQueue, state: str, capsys: pytest.CaptureFixture[str]
) -> None:
    jobs = services.jobs
    order = promised(jobs)
    if state in ("in work", "completed"):
        job = jobs.claim(order, "t").job
        jobs.save(job.completed(FILM, LINKS) if state == "completed" else job, order, "t")
    elif state == "cancelled":
        jobs.cancel(order.job_id)
    elif state == "without its order":
        redis.Redis.from_url(services.settings.redis_url).delete(f"job:{order.job_id}:request")
    before = all_keys(services)
    assert main([new_id() if state == "unknown" else order.job_id], services) == 1
    assert all_keys(services) == before
    assert not queue.requests
    said = {"in work": "has this job now", "completed": "finished", "cancelled": "cancelled", "unknown": "no such job"}
    assert said.get(state, "order") in capsys.readouterr().err


def test_a_job_whose_worker_died_can_be_replayed(services: Services, queue: HeldQueue) -> None:
    order = promised(services.jobs)
    services.jobs.claim(order, "t")
    redis.Redis.from_url(services.settings.redis_url).set(f"job:{order.job_id}:lease", "t 1")
    assert main([order.job_id], services) == 0
    assert services.jobs.claim(order, "u").verdict is Verdict.RUN


def test_a_job_that_the_queue_does_not_take_is_failed_as_before(
    services: Services, queue: HeldQueue, capsys: pytest.CaptureFixture[str]
) -> None:
    order = failed(services.jobs)
    queue.refuses = Unavailable("The queue does not take the job.")
    assert main([order.job_id], services) == 1
    assert "The queue does not take the job" in capsys.readouterr().err
    job = services.jobs.get(order.job_id)
    assert (job.status, job.progress) == (JobStatus.ERROR, 47)
    queue.refuses = None
    assert main([order.job_id], services) == 0


def test_a_job_that_waits_in_another_homes_queue_can_be_made_here_and_is_made_once(
    services: Services, queue: HeldQueue
) -> None:
    order = promised(services.jobs)  # its own task is stuck, for instance in a cloud that is out
    assert main([order.job_id], services) == 0
    claim = services.jobs.claim(order, "here")
    services.jobs.save(claim.job.completed(FILM, LINKS), order, "here")
    assert services.jobs.claim(order, "there, later").verdict is Verdict.DONE
    assert queue.requests == [order]


def test_on_fly_the_replay_goes_into_the_queue_in_redis(any_redis: str, tmp_path: Path) -> None:
    environment = {"REDIS_URL": any_redis, "DATA_DIR": str(tmp_path), "TASK_HMAC_KEYS": "k", "TASK_QUEUE_URL": "redis:"}
    services = Services(Settings.from_env(environment))
    order = failed(services.jobs)
    assert main([order.job_id], services) == 0
    assert redis.Redis.from_url(any_redis).hlen("dramatiq:render.msgs") == 1


@pytest.mark.parametrize("arguments", [[], ["7"], ["--help"], [new_id(), new_id()]])
def test_a_wrong_call_says_how_to_call(
    services: Services, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments, services) == 2
    assert "python -m operations.replay JOB_ID" in capsys.readouterr().err


def test_the_command_works_as_it_is_written_down(services: Services, delivered: Receiver) -> None:
    order = failed(services.jobs)
    port = services.queue._tasks_url.split("/")[2].split(":")[1]  # type: ignore[attr-defined]
    environment = {
        "REDIS_URL": services.settings.redis_url,
        "DATA_DIR": str(services.settings.data_dir),
        "TASK_HMAC_KEYS": "k",
        "TASK_QUEUE_URL": f"local:{port}",
        "RENDER_URL": delivered.url,
    }
    command = [sys.executable, "-m", "operations.replay", order.job_id]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    (delivery,) = delivered.wait_for(1)
    assert services.signer.verify(delivery.headers["x-task-signature"], delivery.body) == order.job_id


def test_cloud_tasks_takes_a_replay_under_another_name() -> None:
    with Receiver() as render, TaskQueueServer() as server:
        cloud = queue_at(server.url, render.url)
        for again in ("", "", "a", "a", "b"):
            cloud.enqueue(request(), again=again)
        names = [delivery.headers["x-cloudtasks-taskname"] for delivery in render.wait_for(3)]
    assert len(names) == len(set(names)) == 3
