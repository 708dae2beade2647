"""Whose photographs a film shows, as small print in its last seconds: a line at the upper edge, on a plate."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import ceil
from typing import Final

import numpy as np
from PIL import Image

from shared.styles import Palette

from .fonts.ink import ASCENT, OVERHANG, filled, ink, lay, rounded, shortened, width_of
from .lettering import PLATE_ALPHA, Sprite

# In pixels of a frame whose smaller side has 1080.
SIZE: Final = 22
PAD: Final = 14
HEIGHT: Final = 38
SIDE: Final = 0.05  # of the width, left free
TOP: Final = 0.024  # of the height: above where captions and titles begin
TOP_TALL: Final = 0.12  # full-screen apps have their own buttons above
BOTTOM_TALL: Final = 0.18  # and their text below
READ_IN: Final = 2.5  # seconds for one line

Overlay = Callable[[float], Sprite | None]


def with_small_print(
    below: Overlay, texts: Sequence[str], *, frame: tuple[int, int], palette: Palette, seconds: float, low: bool = False
) -> Overlay:
    """`below`, and over it the small print at the end of a film of `seconds`: line after line, where one is not enough.

    `low`: at the lower edge of a tall frame, where captions stand at the upper one.
    """
    lines = _lines(texts, frame)
    if not lines:
        return below
    begins = max(0.0, seconds - READ_IN * len(lines))
    each = (seconds - begins) / len(lines)
    drawn = lru_cache(maxsize=1)(lambda number: _drawn(lines[number], frame, palette, low))
    standing: list[
        tuple[Sprite, int, Sprite]
    ] = []  # what is below, the line, and both: the same object for many frames

    def at(moment: float) -> Sprite | None:
        under = below(moment)
        if moment < begins:
            return under
        number = min(len(lines) - 1, int((moment - begins) / each))
        if under is None:
            return drawn(number)
        if not (standing and standing[0][0] is under and standing[0][1] == number):
            standing[:] = [(under, number, _both(under, drawn(number)))]
        return standing[0][2]

    return at


def _lines(texts: Sequence[str], frame: tuple[int, int]) -> list[str]:
    """The texts, broken at commas where they are too long for the frame."""
    size = _size(frame)
    room = (1 - 2 * SIDE) * frame[0] - 2 * PAD * size / SIZE
    lines: list[str] = []
    for text in texts:
        parts = text.split(", ")
        line = parts[0]
        for part in parts[1:]:
            if width_of(f"{line}, {part}", size) > room:
                lines.append(line)
                line = part
            else:
                line = f"{line}, {part}"
        lines.append(line)
    return [shortened(line, size, room) for line in lines]


def _size(frame: tuple[int, int]) -> int:
    return max(8, ceil(SIZE * min(frame) / 1080))


def _drawn(text: str, frame: tuple[int, int], palette: Palette, low: bool) -> Sprite:
    size = _size(frame)
    scale = size / SIZE
    width = 2 * ceil((width_of(text, size) + 2 * PAD * scale) / 2)
    height = 2 * ceil(HEIGHT * scale / 2)
    plate = filled(palette.plate, rounded(width, height, round(0.3 * height)), PLATE_ALPHA)
    canvas = Image.new("RGBA", (width, height))
    lay(canvas, plate, 0, 0)
    baseline = round(height / 2 + 0.36 * size)
    lay(
        canvas,
        ink(text, size, palette.text, 1.0),
        round(PAD * scale - OVERHANG * size),
        baseline - round(ASCENT * size),
    )
    is_tall = frame[1] > 1.6 * frame[0]
    if is_tall:
        top = (1 - BOTTOM_TALL) * frame[1] - height if low else TOP_TALL * frame[1]
    else:
        top = TOP * frame[1]
    return Sprite(x=2 * round(SIDE * frame[0] / 2), y=2 * round(top / 2), rgba=np.asarray(canvas))


def _both(under: Sprite, over: Sprite) -> Sprite:
    """Two sprites as one."""
    boxes = [(s.x, s.y, s.x + s.rgba.shape[1], s.y + s.rgba.shape[0]) for s in (under, over)]
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[2] for box in boxes), max(box[3] for box in boxes)
    canvas = Image.new("RGBA", (right - left, bottom - top))
    for sprite in (under, over):
        lay(canvas, Image.fromarray(sprite.rgba), sprite.x - left, sprite.y - top)
    return Sprite(x=left, y=top, rgba=np.asarray(canvas))
