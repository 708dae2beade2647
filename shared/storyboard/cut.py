"""Sentences → scenes: short ones joined, long ones cut where one breathes; no word lost or moved."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import Final

import regex

from .lines import Line
from .lists import Counted, announced
from .scene import Scene, Word
from .vocabulary import CLAUSE_OPENERS

_JOINED: Final = 90  # characters on screen that two short sentences may have together
_TINY: Final = 30  # shorter than this joins even the next paragraph
_LONGEST: Final = 180  # a scene longer than this holds one picture for too long
_LONGEST_WITHOUT_CLAUSE: Final = 260
_SHORTEST_PART: Final = 40
_LEADS = regex.compile(r"[:：?？؟]$")  # before a list: it stands with its list
_UNSTOPPED = regex.compile(r"(?:[\p{L}\p{N}\p{M}%\p{Sc}°]|(?<![.!?…])[)\]+])$")
_WIDE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")  # says and takes as much as two Latin letters
_BREATH = regex.compile(r"[,;:،、，；—–][\"'”’)]*$| [—–-]$")


def scenes_of(read: Sequence[tuple[tuple[Word, ...], Line]]) -> tuple[Scene, ...]:
    """The scenes of the sentences, each given with the line it came from. The first is the hook, alone."""
    scenes: list[Scene] = []
    before: Line | None = None
    counted = Counted()
    leading = [line for (_, line), (_, after) in pairwise(read) if after.point and _LEADS.search(line.text)]
    for words, line in read:
        if line is not before:
            counted = counted.after(point=line.point, number=line.number)
        kind = "hook" if not scenes else "point" if line.point else "body"
        last = scenes[-1] if scenes else None
        if last is not None and before is not None and line not in leading and _belong(last, before, words, line):
            starts = (*last.starts, len(last.words))
            scenes[-1] = replace(last, words=_stopped(last.words) + words, starts=starts)
        else:
            number = counted.number if line is not before else ""
            scenes.extend(_cut(Scene(words=words, kind=kind, number=number, item=counted.item)))
        before = line
    return announced(scenes)


def _belong(last: Scene, before: Line, words: tuple[Word, ...], line: Line) -> bool:
    length = _length(words)
    if last.kind == "hook" or last.continues or _length(last.words) + 1 + length > _JOINED:
        return False
    if _LEADS.search(line.text) and not line.text.endswith(("?", "？", "؟")) and before is not line:
        return False  # it announces what follows
    if before.point or line.point:
        return before is line
    return before.paragraph == line.paragraph or min(_length(last.words), length) < _TINY


def _stopped(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """A line without an end mark gets one on screen, now that another sentence follows it in the same scene."""
    last = words[-1]
    if not _UNSTOPPED.search(last.shown):
        return words
    mark = last.spoken[-1] if last.spoken.endswith(("。", "।")) else "."
    return (*words[:-1], Word(shown=last.shown + mark, spoken=last.spoken))


def _cut(scene: Scene) -> list[Scene]:
    first, *others = _parts(scene.words)
    return [replace(scene, words=first), *(replace(scene, words=part, starts=(), number="") for part in others)]


def _parts(words: tuple[Word, ...]) -> list[tuple[Word, ...]]:
    ends = list(accumulate(_width(word) for word in words))
    total = ends[-1]
    if total <= _LONGEST or len(words) < 2:
        return [words]
    places = [place for place in range(1, len(words)) if _breathes(words[place - 1], words[place])]
    places = [place for place in places if _SHORTEST_PART <= ends[place - 1] <= total - _SHORTEST_PART]
    if not places:
        if total <= _LONGEST_WITHOUT_CLAUSE:
            return [words]
        places = list(range(1, len(words)))
    middle = min(places, key=lambda place: abs(ends[place - 1] - total / 2))
    return _parts(words[:middle]) + _parts(words[middle:])


def _breathes(word: Word, following: Word) -> bool:
    return bool(_BREATH.search(word.shown)) or following.shown.lower() in CLAUSE_OPENERS


def _length(words: Sequence[Word]) -> int:
    return sum(_width(word) for word in words) - 1


def _width(word: Word) -> int:
    """With the space behind it, in Latin letters."""
    shown = word.shown
    return len(shown) + 1 if shown.isascii() else len(shown) + len(_WIDE.findall(shown)) + 1
