"""Words and shapes → tiles of colour, ready to be laid over one another."""

from functools import lru_cache
from math import ceil
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops, ImageDraw

from shared.glyphs import EMOJI_FONT, FROM_RIGHT, LATIN, LATIN_FONT, Face, Piece, letters, pieces

from . import EMOJI_SIZE, SHAPES, font

# In ems, that is in parts of the type's size.
WORD_GAP: Final = 0.32  # wider than the font's own space, so that the mark of a word stays clear of the next
ASCENT: Final = 1.12  # room above the baseline: a capital with two Vietnamese accents
DESCENT: Final = 0.62  # and below it: Arabic and Thai hang deep
OVERHANG: Final = 0.22  # room for strokes that lean out of a word
TRACKING: Final = -0.018  # Inter is spaced for reading sizes; heavy display type stands closer
EMOJI_HEIGHT: Final = 1.08
EMOJI_MIDDLE: Final = 0.345  # above the baseline: between the middle of an x and that of an H

MOST_OF_A_WORD: Final = 120  # characters that are looked at at all

Pixels = npt.NDArray[np.uint8]


@lru_cache(maxsize=4096)
def width_of(text: str, size: int, face: Face = LATIN) -> float:
    """How far `text` reaches in type of `size` pixels."""
    return sum(_advance(piece, size, face) for piece in pieces(text, face))


def _advance(piece: Piece, size: int, face: Face) -> float:
    if piece.text == " ":
        return WORD_GAP * size
    if piece.font == EMOJI_FONT:
        return _emoji(piece.text, size).width + 0.06 * size
    return _length(piece.text, piece.font, size) + _tracking(piece, size, face) * len(letters(piece.text))


@lru_cache(maxsize=4096)  # shaping takes 0.2 ms, and a film asks for the same letters hundreds of times
def _length(text: str, name: str, size: int) -> float:
    return font(name, size).getlength(text)


def _tracking(piece: Piece, size: int, face: Face) -> float:
    """Pixels between letters. Only where letters stand alone, one after the other from the left: Devanagari hangs
    together.
    """
    return TRACKING * size if piece.font == LATIN_FONT and not face.reads_from_right else 0.0


@lru_cache(maxsize=256)
def shortened(text: str, size: int, width: float, face: Face = LATIN) -> str:
    """`text`, or as much of its beginning as fits `width` with an ellipsis."""
    if len(text) <= MOST_OF_A_WORD and width_of(text, size, face) <= width:
        return text
    shown = pieces(text[:MOST_OF_A_WORD], face)
    kept = [letter for piece in shown for letter in letters(piece.text)]
    while kept and width_of("".join(kept) + "…", size, face) > width:
        kept.pop()
    return "".join(kept) + "…"


@lru_cache(maxsize=64)
def ink(text: str, size: int, colour: str, strength: float, face: Face = LATIN) -> Image.Image:
    """The letters of `text` in `colour`, emoji in their own; the baseline lies ASCENT below the top."""
    mask, emoji = _shapes(text, size, face)
    tile = filled(colour, mask)
    for picture, x in emoji:
        lay(tile, picture, x, round(round(ASCENT * size) - EMOJI_MIDDLE * size - picture.height / 2))
    if strength < 1:
        tile.putalpha(tile.getchannel("A").point(lambda alpha: round(alpha * strength)))
    return tile


@lru_cache(maxsize=64)  # a word stands in one colour and then in another: its letters are drawn once
def _shapes(text: str, size: int, face: Face) -> tuple[Image.Image, tuple[tuple[Image.Image, int], ...]]:
    """The letters of `text` as a mask; its emoji, and where each begins."""
    overhang, baseline = round(OVERHANG * size), round(ASCENT * size)
    box = (ceil(width_of(text, size, face)) + 2 * overhang, baseline + round(DESCENT * size))
    mask = Image.new("L", box)
    emoji: list[tuple[Image.Image, int]] = []
    draw = ImageDraw.Draw(mask)
    at = float(overhang)
    for piece in _placed(text, face):
        if piece.font == EMOJI_FONT:
            emoji.append((_emoji(piece.text, size), round(at + 0.03 * size)))
        elif piece.text != " ":
            _write(draw, piece, size, at, baseline, face)
        at += _advance(piece, size, face)
    return mask, tuple(emoji)


