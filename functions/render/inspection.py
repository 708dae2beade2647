"""The finished file, held against LinkedIn's rules for native video: measured, not assumed."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import imageio_ffmpeg
import numpy as np

from shared.errors import RenderFailed
from shared.jobs import LinkedInRule

SHORTEST: Final = 3.0  # seconds
LONGEST: Final = 600.0  # seconds in the feed's own composer; the Videos API takes half an hour
SMALLEST: Final = 75 * 1024  # bytes
LARGEST: Final = 500 * 1024 * 1024
MOST_FPS: Final = 30.0
WIDEST: Final = 2.4  # width to height, and height to width
SMALLEST_SIDES: Final = (256, 144)  # pixels, the longer and the shorter side: upright films count as well
LARGEST_SIDES: Final = (4096, 2304)
MOST_BITS: Final = 30_000_000  # a second
PROFILES: Final = ("Constrained Baseline", "Baseline", "Main", "High")  # of H.264, 8 bits and 4:2:0
DARKEST: Final = 10.0  # of 255, the mean of a frame that is still no black one
PLAINEST: Final = 4.0  # of 255, how far its points differ when there is something to see
_SAMPLE: Final = 160  # points a side, of the first frame
_DURATION = re.compile(r"Duration: (\d+):(\d+):(\d+\.\d+)")
_VIDEO = re.compile(r"Video: (\w+).*?, (\w+)(?:\([^)]*\))?, (\d+)x(\d+).*?, ([\d.]+) fps")
_AUDIO = re.compile(r"Audio: (\w+).*?, (\d+) Hz, ([^,\n]+)")
_PROFILE = re.compile(r"Video: \w+ \(([^)/]+)\)")
_PIXEL_ASPECT = re.compile(r"Video: .*\bSAR (\d+:\d+)")
_CHANNELS = ("mono", "stereo")
_CUE = re.compile(r"(\d+)\n(\d\d):([0-5]\d):([0-5]\d),(\d{3}) --> (\d\d):([0-5]\d):([0-5]\d),(\d{3})\n(.*)", re.DOTALL)
UNREADABLE: Final = "The finished film cannot be read."
PATIENCE: Final = 30.0  # seconds for ffmpeg, which needs a tenth of one


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspection:
    """What ffmpeg reads in a file: seconds, pixels, bytes, frames a second, codecs.

    `profile` is None where the file tells none. `first_frame` is (mean, standard deviation) of its light, 0 to 255.
    """

    duration: float
    width: int
    height: int
    size: int
    fps: float
    video_codec: str
    profile: str | None
    pixel_format: str
    pixel_aspect: str
    audio_codec: str
    sample_rate: int
    channels: str
    starts_with_index: bool
    first_frame: tuple[float, float]


def inspect(path: Path) -> Inspection:
    """Read a film's header and its first frame; raises RenderFailed for a file that is no film."""
    try:
        told = _ffmpeg("-i", str(path)).stderr.decode(errors="replace")
        duration, video, audio = (pattern.search(told) for pattern in (_DURATION, _VIDEO, _AUDIO))
        if not (duration and video and audio):
            raise RenderFailed(UNREADABLE)
        size, starts_with_index = path.stat().st_size, _starts_with_index(path)
        first_frame = _first_frame(path)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RenderFailed(UNREADABLE) from error
    hours, minutes, seconds = duration.groups()
    profile, pixel_aspect = _PROFILE.search(told), _PIXEL_ASPECT.search(told)
    return Inspection(
        duration=int(hours) * 3600 + int(minutes) * 60 + float(seconds),
        width=int(video[3]),
        height=int(video[4]),
        size=size,
        fps=float(video[5]),
        video_codec=video[1],
        profile=profile[1].strip() if profile else None,
        pixel_format=video[2],
        pixel_aspect=pixel_aspect[1] if pixel_aspect else "1:1",  # where a file says nothing, points are square
        audio_codec=audio[1],
        sample_rate=int(audio[2]),
        channels=audio[3].strip(),
        starts_with_index=starts_with_index,
        first_frame=first_frame,
    )


