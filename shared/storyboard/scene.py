"""Word and Scene: one tokenisation, from which both the voice and the screen are fed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import regex

WITHOUT_SPACES: Final = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}々〆ー"
_GAP = regex.compile(
    rf"(?<=[{WITHOUT_SPACES}\u3001\u3002\uff01-\uff1f「」『』（）【】《》]) (?=[{WITHOUT_SPACES}「『（【《])"
)
_CHINESE_OR_JAPANESE: Final = r"[\p{Han}\p{Hiragana}\p{Katakana}々〆ー、。！？，：；「」『』（）【】《》]"
_GAP_BESIDE_LATIN = regex.compile(
    rf"(?<={_CHINESE_OR_JAPANESE}) (?=[\p{{Latin}}\p{{N}}])|(?<=[\p{{Latin}}\p{{N}}%]) (?={_CHINESE_OR_JAPANESE})"
)
_LETTERS = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_LATIN = regex.compile(r"\p{Latin}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """What the screen shows for a moment, and what the voice says meanwhile. Neither is ever empty."""

    shown: str
    spoken: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """One sentence, or a few short ones. `kind` is hook, body, point or close.

    `starts` are the places in `words` where a sentence begins; a part of a long sentence, which goes on
    with the scene before it, does not begin with one.

    `item` counts the items of a list from 1, whatever the kind; it is 0 outside of lists, and several scenes of one
    item have the same. `number` is what the author numbered the item with (`3`), or empty; it is shown with the first
    word and not said. `announces`: a list follows, and this leads to it.
    """

    words: tuple[Word, ...]
    kind: str
    starts: tuple[int, ...] = (0,)
    number: str = ""
    item: int = 0
    announces: bool = False

    @property
    def spoken(self) -> str:
        return join(word.spoken for word in self.words)

    @property
    def shown(self) -> str:
        return join(word.shown for word in self.words)

    @property
    def continues(self) -> bool:
        """Whether this scene goes on with the sentence of the scene before it."""
        return 0 not in self.starts


def join(texts: Iterable[str]) -> str:
    """Words as a line of text: spaces between them, but none where Chinese, Japanese or Thai has none."""
    text = " ".join(texts)
    if text.isascii():
        return text
    text = _GAP.sub("", text)
    if len(_LETTERS.findall(text)) > len(_LATIN.findall(text)):  # a foreign word in a Chinese or Japanese sentence
        text = _GAP_BESIDE_LATIN.sub("", text)
    return text
