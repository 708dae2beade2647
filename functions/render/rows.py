"""Where the words of one line stand: also where a script reads from the right, or has no spaces."""

from collections.abc import Sequence
from itertools import pairwise
from math import ceil

import regex

from shared.glyphs import FROM_RIGHT, LATIN, Face
from shared.storyboard import join

from .fonts.ink import WORD_GAP, width_of

_FROM_LEFT = regex.compile(r"(?![\p{Arabic}\p{Hebrew}])\p{L}")
_FIGURE = regex.compile(r"\p{Nd}")


def row(texts: Sequence[str], size: int, face: Face = LATIN) -> tuple[list[int], int]:
    """The left edge of each word of a line, in the order in which they are read, and the width of the line."""
    order = left_to_right(texts, from_right=face.reads_from_right)
    edges = [0] * len(texts)
    at, end, before = 0.0, 0.0, ""
    for place in order:
        text = texts[place]
        width = width_of(text, size, face)
        if width and before and _apart(before, text):
            at += WORD_GAP * size
        edges[place] = round(at)
        if width:  # a word that no font can draw leaves no hole
            at += width
            end, before = at, text
    return edges, ceil(end)


def left_to_right(texts: Sequence[str], *, from_right: bool) -> list[int]:
    """The places of the words as they stand from left to right, by the Unicode Bidirectional Algorithm (UAX #9), whose
    unit here is the word. A line begins at the right where the text reads from there (`from_right`).
    """
    rights = _directions(texts, from_right)
    runs: list[list[int]] = []
    for place in range(len(texts)):
        if place and rights[place] == rights[place - 1]:
            runs[-1].append(place)
        else:
            runs.append([place])
    if from_right:
        runs.reverse()
    return [place for run in runs for place in (run[::-1] if rights[run[0]] else run)]


def _directions(texts: Sequence[str], from_right: bool) -> list[bool]:
    """Whether each word reads from the right. A figure goes with what stands before it, a mark with what it stands
    between; what is left follows the line.
    """
    found: list[bool | None] = []
    for text in texts:
        if FROM_RIGHT.search(text):
            found.append(True)
        elif _FROM_LEFT.search(text):
            found.append(False)
        elif _FIGURE.search(text) and found and found[-1] is not None:
            found.append(found[-1])
        else:
            found.append(None)
    for place, (before, after) in enumerate(pairwise([*found, None])):
        if place and before is None and found[place - 1] == after and after is not None:
            found[place] = after
    return [from_right if direction is None else direction for direction in found]


def _apart(before: str, after: str) -> bool:
    """Whether a space stands between two words."""
    return " " in join([before[-1:], after[:1]])
