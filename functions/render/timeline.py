"""Scenes (text and voice) → one clock: the film's sound, when each word is heard, and which Shot stands when. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from .audio import Samples
from .captions import CaptionWord
from .narration import Narration

FPS: Final = 25  # LinkedIn asks for less than 30
SCENE_PAUSE: Final = 0.12  # seconds of silence between scenes, beside the 0.37 that a narration keeps at its ends
TRANSITION: Final = 0.36  # seconds without speech that a change of pictures gets: nine frames
TAIL: Final = 0.8  # seconds the last picture stays after the last word
SHORTEST_FILM: Final = 3.0  # LinkedIn's minimum
SHORTEST_SHOT: Final = 1.2  # seconds; less is a flicker, not a picture
SENTENCE, CLAUSE, WORD = 0.0, 1.0, 2.5  # what a cut at each kind of end costs, in seconds away from the wished moment


@dataclass(frozen=True, kw_only=True, slots=True)
class Shot:
    """A span of time, in seconds of the film, and the number of the picture it shows.

    `fade` is how long it takes to come in over the shot before it, half of it before `start`.
    """

    number: int
    start: float
    end: float
    fade: float


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Timeline:
    """One film on one clock: the voice's."""

    shots: tuple[Shot, ...]
    scenes: tuple[tuple[CaptionWord, ...], ...]
    voice: Samples
    sample_rate: int
    duration: float

    @property
    def frame_count(self) -> int:
        return round(self.duration * FPS)


@dataclass(frozen=True, slots=True)
class _Cut:
    """A place where the picture may change: after word `word` of scene `scene`, at film second `at`."""

    scene: int
    word: int
    at: float
    cost: float


def lay_out(
    shown: Sequence[Sequence[str]],
    narrations: Sequence[Narration],
    *,
    segment_seconds: float,
    pictures: int | None,
    fades: bool,
) -> Timeline:
    """Put the scenes one after the other and choose the shots.

    `shown` are each scene's words as the screen shows them, one to one with the narration's. `pictures` is how many
    the user gave: each is shown, in order and for about equal times, all of them equally often. None: as many shots as
    `segment_seconds` wishes for.
    """
    placed, voice_end = _placed(narrations, {})
    shot_count = _shot_count(voice_end, segment_seconds, pictures)
    cuts = _chosen(_candidates(shown, placed), voice_end, shot_count)
    gaps = {(cut.scene, cut.word): TRANSITION for cut in cuts if cut.cost < WORD} if fades else {}
    placed, voice_end = _placed(narrations, gaps)

    duration = max(voice_end + TAIL, SHORTEST_FILM)
    edges = [0.0]
    for cut in cuts:
        before, after = _around(placed, cut)
        edges.append(_on_frame((before + after) / 2))
    if pictures and len(cuts) < shot_count - 1:  # too little was said to cut at words: the rest shows after them
        missing = shot_count - 1 - len(cuts)
        edges += [_on_frame(max(voice_end, edges[-1] + SHORTEST_SHOT) + i * SHORTEST_SHOT) for i in range(missing)]
        duration = max(duration, edges[-1] + SHORTEST_SHOT)
    duration = _on_frame(duration)
    shots = tuple(
        Shot(
            number=number,
            start=start,
            end=end,
            fade=TRANSITION if fades and number and (number > len(cuts) or cuts[number - 1].cost < WORD) else 0.0,
        )
        for number, (start, end) in enumerate(zip(edges, [*edges[1:], duration], strict=True))
    )
    scenes = tuple(
        tuple(CaptionWord(text=text, start=start, end=end) for text, (start, end) in zip(texts, times, strict=True))
        for texts, times in zip(shown, placed, strict=True)
    )
    rate = narrations[0].sample_rate
    return Timeline(
        shots=shots,
        scenes=scenes,
        voice=_voice(narrations, gaps, round(duration * rate)),
        sample_rate=rate,
        duration=duration,
    )


def _shot_count(seconds: float, segment_seconds: float, pictures: int | None) -> int:
    if not pictures:
        return max(1, round(seconds / segment_seconds))
    rounds = max(1, round(seconds / (segment_seconds * pictures)))  # each picture equally often
    return pictures * rounds


