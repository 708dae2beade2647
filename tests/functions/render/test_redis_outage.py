"""A film in the making while Redis is away, forgets everything, or gives the job to somebody else."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import flask
import pytest
import redis
from werkzeug.test import TestResponse

from shared.adapters.redis_jobs import RedisJobs
from shared.blobs import video_name
from shared.errors import NotFound
from shared.ids import new_id
from shared.jobs import Job, JobStatus, Stage, Verdict, now
from shared.services import Services
from shared.video_request import VideoRequest
from tests.faulty_redis import Fault, FaultyRedis

# Long enough that an outage finds it half drawn.
POST = "One small thing every week, and people began to notice. What would you tell your younger self? " * 5


@pytest.fixture
def line(real_redis: str) -> Iterator[FaultyRedis]:
    redis.Redis.from_url(real_redis).flushall()
    with FaultyRedis(real_redis) as line:
        yield line


@pytest.fixture
def redis_url(line: FaultyRedis) -> str:
    """Where the service of these tests finds its Redis."""
    return line.url


@pytest.fixture
def truth(real_redis: str) -> RedisJobs:
    """The same Redis by a line that does not fail."""
    return RedisJobs.connect(real_redis, lease_seconds=60, max_attempts=3)


@pytest.fixture
def order(truth: RedisJobs) -> VideoRequest:
    job_id, moment = new_id(), now()
    request = VideoRequest(
        content=POST,
        job_id=job_id,
        created_at=moment.isoformat(),
        narration="off",
        quality="preview",
        metadata={"a": 1},
    )
    truth.put(Job(job_id=job_id, created_at=moment, updated_at=moment, metadata={"a": 1}), request)
    return request


class Render:
    """One delivery to render's door, in a thread of its own, and what a caller sees of it meanwhile."""

    def __init__(self, app: flask.Flask, services: Services, truth: RedisJobs, order: VideoRequest) -> None:
        self._truth = truth
        self._order = order
        body = order.to_json()
        headers = services.signer.headers(order.job_id, body)
        self._thread = ThreadPoolExecutor(1)
        self._answer: Future[TestResponse] = self._thread.submit(
            lambda: app.test_client().post("/render", data=body, headers=headers)
        )
        self.seen: list[Job] = []

    def is_being_drawn(self) -> None:
        """Wait until it is."""
        self._look(lambda: self.seen[-1].stage is Stage.COMBINING_MEDIA, 60)
        assert not self._answer.done()

    def goes_on_for(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        self._look(lambda: time.monotonic() >= ends, seconds + 5)

    def answer(self) -> TestResponse:
        """What the queue is told at last."""
        self._look(self._answer.done, 120)
        self._thread.shutdown()
        return self._answer.result()

    def _look(self, is_enough: Callable[[], bool], seconds: float) -> None:
        ends = time.monotonic() + seconds
        while True:
            try:
                self.seen.append(self._truth.get(self._order.job_id))
            except NotFound:  # Redis forgot it
                assert not self._answer.done()
            if self.seen and is_enough():
                return
            assert time.monotonic() < ends, self.seen[-1:]
            time.sleep(0.05)


@pytest.fixture
def render(app: flask.Flask, services: Services, truth: RedisJobs, order: VideoRequest) -> Callable[[], Render]:
    return lambda: Render(app, services, truth, order)


def finished(truth: RedisJobs, services: Services, order: VideoRequest, render: Render) -> Job:
    """The job, after it was checked that it was made in one go, and that a caller saw it only advance."""
    answer = render.answer()
    assert (answer.status_code, answer.json) == (200, {"job_id": order.job_id, "verdict": "run"})
    job = truth.get(order.job_id)
    assert (job.status, job.progress, job.attempt) == (JobStatus.COMPLETED, 100, 1)
    assert all(before.progress <= after.progress for before, after in pairwise([*render.seen, job]))
    assert job.film and services.videos.find(video_name(order.job_id)).size == job.film.size_bytes
    return job


def swallow(line: FaultyRedis) -> None:
    line.fail(Fault.SILENCE, times=None)


def come_back(line: FaultyRedis) -> None:
    line.mend()
    line.listen()


@pytest.mark.parametrize(
    ("go", "seconds"),
    [
        (FaultyRedis.hang_up, 6),
        pytest.param(FaultyRedis.hang_up, 20, marks=pytest.mark.long),
        pytest.param(FaultyRedis.go_deaf, 20, marks=pytest.mark.long),
        pytest.param(swallow, 20, marks=pytest.mark.long),
    ],
)
def test_a_render_outlives_an_outage_without_starting_over(
    line: FaultyRedis, truth: RedisJobs, services: Services, order: VideoRequest, render: Callable[[], Render],
    go: Callable[[FaultyRedis], None], seconds: float,
) -> None:  # fmt: skip
    work = render()
    work.is_being_drawn()
    go(line)
    work.goes_on_for(seconds)
    assert truth.claim(order, "another").verdict is Verdict.BUSY, "nobody may take it meanwhile"
    come_back(line)
    finished(truth, services, order, work)


def test_a_lease_that_ran_out_in_the_outage_is_still_ours_where_nobody_took_it(
    line: FaultyRedis, truth: RedisJobs, services: Services, order: VideoRequest, render: Callable[[], Render]
) -> None:
    services.settings = replace(services.settings, lease_seconds=1)
    work = render()
    work.is_being_drawn()
    line.hang_up()
    work.goes_on_for(3)
    come_back(line)
    finished(truth, services, order, work)


def test_who_lost_the_job_in_the_outage_publishes_nothing(
    line: FaultyRedis, truth: RedisJobs, services: Services, order: VideoRequest, render: Callable[[], Render]
) -> None:
    services.settings = replace(services.settings, lease_seconds=1)
    work = render()
    work.is_being_drawn()
    line.hang_up()
    work.goes_on_for(1.5)
    second = truth.claim(order, "another")
    assert (second.verdict, second.job.attempt) == (Verdict.RUN, 2)
    come_back(line)
    answer = work.answer()
    assert (answer.status_code, answer.json and answer.json["code"]) == (500, "stopped_early")
    with pytest.raises(NotFound):
        services.videos.find(video_name(order.job_id))
    truth.save(second.job, order, "another")  # still the other one's


@pytest.mark.parametrize("also_away", [False, True], ids=["FLUSHALL", "restarted empty"])
def test_a_redis_that_forgets_in_mid_render_loses_no_film(
    line: FaultyRedis, truth: RedisJobs, services: Services, order: VideoRequest, render: Callable[[], Render],
    app: flask.Flask, real_redis: str, also_away: bool,
) -> None:  # fmt: skip
    server = redis.Redis.from_url(real_redis, decode_responses=True)
    before = truth.get(order.job_id)
    work = render()
    work.is_being_drawn()
    if also_away:
        line.hang_up()
    server.flushall()
    if also_away:
        server.script_flush()
        come_back(line)
    job = finished(truth, services, order, work)
    assert (job.metadata, job.owner, job.created_at) == ({"a": 1}, before.owner, before.created_at)
    assert server.get(f"job:{order.job_id}:request") == order.to_json().decode(), "so that it can be sent again"
    client = app.test_client()
    told = client.get(f"/api/video/status/{order.job_id}").json
    assert told and (told["status"], told["metadata"]) == ("completed", {"a": 1})
    server.flushall()
    found = client.get(f"/api/video/{order.job_id}")
    assert found.status_code == 200 and found.json and found.json["video_url"]
    assert client.get(f"/api/video/status/{order.job_id}").status_code == 404


def test_a_task_outlives_a_redis_that_was_emptied_before_its_delivery(
    line: FaultyRedis, truth: RedisJobs, services: Services, order: VideoRequest, render: Callable[[], Render],
    real_redis: str,
) -> None:  # fmt: skip
    redis.Redis.from_url(real_redis).flushall()
    assert finished(truth, services, order, render()).metadata == {"a": 1}


def test_a_delivery_that_cannot_ask_renders_nothing_and_is_no_attempt(
    line: FaultyRedis, truth: RedisJobs, services: Services, order: VideoRequest, render: Callable[[], Render]
) -> None:
    line.hang_up()
    answer = render().answer()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    come_back(line)
    finished(truth, services, order, render())
