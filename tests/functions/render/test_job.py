"""One delivery of a task on a real Redis: finished, failed for good, or to be tried again; never two at once."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis

from functions.render.job import Attempt, run_job
from shared import log
from shared.adapters.redis_jobs import RedisJobs
from shared.errors import Busy, RenderFailed, StoppedEarly, Unavailable
from shared.ids import new_id
from shared.jobs import Film, Job, JobStatus, JobWarning, LeaseLost, Links, Stage, Verdict, now
from shared.video_request import VideoRequest

FILM = Film(
    duration_seconds=12.3,
    width=1080,
    height=1350,
    size_bytes=9,
    narration={"engine": "espeak", "voice": None},
    has_captions=False,
)
LINKS = Links(
    video_url="https://x/v",
    poster_url="https://x/p",
    captions_url=None,
    vtt_url=None,
    signed_at=now(),
    expires_at=now() + timedelta(days=7),
)


def ordered(jobs: RedisJobs) -> VideoRequest:
    job_id, moment = new_id(), now()
    request = VideoRequest(content="A post.", job_id=job_id, created_at=moment.isoformat(), request_id="req-1")
    jobs.put(Job(job_id=job_id, created_at=moment, updated_at=moment), request)
    return request


def filmed(request: VideoRequest, attempt: Attempt) -> tuple[Film, Links]:
    for stage in (Stage.MEDIA_PROCESSING, Stage.AUDIO_GENERATION, Stage.COMBINING_MEDIA, Stage.UPLOADING):
        attempt.report(stage, 0.5)
    return FILM, LINKS


def failing(error: BaseException) -> Callable[[VideoRequest, Attempt], tuple[Film, Links]]:
    def make_video(request: VideoRequest, attempt: Attempt) -> tuple[Film, Links]:
        attempt.report(Stage.AUDIO_GENERATION, 0.5)
        raise error

    return make_video


def never(request: VideoRequest, attempt: Attempt) -> tuple[Film, Links]:
    raise AssertionError("this delivery must not render")


def delivered(request: VideoRequest, jobs: Any, make_video: Any, lease_seconds: float = 2) -> Verdict:
    return run_job(request, jobs, make_video, lease_seconds=lease_seconds, max_attempts=3)


class Outage:
    """The true store behind a line that can be cut."""

    def __init__(self, jobs: RedisJobs) -> None:
        self._jobs = jobs
        self.away = False
        self.refused = 0

    def claim(self, request: VideoRequest, token: str) -> Any:
        return self._jobs.claim(request, token)

    def save(self, job: Job, request: VideoRequest, token: str, *, release: bool = False) -> None:
        if self.away:
            self.refused += 1
            raise Unavailable("Redis does not answer.")
        self._jobs.save(job, request, token, release=release)

    def note_pace(self, kind: str, pace: float) -> None:
        self._jobs.note_pace(kind, pace)


class Told(logging.Handler):
    """What was logged: (name, fields, request id, traceback)."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[tuple[str, dict[str, Any], str | None, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
        self.events.append((record.getMessage(), getattr(record, "fields", {}), log.request_id(), trace))

    def named(self, name: str) -> list[tuple[str, dict[str, Any], str | None, str]]:
        return [event for event in self.events if event[0] == name]


@pytest.fixture
def told() -> Iterator[Told]:
    handler, logger = Told(), logging.getLogger("linkedin_video")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(level)


@pytest.fixture
def store(redis_url: str) -> RedisJobs:
    """One Redis is enough for what is not about Redis; its leases last a second."""
    return RedisJobs.connect(redis_url, lease_seconds=1, max_attempts=3)


def test_a_delivery_ends_with_a_finished_job(jobs: RedisJobs, any_redis: str) -> None:
    request = ordered(jobs)
    assert delivered(request, jobs, filmed) is Verdict.RUN
    job = jobs.get(request.job_id)
    assert (job.status, job.progress, job.stage) == (JobStatus.COMPLETED, 100, Stage.COMPLETED)
    assert (job.film, job.links, job.attempt) == (FILM, LINKS, 1)
    assert not redis.Redis.from_url(any_redis).exists(f"job:{request.job_id}:lease")
    assert "heartbeat" not in {thread.name for thread in threading.enumerate()}


def test_a_second_delivery_renders_nothing(jobs: RedisJobs) -> None:
    request = ordered(jobs)
    delivered(request, jobs, filmed)
    assert delivered(request, jobs, never) is Verdict.DONE


def test_a_delivery_during_the_work_is_told_to_come_later(jobs: RedisJobs) -> None:
    request = ordered(jobs)

    def make_video(same: VideoRequest, attempt: Attempt) -> tuple[Film, Links]:
        with pytest.raises(Busy) as busy:
            delivered(same, jobs, never)
        assert busy.value.status == 409 and busy.value.retry_after_seconds == 2
        return FILM, LINKS

    assert delivered(request, jobs, make_video) is Verdict.RUN
    assert jobs.get(request.job_id).status is JobStatus.COMPLETED


