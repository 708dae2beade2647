"""A job moves on, ends once, and never reads as `processing` for ever."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.blobs import video_name
from shared.ids import is_id, made_at, new_id
from shared.jobs import Job, JobStatus, JobWarning, Stage, now, timestamp


def job(**changes: object) -> Job:
    moment = datetime(2026, 3, 13, 8, tzinfo=UTC)
    return Job(**{"job_id": new_id(), "created_at": moment, "updated_at": moment, **changes})  # type: ignore[arg-type]


def test_an_id_tells_its_day_and_sorts_by_time() -> None:
    early, late = new_id(1_700_000_000.25), new_id(1_700_000_001)
    assert is_id(early) and early < late
    assert made_at(early) == datetime(2023, 11, 14, 22, 13, 20, 250_000, tzinfo=UTC)
    assert video_name(early) == f"videos/2023/11/14/{early}.mp4"
    assert abs(made_at(new_id()) - now()) < timedelta(seconds=5)
    assert len({new_id() for _ in range(1000)}) == 1000


@pytest.mark.parametrize("text", ["", "x", "../../etc/passwd", new_id().upper(), "{" + new_id() + "}", "0" * 36])
def test_only_our_own_ids_are_ids(text: str) -> None:
    assert not is_id(text)


def test_the_stages_end_where_the_contract_says() -> None:
    assert [stage.ends_at for stage in Stage] == [20, 40, 60, 80, 100]
    assert [Stage.COMBINING_MEDIA.progress(fraction) for fraction in (-1, 0, 0.5, 1, 2)] == [40, 40, 50, 60, 60]
    assert Stage.MEDIA_PROCESSING.progress(0.5) == 10


def test_progress_never_falls() -> None:
    further = job().advanced(Stage.UPLOADING, 70)
    assert further.advanced(Stage.MEDIA_PROCESSING, 3).progress == 70


def test_a_failed_job_keeps_the_stage_it_failed_in() -> None:
    failed = job().advanced(Stage.AUDIO_GENERATION, 25).failed("No voice.", code="render_failed", retryable=False)
    assert (failed.status, failed.error) == (JobStatus.ERROR, "No voice.")
    assert failed.error_detail and failed.error_detail.stage == "audio_generation"


def test_a_warning_is_kept_once() -> None:
    warning = JobWarning(code="text_shortened", message="One sentence was left out.")
    assert job().warned([warning]).warned([warning], degraded=True).warnings == (warning,)


@pytest.mark.parametrize(("status", "minutes"), [(JobStatus.PROCESSING, 15), (JobStatus.QUEUED, 24 * 60)])
def test_what_nobody_works_on_reads_as_stalled(status: JobStatus, minutes: int) -> None:
    waiting = job(status=status)
    limit = waiting.updated_at + timedelta(minutes=minutes)
    assert waiting.as_read_at(limit).status is status
    stalled = waiting.as_read_at(limit + timedelta(seconds=1))
    assert stalled.status is JobStatus.ERROR and stalled.error
    assert stalled.error_detail and stalled.error_detail.code == "stalled" and stalled.error_detail.retryable


def test_a_held_lease_keeps_a_job_alive() -> None:
    working = job(status=JobStatus.PROCESSING)
    leased = job(status=JobStatus.PROCESSING, lease_expires_at=working.updated_at + timedelta(hours=1))
    assert leased.as_read_at(leased.updated_at + timedelta(hours=1)).status is JobStatus.PROCESSING


def test_an_ended_job_stays_as_it_ended() -> None:
    failed = job().failed("No voice.", code="render_failed", retryable=False)
    assert failed.as_read_at(failed.updated_at + timedelta(days=2)) is failed


def test_times_are_rfc_3339_in_utc() -> None:
    assert timestamp(datetime(2026, 3, 13, 8, 0, 0, 1500, tzinfo=UTC)) == "2026-03-13T08:00:00.001Z"