def linkedin_check(film: Inspection, srt: bytes | None = None) -> tuple[LinkedInRule, ...]:
    """Each rule with the measured value; of the subtitles only where there are any.

    Length, size and SRT: LinkedIn's Videos API (learn.microsoft.com). Codecs, frames a second and sample rate: its
    specification of video ads (help a424737). Sides, shape and bits a second: its help on sharing video. The others are
    ours: 4:2:0, square points, the profile and the order of the file, so that every player shows it at once and alike;
    and a first frame with something on it, which is what stands in a muted feed.
    """
    ratio = film.width / film.height
    longer, shorter = max(film.width, film.height), min(film.width, film.height)
    bits = film.size * 8 / max(film.duration, 0.01)
    light, difference = film.first_frame

    def rule(name: str, ok: bool, value: str, limit: str) -> LinkedInRule:
        return LinkedInRule(rule=name, ok=ok, value=value, limit=limit)

    rules = [
        rule("duration", SHORTEST <= film.duration <= LONGEST, f"{film.duration:.2f} s", "3 s to 10 min"),
        rule("size", SMALLEST <= film.size <= LARGEST, f"{film.size / 1024:.0f} KB", "75 KB to 500 MB"),
        rule("frame_rate", 10 <= film.fps < MOST_FPS, f"{film.fps:g} fps", "10 to below 30 fps"),
        rule(
            "resolution",
            SMALLEST_SIDES[0] <= longer <= LARGEST_SIDES[0] and SMALLEST_SIDES[1] <= shorter <= LARGEST_SIDES[1],
            f"{film.width}x{film.height}",
            "256x144 to 4096x2304, either way up",
        ),
        rule("aspect_ratio", 1 / WIDEST <= ratio <= WIDEST, f"{film.width}:{film.height}", "1:2.4 to 2.4:1"),
        rule("pixel_aspect", film.pixel_aspect == "1:1", film.pixel_aspect, "1:1"),
        rule("video_codec", film.video_codec == "h264", film.video_codec, "h264"),
        rule("pixel_format", film.pixel_format == "yuv420p", film.pixel_format, "yuv420p"),
        rule("bit_rate", bits <= MOST_BITS, f"{bits / 1e6:.2f} Mbit/s", "at most 30 Mbit/s"),
        rule("audio_codec", film.audio_codec == "aac", film.audio_codec, "aac"),
        rule("sample_rate", film.sample_rate < 64_000, f"{film.sample_rate} Hz", "below 64 kHz"),
        rule("audio_channels", film.channels in _CHANNELS, film.channels, "mono or stereo"),
        rule("fast_start", film.starts_with_index, "yes" if film.starts_with_index else "no", "index before the data"),
        rule(
            "first_frame",
            light >= DARKEST and difference >= PLAINEST,
            f"light {light:.0f}, contrast {difference:.0f}",
            f"light from {DARKEST:g}, contrast from {PLAINEST:g}, of 255: neither black nor empty",
        ),
    ]
    if film.profile is not None:
        rules.append(rule("profile", film.profile in PROFILES, film.profile, "Baseline, Main or High"))
    if srt is not None:
        ok, value = _srt_read(srt, film.duration)
        rules.append(
            rule("subtitles", ok, value, "SRT in UTF-8: cues numbered from 1, one after the other, in the film")
        )
    return tuple(rules)


def _srt_read(srt: bytes, duration: float) -> tuple[bool, str]:
    """Whether it is a SubRip file for a film of that length, and how many cues it has, or what is wrong with it."""
    try:
        text = srt.decode()
    except UnicodeDecodeError:
        return False, "not UTF-8"
    if text.startswith("\ufeff"):
        return False, "begins with a byte order mark"
    cues = re.split(r"\n\n+", text.replace("\r\n", "\n").strip("\n"))
    before = 0.0
    for number, cue in enumerate(cues, 1):
        read = _CUE.fullmatch(cue)
        if not read:
            return False, f"cue {number} cannot be read"
        if int(read[1]) != number:
            return False, f"cue {number} has the number {read[1]}"
        start, end = (_seconds(read.groups()[at : at + 4]) for at in (1, 5))
        if not before <= start < end:
            return False, f"cue {number} is not after the one before it"
        if end > duration + 0.1:  # the header's length is rounded
            return False, f"cue {number} ends after the film"
        if not read[10].strip():
            return False, f"cue {number} is empty"
        before = end
    return True, f"{len(cues)} cues"


def _seconds(clock: tuple[str, ...]) -> float:
    hours, minutes, seconds, milliseconds = map(int, clock)
    return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000


def _first_frame(path: Path) -> tuple[float, float]:
    """Mean and standard deviation of the light in the first frame as it is decoded, 0 to 255."""
    small = f"scale={_SAMPLE}:{_SAMPLE}:flags=area,format=gray"
    seen = _ffmpeg("-i", str(path), "-frames:v", "1", "-vf", small, "-f", "rawvideo", "-").stdout
    if len(seen) != _SAMPLE * _SAMPLE:
        raise RenderFailed(UNREADABLE)
    points = np.frombuffer(seen, np.uint8)
    return float(points.mean()), float(points.std())


def _ffmpeg(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", *arguments]
    return subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)


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
