"""Films as long and as large as they may be, at full size: long to make, so `make test-long` makes them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from functions.render.inspection import inspect
from tests.fake_edge import FakeEdge
from tests.films import frames_of, loudness_of
from tests.service import Service, running

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

SENTENCE = "Every week we shipped one small thing, and every week somebody wrote to us about it. "
POST = "I got fired three years ago. 🚀\n\n" + SENTENCE * 30 + "\n\nWhat would you tell your younger self?"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("service")
    here = "http://localhost:8590/api"
    with FakeEdge(sound="speech") as edge, running([], 8590, edge, folder):
        yield Service(f"{here}/video/generate", f"{here}/video/status", f"{here}/video", f"{here}/images", folder)


@pytest.mark.parametrize("ratio", ["4:5", "1:1", "9:16", "16:9"])
def test_the_longest_post_becomes_a_film_of_a_minute(service: Service, ratio: str) -> None:
    ids = service.upload_pictures((200, 120, 60), (60, 120, 200), (90, 160, 90))
    job = service.make({"content": POST, "aspect_ratio": ratio, "user_image_ids": ids})
    assert 40 <= job["duration_seconds"] <= 60
    assert [warning["code"] for warning in job["warnings"]] == ["text_shortened"]
    assert all(rule["ok"] for rule in job["linkedin_check"])
    path = service.download(job["video_url"], f"{ratio.replace(':', '-')}.mp4")
    assert inspect(path).duration == pytest.approx(job["duration_seconds"], abs=0.05)
    integrated, peak = loudness_of(path)
    assert integrated == pytest.approx(-14, abs=1) and peak <= -1
    assert frames_of(path, (32, 32)).reshape(-1, 3072).mean(axis=1).min() > 15


def test_ten_films_in_a_row_leave_nothing_behind(service: Service) -> None:
    for number in range(10):
        service.make({"content": f"Film number {number}. It is short.", "quality": "preview"})
    assert not list(Path(service.folder, "var", "tmp").rglob("film-*"))
