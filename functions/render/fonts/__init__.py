"""The font files, opened at a size; which of them draws what, shared/glyphs knows."""

from functools import lru_cache
from pathlib import Path
from typing import Final

from PIL import ImageFont, features

from shared.glyphs import EMOJI_FONT, TEXT_FONTS

FOLDER: Final = Path(__file__).parent
EMOJI_SIZE: Final = 109  # the only size a CBDT font opens at

# Pillow shapes letters by raqm, which wants the system's libfribidi. Where that is missing letters stand side by side,
# neither kerned nor joined: less beautiful than it could be, and still a film.
SHAPES: Final = bool(features.check("raqm"))
_LAYOUT: Final = ImageFont.Layout.RAQM if SHAPES else ImageFont.Layout.BASIC


def fonts_are_there() -> None:
    """Raises OSError where a font file cannot be opened."""
    for name in TEXT_FONTS:
        font(name, 32)
    font(EMOJI_FONT, EMOJI_SIZE)


def letters_are_shaped() -> None:
    """Raises RuntimeError where libfribidi is missing."""
    if not SHAPES:
        raise RuntimeError("there is no libfribidi (Debian: apt-get install libfribidi0): letters are not kerned")


@lru_cache(maxsize=32)
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """The font file `name` at `size` pixels."""
    return ImageFont.truetype(FOLDER / name, size, layout_engine=_LAYOUT)
