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
TAGGED: Final = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
FED_WIDTH, FED_RATE = 720, "1200k"  # about what a phone gets of the feed
SEEN: Final = 0.5  # of the height, from above: below stand captions, which do not move


@dataclass(frozen=True, kw_only=True, slots=True)
class Likeness:
    """VMAF of a film, 0..100: the mean of its frames, and the mean of the lowest fiftieth of them."""

    mean: float
    low: float


def likeness(film: Path, frames: Path, size: tuple[int, int], *, seen_at: tuple[int, int] | None = None) -> Likeness:
    """`film` against `frames`, planar YUV 4:2:0, as a file; `seen_at` is the film's size where it is another one."""
    with TemporaryDirectory() as folder:
        log = Path(folder, "vmaf.json")
        # Frame by frame, and told to be of the same colours: else ffmpeg converts what says so and what does not.
        same = f"settb=1/25,setpts=N,{TAGGED}"
        scaled = f",scale={seen_at[0]}:{seen_at[1]}:flags=lanczos,{TAGGED}" if seen_at else ""
        pairs = f"[0:v]{same}[film];[1:v]{same}{scaled}[drawn];[film][drawn]"
        command = [
            imageio_ffmpeg.get_ffmpeg_exe(),
            "-hide_banner", "-nostdin",
            "-loglevel", "error",
            "-i", str(film),
            *_raw(frames, size),
            "-lavfi", f"{pairs}libvmaf=n_threads=2:n_subsample={EVERY}:log_fmt=json:log_path={log}",
            "-f", "null", "-",
        ]  # fmt: skip
        subprocess.run(command, check=True)
        values = sorted(frame["metrics"]["vmaf"] for frame in json.loads(log.read_text())["frames"])
    lowest = values[: max(1, round(LOWEST * len(values)))]
    return Likeness(mean=sum(values) / len(values), low=sum(lowest) / len(lowest))


def feed_loss(film: Path, frames: Path, size: tuple[int, int]) -> float:
    """What a feed that encodes once more shows less of `film` than of the frames themselves, in points of VMAF."""
    fed_size = (FED_WIDTH, 2 * round(FED_WIDTH * size[1] / size[0] / 2))
    with TemporaryDirectory() as folder:
        shown = []
        for name, source in (("film", ["-i", str(film)]), ("drawn", _raw(frames, size))):
            fed = Path(folder, f"{name}.mp4")
            command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-loglevel", "error", *source]
            command += ["-vf", f"{TAGGED},scale={fed_size[0]}:{fed_size[1]}:flags=lanczos", "-an", "-c:v", "libx264"]
            command += ["-preset", "veryfast", "-b:v", FED_RATE, "-maxrate", FED_RATE, "-bufsize", "2400k", str(fed)]
            subprocess.run(command, check=True)
            shown.append(likeness(fed, frames, size, seen_at=fed_size).mean)
    return shown[1] - shown[0]


def _raw(frames: Path, size: tuple[int, int]) -> list[str]:
    """ffmpeg's options for frames as a file."""
    form = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{size[0]}x{size[1]}", "-r", str(FPS)]
    return [*form, "-i", str(frames)]


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
