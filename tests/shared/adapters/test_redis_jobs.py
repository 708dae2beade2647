"""The job store on each kind of Redis: who may write, what expires, and what a repeat changes."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest
import redis

from shared.adapters.redis_jobs import RedisJobs
from shared.adapters.redis_scripts import FIELDS
from shared.errors import IdempotencyConflict, ImageNotFound, NotFound, Unavailable
from shared.ids import new_id
from shared.images import Image
from shared.jobs import (
    CancelAsked,
    Film,
    Idempotency,
    Job,
    JobStatus,
    JobWarning,
    LeaseLost,
    Links,
    Stage,
    Verdict,
    now,
)
from shared.video_request import VideoRequest

DAY = 24 * 3600


def ordered(content: str = "A post.", image_ids: tuple[str, ...] = ()) -> tuple[Job, VideoRequest]:
    job_id, moment = new_id(), now()
    request = VideoRequest(
        content=content, user_image_ids=image_ids, metadata={"a": 1}, job_id=job_id, created_at=moment.isoformat()
    )
    return Job(job_id=job_id, created_at=moment, updated_at=moment, metadata=request.metadata), request


def image(owner: str | None = None) -> Image:
    return Image(
        id=new_id(), owner=owner, name="images/x", content_type="image/jpeg", width=640, height=480, size=9,
        expires_at=now() + timedelta(hours=1),
    )  # fmt: skip


def ttls(url: str, job_id: str) -> set[int]:
    client = redis.Redis.from_url(url)
    return {int(client.ttl(key)) for field in FIELDS if client.exists(key := f"job:{job_id}:{field}")}  # type: ignore[arg-type]


def test_a_job_is_read_as_it_was_written(jobs: RedisJobs) -> None:
    job, request = ordered()
    assert jobs.put(job, request).job_id == job.job_id
    assert jobs.get(job.job_id) == job


def test_the_five_keys_of_the_contract_are_readable(jobs: RedisJobs, any_redis: str) -> None:
    job, request = ordered()
    jobs.put(job, request)
    claim = jobs.claim(request, "t")
    jobs.save(claim.job.advanced(Stage.COMBINING_MEDIA, 47), request, "t")
    client = redis.Redis.from_url(any_redis, decode_responses=True)
    assert [client.get(f"job:{job.job_id}:{name}") for name in ("status", "progress", "stage")] == [
        "processing", "47", "combining_media",
    ]  # fmt: skip
    assert client.get(f"job:{job.job_id}:request") == request.to_json().decode()


def test_an_unknown_job_is_not_found(jobs: RedisJobs) -> None:
    with pytest.raises(NotFound):
        jobs.get(new_id())


def test_all_keys_expire_together_a_day_after_the_end_and_never_in_work(jobs: RedisJobs, any_redis: str) -> None:
    job, request = ordered()
    jobs.put(job, request)
    assert all(life > 2 * DAY - 10 for life in ttls(any_redis, job.job_id))
    working = jobs.claim(request, "t").job
    assert all(life > DAY + 15 * 60 - 10 for life in ttls(any_redis, job.job_id))
    jobs.save(working.failed("No.", code="render_failed", retryable=False), request, "t")
    lives = ttls(any_redis, job.job_id)
    assert len(lives) == 1 and DAY - 10 < lives.pop() <= DAY


def test_one_of_many_deliveries_works(jobs: RedisJobs) -> None:
    job, request = ordered()
    jobs.put(job, request)
    assert [jobs.claim(request, token).verdict for token in "abc"] == [Verdict.RUN, Verdict.BUSY, Verdict.BUSY]


def test_a_claim_whose_answer_was_lost_is_the_same_attempt(jobs: RedisJobs) -> None:
    job, request = ordered()
    jobs.put(job, request)
    assert [jobs.claim(request, "t").job.attempt for _ in range(3)] == [1, 1, 1]


def test_a_lease_that_ran_out_lets_the_next_one_in_and_shuts_the_first_one_out(jobs: RedisJobs) -> None:
    job, request = ordered()
    jobs.put(job, request)
    first = jobs.claim(request, "first").job
    jobs.save(first.advanced(Stage.COMBINING_MEDIA, 50), request, "first")
    time.sleep(2.1)
    second = jobs.claim(request, "second")
    assert (second.verdict, second.job.attempt, second.job.progress) == (Verdict.RUN, 2, 50)
    with pytest.raises(LeaseLost):
        jobs.save(first.advanced(Stage.UPLOADING, 80), request, "first")
    jobs.save(second.job.advanced(Stage.MEDIA_PROCESSING, 5), request, "second")
    assert jobs.get(job.job_id).progress == 50


def test_a_lease_that_is_renewed_holds(jobs: RedisJobs) -> None:
    job, request = ordered()
    jobs.put(job, request)
    working = jobs.claim(request, "t").job
    for _ in range(3):
        time.sleep(0.9)
        jobs.save(working, request, "t")
    assert jobs.claim(request, "other").verdict is Verdict.BUSY


def test_a_lease_that_is_given_back_lets_the_next_one_in_at_once(jobs: RedisJobs) -> None:
    job, request = ordered()
    jobs.put(job, request)
    jobs.save(jobs.claim(request, "first").job, request, "first", release=True)
    assert jobs.claim(request, "second").verdict is Verdict.RUN


def test_attempts_are_counted_and_end(jobs: RedisJobs) -> None:
    job, request = ordered()
    jobs.put(job, request)
    for attempt in (1, 2, 3):
        claim = jobs.claim(request, f"t{attempt}")
        assert claim.job.attempt == attempt
        jobs.save(claim.job, request, f"t{attempt}", release=True)
    last = jobs.claim(request, "t4")
    assert last.verdict is Verdict.GAVE_UP
    jobs.save(last.job.failed("Enough.", code="gave_up", retryable=True), request, "t4", release=True)
    assert jobs.claim(request, "t5").verdict is Verdict.DONE


def test_an_ended_job_is_not_worked_on_again_nor_changed(jobs: RedisJobs) -> None:
    job, request = ordered()
    jobs.put(job, request)
    working = jobs.claim(request, "t").job
    jobs.save(working.failed("No.", code="render_failed", retryable=False), request, "t")
    assert jobs.claim(request, "u").verdict is Verdict.DONE
    with pytest.raises(LeaseLost):
        jobs.save(working.advanced(Stage.UPLOADING, 80), request, "t")
    assert jobs.get(job.job_id).status is JobStatus.ERROR


def test_an_end_that_is_written_twice_is_written_once(jobs: RedisJobs) -> None:
    job, request = ordered()
    jobs.put(job, request)
    ended = jobs.claim(request, "t").job.failed("No.", code="render_failed", retryable=False)
    jobs.save(ended, request, "t")
    jobs.save(ended, request, "t")
    assert jobs.get(job.job_id).error == "No."


def test_everything_about_a_finished_film_comes_back(jobs: RedisJobs) -> None:
    job, request = ordered()
    jobs.put(job, request)
    film = Film(
        duration_seconds=12.4, width=1080, height=1350, size_bytes=5, narration={"engine": "edge"}, has_captions=True
    )
    links = Links(
        video_url="v",
        poster_url="p",
        captions_url="c",
        vtt_url=None,
        signed_at=now(),
        expires_at=now() + timedelta(days=7),
    )
    warning = JobWarning(code="narration_fallback", message="Another voice spoke.")
    finished = jobs.claim(request, "t").job.warned([warning], degraded=True).completed(film, links)
    jobs.save(finished, request, "t")
    kept = jobs.get(job.job_id)
    assert (kept.film, kept.links, kept.warnings, kept.degraded) == (film, links, (warning,), True)
    assert (kept.status, kept.progress, kept.stage, kept.lease_expires_at) == (
        JobStatus.COMPLETED,
        100,
        Stage.COMPLETED,
        None,
    )

    fresh = replace(links, video_url="fresh")
    jobs.cache_links(replace(kept, links=fresh))
    assert jobs.get(job.job_id).links == fresh


def test_a_redis_that_forgot_learns_the_job_again_from_its_worker(jobs: RedisJobs, any_redis: str) -> None:
    job, request = ordered()
    jobs.put(job, request)
    working = jobs.claim(request, "t").job
    redis.Redis.from_url(any_redis).flushall()
    jobs.save(working.advanced(Stage.COMBINING_MEDIA, 44), request, "t")
    kept = jobs.get(job.job_id)
    assert (kept.progress, kept.attempt, kept.metadata) == (44, 1, {"a": 1})
    assert jobs.claim(request, "other").verdict is Verdict.BUSY


def test_a_task_whose_job_is_forgotten_is_worked_on(jobs: RedisJobs) -> None:
    job, request = ordered()
    claim = jobs.claim(request, "t")
    assert (claim.verdict, claim.job.attempt, claim.job.status) == (Verdict.RUN, 1, JobStatus.PROCESSING)
    jobs.save(claim.job.advanced(Stage.MEDIA_PROCESSING, 3), request, "t")
    assert jobs.get(job.job_id).progress == 3


def test_a_job_that_the_queue_refused_is_not_worked_on(jobs: RedisJobs) -> None:
    job, request = ordered()
    jobs.put(job, request)
    jobs.refuse(job.failed("Not started.", code="unavailable", retryable=True))
    assert jobs.claim(request, "t").verdict is Verdict.DONE


def test_a_job_in_work_is_not_refused_any_more(jobs: RedisJobs) -> None:
    job, request = ordered()
    jobs.put(job, request)
    jobs.claim(request, "t")
    jobs.refuse(job.failed("Not started.", code="unavailable", retryable=True))
    assert jobs.get(job.job_id).status is JobStatus.PROCESSING


def test_the_same_key_and_body_is_the_same_job_and_another_body_a_conflict(jobs: RedisJobs) -> None:
    (job, request), (later, again) = ordered(), ordered()
    key = Idempotency(key="-:k", body_sha256=request.fingerprint())
    assert not jobs.put(job, request, key).replayed
    assert not jobs.put(job, request, key).replayed  # the answer of the first was lost on the way
    replay = jobs.put(later, again, key)
    assert (replay.job_id, replay.replayed, replay.unconfirmed) == (job.job_id, True, request)
    jobs.confirm(key)
    assert jobs.put(later, again, key).unconfirmed is None
    with pytest.raises(IdempotencyConflict):
        jobs.put(later, again, Idempotency(key="-:k", body_sha256="another"))
    with pytest.raises(NotFound):
        jobs.get(later.job_id)


def test_a_refused_job_frees_its_key(jobs: RedisJobs) -> None:
    (job, request), (later, again) = ordered(), ordered()
    key = Idempotency(key="-:k", body_sha256=request.fingerprint())
    jobs.put(job, request, key)
    jobs.refuse(job.failed("Not started.", code="unavailable", retryable=True), key)
    assert not jobs.put(later, again, key).replayed


def test_pictures_are_checked_with_the_same_breath(jobs: RedisJobs) -> None:
    known, foreign, unknown = image(), image(owner="somebody"), new_id()
    jobs.put_images([known, foreign])
    job, request = ordered(image_ids=(known.id,))
    assert jobs.put(job, request)
    job, request = ordered(image_ids=(known.id, foreign.id, unknown))
    with pytest.raises(ImageNotFound) as missing:
        jobs.put(job, request)
    assert [error.field for error in missing.value.errors] == ["user_image_ids[1]", "user_image_ids[2]"]
    assert unknown in missing.value.errors[1].message
    with pytest.raises(NotFound):
        jobs.get(job.job_id)


def test_a_picture_is_forgotten_when_it_expires(jobs: RedisJobs, any_redis: str) -> None:
    known = image()
    jobs.put_images([known])
    assert 3500 < int(redis.Redis.from_url(any_redis).ttl(f"image:{known.id}")) <= 3600  # type: ignore[arg-type]


def test_a_dead_redis_is_unavailable_within_a_few_seconds() -> None:
    jobs = RedisJobs.connect("redis://127.0.0.1:1", lease_seconds=2, max_attempts=3)
    began = time.monotonic()
    with pytest.raises(Unavailable):
        jobs.get(new_id())
    assert time.monotonic() - began < 5


def test_a_job_that_waits_is_cancelled_at_once(jobs: RedisJobs, any_redis: str) -> None:
    job, request = ordered()
    jobs.put(job, request)
    assert jobs.cancel(job.job_id).status is JobStatus.CANCELLED
    assert jobs.claim(request, "t").verdict is Verdict.DONE
    assert len(ttls(any_redis, job.job_id)) == 1


def test_the_worker_of_a_job_in_work_is_told_to_cancel_it(jobs: RedisJobs) -> None:
    job, request = ordered()
    jobs.put(job, request)
    working = jobs.claim(request, "t").job
    assert jobs.cancel(job.job_id).status is JobStatus.PROCESSING
    for change in (working.advanced(Stage.COMBINING_MEDIA, 50), replace(working, status=JobStatus.COMPLETED)):
        with pytest.raises(CancelAsked):
            jobs.save(change, request, "t")
    jobs.save(working.cancelled(), request, "t")
    assert jobs.get(job.job_id).status is JobStatus.CANCELLED


def test_a_job_whose_worker_died_after_a_cancel_is_cancelled_by_the_next_one(jobs: RedisJobs) -> None:
    job, request = ordered()
    jobs.put(job, request)
    jobs.save(jobs.claim(request, "first").job, request, "first", release=True)
    jobs.cancel(job.job_id)
    second = jobs.claim(request, "second").job
    with pytest.raises(CancelAsked):
        jobs.save(second, request, "second")


def test_an_ended_job_is_not_cancelled_any_more(jobs: RedisJobs) -> None:
    job, request = ordered()
    jobs.put(job, request)
    failed = jobs.claim(request, "t").job.failed("No.", code="render_failed", retryable=False)
    jobs.save(failed, request, "t")
    assert jobs.cancel(job.job_id).status is JobStatus.ERROR
    with pytest.raises(NotFound):
        jobs.cancel(new_id())


def test_pictures_are_required_of_their_owner(jobs: RedisJobs) -> None:
    mine, anybodys = image(owner="me"), image()
    jobs.put_images([mine, anybodys])
    jobs.require_images([], "me")
    jobs.require_images([mine.id], "me")
    jobs.require_images([anybodys.id], None)
    with pytest.raises(ImageNotFound) as refused:
        jobs.require_images([mine.id, anybodys.id, new_id()], "me")
    assert [error.field for error in refused.value.errors] == ["user_image_ids[1]", "user_image_ids[2]"]


def test_the_pace_of_films_is_that_of_the_last_ones(jobs: RedisJobs, any_redis: str) -> None:
    kind = f"standard:{new_id()}"
    assert jobs.pace(kind) is None
    jobs.note_pace(kind, 0.5)
    assert jobs.pace(kind) == 0.5
    for _ in range(20):
        jobs.note_pace(kind, 1.5)
    assert jobs.pace(kind) == pytest.approx(1.5, abs=0.01)
    assert 0 < redis.Redis.from_url(any_redis).ttl(f"pace:{kind}") <= 30 * DAY  # type: ignore[operator]
