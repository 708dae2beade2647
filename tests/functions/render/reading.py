"""Reads finished films with ffmpeg: frames, sound, packets, key frames, loudness. What a player would see and hear."""

import re
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray


def ffmpeg(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=True)


def decoded(film: Path, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Every frame: frames x height x width x (blue, green, red), by the colour tags of the file."""
    raw = ffmpeg("-i", film, "-map", "0:v", "-f", "rawvideo", "-pix_fmt", "bgr24", "-fps_mode", "passthrough", "-")
    return np.frombuffer(raw.stdout, np.uint8).reshape(-1, size[1], size[0], 3)


def sound(film: Path, sample_rate: int = 44_100) -> NDArray[np.int16]:
    """samples x 2"""
    raw = ffmpeg("-i", film, "-map", "0:a", "-f", "s16le", "-ar", str(sample_rate), "-ac", "2", "-")
    return np.frombuffer(raw.stdout, "<i2").reshape(-1, 2)


def packets(film: Path, stream: str = "0:v") -> list[str]:
    """The checksum of each packet, as it lies in the file."""
    told = ffmpeg("-i", film, "-map", stream, "-c", "copy", "-f", "framehash", "-hash", "crc32", "-").stdout.decode()
    return [line.split(",")[-1].strip() for line in told.splitlines() if not line.startswith("#")]


def shown_at(film: Path) -> tuple[list[float], list[float]]:
    """The seconds at which frames are shown, and those of the key frames among them."""
    told = ffmpeg("-i", film, "-map", "0:v", "-vf", "showinfo", "-fps_mode", "passthrough", "-f", "null", "-").stderr
    found = re.findall(r"pts_time:(\S+).*?iskey:(\d)", told.decode())
    return [float(at) for at, _ in found], [float(at) for at, key in found if key == "1"]


def header(film: Path) -> str:
    """What ffmpeg says of a file."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(film)]
    return subprocess.run(command, capture_output=True, check=False).stderr.decode()
