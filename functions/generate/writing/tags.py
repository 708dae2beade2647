"""Hashtags out of a text: those it has, its subjects by a small table, names and words that return. None is made up."""

import re
from collections import Counter
from typing import Final

from shared.linkedin_post import hashtags

from .glue import common_words
from .subjects import SUBJECTS

MOST: Final = 5
FEWEST: Final = 3  # what is looked for beyond the subjects, so that a post has as many
LONGEST: Final = 40  # characters
MOST_OF_THEME: Final = 3  # words of a theme that make one hashtag
_TAG: Final = re.compile(r"[^\W_][\w\u0300-\u036f\u0900-\u0dff\u200c\u200d]*")
_WORD: Final = re.compile(r"[^\W\d_][\w'’-]*[^\W_]|[^\W\d_]")
_STRANGE: Final = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|#\w+")
_IN_CAPITALS: Final = """
    OK PS PM AM EUR USD GBP CHF TL DR GMBH AG KG LLC INC LTD CO EU US UK USA PR FAQ ASAP FYI TBD CEO CTO CFO COO VP II
    III IV
"""
_NO_NAMES: Final = frozenset(_IN_CAPITALS.split())
_DESCRIBES: Final = re.compile(r"(?:ed|ly|ing|est|ent|ous|ful|al|ive|able)$")
_NAME: Final = re.compile(r"(?<![\w'’.-])(?:[A-Z][a-z]+(?:[A-Z][a-z]+)+|[A-Z]{2,6})(?![\w'’-])")


def tags_for(text: str, *, theme: str = "", language: str = "en", most: int = MOST) -> tuple[str, ...]:
    """At most so many, the text's own first, then subjects by how often it speaks of them. Fewer, or none, where it
    gives no more. In another language than English a subject has the word that the text has for it.
    """
    plain = _STRANGE.sub(" ", f"{theme}\n{text}")
    words = _WORD.findall(plain)
    found = list(hashtags(text))
    of_theme = _WORD.findall(theme)
    if of_theme and len(of_theme) <= MOST_OF_THEME and theme.strip() == " ".join(of_theme):
        found.append(theme)
    subjects, more = _subjects(words, language)
    found += subjects
    names = [name for name in _NAME.findall(plain) if name not in _NO_NAMES and name.lower() not in common_words()]
    for less_sure in (names, more, _returning(plain, language)):
        found += less_sure[: max(0, FEWEST - len(valid(found)))]
    return valid(found)[:most]


def _subjects(words: list[str], language: str) -> tuple[list[str], list[str]]:
    """The subjects, the most frequent first; and in another language the other words that the text has for them."""
    small = f" {' '.join(words).lower()} "
    counted: list[tuple[int, int, list[str]]] = []
    for place, (tag, ways) in enumerate(SUBJECTS.items()):
        told = Counter({way: times for way in ways.split(", ") if (times := small.count(f" {way} "))})
        if told:
            written = [tag] if language == "en" else [_as_written(way, words) for way, _ in told.most_common()]
            counted.append((-told.total(), place, written))
    ordered = [written for _, _, written in sorted(counted)]
    return [written[0] for written in ordered], [way for written in ordered for way in written[1:]]


def _as_written(way: str, words: list[str]) -> str:
    """The word as the text has it; of several words the beginnings are large."""
    if " " in way:
        return " ".join(part.title() for part in way.split())
    word = next((word for word in words if word.lower() == way), way)
    return word.upper() if len(word) <= 2 else word[:1].upper() + word[1:]


def _returning(text: str, language: str) -> list[str]:
    """Nouns that come more than once: in German by their capital, in English by what stands before them."""
    if language == "de":
        found = re.findall(r"(?<=[^\W\d_,;] )[^\W\d_a-zäöüß][\w-]{3,}[^\W_]", text)
        nouns = Counter(found)
    elif language == "en":
        found = re.findall(r"\b[a-z][a-z-]{3,}[a-z]\b", text.lower())
        named = set(
            re.findall(r"\b(?:the|an?|our|my|your|their|every|each|this) ([a-z][a-z-]{3,}[a-z])\b", text.lower())
        )
        nouns = Counter(word for word in found if word in named and not _DESCRIBES.search(word))
    else:
        return []
    return [
        word[:1].upper() + word[1:]
        for word, times in nouns.most_common()
        if times > 1 and word.lower() not in common_words()
    ]


def valid(tags: list[str]) -> tuple[str, ...]:
    """Those that LinkedIn would take, each once: `#Future of work` is `FutureOfWork`."""
    kept: dict[str, str] = {}
    for tag in tags:
        parts = _TAG.findall(tag)
        name = parts[0] if len(parts) == 1 else "".join(part[:1].upper() + part[1:] for part in parts)
        if len(name) <= LONGEST and any(letter.isalpha() for letter in name):
            kept.setdefault(name.casefold(), name)
    return tuple(kept.values())
