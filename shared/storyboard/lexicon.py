"""How a caller wants words to be said: whole words of a token → what the voice says for them."""

from collections.abc import Mapping
from typing import Final

import regex

_SPACELESS = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_BEFORE: Final = r"(?<![\p{L}\p{N}\p{M}])"
_BEHIND: Final = r"(?![\p{N}\p{M}]|\p{L})"


class Lexicon:
    """A key with a capital letter stands for the word as it is written, one in small letters for any case."""

    def __init__(self, entries: Mapping[str, str]) -> None:
        self._said = {(key if key != key.lower() else key.lower()): said for key, said in entries.items()}
        self._exact = _pattern([key for key in self._said if key != key.lower()], 0)
        self._any_case = _pattern([key for key in self._said if key == key.lower()], regex.IGNORECASE)

    def applied(self, text: str) -> str:
        """`text` with the words that are to be said otherwise: `SQL's` → `sequel's`."""
        if self._exact:
            text = self._exact.sub(lambda found: self._said[found[0]], text)
        if self._any_case:
            text = self._any_case.sub(lambda found: self._said.get(found[0].lower(), found[0]), text)
        return text


def _pattern(keys: list[str], flags: int) -> "regex.Pattern[str] | None":
    """Any of the keys as a whole word; the longest first, or `C` would be found in `C++`."""
    if not keys:
        return None
    words = [
        regex.escape(key) if _SPACELESS.search(key) else f"{_BEFORE}{regex.escape(key)}{_BEHIND}"
        for key in sorted(keys, key=len, reverse=True)
    ]
    return regex.compile("|".join(words), flags)
