"""What is written over the pictures: the hook from the very first frame, then captions in step with the voice."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from shared.glyphs import drawable
from shared.video_request import CaptionOptions

from .captions import Caption, CaptionWord, active_word, captions
from .lettering import Lettering, Sprite
from .timeline import FPS, Timeline

HALF_FRAME: Final = 0.5 / FPS  # a frame shows what is true in its middle: early or late by 20 ms, never late by 40


@dataclass(frozen=True, kw_only=True)
class Titles:
    """A film's lettering by time, in seconds. `captions` are all of them, for the subtitle files; `burned` those of
    them in the picture, the last of which stands until `last_until`. `hook` is the first scene where it stands as a
    headline, until `hook_until`.
    """

    lettering: Lettering
    options: CaptionOptions
    captions: tuple[Caption, ...]
    burned: tuple[Caption, ...]
    hook: tuple[CaptionWord, ...] | None
    hook_until: float
    last_until: float

    @classmethod
    def of(cls, timeline: Timeline, lettering: Lettering, options: CaptionOptions) -> "Titles":
        cuts = [shot.start for shot in timeline.shots[1:]]

        def grouped(scenes: Sequence[Sequence[CaptionWord]]) -> tuple[Caption, ...]:
            return captions(scenes, measure=lettering.measure, width=lettering.width, cuts=cuts)

        opening = tuple(word for word in timeline.scenes[0] if drawable(word.text))
        hook = opening if opening and lettering.fits_hook(opening) else None
        following = timeline.scenes[1][0].start if len(timeline.scenes) > 1 else timeline.duration
        told = _in_step(grouped(timeline.scenes), cuts)
        burned = told[len(grouped(timeline.scenes[:1])) if hook else 0 :] if options.enabled else ()
        spoken_until = max((caption.words[-1].end for caption in told), default=0.0)
        return cls(
            lettering=lettering,
            options=options,
            captions=told,
            burned=burned,
            hook=hook,
            hook_until=burned[0].start if hook and burned else following,
            last_until=next((cut for cut in cuts if cut >= spoken_until), math.inf),
        )

    def at(self, moment: float) -> Sprite | None:
        """What stands over the picture in the frame that begins at a second of the film."""
        options = self.options
        moment += HALF_FRAME
        if self.hook and moment < self.hook_until:
            marked = options.enabled and options.style != "classic"
            return self.lettering.hook(self.hook, _heard(self.hook, moment) if marked else None)
        for number, caption in enumerate(self.burned):
            begins = 0.0 if number == 0 and not self.hook else caption.start  # the first frame is never without words,
            ends = self.last_until if number == len(self.burned) - 1 else caption.end  # nor is the last
            if begins <= moment < ends:
                if options.style == "word_by_word":  # words to come are faint, also before the first one is heard
                    moment = max(moment, caption.words[0].start)
                return self.lettering.caption(
                    caption, _heard(caption.words, moment), position=options.position, style=options.style
                )
        return None


def _heard(words: Sequence[CaptionWord], moment: float) -> int | None:
    """The word to mark; none before the first one sounds, for a film's first words stand there from the beginning."""
    return active_word(words, moment) if moment >= words[0].start else None


def _in_step(captions: Sequence[Caption], cuts: Sequence[float]) -> tuple[Caption, ...]:
    """Each from its first word on: the first word is marked as soon as its caption is there, and the mark must come
    with the sound. The files say the same times as the picture.
    """
    made = [replace(caption, start=max(caption.start, caption.words[0].start)) for caption in captions]
    for number, (caption, following) in enumerate(pairwise(captions)):
        if caption.end == following.start and caption.end not in cuts:
            made[number] = replace(made[number], end=made[number + 1].start)
    return tuple(made)
