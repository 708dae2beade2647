"""Which font can draw which letter: text → pieces, each in one font that has all of it. Nothing is drawn here."""

import json
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import regex

from shared.jobs import JobWarning

COVERAGE: Final = Path(__file__).with_name("coverage.json")
LATIN_FONT: Final = "Inter-ExtraBold.ttf"
EMOJI_FONT: Final = "NotoColorEmoji.ttf"
SCRIPT_FONTS: Final = (
    "NotoSans-Bold.ttf",
    "NotoSansArabic-Bold.ttf",
    "NotoSansHebrew-Bold.ttf",
    "NotoSansThai-Bold.ttf",
)
# One Chinese character is written differently in Japan, Korea, China and Taiwan: the post's own language comes first.
HAN_FONTS: Final = {
    "ja": ("NotoSansJP-Bold.ttf", "NotoSansSC-Bold.ttf", "NotoSansTC-Bold.ttf", "NotoSansKR-Bold.ttf"),
    "ko": ("NotoSansKR-Bold.ttf", "NotoSansJP-Bold.ttf", "NotoSansTC-Bold.ttf", "NotoSansSC-Bold.ttf"),
    "zh": ("NotoSansSC-Bold.ttf", "NotoSansTC-Bold.ttf", "NotoSansJP-Bold.ttf", "NotoSansKR-Bold.ttf"),
    "zh-Hant": ("NotoSansTC-Bold.ttf", "NotoSansSC-Bold.ttf", "NotoSansJP-Bold.ttf", "NotoSansKR-Bold.ttf"),
}
TEXT_FONTS: Final = (LATIN_FONT, *SCRIPT_FONTS, *HAN_FONTS["zh"])
RIGHT_TO_LEFT: Final = {
    "ar": "NotoSansArabic-Bold.ttf",
    "fa": "NotoSansArabic-Bold.ttf",
    "ur": "NotoSansArabic-Bold.ttf",
    "ps": "NotoSansArabic-Bold.ttf",
    "he": "NotoSansHebrew-Bold.ttf",
    "yi": "NotoSansHebrew-Bold.ttf",
}
NO_FONT: Final = ""
LONGEST: Final = 4000  # characters of one text; a post has 3,000
MOST_MARKS: Final = 4  # on one letter; Vietnamese needs two, Devanagari three, beyond it is decoration

_GRAPHEME: Final = regex.compile(r"\X")
_COLOURFUL: Final = regex.compile(
    r"\p{Emoji_Presentation}|(?![0-9#*])\p{Emoji}\uFE0F|\p{Regional_Indicator}|[0-9#*]\uFE0F?\u20E3|\p{Extended_Pictographic}\u200D"
)
_TRADITIONAL: Final = regex.compile("[們這國學說來時會個對開關點問題經過應該讓還沒從業務變東車長門馬魚鳥龍體]")
FROM_RIGHT: Final = regex.compile(r"[\p{Arabic}\p{Hebrew}]")
_LETTER: Final = regex.compile(r"[\p{L}\p{N}]")
_JOINERS: Final = "\u200c\u200d"
_SKIN_TONES: Final = dict.fromkeys(range(0x1F3FB, 0x1F400))
_SHOWN_AS_TEXT: Final = "\ufe0e"


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A run of letters in one font, one emoji, or one space. `font` is a file name in functions/render/fonts."""

    text: str
    font: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Face:
    """How a text is to be written: its language (`en`, `ar`, `zh-Hant`), which decides what reads from the right, and
    how Chinese characters look; and the font that is tried first.
    """

    language: str = "en"
    name: str = LATIN_FONT

    @property
    def reads_from_right(self) -> bool:
        return self.language in RIGHT_TO_LEFT

    @property
    def fonts(self) -> tuple[str, ...]:
        """The text fonts in the order in which they are tried."""
        return (self.name, *SCRIPT_FONTS, *HAN_FONTS.get(self.language, HAN_FONTS["zh"]))


LATIN: Final = Face()


def face_of(language: str, text: str, name: str = LATIN_FONT) -> Face:
    """The face for a film in `language` (`de`, `zh`) with these words: Chinese is traditional where its letters are."""
    if language == "zh" and _TRADITIONAL.search(text):
        return Face(language="zh-Hant", name=name)
    return Face(language=language, name=name)


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


@cache
def _coverage() -> dict[str, _Coverage]:
    return {name: _Coverage(ranges) for name, ranges in json.loads(COVERAGE.read_text("utf-8")).items()}


def drawable(text: str) -> str:
    """The word, or nothing where it has letters and none can be drawn: what is left would be a lone full stop."""
    drawn = pieces(text)
    if _LETTER.search(text) and not any(piece.font == EMOJI_FONT or _LETTER.search(piece.text) for piece in drawn):
        return ""
    return text


@lru_cache(maxsize=4096)
def pieces(text: str, face: Face = LATIN) -> tuple[Piece, ...]:
    """Text → what can be drawn of it, in the order it is read; letters that no font has are left out."""
    found: list[Piece] = []
    for grapheme in _graphemes(text):
        piece = _piece(grapheme, _fonts_for(text, face))
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
    fonts = LATIN.fonts
    return tuple(dict.fromkeys(grapheme for grapheme in _graphemes(text) if _piece(grapheme, fonts).font == NO_FONT))


def left_out(texts: Iterable[str]) -> list[JobWarning]:
    """What the screen cannot show of the texts: letters that no font of ours has. They are left out, never drawn as
    boxes.
    """
    missing = unsupported("".join(texts))
    if not missing:
        return []
    shown = " ".join(missing[:8]) + (" …" if len(missing) > 8 else "")
    return [JobWarning(code="letters_left_out", message=f"The captions leave out what cannot be drawn yet: {shown}")]


def _fonts_for(text: str, face: Face) -> tuple[str, ...]:
    """The fonts to try. Where a word reads from the right its marks and figures come from the same font as its letters,
    so that it is laid out as one.
    """
    if face.reads_from_right and FROM_RIGHT.search(text):
        return (RIGHT_TO_LEFT[face.language], *face.fonts)
    return face.fonts


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
def _piece(grapheme: str, fonts: tuple[str, ...]) -> Piece:
    """One grapheme → how it is drawn: in colour where it is meant so, else by the first font that has all of it."""
    if grapheme.isspace():
        return Piece(text=" ", font=LATIN_FONT)
    plain = "".join(character for character in grapheme if not "\ufe00" <= character <= "\ufe0f")
    emoji = Piece(text=grapheme, font=EMOJI_FONT)
    can_be_emoji = bool(plain.strip(_JOINERS)) and _coverage()[EMOJI_FONT].has(plain)
    if can_be_emoji and _SHOWN_AS_TEXT not in grapheme and _COLOURFUL.match(grapheme):
        return emoji
    for spelling in _spellings(plain):
        drawn = spelling.translate({ord(joiner): None for joiner in _JOINERS})
        if not drawn or unicodedata.category(drawn[0])[0] in "MC":
            continue  # nothing to stand on; and private letters are whatever the font's maker liked
        for name in fonts:
            if _coverage()[name].has(drawn):
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
