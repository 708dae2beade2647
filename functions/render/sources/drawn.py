"""Backgrounds that need no photograph: abstract light in the colours of the style, another one for each shot."""

import hashlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.styles import Palette

from ..pictures import Picture
from ..timeline import Shot
from .compositions import FAMILIES, Canvas, blob, flow, step
from .grain import grain

OVERSAMPLING: Final = 1.2  # soft pictures need less of it than photographs
TONES: Final = 1024
TINTS: Final = 32
LEANING: Final = 0.3  # radians of hue, towards the accent


class DrawnBackgrounds:
    """MediaSource that never fails: the same picture for the same palette, seed, shot and frame, in every process."""

    def __init__(self, palette: Palette, seed: str) -> None:
        self._colours = _colours(palette)
        self._seed = seed
        self._order = _chance(seed).permutation(len(FAMILIES))

    def find(self, shot: Shot, frame: tuple[int, int]) -> Picture:
        """A background of 1.2 times the frame; neighbouring shots are never of the same family."""
        rng = _chance(f"{self._seed}/{shot.number}")
        canvas = Canvas(width=round(frame[0] * OVERSAMPLING), height=round(frame[1] * OVERSAMPLING))
        tone = FAMILIES[self._order[shot.number % len(FAMILIES)]](rng, canvas)
        tone *= _light(canvas)
        tone += grain(canvas.height, canvas.width, 0.018, int(rng.integers(1 << 31)))
        return Picture(pixels=self._coloured(tone, canvas.blown_up(_tint(rng, canvas))), source="drawn")

    def _coloured(self, tone: NDArray[np.float32], tint: NDArray[np.float32]) -> NDArray[np.uint8]:
        pixels = np.empty((*tone.shape, 3), np.uint8)
        for top in range(0, len(tone), 64):  # a strip at a time: indices of the whole would take 24 MB
            strip = slice(top, top + 64)
            row = np.clip(tone[strip] * TONES, 0, TONES - 1).astype(np.int64)
            column = np.clip(tint[strip] * TINTS, 0, TINTS - 1).astype(np.int64)
            np.take(self._colours, row * TINTS + column, axis=0, out=pixels[strip], mode="clip")
        return pixels


def _chance(seed: str) -> np.random.Generator:
    return np.random.default_rng(int.from_bytes(hashlib.blake2b(seed.encode(), digest_size=8).digest(), "big"))


def _tint(rng: np.random.Generator, canvas: Canvas) -> NDArray[np.float32]:
    """How far the hue leans to the accent's: 0..1, coarse, slow."""
    x, y = flow(rng, *canvas.coarse(), 0.2)
    at = (rng.uniform(0, 1) * canvas.across, rng.uniform(0, 0.8) * canvas.down)
    field = 0.1 + 0.9 * blob(x, y, at, rng.uniform(0.5, 0.8))
    return np.asarray(field + rng.uniform(-1, 1, field.shape) / TINTS / 2, np.float32)


def _light(canvas: Canvas) -> NDArray[np.float32]:
    """Darker corners, and calm for the captions in the lower third."""
    x, y = canvas.coarse()
    u, v = x / canvas.across * 2 - 1, y / canvas.down * 2 - 1
    vignette = 1 - 0.28 * step(0.5, 1.9, u * u + v * v)
    calm = 1 - 0.42 * step(0.1, 0.85, v)
    return canvas.blown_up(vignette * calm)


def _colours(palette: Palette) -> NDArray[np.uint8]:
    """(tone, tint) → blue, green, red.

    Tone runs through the palette's ground, each colour where its lightness puts it, so that every palette has the same
    contrast; tint turns the hue towards the accent's.
    """
    ground = np.array([_to_oklab(colour) for colour in palette.ground])
    stops = (ground[:, 0] - ground[0, 0]) / (ground[-1, 0] - ground[0, 0])
    tones = np.linspace(0, 1, TONES)
    ramp = np.stack([_smooth(np.interp(tones, stops, ground[:, axis])) for axis in range(3)], axis=1)
    hues = ramp[:, 1] + 1j * ramp[:, 2]
    accent = complex(*_to_oklab(palette.accent)[1:])
    away = np.angle(accent / complex(*(ground[2, 1:] + ground[3, 1:])))
    turns = np.exp(1j * np.clip(away, -LEANING, LEANING) * np.linspace(0, 1, TINTS))
    turned = hues[:, None] * turns[None, :]
    lightness = np.broadcast_to(ramp[:, :1], turned.shape)
    table = _from_oklab(np.stack([lightness, turned.real, turned.imag], axis=-1))[..., ::-1]
    return np.ascontiguousarray(np.rint(table * 255).reshape(TONES * TINTS, 3), np.uint8)


def _smooth(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Without the corners at the stops: the eye sees them as lines."""
    reach = TONES // 10
    kernel = np.hanning(2 * reach + 1)
    padded = np.concatenate((2 * values[0] - values[reach:0:-1], values, 2 * values[-1] - values[-2 : -reach - 2 : -1]))
    return np.convolve(padded, kernel / kernel.sum(), mode="valid")


# Björn Ottosson's Oklab, https://bottosson.github.io/posts/oklab/: equal steps look equal, mixtures stay clean.
_TO_LMS: Final = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB: Final = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def _to_oklab(colour: str) -> NDArray[np.float64]:
    encoded = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return np.asarray(_TO_LAB @ np.cbrt(_TO_LMS @ linear))


def _from_oklab(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = np.clip((lab @ np.linalg.inv(_TO_LAB).T) ** 3 @ np.linalg.inv(_TO_LMS).T, 0, 1)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
