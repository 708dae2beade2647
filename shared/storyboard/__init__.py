"""Post text → Storyboard: the scenes of the film, with the text for the voice and the text for the screen."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType

from shared.errors import NothingToNarrate
from shared.jobs import JobWarning
from shared.video_request import PlannedScene

from .cut import scenes_of
from .fit import choose, estimate_seconds
from .language import detect
from .lexicon import Lexicon
from .lines import Line, lines, mark_numbers, without_links
from .lists import Counted, announced
from .pairing import paired
from .scene import Scene, Word, join
from .sentences import sentences
from .text import plain, unstyle
from .words import sayable, tokens

__all__ = ["Scene", "Storyboard", "Word", "build", "choose", "estimate_seconds", "from_scenes", "join", "unstyle"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Storyboard:
    """What is told, in order, and in which language (`en`, `de`, …); the sentences that did not fit; and what the
    caller should know about it.

    `places` and `left_out_places` tell where in the whole post they stand, once it was shortened.
    """

    scenes: tuple[Scene, ...]
    language: str = "en"
    left_out: tuple[str, ...] = ()
    warnings: tuple[JobWarning, ...] = ()
    places: tuple[int, ...] = ()
    left_out_places: tuple[int, ...] = ()

    def fitted(self, seconds: Sequence[float], max_seconds: float) -> "tuple[Storyboard, tuple[int, ...]]":
        """The storyboard shortened to `max_seconds`, and the places of the scenes that it keeps (see choose)."""
        kept = choose(self.scenes, seconds, max_seconds)
        total = sum(seconds[place] for place in kept)
        warnings = [warning for warning in self.warnings if warning.code not in {"text_shortened", "text_too_long"}]
        places = self.places or tuple(range(len(self.scenes)))
        lost = _sentences(self.scenes, set(range(len(self.scenes))) - set(kept))
        gone = [
            *zip(self.left_out_places, self.left_out, strict=True),
            *((places[place], text) for place, text in lost),
        ]
        gone.sort(key=lambda sentence: sentence[0])
        left_out = tuple(text for _, text in gone)
        if left_out:
            how_many = "1 sentence was" if len(left_out) == 1 else f"{len(left_out)} sentences were"
            message = f"{how_many} left out, so that the film is not longer than {max_seconds:g} seconds."
            warnings.append(JobWarning(code="text_shortened", message=message))
        if total > max_seconds:
            message = f"One sentence alone takes longer than {max_seconds:g} seconds; it was not cut off."
            warnings.append(JobWarning(code="text_too_long", message=message))
        scenes = _with_close([self.scenes[place] for place in kept])
        shortened = replace(
            self,
            scenes=scenes,
            left_out=left_out,
            warnings=tuple(warnings),
            places=tuple(places[place] for place in kept),
            left_out_places=tuple(place for place, _ in gone),
        )
        return shortened, kept


def build(
    content: str,
    *,
    max_seconds: float,
    rate: str = "+0%",
    language: str | None = None,
    lexicon: Mapping[str, str] = MappingProxyType({}),
) -> Storyboard:
    """The storyboard of a post, estimated to last at most `max_seconds` when spoken at `rate`.

    `language` is the post's (`de`, `pt-BR`), where its caller knows it; `lexicon` says how words are to be said.
    Raises NothingToNarrate when the post has only emoji, links or hashtags.
    """
    text = plain(mark_numbers(content))
    tongue = _primary(language) or detect(text)
    read = _read(text, tongue, Lexicon(lexicon))
    if not read:
        raise NothingToNarrate(
            "There is nothing to say in this post: it has only emoji, links or hashtags.",
            hint="Add at least one sentence.",
        )
    scenes = scenes_of(read)
    whole = Storyboard(scenes=scenes, language=tongue)
    return whole.fitted([estimate_seconds(scene, rate=rate) for scene in scenes], max_seconds)[0]


def from_scenes(
    planned: Sequence[PlannedScene],
    *,
    language: str | None = None,
    lexicon: Mapping[str, str] = MappingProxyType({}),
    content: str = "",
) -> Storyboard:
    """The storyboard of scenes that somebody chose: exactly these, in this order, none joined, cut or left out.

    A scene is shown as its `text`, and said as its `spoken` where it has one, else as the rules say the text. `content`
    is the post that they belong to, for its language. Raises NothingToNarrate, which names the scene.
    """
    tongue = _primary(language) or detect(plain(content) if content else " ".join(scene.text for scene in planned))
    said_as = Lexicon(lexicon)
    last = len(planned) - 1
    counted = Counted()
    scenes = []
    for place, scene in enumerate(planned):
        words, starts, line = _words(scene, tongue, said_as)
        if not words:
            raise NothingToNarrate(
                f"There is nothing to say in scene {place + 1}: it has only emoji, links or hashtags.",
                hint="Give it a sentence, or leave it out.",
            )
        counted = counted.after(point=line.point or scene.kind == "point", number=line.number)
        kind = "hook" if not place else "close" if place == last else "point" if counted.item else "body"
        kind = scene.kind or kind
        scenes.append(Scene(words=words, kind=kind, starts=starts, number=counted.number, item=counted.item))
    return Storyboard(scenes=announced(scenes), language=tongue)


def _read(text: str, language: str, lexicon: Lexicon, *, alone: bool = False) -> list[tuple[tuple[Word, ...], Line]]:
    """The sentences of a plain text, each with the line that it stands in."""
    read = []
    for line in lines(text, alone=alone):
        for sentence in sentences(tokens(line.text, language=language, lexicon=lexicon), number=line.number):
            read.append((sentence, line))
    return read


def _words(scene: PlannedScene, language: str, lexicon: Lexicon) -> tuple[tuple[Word, ...], tuple[int, ...], Line]:
    """A chosen scene's words, where its sentences begin, and its first line that is an item of a list, if any is."""
    text = plain(mark_numbers(scene.text))
    read = _read(text, language, lexicon, alone=True)
    starts: list[int] = []
    words: list[Word] = []
    for sentence, _ in read:
        starts.append(len(words))
        words.extend(sentence)
    line = next((line for _, line in read if line.point), Line(text=text, paragraph=0))
    said = sayable(without_links(plain((scene.spoken or "").replace("\n", " "))))
    if not said or said == join(word.spoken for word in words):
        return tuple(words), tuple(starts), line
    parts = [token.spoken for token in tokens(said, language="") if token.spoken] or [said]
    if not words:  # nothing of the text can be said, but this
        return (Word(shown=" ".join(text.split()) or said, spoken=said),), (0,), line
    told = paired(words, parts)
    return told, (0,), line


def _primary(language: str | None) -> str | None:
    """`pt-BR` → `pt`."""
    return language.split("-")[0] if language else None


def _sentences(scenes: Sequence[Scene], places: Collection[int]) -> list[tuple[int, str]]:
    """The sentences of the scenes at these places, as written, each with its place."""
    found: list[tuple[int, str]] = []
    for place in sorted(places):
        scene = scenes[place]
        ends = [*scene.starts, len(scene.words)]
        if scene.continues and found:
            begun, text = found[-1]
            found[-1] = (begun, join([text, *(word.shown for word in scene.words[: ends[0]])]))
        found.extend((place, join(word.shown for word in scene.words[start:end])) for start, end in pairwise(ends))
    return found


def _with_close(scenes: Sequence[Scene]) -> tuple[Scene, ...]:
    """The first scene is the hook, the last sentence the close, whichever were kept."""
    close = max(place for place, scene in enumerate(scenes) if not scene.continues)
    kinds = ["hook" if place == 0 else "close" if place >= close else scene.kind for place, scene in enumerate(scenes)]
    return tuple(replace(scene, kind=kind) for scene, kind in zip(scenes, kinds, strict=True))