def _placed(text: str, face: Face) -> tuple[Piece, ...]:
    """The pieces of a word from left to right."""
    read = pieces(text, face)
    return read[::-1] if face.reads_from_right and FROM_RIGHT.search(text) else read


def _write(draw: ImageDraw.ImageDraw, piece: Piece, size: int, x: float, y: int, face: Face) -> None:
    drawn_by = font(piece.font, size)
    tracking = _tracking(piece, size, face)
    if not tracking:
        direction = "rtl" if SHAPES and face.reads_from_right else None  # raqm turns around what reads from the left
        draw.text((x, y), piece.text, fill=255, font=drawn_by, anchor="ls", direction=direction)
        return
    done = ""
    for letter in letters(piece.text):
        # After what came before it, so that the kerning holds: the width of AV is not that of A and V.
        until, alone = _length(done + letter, piece.font, size), _length(letter, piece.font, size)
        at = x + until - alone + tracking * len(letters(done))
        draw.text((at, y), letter, fill=255, font=drawn_by, anchor="ls")
        done += letter


@lru_cache(maxsize=64)
def _emoji(text: str, size: int) -> Image.Image:
    """One emoji in colour, as high as the letters of that size."""
    drawn_by = font(EMOJI_FONT, EMOJI_SIZE)
    width = min(ceil(drawn_by.getlength(text)), 1000)
    picture = Image.new("RGBA", (max(width, 1), 160))
    ImageDraw.Draw(picture).text((0, 0), text, font=drawn_by, embedded_color=True)
    picture = picture.crop(picture.getbbox() or (0, 0, 1, 1))
    scale = EMOJI_HEIGHT * size / 128  # the bitmaps are 128 high, and some leave room above and below
    return picture.resize(
        (max(1, round(picture.width * scale)), max(1, round(picture.height * scale))), Image.Resampling.LANCZOS
    )


@lru_cache(maxsize=32)
def rounded(width: int, height: int, radius: int) -> Image.Image:
    """A mask of a rectangle with round, smooth corners."""
    radius = min(radius, width // 2, height // 2)
    x = np.maximum(np.abs(np.arange(width, dtype=np.float64) + 0.5 - width / 2) - width / 2 + radius, 0)
    y = np.maximum(np.abs(np.arange(height, dtype=np.float64) + 0.5 - height / 2) - height / 2 + radius, 0)
    return Image.fromarray(eight_bit(radius + 0.5 - np.hypot(x[None, :], y[:, None])))


def filled(colour: str, mask: Image.Image, alpha: float = 1.0) -> Image.Image:
    """`colour` (#rrggbb) where `mask` is, at `alpha` of the mask's own strength."""
    tile = Image.new("RGBA", mask.size, colour)
    tile.putalpha(mask if alpha == 1 else ImageChops.multiply(mask, Image.new("L", mask.size, round(255 * alpha))))
    return tile


def lay(canvas: Image.Image, tile: Image.Image, x: int, y: int) -> None:
    """Put `tile` over `canvas` at (x, y); what lies outside is cut off."""
    if -tile.width < x < canvas.width and -tile.height < y < canvas.height:
        canvas.alpha_composite(tile, (max(x, 0), max(y, 0)), (max(-x, 0), max(-y, 0)))


def eight_bit(share: npt.NDArray[np.float64]) -> Pixels:
    """0..1 → 0..255."""
    within: npt.NDArray[np.float64] = np.clip(share, 0, 1)
    return np.rint(within * 255).astype(np.uint8)
