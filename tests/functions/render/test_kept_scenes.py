"""A voice that was bought is used again: by the next attempt, and by the film of a changed plan."""

import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from functions.render import pipeline
from functions.render.job import run_job
from functions.render.kept_scenes import KeptScenes
from functions.render.narration import Narration, WordTiming
from functions.render.pipeline import Studio
from functions.render.spoken import Bought
from shared.adapters.disk_blobs import DiskBlobs
from shared.adapters.redis_jobs import RedisJobs
from shared.blobs import forget_voices, voice_name
from shared.config import Settings
from shared.errors import NotFound, Unavailable
from shared.ids import new_id
from shared.jobs import Film, Job, JobStatus, Verdict, now
from shared.video_request import PlannedScene, VideoRequest
from tests.fake_edge import FakeEdge
from tests.service import eventually

POST = "I almost deleted this draft. Instead I sent it."
BOUGHT = Bought(
    narration=Narration(
        audio=np.arange(-50, 50, dtype=np.int16),
        sample_rate=44_100,
        words=(WordTiming(text="naïve", start=0.0, end=0.001), WordTiming(text="→", start=0.001, end=0.002)),
    ),
    engine="edge",
    voice="en-US-JennyNeural",
    failures=(("espeak", "It was not installed."),),
    seconds=1.5,
    size=1234,
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


def kept(store: DiskBlobs, request: VideoRequest) -> list[str]:
    """The names of the scenes that are kept for a film, and are really there."""
    try:
        names = store.get(voice_name(request.job_id)).decode().splitlines()
    except NotFound:
        return []
    return [name for name in names if _is_there(store, name)]


def _is_there(store: DiskBlobs, name: str) -> bool:
    try:
        store.find(name)
    except NotFound:
        return False
    return True


def shelf(store: DiskBlobs, words: str = "naïve →", order: Sequence[object] = ("me", "Jenny")) -> KeptScenes:
    return KeptScenes(store, new_id(), [words.split()], order)


def stored(store: DiskBlobs) -> None:
    first = shelf(store)
    first.keep(0, BOUGHT)
    first.close()


def test_what_was_kept_comes_back_as_it_was(store: DiskBlobs) -> None:
    stored(store)
    found = shelf(store).find()[0]
    assert found.narration.audio.tolist() == BOUGHT.narration.audio.tolist()
    assert found.narration.words == BOUGHT.narration.words
    assert (found.engine, found.voice, found.failures) == (BOUGHT.engine, BOUGHT.voice, BOUGHT.failures)
    assert (found.seconds, found.size) == (1.5, 1234)


def test_other_words_another_voice_or_another_owner_is_not_what_was_kept(store: DiskBlobs) -> None:
    stored(store)
    assert shelf(store, words="naïve ←").find() == {}
    assert shelf(store, order=("me", "Guy")).find() == {}
    assert shelf(store, order=("you", "Jenny")).find() == {}


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 and then nothing", b"\x93NUMPY"])
def test_what_cannot_be_read_is_spoken_again(store: DiskBlobs, damage: bytes) -> None:
    stored(store)
    for path in (store.path("voices")).iterdir():
        if path.is_file():
            path.write_bytes(damage)
    assert shelf(store).find() == {}


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
    assert job.film.usage.calls == 0 and job.film.usage.scenes_reused == len(kept(store, request_))


SCENES = tuple(
    PlannedScene(text=text)
    for text in (
        "I said no to a promotion.",
        "My team was surprised.",
        "Then something changed.",
        "We grew faster without meetings.",
        "Nobody missed the slides.",
        "Would you have said no?",
    )
)


def film_of(scenes: tuple[PlannedScene, ...], jobs: RedisJobs, studio: Studio, owner: str = "me") -> tuple[str, Film]:
    request = VideoRequest(
        content=POST, job_id=new_id(), created_at=now().isoformat(), quality="preview", aspect_ratio="1:1",
        owner=owner, scenes=scenes,
    )  # fmt: skip
    jobs.put(Job(job_id=request.job_id, created_at=now(), updated_at=now(), owner=owner), request)
    assert delivered(request, jobs, studio) is Verdict.RUN
    film = jobs.get(request.job_id).film
    assert film
    return request.job_id, film


def test_a_plan_with_one_changed_scene_buys_one_call(redis_url: str, studio: Studio) -> None:
    jobs = RedisJobs.connect(redis_url, lease_seconds=60, max_attempts=3)
    changed = (*SCENES[:3], PlannedScene(text="We grew slower, and slept better."), *SCENES[4:])
    with FakeEdge() as edge:
        _, first = film_of(SCENES, jobs, studio)
        asked = len(edge.asked)
        _, second = film_of(changed, jobs, studio)
        assert len(edge.asked) == asked + 1
        assert "slept better" in edge.asked[-1].text and "surprised" not in edge.asked[-1].text
        _, somebody_elses = film_of(SCENES, jobs, studio, owner="you")
    assert (first.usage.calls, first.usage.scenes_reused) == (asked, 0)
    assert first.usage.bytes_bought > 0 and first.usage.characters > 100
    assert (second.usage.calls, second.usage.scenes_reused) == (1, 5)
    assert second.usage.characters == len("We grew slower, and slept better.")
    assert 0 < second.usage.bytes_bought < first.usage.bytes_bought
    assert second.usage.bytes_reused > 0 and second.usage.seconds_saved > 0
    assert somebody_elses.usage.scenes_reused == 0


def test_erasing_a_film_erases_the_voices_that_were_kept(redis_url: str, studio: Studio, store: DiskBlobs) -> None:
    jobs = RedisJobs.connect(redis_url, lease_seconds=60, max_attempts=3)
    with FakeEdge():
        job_id, _ = film_of(SCENES, jobs, studio)
    assert any(path.is_file() for path in store.path("voices").iterdir())
    forget_voices(store, job_id)
    assert not any(path.is_file() for path in store.path("voices").rglob("*"))


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


def test_a_voice_whose_list_is_erased_while_it_is_kept_goes_with_the_film(
    request_: VideoRequest, one_store: RedisJobs, studio: Studio, store: DiskBlobs
) -> None:
    with FakeEdge():
        delivered(request_, one_store, studio)
    assert kept(store, request_)
    store.delete(voice_name(request_.job_id))
    studio.retract(request_)
    assert not any(path.is_file() for path in store.path("voices").rglob("*"))


def test_an_attempt_that_is_stopped_keeps_nothing_after_it_has_ended(
    request_: VideoRequest, one_store: RedisJobs, studio: Studio, store: DiskBlobs
) -> None:
    long = msgspec.structs.replace(
        request_, content=" ".join(f"Sentence number {n} is a short one." for n in range(60))
    )
    true, slow = store.put, threading.Event()

    def put(*arguments: Any, **options: Any) -> Any:
        slow.wait(0.3)
        return true(*arguments, **options)

    store.put = put  # type: ignore[method-assign]
    with FakeEdge(["ok", "hang"]) as edge:

        def cancel() -> None:
            eventually(lambda: len(edge.asked) > 1, 20)
            one_store.cancel(long.job_id)

        threading.Thread(target=cancel).start()
        delivered(long, one_store, studio)
    assert one_store.get(long.job_id).status is JobStatus.CANCELLED
    assert not any(path.is_file() for path in store.path("voices").rglob("*"))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("kept")]
