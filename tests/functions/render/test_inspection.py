"""LinkedIn's rules, held against files that keep them and files that do not."""

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from functions.render.captions import CaptionWord, captions
from functions.render.captions import srt as written
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
    profile="High",
    pixel_format="yuv420p",
    pixel_aspect="1:1",
    audio_codec="aac",
    sample_rate=44_100,
    channels="stereo",
    starts_with_index=True,
    first_frame=(60.0, 35.0),
)
SRT = b"""1
00:00:00,000 --> 00:00:01,500
First.

2
00:00:01,500 --> 00:00:03,000
Second,
on two lines.
"""
SMOOTH = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", "-ac", "2", "-movflags", "+faststart"]


def broken(film: Inspection, srt: bytes | None = None) -> list[str]:
    return [rule.rule for rule in linkedin_check(film, srt) if not rule.ok]


def made(
    target: Path, *options: str, seconds: float = 1, size: str = "128x160", rate: int = 25, shows: str = "testsrc"
) -> Path:
    """Any film that ffmpeg can make."""
    picture = f"{shows}{':' if '=' in shows else '='}size={size}:rate={rate}:duration={seconds}"
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
    assert film == replace(
        GOOD,
        duration=pytest.approx(3.2, abs=0.05),  # type: ignore[arg-type]
        width=216,
        height=270,
        size=film.size,
        first_frame=film.first_frame,
    )
    assert 60 < film.first_frame[0] < 190 and film.first_frame[1] > 10  # noise
    assert film.size == (tmp_path / "film.mp4").stat().st_size


def test_every_rule_holds_for_a_good_film_and_names_its_limit() -> None:
    rules = linkedin_check(GOOD)
    assert all(rule.ok for rule in rules)
    assert len({rule.rule for rule in rules}) == len(rules) == 15
    assert all(rule.value and rule.limit for rule in rules)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"duration": 2.99}, "duration"),
        ({"duration": 600.5}, "duration"),
        ({"size": 70_000}, "size"),
        ({"size": 600_000_000, "duration": 500.0}, "size"),
        ({"fps": 30.0}, "frame_rate"),
        ({"fps": 5.0}, "frame_rate"),
        ({"width": 2600}, "aspect_ratio"),
        ({"height": 200, "width": 1080}, "aspect_ratio"),
        ({"width": 250, "height": 200}, "resolution"),
        ({"width": 4098, "height": 2304}, "resolution"),
        ({"width": 2306, "height": 2400}, "resolution"),
        ({"pixel_aspect": "4:3"}, "pixel_aspect"),
        ({"video_codec": "hevc"}, "video_codec"),
        ({"profile": "High 10"}, "profile"),
        ({"size": 30_000_001, "duration": 8.0}, "bit_rate"),
        ({"channels": "5.1"}, "audio_channels"),
        ({"first_frame": (2.0, 8.0)}, "first_frame"),
        ({"first_frame": (120.0, 1.0)}, "first_frame"),
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
        "duration", "size", "frame_rate", "resolution", "aspect_ratio", "pixel_format", "profile", "audio_codec",
        "fast_start",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("how", "options", "rule", "value"),
    [
        ({}, [], None, ""),
        ({"seconds": 2.5}, [], "duration", "2.5"),
        ({"rate": 30}, [], "frame_rate", "30 fps"),
        ({"rate": 8}, [], "frame_rate", "8 fps"),
        ({"size": "240x200"}, [], "resolution", "240x200"),
        ({"size": "4352x1856", "seconds": 3, "rate": 1}, [], "resolution", "4352x1856"),
        ({"size": "640x240"}, [], "aspect_ratio", "640:240"),
        ({}, ["-vf", "setsar=4/3"], "pixel_aspect", "4:3"),
        ({}, ["-c:v", "mpeg4", "-q:v", "2"], "video_codec", "mpeg4"),
        ({}, ["-pix_fmt", "yuv420p10le"], "pixel_format", "yuv420p10le"),
        ({}, ["-pix_fmt", "yuv420p10le"], "profile", "High 10"),
        ({"shows": "nullsrc", "rate": 10}, ["-vf", "geq=random(1)*255:128:128", "-qp", "0"], "bit_rate", ""),
        ({}, ["-c:a", "mp3"], "audio_codec", "mp3"),
        ({}, ["-ar", "96000"], "sample_rate", "96000 Hz"),
        ({}, ["-ac", "6"], "audio_channels", "5.1"),
        ({}, ["-movflags", "0"], "fast_start", "no"),
        ({"shows": "color=black"}, [], "first_frame", "light 0, contrast 0"),
        ({"shows": "color=0x0a66c2"}, [], "first_frame", ""),
        ({}, ["-vf", "fade=in:d=1"], "first_frame", ""),
    ],
)
def test_each_rule_is_broken_by_a_film_that_breaks_it(
    tmp_path: Path, how: dict[str, Any], options: list[str], rule: str | None, value: str
) -> None:
    look: dict[str, Any] = {"seconds": 3.2, "size": "480x600"} | how
    told = linkedin_check(inspect(made(tmp_path / "film.mp4", *SMOOTH, *options, **look)))
    found = {told_rule.rule: told_rule for told_rule in told}
    assert {name for name, told_rule in found.items() if not told_rule.ok} - {"size"} >= ({rule} if rule else set())
    if rule:
        assert value in found[rule].value
    else:
        assert found["first_frame"].ok and found["profile"].ok and found["bit_rate"].ok


