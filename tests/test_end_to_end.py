"""The whole way on a laptop: a post and pictures over HTTP, the queue, the voice's true protocol, ffmpeg, and the MP4
that came out, decoded; in one process, and in four functions-framework processes."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests
from PIL import Image

from functions.render.inspection import inspect
from shared.styles import STYLES
from tests.fake_edge import FakeEdge
from tests.films import frames_of, loudness_of, marked, onsets_of, sound_of
from tests.service import Service, eventually, running

POST = """𝗜 𝗴𝗼𝘁 𝗳𝗶𝗿𝗲𝗱 three years ago 🚀

It was the best thing that ever happened to me. I started to ship small things every week, and people noticed.

What would you tell your younger self?

👉 https://example.com/story?utm_source=linkedin
#startups #careers"""


@pytest.fixture(scope="module")
def edge() -> Iterator[FakeEdge]:
    with FakeEdge(sound="tones") as edge:
        yield edge


@pytest.fixture(scope="module")
def one_process(edge: FakeEdge, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("one")
    here = "http://localhost:8190/api"
    with running([], 8190, edge, folder):
        yield Service(f"{here}/video/generate", f"{here}/video/status", f"{here}/video", f"{here}/images", folder)


@pytest.fixture(scope="module")
def four_processes(edge: FakeEdge, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("four")
    with running(["functions"], 8290, edge, folder):
        there = "http://localhost"
        yield Service(f"{there}:8291/", f"{there}:8292", f"{there}:8292/video", f"{there}:8293/", folder)


@pytest.fixture(scope="module")
def film(one_process: Service) -> tuple[dict[str, Any], Path]:
    """A film of two pictures, one red, one blue, made by one process."""
    ids = one_process.upload_pictures((200, 30, 30), (30, 30, 200))
    job = one_process.make({"content": POST, "user_image_ids": ids, "motion": "none", "metadata": {"draft": 7}})
    return job, one_process.download(job["video_url"], "film.mp4")


def test_the_film_is_what_linkedin_takes(film: tuple[dict[str, Any], Path]) -> None:
    job, path = film
    seen = inspect(path)
    assert (seen.width, seen.height, seen.fps) == (1080, 1350, 25)
    assert (seen.video_codec, seen.pixel_format, seen.audio_codec, seen.sample_rate) == (
        "h264",
        "yuv420p",
        "aac",
        44100,
    )
    assert seen.starts_with_index
    assert (job["width"], job["height"], job["size_bytes"]) == (1080, 1350, path.stat().st_size)
    assert job["duration_seconds"] == pytest.approx(seen.duration, abs=0.05)
    assert all(rule["ok"] for rule in job["linkedin_check"])
    assert job["narration"] == {"engine": "edge", "voice": "en-US-JennyNeural"}
    assert (job["degraded"], job["warnings"], job["metadata"]) == (False, [], {"draft": 7})


def test_progress_moves_also_while_it_encodes(film: tuple[dict[str, Any], Path]) -> None:
    assert len({percent for percent, stage in film[0]["seen"] if stage == "combining_media"}) >= 3


def test_the_voice_gets_no_emoji_link_hashtag_or_bold_letter(film: object, edge: FakeEdge) -> None:
    spoken = " ".join(asked.text for asked in edge.asked)
    assert "I got fired three years ago" in spoken and "younger self?" in spoken
    assert not re.search(r"[^\x00-\x7f’]|https?:|example|#|startups", spoken)
    assert all(asked.word_boundary for asked in edge.asked)


def test_the_film_lasts_as_long_as_its_voice_and_a_short_tail(film: tuple[dict[str, Any], Path]) -> None:
    _, path = film
    sound = sound_of(path)
    last = np.flatnonzero(np.abs(sound) > 0.03)[-1] / 44100
    assert 0.5 <= inspect(path).duration - last <= 1.5
    assert onsets_of(sound)[0] <= 0.3
    integrated, peak = loudness_of(path)
    assert integrated == pytest.approx(-14, abs=1) and peak <= -1


def test_both_pictures_are_shown_in_order_for_about_equal_times(film: tuple[dict[str, Any], Path]) -> None:
    frames = frames_of(film[1], (54, 68))
    top = frames[:, :20].reshape(len(frames), -1, 3).mean(axis=1)  # above the captions
    is_red = top[:, 0] > top[:, 2] + 40
    is_blue = top[:, 2] > top[:, 0] + 40
    assert is_red[0] and is_blue[-1]
    assert 0.7 <= is_red.sum() / is_blue.sum() <= 1.4
    assert (~is_red & ~is_blue).sum() <= 12, "a cross-fade, not a gap"


def test_the_first_frame_shows_the_hook_and_no_frame_is_black(film: tuple[dict[str, Any], Path]) -> None:
    frames = frames_of(film[1], (270, 338))
    assert frames.reshape(len(frames), -1).mean(axis=1).min() > 15
    white = (frames[0] > 200).all(axis=2)
    assert white.mean() > 0.01, "letters"
    assert (frames[-1] > 200).all(axis=2).mean() > 0.003, "the last words stay"


def test_the_marked_word_changes_when_its_sound_begins(film: tuple[dict[str, Any], Path]) -> None:
    """Each burst of the voice is a word: the accent must jump to another place at its onset in the file's sound."""
    path = film[1]
    accent = marked(frames_of(path, (180, 225)), STYLES["professional"].palette.accent)
    accent[:, :66] = False  # the film's own pictures have no such colour, the captions stand below
    places = [
        (round(float(rows.mean())), round(float(columns.mean()))) if len(rows := np.nonzero(frame)[0]) > 12 else None
        for frame in accent
        for columns in [np.nonzero(frame)[1]]
    ]
    changes = [
        index / 25
        for index in range(1, len(places))
        if (now := places[index])
        and ((before := places[index - 1]) is None or abs(now[0] - before[0]) + abs(now[1] - before[1]) > 2)
    ]
    onsets = onsets_of(sound_of(path))
    nearest = [min(abs(change - onset) for change in changes) for onset in onsets]
    assert len(onsets) >= 25
    assert np.mean([distance <= 0.085 for distance in nearest]) >= 0.95, nearest


def test_the_subtitles_are_in_step(film: tuple[dict[str, Any], Path], one_process: Service) -> None:
    job, path = film
    srt = one_process.download(job["captions_url"], "film.srt").read_text()
    vtt = one_process.download(job["vtt_url"], "film.vtt").read_text()
    assert vtt.startswith("WEBVTT")
    cues = re.findall(r"(\d+):(\d+):(\d+),(\d+) --> (\d+):(\d+):(\d+),(\d+)\n(.+?)(?:\n\n|\Z)", srt, re.S)
    words = " ".join(cue[8].replace("\n", " ") for cue in cues)
    assert words.startswith("I got fired three years ago") and words.rstrip().endswith("younger self?")
    starts = [int(c[0]) * 3600 + int(c[1]) * 60 + int(c[2]) + int(c[3]) / 1000 for c in cues]
    onsets = onsets_of(sound_of(path))
    assert all(min(abs(start - onset) for onset in onsets) <= 0.16 for start in starts[1:])


def test_the_poster_is_the_first_frame(film: tuple[dict[str, Any], Path], one_process: Service) -> None:
    job, path = film
    poster = np.asarray(Image.open(one_process.download(job["poster_url"], "film.jpg")).resize((270, 338)), int)
    first = frames_of(path, (270, 338))[0].astype(int)
    assert np.abs(poster - first).mean() < 6


def test_no_temporary_file_is_left(film: object, one_process: Service) -> None:
    assert not list((one_process.folder / "var" / "tmp").rglob("film-*"))


@pytest.mark.parametrize(("ratio", "size"), [("1:1", (540, 540)), ("9:16", (540, 960)), ("16:9", (960, 540))])
def test_every_aspect_ratio_is_made(one_process: Service, ratio: str, size: tuple[int, int]) -> None:
    body = {
        "content": "Shipping beats planning. Start today.",
        "aspect_ratio": ratio,
        "quality": "preview",
        "style": "dynamic",
    }
    job = one_process.make(body)
    assert (job["width"], job["height"]) == size
    assert job["duration_seconds"] >= 3


def test_a_film_without_a_voice_is_made_when_asked(one_process: Service) -> None:
    job = one_process.make({"content": "Read this. Nobody speaks.", "narration": "off", "quality": "preview"})
    assert (job["narration"], job["degraded"]) == ({"engine": "silent", "voice": None}, False)
    assert np.abs(sound_of(one_process.download(job["video_url"], "silent.mp4"))).max() < 0.001


def test_a_film_in_work_is_cancelled_and_leaves_nothing(one_process: Service) -> None:
    body = {"content": POST + " It takes a while." * 20, "metadata": {"cancel": True}}
    job_id = requests.post(one_process.generate, json=body, timeout=10).json()["job_id"]

    def poll() -> dict[str, Any]:
        answer: dict[str, Any] = requests.get(f"{one_process.status}/{job_id}", timeout=10).json()
        return answer

    eventually(lambda: poll()["stage"] == "combining_media", 20)
    asked = requests.post(f"{one_process.film}/{job_id}/cancel", timeout=10)
    assert (asked.status_code, asked.json()["status"]) == (202, "processing")
    began = time.monotonic()
    eventually(lambda: poll()["status"] == "cancelled", 10)
    assert time.monotonic() - began < 4, "about a second, on a machine with other work"
    assert requests.get(f"{one_process.film}/{job_id}", timeout=10).status_code == 409
    assert not list((one_process.folder / "var" / "videos").rglob(f"{job_id}*"))
    assert not list((one_process.folder / "var" / "tmp").rglob("film-*"))


def test_four_functions_make_the_same_film_over_their_own_addresses(four_processes: Service) -> None:
    ids = four_processes.upload_pictures((200, 30, 30), (30, 30, 200))
    job = four_processes.make({"content": POST, "user_image_ids": ids, "quality": "preview"})
    assert job["video_url"].startswith("http://localhost:8292/files/")
    path = four_processes.download(job["video_url"], "four.mp4")
    assert inspect(path).duration == pytest.approx(job["duration_seconds"], abs=0.05)
    part = requests.get(job["video_url"], headers={"Range": "bytes=0-99"}, timeout=10)
    assert (part.status_code, len(part.content)) == (206, 100)
    for port in (8291, 8292, 8293, 8294):
        health = requests.get(f"http://localhost:{port}/health", timeout=10).json()
        assert health["status"] == "ok", health
    knock = requests.post("http://localhost:8294/", json={}, timeout=10)
    assert knock.status_code == 403
    wrong = requests.get("http://localhost:8291/", headers={"Origin": "http://localhost:3000"}, timeout=10)
    assert wrong.status_code == 405 and wrong.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
