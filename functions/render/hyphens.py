"""A word that is wider than a line → its parts, a line each."""

from typing import Final

import regex

from shared.glyphs import Face, letters

from .fonts.ink import MOST_OF_A_WORD, width_of

_LATIN_LIKE = regex.compile(r"[\p{Latin}\p{Greek}\p{Cyrillic}]")
_VOWELS: Final = frozenset("aeiouyäöüåæøáéíóúàèìòùâêîôûãõαεηιουωаеиоуыэюяё")


def broken(text: str, size: int, width: float, face: Face, most: int) -> list[str]:
    """`text` in at most `most` parts, of which all but the last fit `width` at `size`: broken where it has a mark to
    break at, else before a consonant that a vowel follows, with a hyphen where the script has one, as even as it can.
    """
    parts: list[str] = []
    rest = letters(text[:MOST_OF_A_WORD])
    while len(parts) < most - 1 and width_of("".join(rest), size, face) > width:
        wanted = len(rest) // 2
        places = [place for place in range(1, len(rest)) if width_of(_head(rest, place), size, face) <= width]
        if not places:
            break
        place = min(places, key=lambda place: abs(place - wanted) + _price(rest, place))
        parts.append(_head(rest, place))
        rest = rest[place:]
    return [*parts, "".join(rest)]


def _head(word: list[str], place: int) -> str:
    """What stands before the break, with its hyphen."""
    before, after = word[place - 1], word[place]
    hyphen = "-" if _LATIN_LIKE.match(before) and _LATIN_LIKE.match(after) else ""
    return "".join(word[:place]) + hyphen


def _price(word: list[str], place: int) -> float:
    """How bad it is to break before `word[place]`, in letters away from the middle."""
    if not word[place - 1].isalnum():
        return 0.0  # after a stroke or a dot
    if place < 3 or len(word) - place < 3:
        return 20.0
    after = [letter.lower() for letter in word[place : place + 2]]
    return 1.0 if after[0] not in _VOWELS and after[-1] in _VOWELS else 5.0
