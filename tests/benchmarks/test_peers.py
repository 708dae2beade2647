"""The films of a comparison: each as long and as large as the others, from the same words and pictures."""

import json
from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import pytest
from PIL import Image

from benchmarks.peers import ours
from benchmarks.peers.material import Material, spoken
from benchmarks.peers.with_zoompan import naive, zoompan4
from functions.render.inspection import inspect

SIZE = (216, 270)
SECONDS = 5.0


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("pictures")
    files = [folder / f"{number}.jpg" for number in range(2)]
    for file, colour in zip(files, ("red", "blue"), strict=True):
        Image.new("RGB", (600, 400), colour).save(file)
    return files


@pytest.mark.parametrize(("seconds", "pictures"), [(5.0, 2), (10.0, 6), (30.0, 12), (61.0, 6)])
def test_a_film_is_exactly_as_long_as_wished_and_shows_every_picture(seconds: float, pictures: int) -> None:
    timeline = spoken(seconds, pictures)
    assert timeline.duration == seconds == timeline.shots[-1].end
    assert len(timeline.voice) == round(seconds * timeline.sample_rate)
    assert len(timeline.shots) % pictures == 0
    assert timeline.scenes[-1][-1].end > seconds - 6, "it is spoken nearly to the end"


def test_pictures_that_cannot_all_be_shown_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        spoken(4.0, 12)


@pytest.mark.parametrize("hard", [False, True])
@pytest.mark.parametrize("way", [naive, zoompan4])
def test_ffmpeg_alone_makes_the_film(way: object, hard: bool, pictures: list[Path], tmp_path: Path) -> None:
    material = Material.prepared(SIZE, pictures, SECONDS, tmp_path)
    cut = replace(material.shots[1], fade=2 / 25)  # the other kind of change beside a long fade
    material = replace(material, shots=(material.shots[0], cut)) if hard else material
    film = tmp_path / "film.mp4"
    assert callable(way) and way(material, tmp_path, film) > 0
    seen = inspect(film)
    assert (seen.width, seen.height, seen.fps) == (*SIZE, 25)
    assert imageio_ffmpeg.count_frames_and_secs(film)[0] == pytest.approx(25 * SECONDS, abs=1)


def test_ours_tells_what_it_cost(pictures: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    film = tmp_path / "film.mp4"
    ours.main(SIZE, SECONDS, film, pictures)
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["wall"] > 0 and told["cpu"] > 0 and told["bytes"] == film.stat().st_size
    assert inspect(film).duration == pytest.approx(SECONDS, abs=0.1)
