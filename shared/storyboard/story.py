"""How much of a post's story each of its sentences carries: a rough count of signs, in any language."""

from collections.abc import Sequence
from typing import Final

import regex

from .scene import Scene
from .vocabulary import LEANING, TURNING

_FIGURE = regex.compile(r"\d")
_TELLING_FIGURE = regex.compile(r"[$€£¥₹%]|\d[xk×MB]\b|\d{3}")
_WORD = regex.compile(r"[\p{L}\p{M}]{4,}|[\p{Han}]{2,}|[\p{Hiragana}\p{Katakana}]{3,}")
_BY_THE_WAY = regex.compile(
    r"^\W*(?:♻|P\.?\s?S\b|FYI\b|repost\b|follow\b|\(|share this|link in|thanks? )", regex.IGNORECASE
)
_CALL = regex.compile(r"^\W*(?:♻|repost\b|follow\b|share this)", regex.IGNORECASE)
_SHORT: Final = 14  # characters; what is shorter says little alone


def weights(sentences: Sequence[Sequence[str]]) -> list[float]:
    """A weight for each sentence of a post, given as its words, the hook first and the close last.

    One each; more for figures, for `but`, `then` and `because`, for words that it shares with the hook and the close,
    for standing behind the hook, which it explains; less for asides, calls to repost, and what is very short.
    """
    if not sentences:
        return []
    frame = _words(sentences[0]) | _words(sentences[-1])
    found = []
    for place, words in enumerate(sentences):
        text = " ".join(words)
        weight = 1.0
        if _FIGURE.search(text):
            weight += 1.0 if _TELLING_FIGURE.search(text) else 0.5
        if {word.lower().strip("\"'“‘«(,.:;!?…、，") for word in words} & TURNING:
            weight += 0.8
        weight += min(0.4 * len(_words(words) & frame), 1.2)
        weight += 0.8 if place == 1 else 0.0
        weight -= 1.5 if _BY_THE_WAY.match(text) else 0.0
        weight -= 0.5 if len(text) < _SHORT else 0.0
        found.append(weight)
    return found


def leans(scene: Scene) -> bool:
    """Whether it begins with a word that points back to the sentence before it: `That`, `She`."""
    return scene.words[0].shown.lower().strip("\"'“‘«(,.:;!?…").split("'")[0].split("’")[0] in LEANING - TURNING


def calls(scene: Scene) -> bool:
    """Whether it asks to repost or to follow: what stands behind the close of a story."""
    return bool(_CALL.match(scene.shown))


def _words(words: Sequence[str]) -> set[str]:
    return {found.lower() for word in words for found in _WORD.findall(word)}
