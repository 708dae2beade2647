"""Six photographs of 3000 x 2000 for the benchmarks: real ones from a package of Debian, else drawn ones as hard.

They are fetched once, into the user's cache folder, and never become part of the repository.
"""

import io
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import cv2
import numpy as np
from PIL import Image, ImageOps

SIZE: Final = (3000, 2000)  # what people upload after our own size limit: the longest side of a stored picture
QUALITY: Final = 88
PACKAGE: Final = "lomiri-wallpapers-16.04"  # free photographs, CC BY, CC BY-SA and CC0
NAMES: Final = (  # leaves, water, rock and grass at full sharpness: flat pictures would be easy to encode
    "life_by_Aitzol_Berasategi",
    "picosdeeuropa_by_Aitzol_Berasategi",
    "seeding_by_Clements_Engelhardt",
    "aitzgorri_by_Aitzol_Berasategi",
    "Dragonfly_by_Bolly",
    "sunset_by_Aitzol_Berasategi",
)
FETCH_TIMEOUT: Final = 120.0  # seconds for 16 MB
OCTAVES: Final = (8, 32, 128, 512, 2000)  # cells along the shorter side


class NotFetched(Exception):
    """The package cannot be had here: no apt, no network, or no such package."""


def photographs(scratch: Path) -> tuple[Path, bool]:
    """The folder with six JPEG files, and whether they are synthetic: drawn in `scratch`, for want of real ones."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "linkedin-video" / "photographs"
    try:
        if not all((folder / f"{name}.jpg").exists() for name in NAMES):
            _fetch(folder)
    except NotFetched as error:
        print(f"No photographs ({error}): measuring with drawn pictures, marked as synthetic.", file=sys.stderr)
        for number in range(len(NAMES)):
            (scratch / f"{number}.jpg").write_bytes(_jpeg(_drawn(number)))
        return scratch, True
    return folder, False


def _fetch(folder: Path) -> None:
    print(f"Fetching photographs from Debian's {PACKAGE} into {folder} …", file=sys.stderr)
    with TemporaryDirectory() as unpacked:
        _unpack(Path(unpacked))
        folder.mkdir(parents=True, exist_ok=True)
        for name in NAMES:
            (folder / f"{name}.jpg").write_bytes(_scaled(next(Path(unpacked).rglob(f"{name}.jpg"), None)))


def _unpack(folder: Path) -> None:
    try:
        _run(["apt-get", "download", PACKAGE], folder)
        for archive in folder.glob("*.deb"):
            _run(["dpkg", "-x", str(archive), str(folder)], folder)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotFetched(str(error)) from error


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=FETCH_TIMEOUT, check=False)
    if done.returncode:
        raise NotFetched(f"{command[0]}: {done.stderr.strip().splitlines()[-1:]}")


def _scaled(file: Path | None) -> bytes:
    if file is None:
        raise NotFetched("the package holds other pictures than expected")
    with Image.open(file) as image:
        return _jpeg(ImageOps.fit(image.convert("RGB"), SIZE, Image.Resampling.LANCZOS))


def _drawn(seed: int) -> Image.Image:
    """Noise of every scale, as foliage has it, under a gradient, cut by hard edges."""
    chance = np.random.default_rng(seed)
    width, height = SIZE
    picture = np.linspace(60, 190, height, dtype=np.float32)[:, None, None] * np.ones((1, width, 3), np.float32)
    for cells in OCTAVES:
        noise = chance.normal(0, 1, (cells, cells * width // height, 3)).astype(np.float32)
        picture += 60 / cells**0.3 * cv2.resize(noise, SIZE, interpolation=cv2.INTER_CUBIC)
    for _ in range(12):
        corners = (chance.uniform(0, 1, (3, 2)) * SIZE).astype(np.int32)
        shade = picture.copy()
        cv2.fillConvexPoly(shade, corners, tuple(float(value) for value in chance.uniform(0, 255, 3)), cv2.LINE_8)
        picture = 0.7 * picture + 0.3 * shade
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))


def _jpeg(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()
