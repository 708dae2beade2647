"""Words as they are written, and what somebody wants said instead → words that have both, in the order of both."""

from collections.abc import Sequence
from difflib import SequenceMatcher

import regex

from .scene import Word

_BARE = regex.compile(r"[^\p{L}\p{N}\p{M}]+")


def paired(words: Sequence[Word], said: Sequence[str]) -> tuple[Word, ...]:
    """`words` with `said` for a voice, word by word: equal ones stay together, others are spread between them.

    No word of either is lost or moved, and none is without the other: a written word for which nothing is left to say
    joins the one beside it.
    """
    parts = [(place, part) for place, word in enumerate(words) for part in word.spoken.split()]
    matcher = SequenceMatcher(None, [_key(part) for _, part in parts], [_key(part) for part in said], autojunk=False)
    heard: list[list[str]] = [[] for _ in words]
    for kind, first, last, begin, end in matcher.get_opcodes():
        if kind == "equal":
            for (place, _), part in zip(parts[first:last], said[begin:end], strict=True):
                heard[place].append(part)
            continue
        if kind == "insert":  # with the word before it, or at the very beginning the first one
            places = [parts[max(first - 1, 0)][0]]
        else:
            places = sorted({place for place, _ in parts[first:last]})
        for number, part in enumerate(said[begin:end]):
            heard[places[number * len(places) // (end - begin)]].append(part)
    return _without_silent(words, heard)


def _without_silent(words: Sequence[Word], heard: Sequence[Sequence[str]]) -> tuple[Word, ...]:
    told: list[Word] = []
    waiting: list[str] = []
    for word, said in zip(words, heard, strict=True):
        if said:
            told.append(Word(shown=" ".join([*waiting, word.shown]), spoken=" ".join(said)))
            waiting = []
        elif told:
            told[-1] = Word(shown=f"{told[-1].shown} {word.shown}", spoken=told[-1].spoken)
        else:
            waiting.append(word.shown)
    return tuple(told)


def _key(part: str) -> str:
    return _BARE.sub("", part).casefold() or part