def test_a_permanent_failure_is_told_in_one_sentence_and_not_tried_again(jobs: RedisJobs, told: Told) -> None:
    request = ordered(jobs)
    error = RenderFailed("Picture 2 cannot be read; upload it again.", hint="Upload it again.")
    assert delivered(request, jobs, failing(error)) is Verdict.RUN
    job = jobs.get(request.job_id)
    assert (job.status, job.error, job.stage) == (JobStatus.ERROR, error.detail, Stage.AUDIO_GENERATION)
    detail = job.error_detail
    assert detail and (detail.code, detail.stage, detail.retryable) == ("render_failed", "audio_generation", False)
    assert (detail.hint, detail.request_id) == ("Upload it again.", "req-1")
    assert "RenderFailed" in told.named("film_failed")[0][3]
    assert delivered(request, jobs, never) is Verdict.DONE


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (Unavailable("The file store does not answer."), "unavailable", "The file store does not answer."),
        (RenderFailed("It was killed.", retryable=True), "render_failed", "It was killed."),
        (ZeroDivisionError("in the depths"), "internal", "The film could not be made because of a fault on our side."),
    ],
)
def test_a_passing_failure_is_tried_again_until_the_last_attempt_tells_it(
    jobs: RedisJobs, told: Told, error: Exception, code: str, sentence: str
) -> None:
    request = ordered(jobs)
    for attempt in (1, 2):
        with pytest.raises(type(error)):
            delivered(request, jobs, failing(error))  # at once: the lease was given back
        job = jobs.get(request.job_id)
        assert (job.status, job.attempt, job.error) == (JobStatus.PROCESSING, attempt, None)
    assert delivered(request, jobs, failing(error)) is Verdict.RUN
    job = jobs.get(request.job_id)
    assert (job.status, job.error, job.attempt) == (JobStatus.ERROR, sentence, 3)
    assert job.error_detail and job.error_detail.code == code and job.error_detail.retryable
    assert job.error_detail.request_id == "req-1"
    traces = [event[3] for event in told.named("film_failed") + told.named("attempt_failed")]
    assert traces and all(f"{type(error).__name__}: {error}" in trace for trace in traces)


def test_no_secret_of_a_fault_reaches_the_caller(jobs: RedisJobs) -> None:
    request = ordered(jobs)
    error = OSError("/srv/keys/secret.json: permission denied")
    for _ in range(2):
        with pytest.raises(OSError, match="secret"):
            delivered(request, jobs, failing(error))
    delivered(request, jobs, failing(error))
    assert "secret" not in str(jobs.get(request.job_id))


def test_an_attempt_that_was_stopped_is_tried_again_and_then_given_up(jobs: RedisJobs) -> None:
    request = ordered(jobs)
    for _ in range(3):
        with pytest.raises(StoppedEarly):
            delivered(request, jobs, failing(StoppedEarly("The film took longer than a worker may work.")))
    assert delivered(request, jobs, never) is Verdict.GAVE_UP
    job = jobs.get(request.job_id)
    assert job.status is JobStatus.ERROR and job.error == "The film could not be made in 3 attempts."
    assert job.error_detail and (job.error_detail.code, job.error_detail.request_id) == ("gave_up", "req-1")
    assert delivered(request, jobs, never) is Verdict.DONE


def test_workers_that_die_without_a_word_use_up_the_attempts(jobs: RedisJobs, any_redis: str) -> None:
    request = ordered(jobs)
    for token in "abc":
        assert jobs.claim(request, token).verdict is Verdict.RUN
        redis.Redis.from_url(any_redis).set(f"job:{request.job_id}:lease", f"{token} {time.time_ns() // 1_000_000 - 1}")
    assert delivered(request, jobs, never) is Verdict.GAVE_UP
    assert jobs.get(request.job_id).status is JobStatus.ERROR


def test_who_lost_the_lease_stops_and_writes_nothing(jobs: RedisJobs, any_redis: str) -> None:
    request = ordered(jobs)
    client = redis.Redis.from_url(any_redis, decode_responses=True)
    lease = f"job:{request.job_id}:lease"
    taken = f"another {time.time_ns() // 1_000_000 + 60_000}"

    def make_video(request: VideoRequest, attempt: Attempt) -> tuple[Film, Links]:
        attempt.report(Stage.COMBINING_MEDIA, 0.1)
        attempt.check()
        client.set(lease, taken)
        for _ in range(100):
            attempt.check()
            time.sleep(0.05)
        raise AssertionError("it worked on without a lease")

    with pytest.raises(StoppedEarly):
        delivered(request, jobs, make_video)
    job = jobs.get(request.job_id)
    assert client.get(lease) == taken
    assert (job.status, job.film, job.progress) == (JobStatus.PROCESSING, None, 42)


