"""A passage's sound → each scene's own: cut between scenes, silence trimmed, word times moved along. Pure."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from .alignment import WordTiming, in_order
from .audio import FRAME, kept, levels, quiet_spans, quietest
from .passages import Piece
from .spoken import Narration

BEFORE_SPEECH: Final = 0.12  # seconds of silence left before a scene's first sound
AFTER_SPEECH: Final = 0.25  # and after its last
LONG_PAUSE: Final = 0.6  # seconds inside a scene; longer ones become
SHORT_PAUSE: Final = 0.3

Take = tuple[Narration, list[int]]  # some of a scene's words, and their numbers in the scene


def takes_of(passage: Sequence[Piece], narration: Narration) -> dict[int, Take]:
    """Cut the sound of a passage into what each of its scenes gets."""
    takes: dict[int, Take] = {}
    level = levels(narration.audio, narration.sample_rate)
    quiet = quiet_spans(level)
    first, cut = 0, 0.0
    while first < len(passage):
        scene = passage[first].scene
        after = next((i for i in range(first, len(passage)) if passage[i].scene != scene), len(passage))
        words = narration.words[first:after]
        end = narration.duration
        if after < len(passage):
            last, following = words[-1], narration.words[after]
            low = (last.start + last.end) / 2
            high = min(following.start + 0.06, (following.start + following.end) / 2)  # its time may be late
            end = max(cut, quietest(level, quiet, low, high))
        takes[scene] = _tightened(narration, words, (cut, end), quiet), [p.word for p in passage[first:after]]
        first, cut = after, end
    return takes


def joined(words: Sequence[str], takes: Sequence[Take]) -> Narration:
    """A scene's takes one after the other. `words` are the scene's: one that was spoken in parts is one again."""
    spans: dict[int, tuple[float, float]] = {}
    elapsed = 0.0
    for narration, numbers in takes:
        for number, timing in zip(numbers, narration.words, strict=True):
            start, _ = spans.get(number, (elapsed + timing.start, 0.0))
            spans[number] = (start, elapsed + timing.end)
        elapsed += narration.duration
    timings = tuple(WordTiming(text=word, start=spans[i][0], end=spans[i][1]) for i, word in enumerate(words))
    audio = np.concatenate([narration.audio for narration, _ in takes])
    return Narration(audio=audio, sample_rate=takes[0][0].sample_rate, words=timings)


def _tightened(
    narration: Narration,
    words: Sequence[WordTiming],
    take: tuple[float, float],
    quiet: Sequence[tuple[float, float]],
) -> Narration:
    """One scene out of its passage: silence at its ends trimmed, long pauses shortened, word times moved along."""
    low, high = take
    silences = [(max(low, start), min(high, end)) for start, end in quiet if start < high and end > low]
    begin, finish, pauses = low, high, silences
    if silences and silences[0][0] == low and silences[0][1] >= high - FRAME:
        # nothing sounds at all: the words' times say what belongs to them
        begin, finish, pauses = min(max(words[0].start, low), high), min(max(words[-1].end, low), high), []
    else:
        if silences and silences[0][0] == low:
            begin, pauses = silences[0][1], pauses[1:]
        if silences and silences[-1][1] >= high - FRAME:  # the last frame may be longer than the sound
            finish, pauses = silences[-1][0], pauses[:-1]
    edges = [max(low, begin - BEFORE_SPEECH)]
    for start, end in pauses:
        if end - start > LONG_PAUSE:
            edges += [start + SHORT_PAUSE / 2, end - SHORT_PAUSE / 2]
    edges.append(min(high, finish + AFTER_SPEECH))
    spans = list(zip(edges[::2], edges[1::2], strict=True))
    audio = kept(narration.audio, narration.sample_rate, spans)
    lengths = [end - start for start, end in spans]
    moved_edges = [0.0]
    for length in lengths:
        moved_edges += [moved_edges[-1] + length] * 2
    moved = np.interp([(word.start, word.end) for word in words], edges, moved_edges[:-1])
    duration = len(audio) / narration.sample_rate
    timings = in_order([word.text for word in words], [(float(a), float(b)) for a, b in moved], duration)
    return Narration(audio=audio, sample_rate=narration.sample_rate, words=timings)