Spans = list[list[tuple[float, float]]]


def _placed(narrations: Sequence[Narration], gaps: dict[tuple[int, int], float]) -> tuple[Spans, float]:
    """Film times of every word, and when the last sound of the voice ends. `gaps` are pauses put after a word."""
    placed: Spans = []
    at = 0.0
    for scene, narration in enumerate(narrations):
        times = []
        for word, timing in enumerate(narration.words):
            times.append((at + timing.start, at + timing.end))
            last = word == len(narration.words) - 1
            if not last and (gap := gaps.get((scene, word))):
                at += max(0.0, gap - (narration.words[word + 1].start - timing.end))
        placed.append(times)
        at += narration.duration + SCENE_PAUSE
    return placed, at - SCENE_PAUSE


def _candidates(shown: Sequence[Sequence[str]], placed: Spans) -> list[_Cut]:
    """Every word's end but the film's last: scene ends are best, then ends of clauses."""
    cuts = []
    for scene, words in enumerate(shown):
        for word, text in enumerate(words):
            last = word == len(words) - 1
            if last and scene == len(shown) - 1:
                continue
            following = placed[scene + 1][0] if last else placed[scene][word + 1]
            cost = SENTENCE if last else CLAUSE if text.rstrip("\"'”’)")[-1:] in ".!?…,;:—–" else WORD
            cuts.append(_Cut(scene, word, (placed[scene][word][1] + following[0]) / 2, cost))
    return cuts


def _chosen(candidates: Sequence[_Cut], seconds: float, shot_count: int) -> list[_Cut]:
    """The places nearest to equal spans, at the best ends of words; fewer where the words do not allow so many."""
    chosen: list[_Cut] = []
    for number in range(1, shot_count):
        wished = seconds * number / shot_count
        earliest = (chosen[-1].at if chosen else 0.0) + SHORTEST_SHOT
        latest = seconds - SHORTEST_SHOT * (shot_count - number)
        fitting = [cut for cut in candidates if earliest <= cut.at <= latest]
        if not fitting:
            break
        chosen.append(min(fitting, key=lambda cut: abs(cut.at - wished) + cut.cost))
    return chosen


def _around(placed: Spans, cut: _Cut) -> tuple[float, float]:
    """The end of the word before a cut and the start of the word after it."""
    words = placed[cut.scene]
    following = words[cut.word + 1] if cut.word + 1 < len(words) else placed[cut.scene + 1][0]
    return words[cut.word][1], following[0]


def _voice(narrations: Sequence[Narration], gaps: dict[tuple[int, int], float], length: int) -> Samples:
    """The film's whole sound, `length` samples: scenes, the pauses between them, and the gaps inside them."""
    rate = narrations[0].sample_rate
    pieces: list[Samples] = []
    for scene, narration in enumerate(narrations):
        begin = 0
        for word, (timing, following) in enumerate(zip(narration.words, narration.words[1:], strict=False)):
            added = max(0.0, gaps.get((scene, word), 0.0) - (following.start - timing.end))
            if added:
                cut = _quietest(narration, timing.end, following.start)
                pieces += [narration.audio[begin:cut], np.zeros(round(added * rate), np.int16)]
                begin = cut
        pieces += [narration.audio[begin:], np.zeros(round(SCENE_PAUSE * rate), np.int16)]
    sound = np.concatenate(pieces)[:length]
    return np.pad(sound, (0, length - len(sound)))


def _quietest(narration: Narration, after: float, before: float) -> int:
    """The sample between two words, seconds `after` and `before`, at which a cut is heard least."""
    rate = narration.sample_rate
    first, last = int(after * rate), max(int(before * rate), int(after * rate) + 1)
    window = rate // 200  # 5 ms
    loudness = np.convolve(np.abs(narration.audio[first:last].astype(np.float32)), np.ones(window), "same")
    return first + int(loudness.argmin()) if len(loudness) else first


def _on_frame(seconds: float) -> float:
    return round(seconds * FPS) / FPS
