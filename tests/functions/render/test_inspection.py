"""LinkedIn's rules, held against files that keep them and files that do not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from functions.render.encoder import QUALITIES, encode, join
from functions.render.inspection import Inspection, inspect, linkedin_check
from functions.render.sound import master
from shared.errors import RenderFailed
from tests.functions.render.reading import ffmpeg

GOOD = Inspection(
    duration=12.3,
    width=1080,
    height=1350,
    size=2_000_000,
    fps=25.0,
    video_codec="h264",
    pixel_format="yuv420p",
    audio_codec="aac",
    sample_rate=44_100,
    starts_with_index=True,
)


def broken(film: Inspection) -> list[str]:
    return [rule.rule for rule in linkedin_check(film) if not rule.ok]


def made(target: Path, *options: str, seconds: int = 1, size: str = "128x160", rate: int = 25) -> Path:
    """Any film that ffmpeg can make."""
    picture = f"testsrc=size={size}:rate={rate}:duration={seconds}"
    ffmpeg("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", f"sine=d={seconds}", *options, "-y", target)
    return target


def test_our_own_films_keep_every_rule(tmp_path: Path) -> None:
    size = (216, 270)
    chance = np.random.default_rng(1)
    noise = [chance.integers(0, 255, size[0] * size[1] * 3 // 2, np.uint8).data for _ in range(8)]
    encode((noise[n % 8] for n in range(80)), tmp_path / "silent.mp4", size=size, quality=QUALITIES["standard"])
    master(np.zeros(round(3.2 * 44_100), np.int16), 44_100, tmp_path / "sound.m4a")
    join(tmp_path / "silent.mp4", tmp_path / "sound.m4a", tmp_path / "film.mp4")
    film = inspect(tmp_path / "film.mp4")
    assert broken(film) == []
    assert film == replace(GOOD, duration=pytest.approx(3.2, abs=0.05), width=216, height=270, size=film.size)  # type: ignore[arg-type]
    assert film.size == (tmp_path / "film.mp4").stat().st_size


def test_every_rule_holds_for_a_good_film_and_names_its_limit() -> None:
    rules = linkedin_check(GOOD)
    assert all(rule.ok for rule in rules)
    assert len({rule.rule for rule in rules}) == len(rules) == 9
    assert all(rule.value and rule.limit for rule in rules)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"duration": 2.99}, "duration"),
        ({"duration": 600.5}, "duration"),
        ({"size": 70_000}, "size"),
        ({"size": 600_000_000}, "size"),
        ({"fps": 30.0}, "frame_rate"),
        ({"fps": 5.0}, "frame_rate"),
        ({"width": 2600}, "aspect_ratio"),
        ({"height": 200, "width": 1080}, "aspect_ratio"),
        ({"video_codec": "hevc"}, "video_codec"),
        ({"pixel_format": "yuv444p"}, "pixel_format"),
        ({"audio_codec": "mp3"}, "audio_codec"),
        ({"sample_rate": 96_000}, "sample_rate"),
        ({"starts_with_index": False}, "fast_start"),
    ],
)
def test_each_rule_sees_what_breaks_it(change: dict[str, object], rule: str) -> None:
    broken_film = replace(GOOD, **change)  # type: ignore[arg-type]
    if change == {"width": 2600}:
        broken_film = replace(broken_film, height=1080)
    assert broken(broken_film) == [rule]


def test_a_bad_file_is_read_as_it_is(tmp_path: Path) -> None:
    options = ("-c:v", "libx264", "-pix_fmt", "yuv444p", "-c:a", "mp3", "-ar", "48000")
    film = inspect(made(tmp_path / "bad.mp4", *options, rate=30, size="320x120"))
    assert (film.width, film.height, film.fps) == (320, 120, 30)
    assert (film.pixel_format, film.audio_codec, film.sample_rate) == ("yuv444p", "mp3", 48_000)
    assert set(broken(film)) == {
        "duration", "size", "frame_rate", "aspect_ratio", "pixel_format", "audio_codec", "fast_start",
    }  # fmt: skip


def test_another_codec_is_read_and_refused(tmp_path: Path) -> None:
    film = inspect(made(tmp_path / "old.mp4", "-c:v", "mpeg4", "-c:a", "aac", seconds=4))
    assert film.video_codec == "mpeg4"
    assert "video_codec" in broken(film)


@pytest.mark.parametrize("content", [b"", b"no film", b"\0\0\0\x18ftypisom" + bytes(100)])
def test_what_is_no_film_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "film.mp4").write_bytes(content)
    with pytest.raises(RenderFailed):
        inspect(tmp_path / "film.mp4")


def test_a_film_without_sound_is_told(tmp_path: Path) -> None:
    with pytest.raises(RenderFailed):
        inspect(made(tmp_path / "mute.mp4", "-map", "0:v"))
