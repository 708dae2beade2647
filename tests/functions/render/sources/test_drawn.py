"""Backgrounds without a photograph: always the same, never alike, smooth, and calm where captions stand."""

import hashlib
import itertools
import os
import subprocess
import sys

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from functions.render.sources.compositions import FAMILIES, Canvas
from functions.render.sources.drawn import DrawnBackgrounds
from functions.render.timeline import Shot
from shared.styles import STYLES

FRAMES = [(1080, 1350), (1080, 1080), (1080, 1920), (1920, 1080)]
SMALL = (216, 270)


def drawn(
    shot: int, *, style: str = "professional", seed: str = "a post", frame: tuple[int, int] = SMALL
) -> NDArray[np.uint8]:
    return DrawnBackgrounds(STYLES[style].palette, seed).find(Shot(number=shot, start=0, end=1, fade=0), frame).pixels


def luminance(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """WCAG's relative luminance, 0..1."""
    linear = (pixels[..., ::-1] / 255) ** 2.2
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))


@pytest.mark.parametrize("frame", FRAMES)
def test_a_background_is_somewhat_larger_than_its_frame_and_of_its_proportions(frame: tuple[int, int]) -> None:
    pixels = drawn(0, frame=frame)
    assert pixels.shape == (round(frame[1] * 1.2), round(frame[0] * 1.2), 3)
    assert pixels.dtype == np.uint8


def test_the_same_seed_draws_the_same_in_another_process() -> None:
    program = (
        "import hashlib\n"
        "from functions.render.sources.drawn import DrawnBackgrounds\n"
        "from functions.render.timeline import Shot\n"
        "from shared.styles import STYLES\n"
        "shot = Shot(number=3, start=0, end=1, fade=0)\n"
        "p = DrawnBackgrounds(STYLES['casual'].palette, 'a post').find(shot, (216, 270)).pixels\n"
        "print(hashlib.sha256(p.tobytes()).hexdigest())"
    )
    environment = os.environ | {"PYTHONHASHSEED": "7", "PYTHONPATH": os.pathsep.join(sys.path)}
    there = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, env=environment)
    here = hashlib.sha256(drawn(3, style="casual").tobytes()).hexdigest()
    assert there.stdout.strip() == here


def test_another_seed_draws_something_else() -> None:
    assert any(not np.array_equal(drawn(shot), drawn(shot, seed="another post")) for shot in range(3))


def test_no_two_shots_of_a_film_are_alike() -> None:
    pictures = [cv2.blur(drawn(shot), (15, 15)).astype(int) for shot in range(12)]
    assert min(np.abs(a - b).mean() for a, b in itertools.combinations(pictures, 2)) > 2


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("shot", range(len(FAMILIES)))
def test_white_text_can_be_read_on_the_lower_third(style: str, shot: int) -> None:
    pixels = cv2.blur(drawn(shot, style=style), (9, 9))
    lower = luminance(np.asarray(pixels[2 * len(pixels) // 3 :], np.uint8))
    contrast = 1.05 / (np.percentile(lower, 98) + 0.05)
    assert contrast > 3  # large text, in its worst place, without its plate


@pytest.mark.parametrize("style", STYLES)
def test_a_smooth_gradient_has_no_bands(style: str) -> None:
    for shot in range(len(FAMILIES)):
        sums = drawn(shot, style=style, frame=(1080, 1080))[::40].sum(axis=2, dtype=int)
        for row in sums:
            changes = np.flatnonzero(np.diff(row))
            assert np.diff(changes).max() < 40  # pixels of one and the same colour side by side


@pytest.mark.parametrize("style", STYLES)
def test_the_colours_are_the_palettes(style: str) -> None:
    ground = [[int(colour[at : at + 2], 16) for at in (5, 3, 1)] for colour in STYLES[style].palette.ground]
    ramp = np.stack(
        [np.interp(np.linspace(0, 3, 91), range(4), channel) for channel in zip(*ground, strict=True)], axis=1
    )
    for shot in range(len(FAMILIES)):
        pixels = cv2.resize(drawn(shot, style=style), (40, 50), interpolation=cv2.INTER_AREA).reshape(-1, 1, 3)
        apart = np.linalg.norm(pixels - ramp, axis=2).min(axis=1)
        assert apart.mean() < 30 and apart.max() < 70


def test_a_length_is_the_same_across_and_down_in_every_format() -> None:
    for width, height in FRAMES:
        x, y = Canvas(width=width, height=height).fine()
        assert x[0, 1] - x[0, 0] == pytest.approx(y[1, 0] - y[0, 0], rel=1e-3)
