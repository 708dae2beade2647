"""Other ways to make the same film, and how much longer they take than ours."""

import hashlib
import json
import os
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Final

import imageio_ffmpeg

from benchmarks.measure import AS_DEPLOYED
from benchmarks.peers.material import Material
from benchmarks.peers.with_zoompan import naive, zoompan4
from functions.render.inspection import inspect
from functions.render.timeline import FPS

ROOT: Final = Path(__file__).parent.parent.parent
REQUIREMENTS: Final = Path(__file__).parent / "requirements.txt"
SCRIPT: Final = Path(__file__).parent / "with_moviepy.py"
SIZE: Final = (1080, 1350)
NAMES: Final = ("ours", "moviepy", "naive", "zoompan4")
TOLERANCE: Final = 0.1  # seconds that a peer may round its film to

Make = Callable[[Path], float]


class PeerFailed(Exception):
    """A peer could not be installed, or its film is not the one that was asked for."""


def measured(scratch: Path, pictures: Sequence[Path], seconds: float = 10, rounds: int = 3) -> dict[str, float]:
    """Each peer's time on the clock over ours, median of the rounds: vs_moviepy, vs_naive, vs_zoompan4.

    All films have the same pictures, sound, captions, size and length, and stay in `scratch`. The rounds take turns, so
    that a machine that gets busier slows all down. Raises PeerFailed.
    """
    scratch = scratch.resolve()  # they work in different folders
    made = {name: scratch / f"{name}.mp4" for name in NAMES}
    makers = _makers(scratch, [picture.resolve() for picture in pictures], seconds, SIZE)
    rows = []
    for number in range(rounds):
        order = [NAMES[(place + number) % len(NAMES)] for place in range(len(NAMES))]
        row = {}
        for name in order:
            cpu = _cpu_of_children()
            row[name] = makers[name](made[name])
            _say(f"round {number + 1}: {name} {row[name]:.2f} s, {_cpu_of_children() - cpu:.1f} s CPU with its start")
            _check(made[name], seconds)
        rows.append(row)
    return {f"vs_{name}": round(median(row[name] / row["ours"] for row in rows), 2) for name in NAMES[1:]}


def _makers(scratch: Path, pictures: Sequence[Path], seconds: float, size: tuple[int, int]) -> dict[str, Make]:
    """Each makes the film and tells how many seconds that took on the clock, without the start of a Python."""
    material = Material.prepared(size, pictures, seconds, scratch)
    (scratch / "material.json").write_text(material.to_json())
    python = _python_with_moviepy()

    def ours(target: Path) -> float:
        module = [sys.executable, "-m", "benchmarks.peers.ours", f"{size[0]}x{size[1]}", str(seconds)]
        return _told([*module, str(target), *map(str, pictures)], ROOT)

    def moviepy(target: Path) -> float:
        return _told([str(python), str(SCRIPT), str(scratch / "material.json"), str(target)], scratch)

    return {
        "ours": ours,
        "moviepy": moviepy,
        "naive": lambda target: naive(material, scratch, target),
        "zoompan4": lambda target: zoompan4(material, scratch, target),
    }


def _cpu_of_children() -> float:
    return sum(os.times()[2:4])


def _told(command: Sequence[str], folder: Path) -> float:
    environment = {
        **os.environ,
        **AS_DEPLOYED,
        "IMAGEIO_FFMPEG_EXE": imageio_ffmpeg.get_ffmpeg_exe(),
    }  # one encoder for all
    done = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return float(json.loads(done.stdout)["wall"])


def _python_with_moviepy() -> Path:
    """The Python of a virtual environment in the user's cache, made when it is first wanted. Raises PeerFailed."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "linkedin-video"
    mark = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = cache / f"peers-{mark}"
    python, finished = folder / "bin" / "python", folder / "finished"
    if not finished.exists():
        _say(f"installing {REQUIREMENTS.name} of the peers into {folder}")
        venv.create(folder, clear=True, with_pip=True)
        installed = subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", REQUIREMENTS], check=False)
        if installed.returncode:
            raise PeerFailed("MoviePy could not be installed; pip has said why.")
        finished.touch()
    return python


def _check(film: Path, seconds: float) -> None:
    """A film may be cut off under a sound that goes on: its frames are counted. Raises PeerFailed."""
    seen = inspect(film)
    frames, _ = imageio_ffmpeg.count_frames_and_secs(film)
    if (seen.width, seen.height) != SIZE or abs(frames / FPS - seconds) > TOLERANCE:
        raise PeerFailed(f"{film.name} has {seen.width}x{seen.height} and {frames} frames")


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)
