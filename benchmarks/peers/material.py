"""What every film of a comparison is made of: the same voice, pictures, changes of picture, captions and length."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final, Self

import numpy as np

from benchmarks.film import POST, SAMPLE_RATE
from functions.render.audio import as_wav
from functions.render.fonts import FOLDER
from functions.render.lettering import Lettering
from functions.render.narration import Narration
from functions.render.narrators.espeak import EspeakNarrator
from functions.render.timeline import FPS, SCENE_PAUSE, TAIL, Timeline, lay_out
from functions.render.titles import Titles
from shared.storyboard import build
from shared.styles import STYLES
from shared.video_request import CaptionOptions

PICTURE_SECONDS: Final = 5.0
FONT: Final = FOLDER / "Inter-ExtraBold.ttf"
PALETTE: Final = STYLES["professional"].palette


@dataclass(frozen=True, kw_only=True, slots=True)
class Shot:
    """A picture and its span in seconds; it comes in over `fade` seconds, half of them before `start`."""

    picture: str
    start: float
    end: float
    fade: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A caption, and for each of its words the second at which it is marked."""

    words: tuple[str, ...]
    marks: tuple[float, ...]
    start: float
    end: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Material:
    """The peers' half of a comparison; seconds and pixels. Files are full paths."""

    width: int
    height: int
    fps: int
    seconds: float
    shots: tuple[Shot, ...]
    lines: tuple[Line, ...]
    sound: str
    font: str
    letter_size: int
    text: str
    plate: str
    accent: str

    @classmethod
    def prepared(cls, size: tuple[int, int], pictures: Sequence[Path], seconds: float, scratch: Path) -> Self:
        """The same film as `spoken` gives ours; its sound is written into `scratch`."""
        timeline = spoken(seconds, len(pictures))
        sound = scratch / "sound.wav"
        sound.write_bytes(as_wav(timeline.voice, timeline.sample_rate))
        captions = Titles.of(timeline, Lettering(size, PALETTE), CaptionOptions()).captions
        return cls(
            width=size[0],
            height=size[1],
            fps=FPS,
            seconds=seconds,
            shots=tuple(
                Shot(
                    picture=str(pictures[shot.number % len(pictures)].resolve()),
                    start=shot.start,
                    end=shot.end,
                    fade=shot.fade or 2 / FPS,  # half of it on a frame as well: xfade ends a film that is a frame short
                )
                for shot in timeline.shots
            ),
            lines=tuple(
                Line(
                    words=tuple(word.text for word in caption.words),
                    marks=tuple(word.start for word in caption.words),
                    start=caption.start,
                    end=caption.end,
                )
                for caption in captions
            ),
            sound=str(sound.resolve()),
            font=str(FONT.resolve()),
            letter_size=round(size[0] / 20),
            text=PALETTE.text,
            plate=PALETTE.plate,
            accent=PALETTE.accent,
        )

    def to_json(self) -> str:
        return json.dumps(asdict(self))


def spoken(seconds: float, pictures: int) -> Timeline:
    """A timeline of exactly `seconds`: a post is read out, again and again, until just before the end."""
    room = seconds - TAIL
    while room > 0:
        shown, narrations = _read_out(room)
        timeline = lay_out(shown, narrations, segment_seconds=PICTURE_SECONDS, pictures=pictures, fades=True)
        if timeline.duration <= seconds:
            return _lasting(timeline, seconds)
        room -= timeline.duration - seconds + 1 / FPS  # the gaps of the transitions take room as well
    raise ValueError(f"{pictures} pictures do not fit into {seconds} s")


def _read_out(seconds: float) -> tuple[list[list[str]], list[Narration]]:
    """Scenes of the post, and their sound: as many words as can be said in that time."""
    voice = EspeakNarrator(rate=1.0, volume=1.0, sample_rate=SAMPLE_RATE)
    post = build(POST, max_seconds=600).scenes
    shown: list[list[str]] = []
    narrations: list[Narration] = []
    while True:
        words = post[len(shown) % len(post)].words
        narration = voice.narrate([word.spoken for word in words])
        last = narration.duration > seconds
        if last:
            words = words[: max(not shown, sum(timing.end < seconds for timing in narration.words) - 1)]
            narration = voice.narrate([word.spoken for word in words]) if words else narration
        if words:
            shown.append([word.shown for word in words])
            narrations.append(narration)
        if last:
            return shown, narrations
        seconds -= narration.duration + SCENE_PAUSE


def _lasting(timeline: Timeline, seconds: float) -> Timeline:
    """The same with a longer tail."""
    missing = round(seconds * timeline.sample_rate) - len(timeline.voice)
    return replace(
        timeline,
        shots=(*timeline.shots[:-1], replace(timeline.shots[-1], end=seconds)),
        voice=np.pad(timeline.voice, (0, missing)),
        duration=seconds,
    )
