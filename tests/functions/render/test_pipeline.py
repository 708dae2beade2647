"""From a request to a published film, with nothing replaced: real voice, real Redis, real ffmpeg, real stores."""

import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from functions.render.inspection import inspect
from functions.render.job import run_job
from functions.render.narrators.espeak import EspeakNarrator
from functions.render.pipeline import Studio
from shared.adapters.disk_blobs import DiskBlobs
from shared.adapters.redis_jobs import RedisJobs
from shared.blobs import image_name, video_name
from shared.config import Settings
from shared.errors import NotFound
from shared.ids import new_id
from shared.jobs import Job, JobStatus, Stage, Verdict, now
from shared.video_request import CaptionOptions, VideoRequest
from tests.functions.render.reading import decoded, sound

POST = "I almost deleted this draft.\n\nInstead I sent it, and ten people wrote back within the hour. 🎉"
OWNER = "someone"
RED, BLUE = (190, 40, 40), (40, 60, 190)  # red, green, blue


@dataclass(frozen=True, kw_only=True)
class House:
    """A studio with its stores and a Redis, all its temporary files in one folder."""

    studio: Studio
    jobs: RedisJobs
    temporary: Path
    requests: dict[str, VideoRequest] = field(default_factory=dict)

    def uploaded(self, colour: tuple[int, int, int], content: bytes | None = None) -> str:
        """A picture of one colour, as `upload` stores it: its id."""
        image_id = new_id()
        jpeg = io.BytesIO()
        Image.new("RGB", (400, 400), colour).save(jpeg, "JPEG")
        data = jpeg.getvalue() if content is None else content
        metadata = {"owner": OWNER, "width": "400"}
        self.studio.uploads.put(image_name(image_id), data, content_type="image/jpeg", metadata=metadata)
        return image_id

    def film(self, content: str = POST, **options: Any) -> "Made":
        request = VideoRequest(
            content=content,
            job_id=new_id(),
            created_at=now().isoformat(),
            owner=OWNER,
            quality="preview",
            aspect_ratio="1:1",
            **options,
        )
        verdict = run_job(request, self.jobs, self.studio.make_video, lease_seconds=60, max_attempts=3)
        assert verdict is Verdict.RUN
        return Made(house=self, request=request, job=self.jobs.get(request.job_id))


@dataclass(frozen=True, kw_only=True)
class Made:
    """What one delivery left behind."""

    house: House
    request: VideoRequest
    job: Job

    def stored(self, extension: str) -> bytes:
        return self.house.studio.videos.get(video_name(self.request.job_id, extension))

    def path(self) -> Path:
        assert isinstance(self.house.studio.videos, DiskBlobs)
        return self.house.studio.videos.path(video_name(self.request.job_id))


