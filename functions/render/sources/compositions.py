"""Families of abstract light: each gives a tone, 0 dark to 1 light, for every pixel; the colours come later.

Lengths are in short sides of the canvas, so that a circle is round in every format. Light comes from above.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]
COARSE: Final = 6  # soft fields are computed for every sixth pixel and blown up: nothing in them is finer


@dataclass(frozen=True, kw_only=True, slots=True)
class Canvas:
    """A size in pixels, and its two grids."""

    width: int
    height: int

    @property
    def unit(self) -> int:
        """How many pixels the short side has."""
        return min(self.width, self.height)

    @property
    def across(self) -> float:
        return self.width / self.unit

    @property
    def down(self) -> float:
        return self.height / self.unit

    def fine(self) -> tuple[Field, Field]:
        """x as one row and y as one column, a value for each pixel's centre."""
        x = (np.arange(self.width, dtype=np.float32) + np.float32(0.5)) / np.float32(self.unit)
        y = (np.arange(self.height, dtype=np.float32) + np.float32(0.5)) / np.float32(self.unit)
        return x[None, :], y[:, None]

    def coarse(self) -> tuple[Field, Field]:
        """x and y as full fields of every sixth pixel."""
        columns, rows = self.width // COARSE, self.height // COARSE
        x = (np.arange(columns, dtype=np.float32) + np.float32(0.5)) * np.float32(self.across / columns)
        y = (np.arange(rows, dtype=np.float32) + np.float32(0.5)) * np.float32(self.down / rows)
        return np.broadcast_to(x[None, :], (rows, columns)), np.broadcast_to(y[:, None], (rows, columns))

    def blown_up(self, field: NDArray[Any]) -> Field:
        small = np.asarray(field, np.float32)
        return np.asarray(cv2.resize(small, (self.width, self.height), interpolation=cv2.INTER_CUBIC), np.float32)


