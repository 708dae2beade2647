"""Whole films with photographs of services that audit: credits, reports, warnings, no key in any log."""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import redis

from functions.render.job import run_job
from functions.render.pipeline import Studio
from shared.adapters.disk_blobs import DiskBlobs
from shared.adapters.redis_jobs import RedisJobs
from shared.blobs import Blob, image_name
from shared.config import Settings
from shared.errors import Unavailable
from shared.ids import new_id
from shared.jobs import Job, JobStatus, now
from shared.stock import PhotoService
from shared.storyboard.search import CHOSEN
from shared.video_request import PlannedScene, VideoRequest
from tests import fake_pexels, fake_unsplash
from tests.fake_pexels import FakePexels
from tests.fake_unsplash import FakeUnsplash
from tests.functions.render.reading import decoded
from tests.stock_fixtures import pexels, photo_services, unsplash, web
from tests.stock_site import photograph

__all__ = ["pexels", "photo_services", "unsplash", "web"]  # fixtures

POST = "I drank coffee with customers.\n\nThey told me that the factory floor is too loud for any phone call at all."
SECRET_WORDS = ("loud", "drank")
Make = Callable[..., Job]


@pytest.fixture
def make(photo_services: tuple[PhotoService, ...], redis_url: str, tmp_path: Path) -> Make:
    """A film, as a delivery makes it."""

    def film(*, services: Any = None, twice: bool = False, videos: Any = DiskBlobs, **options: Any) -> Job:
        var = tmp_path / "var"
        studio = Studio(
            settings=Settings.from_env({"NARRATORS": "silent", "DATA_DIR": str(var), "VIDEO_SEGMENT_DURATION": "3"}),
            videos=videos(var / "videos", url="http://localhost/files/videos", key="k"),
            uploads=DiskBlobs(var / "uploads", url="http://localhost/files/uploads", key="k"),
            photos=photo_services if services is None else services,
        )
        jobs = RedisJobs.connect(redis_url, lease_seconds=60, max_attempts=3)
        options = {"content": POST, "aspect_ratio": "1:1", "quality": "preview", "narration": "off"} | options
        request = VideoRequest(job_id=new_id(), created_at=now().isoformat(), **options)
        for _ in range(1 + twice):
            with suppress(Unavailable):  # the queue brings it again
                run_job(request, jobs, studio.make_video, lease_seconds=60, max_attempts=3)
        return jobs.get(request.job_id)

    return film


def used(fake: FakeUnsplash) -> list[str]:
    return list(fake.reported)


def test_a_film_shows_photographs_names_who_made_them_and_reports_each_once(
    make: Make, unsplash: FakeUnsplash, tmp_path: Path, redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    job = make(twice=True)
    assert job.status is JobStatus.COMPLETED and job.film
    assert job.warnings == () and not job.degraded
    credits = job.film.credits
    assert len(credits) >= 2 and len({credit.url for credit in credits}) == len(credits)
    unsplash.audit(used(unsplash), list(credits))
    assert {credit.url.partition("?")[0].rpartition("/")[2] for credit in credits} == set(used(unsplash))

    (film,) = (tmp_path / "var").rglob("*.mp4")
    frames = decoded(film, (540, 540)).astype(int)
    corners = frames[:, 60:120, 480:530].reshape(len(frames), -1)  # beside all letters
    changed = np.abs(np.diff(corners, axis=0)).mean(axis=1) > 1
    assert changed.any()
    edge = frames[:, 12:40, 27:200]
    assert np.abs(edge[-1] - edge[-100 if len(edge) > 100 else 0]).mean() > 5  # the small print, at the end

    told = f"{caplog.text} {[record.__dict__ for record in caplog.records]} {job}"
    store = redis.Redis.from_url(redis_url, decode_responses=True)
    kept = " ".join(f"{key} {store.get(key)!r}" for key in store.scan_iter("stock:*"))
    assert kept
    for key in (fake_unsplash.KEY, fake_pexels.KEY):
        assert key not in told + kept
    asked = " ".join(query["query"] for query in unsplash.searches)
    assert asked and not any(word in asked + kept for word in SECRET_WORDS)


def test_a_film_of_a_second_attempt_reports_what_it_shows_and_once(make: Make, unsplash: FakeUnsplash) -> None:
    class ForgetfulStore(DiskBlobs):
        """Fails once, when the film itself is stored: the attempt must be made again."""

        def put(self, name: str, content: bytes | Path, *, content_type: str, metadata: Mapping[str, str]) -> Blob:
            if name.endswith(".mp4") and not outages:
                outages.append(dict(unsplash.reported))
                raise Unavailable("The store does not answer.")
            return super().put(name, content, content_type=content_type, metadata=metadata)

    outages: list[dict[str, int]] = []
    job = make(videos=ForgetfulStore, twice=True)
    assert outages == [{}]  # nothing was published yet, so nothing was used
    assert job.attempt == 2 and job.film
    unsplash.audit(used(unsplash), list(job.film.credits))


@pytest.mark.parametrize("fault", ["401", "500", "garbage"])
def test_a_film_is_made_whatever_the_services_do(
    make: Make, unsplash: FakeUnsplash, pexels: FakePexels, fault: str
) -> None:
    unsplash.fault, pexels.fault = fault, "401"
    job = make()
    assert job.status is JobStatus.COMPLETED and job.film and job.film.credits == ()
    assert [warning.code for warning in job.warnings] == ["pictures_fallback"]
    assert unsplash.reported == {}


def test_a_chosen_photograph_is_in_the_film(make: Make, unsplash: FakeUnsplash, tmp_path: Path) -> None:
    scenes = (
        PlannedScene(text="I drank coffee with our customers.", search_terms=("coffee cup",)),
        PlannedScene(text="It was loud.", search_terms=("unsplash:LBI7cgq3pbM",)),
        PlannedScene(text="They told me that the factory floor is too loud for any call at all.", search_terms=()),
    )
    job = make(scenes=scenes)
    assert job.film and "LBI7cgq3pbM" in used(unsplash)
    unsplash.audit(used(unsplash), list(job.film.credits))
    assert "coffee cup" in [query["query"] for query in unsplash.searches]
    assert not any(CHOSEN.fullmatch(query["query"]) for query in unsplash.searches)


def test_every_chosen_photograph_is_shown_however_short_its_scene(make: Make, unsplash: FakeUnsplash) -> None:
    texts = ("I drank some coffee.", "It was loud.", "Nobody called me again.")
    job = make(scenes=tuple(PlannedScene(text=t, search_terms=(f"unsplash:own{n}",)) for n, t in enumerate(texts)))
    assert job.film and sorted(used(unsplash)) == ["own0", "own1", "own2"]
    unsplash.audit(used(unsplash), list(job.film.credits))


def test_who_gives_pictures_of_their_own_gets_no_others(make: Make, unsplash: FakeUnsplash, tmp_path: Path) -> None:
    uploads = DiskBlobs(tmp_path / "var" / "uploads", url="http://localhost", key="k")
    image_id = new_id()
    uploads.put(image_name(image_id), photograph("own", (400, 400)), content_type="image/jpeg", metadata={})
    job = make(user_image_ids=(image_id,))
    assert job.status is JobStatus.COMPLETED and job.film
    assert job.film.credits == () and unsplash.calls == [] and job.warnings == ()