@pytest.fixture(scope="module")
def house(embedded_redis: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    try:
        EspeakNarrator(rate=1.0, volume=1.0, sample_rate=44_100).narrate(["Hello."])
    except Exception as error:
        pytest.skip(f"NO espeak-ng HERE: no film is made with a voice ({error}). Install espeakng-loader.")
    var, temporary = tmp_path_factory.mktemp("var"), tmp_path_factory.mktemp("temporary")
    before, tempfile.tempdir = tempfile.tempdir, str(temporary)
    studio = Studio(
        settings=Settings.from_env({"NARRATORS": "espeak,silent", "DATA_DIR": str(var)}),
        videos=DiskBlobs(var / "videos", url="http://localhost/files/videos", key="k"),
        uploads=DiskBlobs(var / "uploads", url="http://localhost/files/uploads", key="k"),
    )
    jobs = RedisJobs.connect(embedded_redis, lease_seconds=60, max_attempts=3)
    yield House(studio=studio, jobs=jobs, temporary=temporary)
    tempfile.tempdir = before


@pytest.fixture(scope="module")
def spoken(house: House) -> Made:
    """A post of two sentences, with everything as it is when nobody asks for anything."""
    return house.film()


@pytest.fixture(scope="module")
def pictured(house: House) -> Made:
    """The same with two pictures of one colour each, without a voice and without captions."""
    ids = (house.uploaded(RED), house.uploaded(BLUE))
    return house.film(user_image_ids=ids, narration="off", captions=CaptionOptions(enabled=False))


def test_a_post_becomes_a_film_that_keeps_linkedins_rules(spoken: Made) -> None:
    job, film = spoken.job, spoken.job.film
    assert (job.status, job.progress, job.stage, job.degraded) == (JobStatus.COMPLETED, 100, Stage.COMPLETED, False)
    assert job.warnings == ()
    assert film and (film.width, film.height) == (540, 540)
    assert film.narration == {"engine": "espeak", "voice": None}
    assert film.size_bytes == len(spoken.stored("mp4"))
    assert [rule.rule for rule in film.linkedin_check if not rule.ok] in ([], ["size"])  # a short preview is small
    assert inspect(spoken.path()).duration == film.duration_seconds


def test_film_poster_and_subtitles_lie_under_their_names_with_what_is_known_of_them(spoken: Made) -> None:
    kinds = {
        "mp4": "video/mp4",
        "jpg": "image/jpeg",
        "srt": "application/x-subrip; charset=utf-8",
        "vtt": "text/vtt; charset=utf-8",
    }
    for extension, kind in kinds.items():
        blob = spoken.house.studio.videos.find(video_name(spoken.request.job_id, extension))
        assert blob.content_type == kind
        assert dict(blob.metadata) == {
            "owner": OWNER,
            "created_at": spoken.request.created_at,
            "has_captions": "true",
        }
    links = spoken.job.links
    assert links and links.captions_url and links.vtt_url
    assert f"{spoken.request.job_id}.mp4" in links.video_url and f"{spoken.request.job_id}.jpg" in links.poster_url


def test_the_subtitles_hold_the_whole_post_in_order(spoken: Made) -> None:
    srt, vtt = spoken.stored("srt").decode(), spoken.stored("vtt").decode()
    assert srt.startswith("1\n00:00:00,") and vtt.startswith("WEBVTT\n")
    lines = [line for line in srt.splitlines() if line and "-->" not in line and not line.isdigit()]
    assert (
        " ".join(lines)
        == "I almost deleted this draft. Instead I sent it, and ten people wrote back within the hour. 🎉"
    )


def test_the_poster_is_the_films_first_frame(spoken: Made) -> None:
    with Image.open(io.BytesIO(spoken.stored("jpg"))) as poster:
        pixels = np.asarray(poster.convert("RGB"))[..., ::-1].astype(int)
    first = decoded(spoken.path(), (540, 540))[0].astype(int)
    assert np.abs(pixels - first).mean() < 3


def test_the_voice_is_in_the_film(spoken: Made) -> None:
    assert np.abs(sound(spoken.path()).astype(int)).max() > 5000


def test_no_temporary_file_is_left(spoken: Made, pictured: Made) -> None:
    assert list(spoken.house.temporary.iterdir()) == []


def test_each_picture_is_shown_in_order_and_for_about_as_long(pictured: Made) -> None:
    frames = decoded(pictured.path(), (540, 540))[:, 20:60, 20:60].mean(axis=(1, 2))  # above all letters
    is_red = np.abs(frames - RED[::-1]).sum(axis=1) < 25
    is_blue = np.abs(frames - BLUE[::-1]).sum(axis=1) < 25
    assert is_red[0] and is_blue[-1]
    assert np.count_nonzero(np.diff(is_red.astype(int))) == 1
    assert is_red.sum() / is_blue.sum() == pytest.approx(1, abs=0.4)
    assert len(frames) - is_red.sum() - is_blue.sum() in (6, 7, 8)  # the fade; its ends are hardly another colour


def test_pictures_of_a_film_move_to_the_permanent_store(pictured: Made) -> None:
    studio = pictured.house.studio
    for image_id in pictured.request.user_image_ids:
        kept = studio.videos.find(image_name(image_id))
        assert (kept.content_type, kept.metadata["owner"]) == ("image/jpeg", OWNER)
        with pytest.raises(NotFound):
            studio.uploads.find(image_name(image_id))


def test_a_film_without_a_voice_is_silent_as_ordered_and_not_degraded(pictured: Made) -> None:
    assert pictured.job.film and pictured.job.film.narration == {"engine": "silent", "voice": None}
    assert (pictured.job.degraded, pictured.job.warnings) == (False, ())
    assert np.abs(sound(pictured.path()).astype(int)).max() <= 1


def test_without_captions_only_the_headline_is_lettered(pictured: Made) -> None:
    frames = decoded(pictured.path(), (540, 540))
    assert frames[0].std(axis=(0, 1)).max() > 15
    late = frames[-10].astype(int)
    assert np.abs(late - np.median(late, axis=(0, 1))).max() < 12  # one colour, no letters
    assert pictured.stored("srt")  # who wants them can still lay them over


def test_a_picture_that_a_film_has_used_can_be_used_again(house: House, pictured: Made) -> None:
    again = house.film("Once more.", user_image_ids=pictured.request.user_image_ids[:1], narration="off")
    assert again.job.status is JobStatus.COMPLETED


def test_a_post_that_is_too_long_is_shortened_with_a_warning(house: House) -> None:
    made = house.film(
        "A hook stands here.\n" + "\n".join(f"This is the long sentence number {n} of the post." for n in range(12)),
        max_duration_seconds=5,
        narration="off",
    )
    assert made.job.film and made.job.film.duration_seconds <= 5
    assert [warning.code for warning in made.job.warnings] == ["text_shortened"]
    assert "5 seconds" in made.job.warnings[0].message
    assert "A hook stands here." in made.stored("srt").decode()


@pytest.mark.parametrize("why", ["never there", "somebody else's"])
def test_a_picture_that_is_not_there_ends_the_job_clearly(house: House, why: str) -> None:
    image_id = new_id()
    if why == "somebody else's":
        house.studio.uploads.put(image_name(image_id), b"x", content_type="image/jpeg", metadata={"owner": "another"})
    made = house.film(user_image_ids=(image_id,), narration="off")
    assert made.job.status is JobStatus.ERROR
    assert made.job.error == "A picture of this film is not there any more. Upload it again."
    assert made.job.error_detail and made.job.error_detail.code == "image_not_found"
    assert not made.job.error_detail.retryable
    with pytest.raises(NotFound):
        made.stored("jpg")
    assert list(house.temporary.iterdir()) == []


def test_a_picture_that_fails_in_mid_film_ends_the_job_and_leaves_nothing(house: House) -> None:
    ids = (house.uploaded(RED), house.uploaded(BLUE, content=b"\xff\xd8 no picture"))
    made = house.film(user_image_ids=ids, narration="off")
    assert made.job.status is JobStatus.ERROR
    assert made.job.error == "Picture 2 cannot be read; upload it again."
    assert made.job.error_detail and made.job.error_detail.stage == "combining_media"
    assert list(house.temporary.iterdir()) == []
    house.studio.uploads.find(image_name(ids[0]))  # nothing was moved


def test_a_post_without_a_word_is_told_so(house: House) -> None:
    made = house.film("🎉 🎉 https://example.com #now")
    assert made.job.status is JobStatus.ERROR
    assert made.job.error_detail and made.job.error_detail.code == "nothing_to_narrate"
