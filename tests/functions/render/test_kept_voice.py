"""A voice that was bought is used again by the next attempt, and gone when the film has ended."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from functions.render import pipeline
from functions.render.job import run_job
from functions.render.kept_voice import KeptVoice
from functions.render.narration import Narration, Spoken, WordTiming
from functions.render.pipeline import Studio
from shared.adapters.disk_blobs import DiskBlobs
from shared.adapters.redis_jobs import RedisJobs
from shared.blobs import voice_name
from shared.config import Settings
from shared.errors import NotFound, Unavailable
from shared.ids import new_id
from shared.jobs import Job, JobStatus, Verdict, now
from shared.video_request import VideoRequest
from tests.fake_edge import FakeEdge

POST = "I almost deleted this draft. Instead I sent it."
SPOKEN = Spoken(
    scenes=(
        Narration(
            audio=np.arange(-50, 50, dtype=np.int16),
            sample_rate=44_100,
            words=(WordTiming(text="naïve", start=0.0, end=0.001), WordTiming(text="→", start=0.001, end=0.002)),
        ),
        Narration(audio=np.zeros(7, dtype=np.int16), sample_rate=44_100, words=()),
    ),
    engine="edge",
    failures=(("espeak", "It was not installed."),),
)


@pytest.fixture
def store(tmp_path: Path) -> DiskBlobs:
    return DiskBlobs(tmp_path / "uploads", url="http://localhost/files/uploads", key="k")


@pytest.fixture
def studio(store: DiskBlobs, tmp_path: Path) -> Iterator[Studio]:
    before, tempfile.tempdir = tempfile.tempdir, str(tmp_path)
    yield Studio(
        settings=Settings.from_env({"NARRATORS": "edge", "DATA_DIR": str(tmp_path)}),
        videos=DiskBlobs(tmp_path / "videos", url="http://localhost/files/videos", key="k"),
        uploads=store,
    )
    tempfile.tempdir = before


@pytest.fixture
def request_(redis_url: str) -> VideoRequest:
    return VideoRequest(
        content=POST, job_id=new_id(), created_at=now().isoformat(), quality="preview", aspect_ratio="1:1"
    )


@pytest.fixture
def one_store(redis_url: str, request_: VideoRequest) -> RedisJobs:
    jobs = RedisJobs.connect(redis_url, lease_seconds=60, max_attempts=3)
    jobs.put(Job(job_id=request_.job_id, created_at=now(), updated_at=now()), request_)
    return jobs


def delivered(request: VideoRequest, jobs: RedisJobs, studio: Studio) -> Verdict:
    return run_job(
        request,
        jobs,
        studio.make_video,
        lease_seconds=60,
        max_attempts=3,
        retract=studio.retract,
        after=lambda request, job: studio.tidy(request),
    )


def failing_once(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The first call of a part of the pipeline fails in a way that another attempt may not meet."""
    true: Callable[..., Any] = getattr(pipeline, name)
    failures = [Unavailable("The file store does not answer.")]

    def failing(*arguments: Any, **options: Any) -> Any:
        if failures:
            raise failures.pop()
        return true(*arguments, **options)

    monkeypatch.setattr(pipeline, name, failing)


def kept(store: DiskBlobs, request: VideoRequest) -> bool:
    try:
        store.find(voice_name(request.job_id))
    except NotFound:
        return False
    return True


def test_what_was_kept_comes_back_as_it_was(store: DiskBlobs) -> None:
    KeptVoice(store, "voices/a", ["order"]).keep(SPOKEN)
    found = KeptVoice(store, "voices/a", ["order"]).find()
    assert found
    assert [scene.audio.tolist() for scene in found.scenes] == [scene.audio.tolist() for scene in SPOKEN.scenes]
    assert [scene.words for scene in found.scenes] == [scene.words for scene in SPOKEN.scenes]
    assert (found.engine, found.failures) == (SPOKEN.engine, SPOKEN.failures)


def test_other_words_or_another_voice_are_not_what_was_kept(store: DiskBlobs) -> None:
    KeptVoice(store, "voices/a", [["one"], "en-US-JennyNeural"]).keep(SPOKEN)
    assert KeptVoice(store, "voices/a", [["two"], "en-US-JennyNeural"]).find() is None
    assert KeptVoice(store, "voices/a", [["one"], "en-US-GuyNeural"]).find() is None


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 and then nothing", b"\x93NUMPY"])
def test_what_cannot_be_read_is_spoken_again(store: DiskBlobs, damage: bytes) -> None:
    voice = KeptVoice(store, "voices/a", ["order"])
    voice.keep(SPOKEN)
    order = store.find("voices/a").metadata
    store.put("voices/a", damage, content_type="application/octet-stream", metadata=order)
    assert voice.find() is None


def test_a_voice_that_costs_nothing_is_not_kept(store: DiskBlobs) -> None:
    KeptVoice(store, "voices/a", []).keep(Spoken(scenes=SPOKEN.scenes, engine="espeak"))
    with pytest.raises(NotFound):
        store.find("voices/a")


def test_the_second_attempt_does_not_buy_the_voice_again(
    request_: VideoRequest, one_store: RedisJobs, studio: Studio, store: DiskBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_once(monkeypatch, "publish")
    with FakeEdge() as edge:
        with pytest.raises(Unavailable):
            delivered(request_, one_store, studio)
        assert kept(store, request_)
        assert delivered(request_, one_store, studio) is Verdict.RUN
        assert len(edge.asked) == 1
    job = one_store.get(request_.job_id)
    assert (job.status, job.attempt, job.degraded) == (JobStatus.COMPLETED, 2, False)
    assert job.film and job.film.narration["engine"] == "edge"
    assert not kept(store, request_)


def test_a_worker_that_died_after_the_end_leaves_the_voice_to_the_next_delivery(
    request_: VideoRequest, one_store: RedisJobs, studio: Studio, store: DiskBlobs
) -> None:
    with FakeEdge():
        delivered(request_, one_store, studio)
    KeptVoice(store, voice_name(request_.job_id), []).keep(SPOKEN)
    assert delivered(request_, one_store, studio) is Verdict.DONE
    assert not kept(store, request_)


def test_a_cancelled_film_keeps_no_voice(
    request_: VideoRequest, one_store: RedisJobs, studio: Studio, store: DiskBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_once(monkeypatch, "publish")
    with FakeEdge():
        with pytest.raises(Unavailable):
            delivered(request_, one_store, studio)
        one_store.cancel(request_.job_id)
        delivered(request_, one_store, studio)
    assert one_store.get(request_.job_id).status is JobStatus.CANCELLED
    assert not kept(store, request_)
