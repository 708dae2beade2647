"""How good an encoded film is: against the frames it was made of (VMAF), and how evenly its pictures move."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import cv2
import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from functions.render.timeline import FPS, Timeline

EVERY: Final = 3  # frames: VMAF of each would take a minute
LOWEST: Final = 0.02  # of the frames: what stands out as bad
SEEN: Final = 0.5  # of the height, from above: below stand captions, which do not move


@dataclass(frozen=True, kw_only=True, slots=True)
class Likeness:
    """VMAF of a film, 0..100: the mean of its frames, and the mean of the lowest fiftieth of them."""

    mean: float
    low: float


def likeness(film: Path, frames: Path, size: tuple[int, int]) -> Likeness:
    """`film` against `frames`, planar YUV 4:2:0, as a file."""
    with TemporaryDirectory() as folder:
        log = Path(folder, "vmaf.json")
        # Frame by frame, and told to be of the same colours: else ffmpeg converts what says so and what does not.
        same = "settb=1/25,setpts=N,setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
        pairs = f"[0:v]{same}[film];[1:v]{same}[drawn];[film][drawn]"
        command = [
            imageio_ffmpeg.get_ffmpeg_exe(),
            "-hide_banner", "-nostdin",
            "-loglevel", "error",
            "-i", str(film),
            "-f", "rawvideo",
            "-pix_fmt", "yuv420p",
            "-s", f"{size[0]}x{size[1]}",
            "-r", str(FPS),
            "-i", str(frames),
            "-lavfi", f"{pairs}libvmaf=n_threads=2:n_subsample={EVERY}:log_fmt=json:log_path={log}",
            "-f", "null", "-",
        ]  # fmt: skip
        subprocess.run(command, check=True)
        values = sorted(frame["metrics"]["vmaf"] for frame in json.loads(log.read_text())["frames"])
    lowest = values[: max(1, round(LOWEST * len(values)))]
    return Likeness(mean=sum(values) / len(values), low=sum(lowest) / len(lowest))


def step_jitter(film: Path, frames: Path, timeline: Timeline, size: tuple[int, int]) -> float:
    """How unevenly the encoder lets the pictures move: in pixels, the standard deviation of how much further or less
    far they go from one frame to the next than in `frames`. In shots but the first, whose headline dims the picture,
    and without their fades.
    """
    width, height = size
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-i", str(film)]
    command += ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-"]
    planes = (height * 3 // 2, width)  # luma above, chroma below
    drawn = np.memmap(frames, np.uint8, "r").reshape(-1, *planes)
    shown = [_still_shown(timeline, number) for number in range(1, len(timeline.shots))]
    beside: dict[int, NDArray[np.float64]] = {}
    seen = round(SEEN * height)
    with subprocess.Popen(command, stdout=subprocess.PIPE) as ffmpeg:
        assert ffmpeg.stdout
        for index, original in enumerate(drawn):
            frame = np.frombuffer(ffmpeg.stdout.read(original.size), np.uint8).reshape(planes)
            if any(index in shot for shot in shown):
                beside[index] = _apart(np.ascontiguousarray(original[:seen]), frame[:seen])
    steps = [beside[index] - beside[index - 1] for index in beside if index - 1 in beside]
    return float(np.std(steps, axis=0).max())


def _still_shown(timeline: Timeline, number: int) -> range:
    """The frames that show one shot and nothing of its neighbours."""
    shot = timeline.shots[number]
    after = sum(following.fade for following in timeline.shots[number + 1 : number + 2])
    return range(round((shot.start + shot.fade) * FPS), round((shot.end - after) * FPS) - 1)


def _apart(original: NDArray[np.uint8], encoded: NDArray[np.uint8]) -> NDArray[np.float64]:
    """How far a picture stands beside its original, x and y: the shift that explains their difference best, by least
    squares over all pixels. It is far below a pixel, so the slopes of the picture tell it; lost sharpness counts
    nothing.
    """
    slopes = [cv2.Sobel(original, cv2.CV_32F, *axis, scale=1 / 8).ravel() for axis in ((1, 0), (0, 1))]
    difference = cv2.subtract(original, encoded, dtype=cv2.CV_32F).ravel()
    products = np.array([[one @ other for other in slopes] for one in slopes], np.float64)
    return np.asarray(np.linalg.solve(products, [float(slope @ difference) for slope in slopes]), np.float64)