def test_a_film_that_is_finished_after_the_lease_was_lost_is_not_published(jobs: RedisJobs, any_redis: str) -> None:
    request = ordered(jobs)
    client = redis.Redis.from_url(any_redis)

    def make_video(request: VideoRequest, attempt: Attempt) -> tuple[Film, Links]:
        client.set(f"job:{request.job_id}:lease", f"another {time.time_ns() // 1_000_000 + 60_000}")
        with pytest.raises(StoppedEarly):
            attempt.hold()  # what a film asks before it publishes
        return FILM, LINKS

    with pytest.raises(StoppedEarly):
        delivered(request, jobs, make_video)
    assert jobs.get(request.job_id).film is None


def test_the_heartbeat_holds_the_lease_for_longer_than_it_lasts(any_redis: str) -> None:
    jobs = RedisJobs.connect(any_redis, lease_seconds=1, max_attempts=3)
    request = ordered(jobs)

    def make_video(request: VideoRequest, attempt: Attempt) -> tuple[Film, Links]:
        time.sleep(1.4)
        with pytest.raises(Busy):
            delivered(request, jobs, never, lease_seconds=1)
        attempt.check()
        return FILM, LINKS

    assert delivered(request, jobs, make_video, lease_seconds=1) is Verdict.RUN


def test_a_redis_that_is_away_during_the_work_does_not_end_it(store: RedisJobs, told: Told) -> None:
    request, line = ordered(store), Outage(store)

    def make_video(request: VideoRequest, attempt: Attempt) -> tuple[Film, Links]:
        line.away = True
        filmed(request, attempt)
        attempt.warn([JobWarning(code="a", message="A warning.")])
        time.sleep(0.4)  # a heartbeat or two
        attempt.check()
        line.away = False
        return FILM, LINKS

    with log.about(request_id="req-1"):
        assert delivered(request, line, make_video, lease_seconds=1) is Verdict.RUN
    job = store.get(request.job_id)
    assert job.status is JobStatus.COMPLETED and [warning.code for warning in job.warnings] == ["a"]
    missed = told.named("progress_not_noted")
    assert len(missed) >= 2  # the first stage, and then the heartbeat alone: the work does not wait again
    assert {event[2] for event in missed} == {"req-1"}  # the heartbeat's, too, say whose they are


def test_the_work_does_not_wait_for_a_redis_that_is_away_again_and_again(store: RedisJobs) -> None:
    request, line = ordered(store), Outage(store)

    def make_video(request: VideoRequest, attempt: Attempt) -> tuple[Film, Links]:
        attempt.report(Stage.COMBINING_MEDIA, 0.1)
        line.away = True
        until = time.monotonic() + 1.6
        while time.monotonic() < until:
            attempt.report(Stage.COMBINING_MEDIA, 0.5)
            time.sleep(0.01)
        line.away = False
        return FILM, LINKS

    delivered(request, line, make_video, lease_seconds=60)  # no heartbeat comes in between
    assert line.refused == 1


def test_a_finished_film_waits_for_a_redis_that_is_away(store: RedisJobs) -> None:
    request, line = ordered(store), Outage(store)

    def make_video(request: VideoRequest, attempt: Attempt) -> tuple[Film, Links]:
        line.away = True
        threading.Timer(0.5, setattr, (line, "away", False)).start()
        return FILM, LINKS

    assert delivered(request, line, make_video) is Verdict.RUN
    assert store.get(request.job_id).status is JobStatus.COMPLETED
    assert line.refused == 1


def test_a_redis_that_forgot_everything_still_learns_of_the_film(jobs: RedisJobs, any_redis: str) -> None:
    request = ordered(jobs)

    def make_video(request: VideoRequest, attempt: Attempt) -> tuple[Film, Links]:
        redis.Redis.from_url(any_redis).flushall()
        return filmed(request, attempt)

    assert delivered(request, jobs, make_video) is Verdict.RUN
    assert jobs.get(request.job_id).status is JobStatus.COMPLETED


