"""Scenes (text and voice) → one clock: the film's sound, when each word is heard, and which Shot stands when. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from .audio import Samples, kept, levels, quiet_spans, quietest
from .captions import SHORTENED, CaptionWord
from .narration import Narration

FPS: Final = 25  # LinkedIn asks for less than 30
SCENE_PAUSE: Final = 0.12  # seconds of silence between scenes, beside the 0.37 that a narration keeps at its ends
FADE: Final = 0.32  # seconds that one picture takes to become the next: eight frames
TRANSITION: Final = FADE + 1 / FPS  # seconds without speech around a fade: a frame more, as fades begin on frames
TAIL: Final = 0.8  # seconds the last picture stays after the last word
SHORTEST_FILM: Final = 3.0  # LinkedIn's minimum
SHORTEST_SHOT: Final = 1.2  # seconds; less is a flicker, not a picture
UNEVEN: Final = 0.15  # of an equal span: how far a change of the user's pictures may lie from where it should
SENTENCE, CLAUSE, WORD = 0.0, 1.0, 2.5  # what a cut at each kind of end costs, in seconds away from the wished moment
FEWEST_WORDS: Final = 3  # fewer of a scene, cut off within a clause, would stand almost alone in their caption
ORPHAN: Final = 3.0  # what that costs beside
CLAUSE_ENDS: Final = ".!?…,;:—–。！？，、；："


@dataclass(frozen=True, kw_only=True, slots=True)
class Shot:
    """A span of time, in seconds of the film, and what it shows.

    `picture` is the number of the user's picture, counted from 0, where they gave some; `scene` the place of the scene
    that is told when the shot begins. `fade` is how long it takes to come in over the shot before it, half of it before
    `start`.
    """

    number: int
    scene: int = 0
    picture: int = 0
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
    def spoken_until(self) -> float:
        """When the last word ends, in seconds of the film."""
        return self.scenes[-1][-1].end

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
    shows: Sequence[int] | None = None,
) -> Timeline:
    """Put the scenes one after the other and choose the shots.

    `shown` are each scene's words as the screen shows them, one to one with the narration's. `pictures` is how many
    the user gave: each is shown, in order and for about equal times, all of them equally often. None: as many shots as
    `segment_seconds` wishes for. `shows` says of each scene which picture it shows, where somebody chose.
    """
    placed, voice_end = _placed(narrations, {})
    if shows:
        cuts = _chosen_by_scene(_candidates(shown, placed), shows, placed, voice_end + TAIL, segment_seconds)
        shot_count = len(cuts) + 1
    else:
        shot_count = _shot_count(voice_end, segment_seconds, pictures)
        seconds = max(voice_end + TAIL, SHORTEST_FILM, shot_count * SHORTEST_SHOT if pictures else 0.0)
        cuts = _chosen(_candidates(shown, placed), (0.0, seconds), shot_count, evenly=bool(pictures))
    gaps = {(cut.scene, cut.word): TRANSITION for cut in cuts if cut.cost < WORD} if fades else {}
    placed, voice_end = _placed(narrations, gaps)

    duration = max(voice_end + TAIL, SHORTEST_FILM)
    edges = [0.0]
    for cut in cuts:
        before, after = _around(placed, cut)
        edges.append(_on_frame((before + after) / 2))
    if pictures and len(cuts) < shot_count - 1:  # too little was said to cut at words: the rest shows after them
        missing = shot_count - 1 - len(cuts)
        first = max(voice_end + TRANSITION / 2, edges[-1] + SHORTEST_SHOT)
        edges += [_on_frame(first + i * SHORTEST_SHOT) for i in range(missing)]
    if pictures:
        duration = max(duration, edges[-1] + SHORTEST_SHOT)
    duration = _on_frame(duration)
    scene_of = [0, *(_after(cut, shown)[0] for cut in cuts)]
    scene_of += [len(shown) - 1] * (len(edges) - len(scene_of))
    shots = tuple(
        Shot(
            number=number,
            scene=scene_of[number],
            picture=shows[scene_of[number]] if shows else number % pictures if pictures else number,
            start=start,
            end=end,
            fade=FADE if fades and number and (number > len(cuts) or cuts[number - 1].cost < WORD) else 0.0,
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
            at += _added(narrations, gaps, scene, word)
        placed.append(times)
        at += narration.duration + SCENE_PAUSE
    return placed, at - SCENE_PAUSE


def _added(narrations: Sequence[Narration], gaps: dict[tuple[int, int], float], scene: int, word: int) -> float:
    """Seconds of silence to add after a word, so that its gap is as long as it should be."""
    if (scene, word) not in gaps:
        return 0.0
    narration = narrations[scene]
    after = narration.words[word].end
    if word < len(narration.words) - 1:
        silence = narration.words[word + 1].start - after
    else:
        silence = narration.duration - after + SCENE_PAUSE + narrations[scene + 1].words[0].start
    return max(0.0, gaps[scene, word] - silence)


def _candidates(shown: Sequence[Sequence[str]], placed: Spans) -> list[_Cut]:
    """Every word's end but the film's last: scene ends are best, then ends of clauses."""
    cuts = []
    for scene, words in enumerate(shown):
        for word, text in enumerate(words):
            last = word == len(words) - 1
            if last and scene == len(shown) - 1:
                continue
            following = placed[scene + 1][0] if last else placed[scene][word + 1]
            ends = text.rstrip("\"'”’)」』")[-1:] in CLAUSE_ENDS and not SHORTENED.fullmatch(text)
            cost = SENTENCE if last else CLAUSE if ends else WORD
            if cost == WORD and min(word + 1, len(words) - 1 - word) < FEWEST_WORDS:
                cost += ORPHAN
            cuts.append(_Cut(scene, word, (placed[scene][word][1] + following[0]) / 2, cost))
    return cuts


def _chosen_by_scene(
    candidates: Sequence[_Cut], shows: Sequence[int], placed: Spans, seconds: float, segment_seconds: float
) -> list[_Cut]:
    """A cut wherever the next scene shows another picture; and between, where one picture would stand for too long."""
    at_scene_end = {cut.scene: cut for cut in candidates if cut.word == len(placed[cut.scene]) - 1}
    changes = [at_scene_end[scene] for scene in range(len(shows) - 1) if shows[scene] != shows[scene + 1]]
    edges = [0.0, *(cut.at for cut in changes), seconds]
    cuts: list[_Cut] = []
    for number, (start, end) in enumerate(pairwise(edges)):
        within = [cut for cut in candidates if start < cut.at < end]
        cuts += _chosen(within, (start, end), _shot_count(end - start, segment_seconds, None), evenly=False)
        cuts += changes[number : number + 1]
    return cuts


def _chosen(candidates: Sequence[_Cut], within: tuple[float, float], shot_count: int, *, evenly: bool) -> list[_Cut]:
    """The places between two seconds nearest to equal spans, at the best ends of words; fewer where they do not allow
    so many.

    `evenly`: equal spans count for more than good ends.
    """
    begin, end = within
    span = (end - begin) / shot_count
    chosen: list[_Cut] = []
    for number in range(1, shot_count):
        wished = begin + span * number
        earliest = (chosen[-1].at if chosen else begin) + SHORTEST_SHOT
        latest = end - SHORTEST_SHOT * (shot_count - number)
        if evenly:
            latest = max(latest, wished + span / 2)  # the tail will be longer then
        fitting = [cut for cut in candidates if earliest <= cut.at <= latest]
        if evenly:
            near = [cut for cut in fitting if abs(cut.at - wished) <= UNEVEN * span]
            fitting = near or sorted(fitting, key=lambda cut: abs(cut.at - wished))[:1]
        if not fitting:
            break
        chosen.append(min(fitting, key=lambda cut: abs(cut.at - wished) + cut.cost))
    return chosen


def _after(cut: _Cut, scenes: Sequence[Sequence[object]]) -> tuple[int, int]:
    """The scene and the place in it of the word that follows a cut."""
    return (cut.scene, cut.word + 1) if cut.word + 1 < len(scenes[cut.scene]) else (cut.scene + 1, 0)


def _around(placed: Spans, cut: _Cut) -> tuple[float, float]:
    """The end of the word before a cut and the start of the word after it."""
    scene, word = _after(cut, placed)
    return placed[cut.scene][cut.word][1], placed[scene][word][0]


def _voice(narrations: Sequence[Narration], gaps: dict[tuple[int, int], float], length: int) -> Samples:
    """The film's whole sound, `length` samples: scenes, the pauses between them, and the gaps inside them."""
    rate = narrations[0].sample_rate
    pieces: list[Samples] = []
    for scene, narration in enumerate(narrations):
        begin, last = 0.0, len(narration.words) - 1
        for word in range(last):
            if added := _added(narrations, gaps, scene, word):
                cut = _quiet_moment(narration, narration.words[word].end, narration.words[word + 1].start)
                pieces += [kept(narration.audio, rate, [(begin, cut)]), _silence(added, rate)]
                begin = cut
        pieces.append(kept(narration.audio, rate, [(begin, narration.duration)]))
        pieces.append(_silence(SCENE_PAUSE + _added(narrations, gaps, scene, last), rate))
    sound = np.concatenate(pieces)[:length]
    return np.pad(sound, (0, length - len(sound)))


def _quiet_moment(narration: Narration, after: float, before: float) -> float:
    """The second between two words, `after` and `before`, at which a cut is heard least."""
    level = levels(narration.audio, narration.sample_rate)
    return min(max(quietest(level, quiet_spans(level), after, before), after), before)


def _silence(seconds: float, sample_rate: int) -> Samples:
    return np.zeros(round(seconds * sample_rate), np.int16)


def _on_frame(seconds: float) -> float:
    return round(seconds * FPS) / FPS
