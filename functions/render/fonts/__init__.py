"""Which font draws what: text → pieces, each in one font that has every letter of it."""

import json
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import regex
from PIL import ImageFont, features

FOLDER: Final = Path(__file__).parent
TEXT_FONTS: Final = ("Inter-ExtraBold.ttf", "NotoSans-Bold.ttf")
EMOJI_FONT: Final = "NotoColorEmoji.ttf"
EMOJI_SIZE: Final = 109  # the only size a CBDT font opens at
NO_FONT: Final = ""
LONGEST: Final = 4000  # characters of one text; a post has 3,000
MOST_MARKS: Final = 4  # on one letter; Vietnamese needs two, Devanagari three, beyond it is decoration

_GRAPHEME: Final = regex.compile(r"\X")
_COLOURFUL: Final = regex.compile(
    r"\p{Emoji_Presentation}|(?![0-9#*])\p{Emoji}\uFE0F|\p{Regional_Indicator}|[0-9#*]\uFE0F?\u20E3|\p{Extended_Pictographic}\u200D"
)
_LETTER: Final = regex.compile(r"[\p{L}\p{N}]")
_JOINERS: Final = "\u200c\u200d"
_SKIN_TONES: Final = dict.fromkeys(range(0x1F3FB, 0x1F400))
_SHOWN_AS_TEXT: Final = "\ufe0e"

# Pillow shapes letters by raqm, which wants the system's libfribidi. Where that is missing letters stand side by side,
# neither kerned nor joined: less beautiful than it could be, and still a film.
_SHAPES: Final = bool(features.check("raqm"))
_LAYOUT: Final = ImageFont.Layout.RAQM if _SHAPES else ImageFont.Layout.BASIC


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A run of letters in one font, one emoji, or one space. `font` is a file name in this folder."""

    text: str
    font: str


class _Coverage:
    """The characters of one font, as sorted ranges."""

    def __init__(self, ranges: list[list[int]]) -> None:
        self._firsts = [first for first, _ in ranges]
        self._lasts = [last for _, last in ranges]

    def has(self, text: str) -> bool:
        return all(self._has(character) for character in text)

    def _has(self, character: str) -> bool:
        place = bisect_right(self._firsts, ord(character)) - 1
        return place >= 0 and ord(character) <= self._lasts[place]


_COVERAGE: Final = {
    name: _Coverage(ranges) for name, ranges in json.loads((FOLDER / "coverage.json").read_text("utf-8")).items()
}


def drawable(text: str) -> str:
    """The word, or nothing where it has letters and none can be drawn: what is left would be a lone full stop."""
    drawn = pieces(text)
    if _LETTER.search(text) and not any(piece.font == EMOJI_FONT or _LETTER.search(piece.text) for piece in drawn):
        return ""
    return text


def fonts_are_there() -> None:
    """Raises OSError where a font file cannot be opened."""
    for name in TEXT_FONTS:
        font(name, 32)
    font(EMOJI_FONT, EMOJI_SIZE)


def letters_are_shaped() -> None:
    """Raises RuntimeError where libfribidi is missing."""
    if not _SHAPES:
        raise RuntimeError("there is no libfribidi (Debian: apt-get install libfribidi0): letters are not kerned")


@lru_cache(maxsize=32)
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """The font file `name` at `size` pixels."""
    return ImageFont.truetype(FOLDER / name, size, layout_engine=_LAYOUT)


@lru_cache(maxsize=4096)
def pieces(text: str) -> tuple[Piece, ...]:
    """Text → what can be drawn of it, in order; letters that no font has are left out."""
    found: list[Piece] = []
    for grapheme in _graphemes(text):
        piece = _piece(grapheme)
        if piece.font == NO_FONT:
            continue
        last = found[-1] if found else None
        if last and piece.font == last.font != EMOJI_FONT and " " not in (piece.text, last.text):
            found[-1] = Piece(text=last.text + piece.text, font=last.font)
        else:
            found.append(piece)
    return tuple(found)


def letters(text: str) -> list[str]:
    """`text` in what a reader would call characters: marks stay with their letters."""
    return _GRAPHEME.findall(text)


def unsupported(text: str) -> tuple[str, ...]:
    """The letters of `text` that no font here can draw, each once, in the order they appear."""
    return tuple(dict.fromkeys(grapheme for grapheme in _graphemes(text) if _piece(grapheme).font == NO_FONT))


def _graphemes(text: str) -> Iterator[str]:
    """What a reader would call characters, without what has no shape: controls, direction marks, skin tones."""
    text = unicodedata.normalize("NFC", text[:LONGEST].translate(_SKIN_TONES))
    visible = "".join(
        " " if character.isspace() else character for character in text if character.isspace() or _has_shape(character)
    )
    for grapheme in letters(visible):
        marks = 0
        kept = ""
        for character in grapheme:
            marks += unicodedata.category(character) in ("Mn", "Me")
            if marks <= MOST_MARKS:
                kept += character
        yield kept


def _has_shape(character: str) -> bool:
    category = unicodedata.category(character)
    if category == "Cf":
        return character in _JOINERS or 0xE0020 <= ord(character) <= 0xE007F  # the tags spell the flag of Scotland
    return category not in ("Cc", "Cs")


@lru_cache(maxsize=4096)
def _piece(grapheme: str) -> Piece:
    """One grapheme → how it is drawn: in colour where it is meant so, else by the first font that has all of it."""
    if grapheme.isspace():
        return Piece(text=" ", font=TEXT_FONTS[0])
    plain = "".join(character for character in grapheme if not "\ufe00" <= character <= "\ufe0f")
    emoji = Piece(text=grapheme, font=EMOJI_FONT)
    can_be_emoji = bool(plain.strip(_JOINERS)) and _COVERAGE[EMOJI_FONT].has(plain)
    if can_be_emoji and _SHOWN_AS_TEXT not in grapheme and _COLOURFUL.match(grapheme):
        return emoji
    for spelling in _spellings(plain):
        drawn = spelling.translate({ord(joiner): None for joiner in _JOINERS})
        if not drawn or unicodedata.category(drawn[0])[0] in "MC":
            continue  # nothing to stand on; and private letters are whatever the font's maker liked
        for name in TEXT_FONTS:
            if _COVERAGE[name].has(drawn):
                return Piece(text=spelling, font=name)
    if can_be_emoji and not plain.isdecimal():
        return emoji
    return Piece(text=grapheme, font=NO_FONT)


def _spellings(grapheme: str) -> Iterator[str]:
    """The same letter in other code points, nearest first; at last without its marks."""
    yield grapheme
    yield unicodedata.normalize("NFD", grapheme)
    yield unicodedata.normalize("NFKC", grapheme)  # one letter at a time: bold mathematical A → A
    yield unicodedata.normalize("NFKD", grapheme)[:1]
