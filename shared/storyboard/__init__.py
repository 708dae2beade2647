"""Post text → Storyboard: the scenes of the film, with the text for the voice and the text for the screen."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from shared.errors import NothingToNarrate
from shared.jobs import JobWarning

from .cut import scenes_of
from .fit import choose, estimate_seconds
from .lines import lines, mark_numbers
from .scene import Scene, Word, join
from .sentences import sentences
from .text import is_english, plain, unstyle
from .words import tokens

__all__ = ["Scene", "Storyboard", "Word", "build", "choose", "estimate_seconds", "join", "unstyle"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Storyboard:
    """What is told, in order; the sentences that did not fit; and what the caller should know about it."""

    scenes: tuple[Scene, ...]
    left_out: tuple[str, ...] = ()
    warnings: tuple[JobWarning, ...] = ()

    @property
    def continued(self) -> tuple[int, ...]:
        """The scenes that go on with the sentence of the scene before them (see choose)."""
        return tuple(place for place, scene in enumerate(self.scenes) if scene.continues)

    def fitted(self, seconds: Sequence[float], max_seconds: float) -> "tuple[Storyboard, tuple[int, ...]]":
        """The storyboard shortened to `max_seconds`, and the places of the scenes that it keeps."""
        kept = choose(seconds, max_seconds, continued=self.continued)
        total = sum(seconds[place] for place in kept)
        warnings = [warning for warning in self.warnings if warning.code not in {"text_shortened", "text_too_long"}]
        left_out = (*self.left_out, *_sentences(self.scenes, set(range(len(self.scenes))) - set(kept)))
        if left_out:
            how_many = "1 sentence was" if len(left_out) == 1 else f"{len(left_out)} sentences were"
            message = f"{how_many} left out, so that the film is not longer than {max_seconds:g} seconds."
            warnings.append(JobWarning(code="text_shortened", message=message))
        if total > max_seconds:
            message = f"One sentence alone takes longer than {max_seconds:g} seconds; it was not cut off."
            warnings.append(JobWarning(code="text_too_long", message=message))
        scenes = _with_close([self.scenes[place] for place in kept])
        return replace(self, scenes=scenes, left_out=left_out, warnings=tuple(warnings)), kept


def build(content: str, *, max_seconds: float, rate: str = "+0%") -> Storyboard:
    """The storyboard of a post, estimated to last at most `max_seconds` when spoken at `rate`.

    Raises NothingToNarrate when the post has only emoji, links or hashtags.
    """
    text = plain(mark_numbers(content))
    english = is_english(text)
    read = []
    for line in lines(text):
        for sentence in sentences(tokens(line.text, english=english), number=line.number):
            read.append((sentence, line))
    if not read:
        raise NothingToNarrate(
            "There is nothing to say in this post: it has only emoji, links or hashtags.",
            hint="Add at least one sentence.",
        )
    scenes = scenes_of(read)
    whole = Storyboard(scenes=scenes)
    return whole.fitted([estimate_seconds(scene, rate=rate) for scene in scenes], max_seconds)[0]


def _sentences(scenes: Sequence[Scene], places: Collection[int]) -> list[str]:
    """The sentences of the scenes at these places, as written."""
    found: list[str] = []
    for place in sorted(places):
        scene = scenes[place]
        ends = [*scene.starts, len(scene.words)]
        if scene.continues and found:
            found[-1] = join([found[-1], *(word.shown for word in scene.words[: ends[0]])])
        found.extend(join(word.shown for word in scene.words[start:end]) for start, end in pairwise(ends))
    return found


def _with_close(scenes: Sequence[Scene]) -> tuple[Scene, ...]:
    """The first scene is the hook, the last sentence the close, whichever were kept."""
    close = max(place for place, scene in enumerate(scenes) if not scene.continues)
    kinds = ["hook" if place == 0 else "close" if place >= close else scene.kind for place, scene in enumerate(scenes)]
    return tuple(replace(scene, kind=kind) for scene, kind in zip(scenes, kinds, strict=True))
