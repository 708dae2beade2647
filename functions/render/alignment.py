"""When each word is spoken: what a voice tells of its words, or their lengths and the pauses → WordTimings (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from .passages import SENTENCE_END, spoken_length

SHORTEST_WORD: Final = 0.06  # seconds; a word without a time of its own is not squeezed below this


@dataclass(frozen=True, kw_only=True, slots=True)
class WordTiming:
    """When a word is spoken, in seconds from the start of its audio."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """A voice says: the characters from `position` on, `length` of them, sound from `start` to `end` (seconds)."""

    position: int
    length: int
    start: float
    end: float


def align(words: Sequence[str], text: str, events: Sequence[Event], *, duration: float) -> tuple[WordTiming, ...]:
    """Give each word its time. `text` is " ".join(words), `duration` that of the audio.

    A word takes the first start and the last end of the events that touch it; words that none touches share the time
    between their neighbours by length. Times never go back and stay within the audio.
    """
    spans: list[tuple[float, float] | None] = []
    position = 0
    for word in words:
        after = position + len(word)
        touching = [e for e in events if e.position < after and e.position + max(1, e.length) > position]
        known = (min(e.start for e in touching), max(e.end for e in touching)) if touching else None
        spans.append(known)
        position = after + 1
    if position - 1 != len(text) and words:
        raise ValueError("the text is not the words joined by spaces")
    return in_order(words, _filled(words, spans, duration), duration)


def estimate(
    words: Sequence[str],
    quiet: Sequence[tuple[float, float]],
    *,
    duration: float,
    lengths: Sequence[float] | None = None,
) -> tuple[WordTiming, ...]:
    """Times for words that a voice gave none for: the longest pauses end the sentences, words share them by length.

    `lengths`: how long each word takes, in any unit; without them its letters count.
    """
    begin = quiet[0][1] if quiet and quiet[0][0] == 0 and quiet[0][1] < duration else 0.0
    finish = quiet[-1][0] if quiet and quiet[-1][0] > begin and quiet[-1][1] >= duration else duration
    ends = [index for index, word in enumerate(words[:-1], start=1) if SENTENCE_END.search(word)]
    pauses = sorted(
        (span for span in quiet if begin < span[0] and span[1] < finish), key=lambda span: span[0] - span[1]
    )
    if len(pauses) < len(ends):
        ends = []
    edges = [begin, *(edge for span in sorted(pauses[: len(ends)]) for edge in span), finish]
    spans: list[tuple[float, float]] = []
    for first, after, low, high in zip([0, *ends], [*ends, len(words)], edges[::2], edges[1::2], strict=True):
        if lengths is None:
            bare = SENTENCE_END.sub("", words[after - 1])  # its pause is not part of the stretch
            spans += _shared([spoken_length(word) for word in (*words[first : after - 1], bare)], low, high)
        else:
            spans += _shared(lengths[first:after], low, high)
    return in_order(words, spans, duration)


def in_order(words: Sequence[str], spans: Sequence[tuple[float, float]], duration: float) -> tuple[WordTiming, ...]:
    """Words at their spans (seconds), put right where these overlap, go back or leave the audio."""
    timings: list[WordTiming] = []
    earliest = 0.0
    for i, (word, (start, end)) in enumerate(zip(words, spans, strict=True)):
        begin = min(max(start, earliest), duration)
        limit = spans[i + 1][0] if i + 1 < len(spans) else duration  # voices let a word run into the next one
        earliest = min(max(begin, min(end, limit)), duration)
        timings.append(WordTiming(text=word, start=begin, end=earliest))
    return tuple(timings)


def _shared(lengths: Sequence[float], low: float, high: float) -> list[tuple[float, float]]:
    edges = low + (max(low, high) - low) * np.cumsum([0.0, *lengths]) / sum(lengths)
    return [(float(edges[i]), float(edges[i + 1])) for i in range(len(lengths))]


def _filled(
    words: Sequence[str], spans: Sequence[tuple[float, float] | None], duration: float
) -> list[tuple[float, float]]:
    filled: list[tuple[float, float]] = []
    index = 0
    while index < len(words):
        span = spans[index]
        if span is not None:
            filled.append(span)
            index += 1
            continue
        after = next((i for i in range(index, len(words)) if spans[i] is not None), len(words))
        following = spans[after] if after < len(words) else None
        right = following[0] if following else duration
        left = filled[-1][1] if filled else 0.0
        first = index
        if right - left < SHORTEST_WORD * (after - index) and filled:  # no room: they share their neighbour's time
            first, left = index - 1, filled.pop()[0]
        filled += _shared([spoken_length(word) for word in words[first:after]], left, right)
        index = after
    return filled
