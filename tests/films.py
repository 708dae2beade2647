"""A finished film, decoded: what it shows, frame by frame, and what it sounds like."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()


def frames_of(path: Path, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Every frame scaled to `size` = (width, height): frames x height x width x RGB."""
    width, height = size
    command = [FFMPEG, "-v", "error", "-i", str(path), "-vf", f"scale={width}:{height}:flags=area"]
    command += ["-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    data = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(data, np.uint8).reshape(-1, height, width, 3)


def sound_of(path: Path, sample_rate: int = 44100) -> NDArray[np.float32]:
    """The film's sound as one channel, -1..1."""
    command = [FFMPEG, "-v", "error", "-i", str(path), "-ac", "1", "-ar", str(sample_rate), "-f", "f32le", "-"]
    return np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, np.float32)


def loudness_of(path: Path) -> tuple[float, float]:
    """Integrated loudness in LUFS and true peak in dBTP."""
    command = [FFMPEG, "-hide_banner", "-nostats", "-i", str(path), "-af", "ebur128=peak=true:framelog=quiet"]
    told = subprocess.run([*command, "-f", "null", "-"], capture_output=True, text=True, check=True).stderr
    lines = [line.split() for line in told.splitlines()]
    integrated = next(float(line[1]) for line in lines if line[:1] == ["I:"])
    peak = next(float(line[1]) for line in lines if line[:1] == ["Peak:"])
    return integrated, peak


def onsets_of(sound: NDArray[np.float32], sample_rate: int = 44100, quiet: float = 0.05) -> list[float]:
    """Seconds at which sound begins after at least `quiet` seconds without any."""
    window = sample_rate // 200  # 5 ms
    frames = sound[: len(sound) // window * window].reshape(-1, window)
    loud = np.sqrt((frames**2).mean(axis=1)) > 0.03
    silent_for = 1.0
    found = []
    for index, is_loud in enumerate(loud):
        if is_loud and silent_for >= quiet:
            found.append(index * window / sample_rate)
        silent_for = 0.0 if is_loud else silent_for + window / sample_rate
    return found


def marked(frames: NDArray[np.uint8], colour: str) -> NDArray[np.bool_]:
    """Where each frame has the colour `#rrggbb`, about: frames x height x width."""
    wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    distance: NDArray[np.int_] = np.abs(frames.astype(np.int16) - wanted).sum(axis=3)
    return distance < 60
