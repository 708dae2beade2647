"""How long scenes take to say, and which of them are kept so that the film is short enough."""

from collections.abc import Collection, Sequence
from typing import Final

import regex

from .scene import Scene

SPOKEN_CHARACTERS_A_SECOND: Final = 14.5  # measured with en-US-JennyNeural at +0 %
PAUSE: Final = 0.45  # seconds of silence between two scenes
_DIGIT_WEIGHT: Final = 3  # `2024` is said as `twenty twenty-four`
_SYLLABLE_WEIGHT: Final = 3  # one Chinese, Japanese or Korean character is a whole syllable
_SYLLABLES = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
_RATE = regex.compile(r"([+-]\d{1,3})%")


def estimate_seconds(scene: Scene, *, rate: str) -> float:
    """Seconds that a voice needs for the scene at `rate` (`+10%`), with the pause behind it."""
    spoken = scene.spoken
    characters = len(spoken) + (_DIGIT_WEIGHT - 1) * sum(character.isdigit() for character in spoken)
    if not spoken.isascii():
        characters += (_SYLLABLE_WEIGHT - 1) * len(_SYLLABLES.findall(spoken))
    found = _RATE.fullmatch(rate)
    if found is None:
        raise ValueError(f"not a rate: {rate!r}")
    speed = max(1 + int(found[1]) / 100, 0.1)
    return characters / (SPOKEN_CHARACTERS_A_SECOND * speed) + PAUSE


def choose(seconds: Sequence[float], max_seconds: float, *, continued: Collection[int] = ()) -> tuple[int, ...]:
    """The scenes to keep, in order: hook and close, and between them as many as fit, evenly spread.

    `seconds` holds one duration a scene. `continued` are the scenes that go on with the sentence before them:
    a sentence is kept whole or not at all. At least one sentence is always kept, however long it is.
    """
    groups: list[list[int]] = []
    for place in range(len(seconds)):
        if place in continued and groups:
            groups[-1].append(place)
        else:
            groups.append([place])
    lengths = [sum(seconds[place] for place in group) for group in groups]
    return tuple(place for group in _choose(lengths, max_seconds) for place in groups[group])


def _choose(lengths: Sequence[float], max_seconds: float) -> list[int]:
    if sum(lengths) <= max_seconds:
        return list(range(len(lengths)))
    last = len(lengths) - 1
    if lengths[0] + lengths[last] > max_seconds:
        if lengths[0] <= max_seconds:
            return [0]
        fitting = [place for place, length in enumerate(lengths) if length <= max_seconds]
        return fitting[:1] or [0]
    left = max_seconds - lengths[0] - lengths[last]
    middle = range(1, last)
    spreads = (_spread(middle, count) for count in range(len(middle), -1, -1))
    kept = next(spread for spread in spreads if sum(lengths[place] for place in spread) <= left)
    left -= sum(lengths[place] for place in kept)
    for place in middle:
        if place not in kept and lengths[place] <= left:
            kept.append(place)
            left -= lengths[place]
    return [0, *sorted(kept), last]


def _spread(places: Sequence[int], count: int) -> list[int]:
    """`count` of the places at even distances, the first of them always: it explains what the hook claims."""
    return [places[place * len(places) // count] for place in range(count)]
