"""The finished file, held against LinkedIn's rules for native video: measured, not assumed."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import imageio_ffmpeg

from shared.errors import RenderFailed
from shared.jobs import LinkedInRule

SHORTEST: Final = 3.0  # seconds
LONGEST: Final = 600.0  # seconds in the feed's own composer
SMALLEST: Final = 75 * 1024  # bytes
LARGEST: Final = 500 * 1024 * 1024
MOST_FPS: Final = 30.0
WIDEST: Final = 2.4  # width to height, and height to width
_DURATION = re.compile(r"Duration: (\d+):(\d+):(\d+\.\d+)")
_VIDEO = re.compile(r"Video: (\w+).*?, (\w+)(?:\([^)]*\))?, (\d+)x(\d+).*?, ([\d.]+) fps")
_AUDIO = re.compile(r"Audio: (\w+).*?, (\d+) Hz")


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspection:
    """What ffmpeg reads in a file: seconds, pixels, bytes, frames a second, codecs."""

    duration: float
    width: int
    height: int
    size: int
    fps: float
    video_codec: str
    pixel_format: str
    audio_codec: str
    sample_rate: int
    starts_with_index: bool


def inspect(path: Path) -> Inspection:
    """Read a film's header; raises RenderFailed for a file that is no film."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(path)]
    told = subprocess.run(command, capture_output=True, timeout=30, check=False).stderr.decode(errors="replace")
    duration, video, audio = (pattern.search(told) for pattern in (_DURATION, _VIDEO, _AUDIO))
    if not (duration and video and audio):
        raise RenderFailed("The finished film cannot be read.")
    hours, minutes, seconds = duration.groups()
    return Inspection(
        duration=int(hours) * 3600 + int(minutes) * 60 + float(seconds),
        width=int(video[3]),
        height=int(video[4]),
        size=path.stat().st_size,
        fps=float(video[5]),
        video_codec=video[1],
        pixel_format=video[2],
        audio_codec=audio[1],
        sample_rate=int(audio[2]),
        starts_with_index=_starts_with_index(path),
    )


def linkedin_check(film: Inspection) -> tuple[LinkedInRule, ...]:
    """Each rule with the measured value."""
    ratio = film.width / film.height

    def rule(name: str, ok: bool, value: str, limit: str) -> LinkedInRule:
        return LinkedInRule(rule=name, ok=ok, value=value, limit=limit)

    return (
        rule("duration", SHORTEST <= film.duration <= LONGEST, f"{film.duration:.2f} s", "3 s to 10 min"),
        rule("size", SMALLEST <= film.size <= LARGEST, f"{film.size / 1024:.0f} KB", "75 KB to 500 MB"),
        rule("frame_rate", 10 <= film.fps < MOST_FPS, f"{film.fps:g} fps", "10 to below 30 fps"),
        rule("aspect_ratio", 1 / WIDEST <= ratio <= WIDEST, f"{film.width}:{film.height}", "1:2.4 to 2.4:1"),
        rule("video_codec", film.video_codec == "h264", film.video_codec, "h264"),
        rule("pixel_format", film.pixel_format == "yuv420p", film.pixel_format, "yuv420p"),
        rule("audio_codec", film.audio_codec == "aac", film.audio_codec, "aac"),
        rule("sample_rate", film.sample_rate < 64_000, f"{film.sample_rate} Hz", "below 64 kHz"),
        rule("fast_start", film.starts_with_index, "yes" if film.starts_with_index else "no", "index before the data"),
    )


def _starts_with_index(path: Path) -> bool:
    """Whether the MP4's `moov` box stands before `mdat` (ISO 14496-12)."""
    with path.open("rb") as file:
        while header := file.read(8):
            length, kind = int.from_bytes(header[:4]), header[4:]
            if kind == b"moov":
                return True
            if kind == b"mdat" or length < 8:
                return False
            file.seek(length - 8, 1)
    return False
