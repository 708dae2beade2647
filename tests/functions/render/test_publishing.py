"""How a film is published: who is not its worker any more stores nothing, and what is stored is not thrown away."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
import redis

from functions.render import publishing
from functions.render.job import Attempt
from functions.render.publishing import publish
from shared.adapters.disk_blobs import DiskBlobs
from shared.adapters.redis_jobs import RedisJobs
from shared.blobs import Blob, Link, video_name
from shared.errors import NotFound, StoppedEarly, Unavailable
from shared.ids import new_id
from shared.jobs import Film, Job, Links, VoiceUsage, now
from shared.linkedin_post import pack
from shared.video_request import VideoRequest
from tests.functions.render.reading import ffmpeg


class Interrupted(DiskBlobs):
    """A store during whose work something else happens: after the first file, `meanwhile`. It cannot sign at first."""

    meanwhile = staticmethod(lambda: None)
    refused = 0

    def put(self, name: str, source: bytes | Path, *, content_type: str, metadata: Mapping[str, str]) -> Blob:
        stored = super().put(name, source, content_type=content_type, metadata=metadata)
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        return stored

    def sign(self, name: str, lifetime: timedelta, *, download_name: str | None = None) -> Link:
        if self.refused:
            self.refused -= 1
            raise Unavailable("IAM does not answer.")
        return super().sign(name, lifetime, download_name=download_name)


POST = pack("A post.", ["A post."], captions_burned=True, has_captions=True)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    target = tmp_path / "film.mp4"
    sources = ["-f", "lavfi", "-i", "testsrc=size=128x160:rate=25:duration=1", "-f", "lavfi", "-i", "sine=d=1"]
    ffmpeg(*sources, "-y", target)
    return target


@pytest.fixture
def jobs(redis_url: str) -> RedisJobs:
    return RedisJobs.connect(redis_url, lease_seconds=60, max_attempts=3)


@pytest.fixture
def request_(jobs: RedisJobs) -> VideoRequest:
    moment = now()
    request = VideoRequest(content="It works.", job_id=new_id(), created_at=moment.isoformat())
    jobs.put(Job(job_id=request.job_id, created_at=moment, updated_at=moment), request)
    return request


@pytest.fixture
def videos(tmp_path: Path) -> Interrupted:
    return Interrupted(tmp_path / "videos", url="http://here/files/videos", key="a key")


@pytest.fixture
def go(
    jobs: RedisJobs, request_: VideoRequest, videos: Interrupted, film: Path, tmp_path: Path
) -> Callable[[], tuple[Film, Links]]:
    """Publishes the film, as a worker whose heart, which would notice what happens, has not come to it yet."""
    uploads = DiskBlobs(tmp_path / "uploads", url="http://here/files/uploads", key="a key")
    attempt = Attempt(jobs, request_, jobs.claim(request_, "we").job, "we", lease_seconds=60)
    return lambda: publish(
        film,
        b"poster",
        [],
        request_,
        attempt,
        narration={},
        post=POST,
        usage=VoiceUsage(),
        videos=videos,
        uploads=uploads,
        images={},
    )


def test_a_worker_whose_job_was_taken_while_it_stored_the_poster_does_not_store_the_film(
    redis_url: str, jobs: RedisJobs, request_: VideoRequest, videos: Interrupted, go: Callable[[], object]
) -> None:
    def take() -> None:
        redis.Redis.from_url(redis_url).delete(f"job:{request_.job_id}:lease")
        assert jobs.claim(request_, "they").verdict == "run"

    videos.meanwhile = take
    with pytest.raises(StoppedEarly):
        go()
    assert videos.find(video_name(request_.job_id, "jpg"))
    with pytest.raises(NotFound):
        videos.find(video_name(request_.job_id))


def test_a_stored_film_waits_for_who_signs_its_addresses(
    request_: VideoRequest, videos: Interrupted, go: Callable[[], tuple[Film, Links]]
) -> None:
    videos.refused = 2
    film, links = go()
    assert videos.find(video_name(request_.job_id)).size == film.size_bytes
    assert video_name(request_.job_id) in links.video_url


def test_who_signs_may_not_keep_a_film_waiting_for_ever(
    videos: Interrupted, go: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "SIGN_PATIENCE", 0.0)
    videos.refused = 99
    with pytest.raises(Unavailable):
        go()