def step(low: float, high: float, value: Any) -> Any:
    """Hermite's smooth step: 0 below `low`, 1 above `high`."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def blob(x: Any, y: Any, at: tuple[float, float], radius: float) -> Any:
    return np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / (radius * radius))


def flow(rng: np.random.Generator, x: Any, y: Any, amount: float) -> tuple[Any, Any]:
    """The same grid, gently bent: what makes a gradient look poured and not computed."""
    for _ in range(2):
        a, b = rng.uniform(0.8, 2.2, 2)
        p, q = rng.uniform(0, 6.28, 2)
        x, y = x + amount * np.sin(a * y + 0.6 * x + p), y + amount * np.sin(b * x - 0.5 * y + q)
    return x, y


def mesh(rng: np.random.Generator, canvas: Canvas) -> Field:
    """The ground under every family: a few large lights over a dark slope. Coarse."""
    x, y = canvas.coarse()
    bent_x, bent_y = flow(rng, x, y, 0.12)
    tone = 0.16 + 0.16 * (1 - y / canvas.down)
    side = rng.choice((-1, 1))
    for index, strength in enumerate((0.34, 0.22, 0.16)):
        across = 0.5 + side * (-1) ** index * rng.uniform(0.18, 0.5)
        at = (across * canvas.across, rng.uniform(-0.05, 0.55) * canvas.down)
        tone = tone + strength * blob(bent_x, bent_y, at, rng.uniform(0.5, 0.85))
    for _ in range(2):
        at = (rng.uniform(0, 1) * canvas.across, rng.uniform(0.2, 1.0) * canvas.down)
        tone = tone - 0.14 * blob(bent_x, bent_y, at, rng.uniform(0.35, 0.6))
    return np.asarray(tone, np.float32)


def aurora(rng: np.random.Generator, canvas: Canvas) -> Field:
    """Veils of light with one soft and one clear side."""
    x, y = canvas.coarse()
    tone = mesh(rng, canvas) * 0.72
    tilt = rng.choice((-1, 1)) * rng.uniform(0.15, 0.5)
    top = rng.uniform(0.22, 0.34) * canvas.down
    for index in range(4):
        a, b = rng.uniform(1.2, 2.4), rng.uniform(2.6, 4.2)
        p, q = rng.uniform(0, 6.28, 2)
        course = top + index * 0.17 + tilt * (x - canvas.across / 2)
        course = course + 0.11 * np.sin(a * x + p) + 0.035 * np.sin(b * x + q)
        above = course - y
        veil = np.where(
            above > 0, np.exp(-np.maximum(above, 0) / rng.uniform(0.22, 0.42)), np.exp(-((above / 0.035) ** 2))
        )
        along = 0.55 + 0.45 * np.sin(rng.uniform(1.2, 2.2) * x / canvas.across * 2 + rng.uniform(0, 6.28))
        tone = tone + (0.34 - 0.05 * index) * veil * along
    return canvas.blown_up(tone)


def planes(rng: np.random.Generator, canvas: Canvas) -> Field:
    """Large folded sheets: each lit along its edge, each with a shadow on the one below."""
    x, y = canvas.fine()
    tone = canvas.blown_up(mesh(rng, canvas)) * np.float32(0.8)
    base = rng.choice((-1, 1)) * rng.uniform(0.5, 1.0)
    reach = canvas.across + canvas.down
    for index in range(4):
        angle = base + rng.uniform(-0.28, 0.28)
        normal = np.float32(np.sin(angle)), np.float32(np.cos(angle))
        middle = normal[0] * canvas.across / 2 + normal[1] * canvas.down / 2
        offset = middle + (index - 1.9) * 0.19 * reach * rng.uniform(0.8, 1.15)
        inside = normal[0] * x + normal[1] * y - np.float32(offset)
        edge = np.clip(inside * canvas.unit * 0.7 + 0.5, 0, 1)
        near = canvas.blown_up(inside[::COARSE, ::COARSE])
        lit = np.float32(rng.uniform(0.15, 0.24)) * np.exp(-np.maximum(near, 0) / np.float32(0.3)) - np.float32(0.05)
        shade = np.float32(0.16) * np.exp(np.minimum(near, 0) / np.float32(0.09))
        tone += edge * lit - (1 - edge) * shade
    return tone


# (from the middle across, from the top down, radius): the largest first, the nearest last
ORBS: Final = (
    ((0.34, 0.16, 0.46), (-0.42, 0.36, 0.27), (0.22, 0.55, 0.15), (-0.2, 0.1, 0.09)),
    ((-0.06, 0.24, 0.38), (0.4, 0.44, 0.17), (-0.36, 0.08, 0.10), (-0.27, 0.5, 0.07)),
    ((0.5, 0.52, 0.5), (-0.3, 0.12, 0.3), (-0.12, 0.42, 0.11)),
)


def orbs(rng: np.random.Generator, canvas: Canvas) -> Field:
    """A few large spheres in soft light, most of them partly out of the frame."""
    x, y = canvas.fine()
    soft_x, soft_y = canvas.coarse()
    tone = canvas.blown_up(mesh(rng, canvas)) * np.float32(0.85)
    side = rng.choice((-1, 1))
    for across, down, size in ORBS[rng.integers(len(ORBS))]:
        at_x = (0.5 + side * (across + rng.uniform(-0.06, 0.06))) * canvas.across
        at_y = (down + rng.uniform(-0.05, 0.05)) * canvas.down
        radius = size * rng.uniform(0.9, 1.15)
        dx, dy = (soft_x - at_x) / radius, (soft_y - at_y) / radius
        tone -= canvas.blown_up(0.17 * np.exp(-(dx**2) - (dy - 0.35) ** 2))  # the shadow it casts
        lit = 0.30 - 0.225 * dy - side * 0.075 * dx + 0.12 * np.minimum(np.hypot(dx, dy), 1.1) ** 4
        edge = np.sqrt(np.square(x - np.float32(at_x)) + np.square(y - np.float32(at_y)))
        edge = np.clip((np.float32(radius) - edge) * np.float32(0.7 * canvas.unit) + np.float32(0.5), 0, 1)
        tone += edge * (
            canvas.blown_up(lit) - np.float32(0.65) * tone
        )  # glass: a third of what is behind shines through
    return tone


def waves(rng: np.random.Generator, canvas: Canvas) -> Field:
    """Ranges of dunes, one before the other, darker towards the viewer."""
    x, y = canvas.fine()
    tone = canvas.blown_up(mesh(rng, canvas)) * np.float32(1.05)
    for index in range(5):
        a, b = rng.uniform(0.9, 2.0), rng.uniform(2.2, 3.6)
        p, q = rng.uniform(0, 6.28, 2)
        crest = (0.30 + 0.135 * index) * canvas.down + 0.10 * np.sin(a * x + p) + 0.03 * np.sin(b * x + q)
        below = y - crest.astype(np.float32)
        edge = np.clip(below * canvas.unit * 0.7 + 0.5, 0, 1)
        body = np.float32(0.50 - 0.085 * index) * np.exp(-np.maximum(below, 0) / np.float32(0.24)) + np.float32(0.10)
        tone = tone * (1 - edge) + edge * body
    return np.asarray(tone, np.float32)


def arcs(rng: np.random.Generator, canvas: Canvas) -> Field:
    """Wide rings around a point near a corner, like the terraces of a bowl, lit from one direction."""
    x, y = canvas.fine()
    side = rng.choice((-1, 1))
    at_x = (0.5 + side * rng.uniform(0.3, 0.5)) * canvas.across
    at_y = rng.uniform(0.05, 0.28) * canvas.down
    distance = np.hypot(x - np.float32(at_x), y - np.float32(at_y))
    ring = np.float32(rng.uniform(0.21, 0.27))
    place = distance / ring + np.float32(rng.uniform(0, 0.5))
    index = np.floor(place)
    inside = place - index  # 0 at a ring's inner edge, 1 at its outer
    inside = inside - np.clip((inside - 1) * ring * canvas.unit * 0.6 + 1, 0, 1) * inside  # a pixel's ramp, not a step
    fade = np.exp(-distance / np.float32(0.95))
    tone = canvas.blown_up(mesh(rng, canvas)) * np.float32(0.7)
    return np.asarray(tone + fade * (np.float32(0.42) * inside - np.float32(0.02)), np.float32)


def beams(rng: np.random.Generator, canvas: Canvas) -> Field:
    """Broad shafts of light from beyond the upper edge, each with one clear side."""
    x, y = canvas.coarse()
    side = rng.choice((-1, 1))
    at_x, at_y = (0.5 + side * rng.uniform(0.3, 0.6)) * canvas.across, -rng.uniform(0.2, 0.45)
    angle = -side * np.arctan2(x - at_x, y - at_y)
    fade = np.exp(-np.hypot(x - at_x, y - at_y) / 1.3)
    tone = mesh(rng, canvas) * 0.62
    for index in range(5):
        beside = angle - (-0.24 + 0.27 * index + rng.uniform(-0.05, 0.05))
        shaft = step(-0.03, 0.012, beside) * np.exp(-np.maximum(beside, 0) / rng.uniform(0.13, 0.26))
        tone = tone + rng.uniform(0.3, 0.5) * shaft * fade
    return canvas.blown_up(tone)


FAMILIES: Final[tuple[Callable[[np.random.Generator, Canvas], Field], ...]] = (aurora, planes, orbs, waves, arcs, beams)