def test_progress_and_stage_never_go_back_though_pictures_and_voice_report_at_once(store: RedisJobs) -> None:
    request = ordered(store)
    seen: list[tuple[Stage | None, int]] = []

    def make_video(request: VideoRequest, attempt: Attempt) -> tuple[Film, Links]:
        for stage, done in (
            (Stage.MEDIA_PROCESSING, 0.3),
            (Stage.AUDIO_GENERATION, 0.5),
            (Stage.MEDIA_PROCESSING, 1.0),
            (Stage.AUDIO_GENERATION, 0.2),  # the next voice begins again
            (Stage.COMBINING_MEDIA, 0.0),
        ):
            attempt.report(stage, done)
            seen.append((attempt.job.stage, attempt.job.progress))
        return FILM, LINKS

    delivered(request, store, make_video)
    assert [stage for stage, _ in seen] == [
        Stage.MEDIA_PROCESSING, Stage.AUDIO_GENERATION, Stage.AUDIO_GENERATION, Stage.AUDIO_GENERATION,
        Stage.COMBINING_MEDIA,
    ]  # fmt: skip
    assert [progress for _, progress in seen] == [6, 30, 30, 30, 40]


def test_the_next_attempt_begins_with_its_own_stage_but_keeps_the_progress(store: RedisJobs) -> None:
    request = ordered(store)

    def make_video(request: VideoRequest, attempt: Attempt) -> tuple[Film, Links]:
        attempt.report(Stage.MEDIA_PROCESSING)
        assert store.get(request.job_id).stage is Stage.MEDIA_PROCESSING
        if attempt.job.attempt == 1:
            attempt.report(Stage.UPLOADING, 0.5)
            raise Unavailable("The file store does not answer.")
        assert store.get(request.job_id).progress == 70
        return FILM, LINKS

    with pytest.raises(Unavailable):
        delivered(request, store, make_video)
    delivered(request, store, make_video)


def test_a_worker_that_is_told_to_die_leaves_no_heartbeat_behind(store: RedisJobs) -> None:
    with pytest.raises(KeyboardInterrupt):
        delivered(ordered(store), store, failing(KeyboardInterrupt()))
    assert "heartbeat" not in {thread.name for thread in threading.enumerate()}


def test_what_the_log_says_of_a_film_holds_no_word_of_its_post(store: RedisJobs, told: Told) -> None:
    delivered(ordered(store), store, filmed)
    assert told.events and "A post." not in str(told.events)


def test_a_lost_lease_is_no_reason_to_hide_why_it_failed(jobs: RedisJobs, any_redis: str, told: Told) -> None:
    request = ordered(jobs)

    def make_video(request: VideoRequest, attempt: Attempt) -> tuple[Film, Links]:
        redis.Redis.from_url(any_redis).set(f"job:{request.job_id}:lease", "another 99999999999999")
        raise RenderFailed("No.")

    with pytest.raises(StoppedEarly):
        delivered(request, jobs, make_video)
    assert told.named("film_failed")
    with pytest.raises(LeaseLost):
        jobs.save(jobs.get(request.job_id), request, "nobody")


def test_a_cancel_stops_the_work_within_about_a_second(jobs: RedisJobs) -> None:
    request = ordered(jobs)
    asked: list[float] = []
    retracted: list[str] = []

    def make_video(request: VideoRequest, attempt: Attempt) -> tuple[Film, Links]:
        attempt.report(Stage.COMBINING_MEDIA)
        jobs.cancel(request.job_id)
        asked.append(time.monotonic())
        while time.monotonic() < asked[0] + 10:
            time.sleep(0.02)
            attempt.check()
        raise AssertionError("nobody stopped it")

    verdict = run_job(
        request,
        jobs,
        make_video,
        lease_seconds=60,
        max_attempts=3,
        retract=lambda request: retracted.append(request.job_id),
    )
    assert verdict is Verdict.RUN and time.monotonic() - asked[0] < 2
    assert jobs.get(request.job_id).status is JobStatus.CANCELLED
    assert retracted == [request.job_id]


def test_a_cancel_that_comes_while_the_film_is_published_takes_it_back(jobs: RedisJobs) -> None:
    request = ordered(jobs)
    retracted: list[str] = []

    def make_video(request: VideoRequest, attempt: Attempt) -> tuple[Film, Links]:
        jobs.cancel(request.job_id)
        return FILM, LINKS

    run_job(
        request,
        jobs,
        make_video,
        lease_seconds=60,
        max_attempts=3,
        retract=lambda request: retracted.append(request.job_id),
    )
    assert jobs.get(request.job_id).status is JobStatus.CANCELLED
    assert retracted == [request.job_id]


def test_an_attempt_ends_itself_at_its_deadline_and_leaves_the_job_to_another(jobs: RedisJobs) -> None:
    request = ordered(jobs)

    def endless(request: VideoRequest, attempt: Attempt) -> tuple[Film, Links]:
        while True:
            attempt.check()
            time.sleep(0.02)

    began = time.monotonic()
    with pytest.raises(StoppedEarly, match="longer than a worker may work"):
        run_job(request, jobs, endless, lease_seconds=60, max_attempts=3, deadline_seconds=0.3)
    assert time.monotonic() - began < 2
    assert jobs.claim(request, "another").verdict is Verdict.RUN