@pytest.mark.parametrize(("bytes_added", "ok"), [(0, False), (80_000, True)])
def test_the_size_is_that_of_the_file(tmp_path: Path, bytes_added: int, ok: bool) -> None:
    path = made(tmp_path / "film.mp4", *SMOOTH, "-crf", "51", size="256x160", seconds=1)
    with path.open("ab") as file:
        file.write(b"\0\0\0\x08free" * (bytes_added // 8))
    assert ("size" not in broken(inspect(path))) is ok


@pytest.mark.parametrize(
    ("srt", "value"),
    [
        (SRT, "2 cues"),
        (SRT.replace(b"\n", b"\r\n"), "2 cues"),
        (SRT.replace(b"First", "Über".encode()), "2 cues"),
        (SRT.replace(b"First", "Über".encode("latin-1")), "not UTF-8"),
        (b"\xef\xbb\xbf" + SRT, "begins with a byte order mark"),
        (b"", "cue 1 cannot be read"),
        (b"WEBVTT\n\n" + SRT, "cue 1 cannot be read"),
        (SRT.replace(b",500 -->", b".500 -->"), "cue 2 cannot be read"),
        (SRT.replace(b"2\n00", b"3\n00"), "cue 2 has the number 3"),
        (SRT.replace(b"\n\n2\n", b"\n\n"), "cue 2 cannot be read"),
        (SRT.replace(b"01,500 -->", b"01,400 -->"), "cue 2 is not after the one before it"),
        (SRT.replace(b"03,000", b"01,500"), "cue 2 is not after the one before it"),
        (SRT.replace(b"03,000", b"12,500"), "cue 2 ends after the film"),
        (SRT.replace(b"First.", b" "), "cue 1 is empty"),
    ],
)
def test_the_subtitles_are_read_as_linkedin_wants_them(srt: bytes, value: str) -> None:
    told = linkedin_check(GOOD, srt)[-1]
    assert (told.rule, told.value, told.ok) == ("subtitles", value, value == "2 cues")


def test_our_own_subtitles_are_as_linkedin_wants_them() -> None:
    texts = ["One", "two", "three", "-->", "four.", "And", "five", "more", "words", "follow."]
    words = [CaptionWord(text=text, start=n * 0.4, end=n * 0.4 + 0.3) for n, text in enumerate(texts)]
    made = captions([words[:5], words[5:]], measure=len, width=20)
    assert broken(GOOD, written(made).encode()) == []


def test_another_codec_is_read_and_refused(tmp_path: Path) -> None:
    film = inspect(made(tmp_path / "old.mp4", "-c:v", "mpeg4", "-c:a", "aac", seconds=4))
    assert film.video_codec == "mpeg4"
    assert "video_codec" in broken(film)


@pytest.mark.parametrize("content", [b"", b"no film", b"\0\0\0\x18ftypisom" + bytes(100)])
def test_what_is_no_film_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "film.mp4").write_bytes(content)
    with pytest.raises(RenderFailed):
        inspect(tmp_path / "film.mp4")


def test_a_film_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(RenderFailed):
        inspect(tmp_path / "none.mp4")


def test_a_film_that_ffmpeg_does_not_get_through_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film = made(tmp_path / "film.mp4", *SMOOTH)
    slow = tmp_path / "ffmpeg"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(slow))
    monkeypatch.setattr("functions.render.inspection.PATIENCE", 0.2)
    with pytest.raises(RenderFailed) as told:
        inspect(film)
    assert isinstance(told.value.__cause__, subprocess.TimeoutExpired)


def test_a_machine_without_ffmpeg_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film = made(tmp_path / "film.mp4", *SMOOTH)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "none"))
    with pytest.raises(RenderFailed) as told:
        inspect(film)
    assert isinstance(told.value.__cause__, OSError)


def test_a_film_without_sound_is_told(tmp_path: Path) -> None:
    with pytest.raises(RenderFailed):
        inspect(made(tmp_path / "mute.mp4", "-map", "0:v"))
