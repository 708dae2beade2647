"""What to look for to picture a scene: things that can be seen, never ideas, and never a word of the post itself."""

from collections.abc import Mapping
from typing import Final

import regex

from .scene import Scene
from .visible import looks

MOST: Final = 3  # queries a scene
# One photograph of a service, named among the terms of a scene by who chose it.
CHOSEN: Final = regex.compile(r"(?P<service>unsplash|pexels):(?P<id>[A-Za-z0-9_-]{1,64})")
NEUTRAL: Final = ("desk by window", "city street morning", "notebook and coffee", "people walking office")

_ENDINGS: Final = ("", "s", "es", "d", "ed", "ing", "'s", "’s", "n", "en", "e")
_STEM: Final = 6  # letters; shorter ones begin too many other words: `rest` is not in `restless`
_LONGEST_ENDING: Final = 5  # letters
_BORROWED: Final = 5  # letters; shorter words look English in languages that mean something else: `son`, `die`, `post`
_WORD = regex.compile(r"\p{L}[\p{L}'’-]*")


def search_terms(scene: Scene, scenes: tuple[Scene, ...], language: str = "en") -> tuple[str, ...]:
    """One to three queries in English for a scene of `scenes`, the best first; neighbours do not begin alike.

    What the scene speaks of comes first, and of that what has a body; then what the whole post speaks of most.
    """
    place = scenes.index(scene)
    found = _found(scene, language)
    queries = list(dict.fromkeys([*found, *_theme(scenes, language), *NEUTRAL[place % len(NEUTRAL) :], *NEUTRAL]))
    queries = queries[:MOST]
    alike = 0  # scenes in a row before this one that would begin with the same picture
    while alike < place and _found(scenes[place - alike - 1], language)[:1] == found[:1]:
        alike += 1
    turn = alike % len(queries)
    return (*queries[turn:], *queries[:turn])


def _theme(scenes: tuple[Scene, ...], language: str) -> list[str]:
    """What the scenes look like, the most frequent first."""
    counts: dict[str, int] = {}
    for scene in scenes:
        for query in _found(scene, language):
            counts[query] = counts.get(query, 0) + 1
    return sorted(counts, key=lambda query: -counts[query])


def _found(scene: Scene, language: str) -> list[str]:
    """What the words of a scene look like: things in their order, then ideas in theirs."""
    found: tuple[list[str], list[str]] = ([], [])
    for word in (part for whole in _WORD.findall(scene.shown.lower()) for part in _parts(whole)):
        for spoken in (language, "en") if len(word) >= _BORROWED else (language,):
            looked = [_look(word, table) for table in looks(spoken)]
            if any(looked):
                for queries, query in zip(found, looked, strict=True):
                    queries += [query] if query else []
                break
    return list(dict.fromkeys(found[0] + found[1]))


def _parts(word: str) -> list[str]:
    """The word; of one with a hyphen also its parts."""
    return [word, *word.split("-")] if "-" in word else [word]


def _look(word: str, table: Mapping[str, str]) -> str | None:
    for length in range(len(word), 1, -1):
        query = table.get(word[:length])
        ending = word[length:]
        if query and (ending in _ENDINGS or (length >= _STEM and len(ending) <= _LONGEST_ENDING)):
            return query
    return None
