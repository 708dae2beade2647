"""What is written over the pictures: the hook from the very first frame, then captions in step with the voice."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from shared.video_request import CaptionOptions

from .captions import Caption, CaptionWord, active_word, captions
from .lettering import Lettering, Sprite
from .timeline import Timeline


@dataclass(frozen=True, kw_only=True)
class Titles:
    """A film's lettering by time, in seconds. `captions` are all of them, for the subtitle files; `burned` those in
    the picture. `hook` is the first scene where it stands as a headline, until `hook_until`.
    """

    lettering: Lettering
    options: CaptionOptions
    captions: tuple[Caption, ...]
    burned: tuple[Caption, ...]
    hook: tuple[CaptionWord, ...] | None
    hook_until: float

    @classmethod
    def of(cls, timeline: Timeline, lettering: Lettering, options: CaptionOptions) -> "Titles":
        def grouped(scenes: Sequence[Sequence[CaptionWord]]) -> tuple[Caption, ...]:
            return captions(scenes, measure=lettering.measure, width=lettering.width)

        hook = timeline.scenes[0] if lettering.fits_hook(timeline.scenes[0]) else None
        following = timeline.scenes[1][0].start if len(timeline.scenes) > 1 else timeline.duration
        burned = grouped(timeline.scenes[1:] if hook else timeline.scenes) if options.enabled else ()
        return cls(
            lettering=lettering,
            options=options,
            captions=grouped(timeline.scenes),
            burned=burned,
            hook=hook,
            hook_until=burned[0].start if hook and burned else following,
        )

    def at(self, moment: float) -> Sprite | None:
        """What stands over the picture at a second of the film."""
        options = self.options
        if self.hook and moment < self.hook_until:
            marked = options.enabled and options.style != "classic"
            return self.lettering.hook(self.hook, active_word(self.hook, moment) if marked else None)
        for number, caption in enumerate(self.burned):
            begins = 0.0 if number == 0 and not self.hook else caption.start  # the first frame is never without words,
            ends = math.inf if number == len(self.burned) - 1 else caption.end  # nor is the last
            if begins <= moment < ends:
                return self.lettering.caption(
                    caption, caption.active(moment), position=options.position, style=options.style
                )
        return None
