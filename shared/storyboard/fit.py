"""How long scenes take to say, and which of them are kept so that the film is short enough."""

from collections.abc import Sequence
from typing import Final

import regex

from .scene import Scene
from .story import calls, leans, weights

SPOKEN_CHARACTERS_A_SECOND: Final = 14.5  # measured with en-US-JennyNeural at +0 %
PAUSE: Final = 0.45  # seconds of silence between two scenes
_DIGIT_WEIGHT: Final = 3  # `2024` is said as `twenty twenty-four`
_SYLLABLE_WEIGHT: Final = 3  # one Chinese, Japanese or Korean character is a whole syllable
_SYLLABLES = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
_RATE = regex.compile(r"([+-]\d{1,3})%")
_LIST: Final = 4.0  # worth of a list's first item with the line that announces it: as much as a telling sentence
_ITEM: Final = 2.2  # worth of each further one: more than a plain sentence, less than a telling one
_PROMISED: Final = 10.0  # worth of a first item where the hook or the close announces it
_ALONE: Final = (
    1.2  # worth that a sentence loses if it leans on one that is not told (a question gains it, if its answer is)
)
_FAR: Final = 1.5  # worth of standing as far as can be from all that is told: so that no part of a post is left out


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


def choose(scenes: Sequence[Scene], seconds: Sequence[float], max_seconds: float) -> tuple[int, ...]:
    """The places of the scenes to keep, in order, so that the story survives; `seconds` holds one duration a scene.

    1. The hook and the close stay (a call to repost behind the close is none); where both are too long together the
       hook, where it alone is, the close.
    2. A line that announces a list stays only with at least one item of it, and the items that stay are spread evenly
       over the list. A list announced by the hook comes before all else.
    3. Of the other sentences those stay that carry the story (see story.weights): rather those far from what is told
       already, rather not one that leans on a sentence that is left out, rather a question that is answered. Lists and
       sentences compete by worth.
    4. What is left of the time is filled with whatever fits.

    A sentence in several scenes is kept whole or not at all, and at least one is kept, however long it is. The same
    scenes and seconds always give the same choice.
    """
    if sum(seconds) <= max_seconds:
        return tuple(range(len(scenes)))
    groups: list[list[int]] = []
    for place, scene in enumerate(scenes):
        if scene.continues and groups:
            groups[-1].append(place)
        else:
            groups.append([place])
    lengths = [sum(seconds[place] for place in group) for group in groups]
    units = [[scenes[place] for place in group] for group in groups]
    kept = _Choice(units, lengths, max_seconds).kept()
    return tuple(place for unit in sorted(kept) for place in groups[unit])


class _List:
    """A list of the post: the unit that announces it, if one does, its items, and how many of them are told."""

    def __init__(self, announcing: Sequence[int], items: Sequence[int]) -> None:
        self.announcing, self.items, self.count = announcing, items, 0

    def told(self, count: int) -> set[int]:
        """The announcing line with `count` items, spread evenly, the first always."""
        if not count:
            return set()
        return {*self.announcing, *(self.items[place * len(self.items) // count] for place in range(count))}


class _Choice:
    """One choice: what is kept grows by what is worth most and still fits, until nothing does.

    A unit is one sentence, or a few short ones that share a scene.
    """

    def __init__(self, units: Sequence[Sequence[Scene]], lengths: Sequence[float], max_seconds: float) -> None:
        self._lengths, self._left = lengths, max_seconds
        self._weights = weights([[word.shown for scene in unit for word in scene.words] for unit in units])
        self._asking = [unit[-1].shown.endswith(("?", "？", "؟", ":", "：")) for unit in units]
        story = [place for place, unit in enumerate(units) if not calls(unit[0])]
        self._close = story[-1] if story else 0
        self._leaning = [leans(unit[0]) or (place > 0 and self._asking[place - 1]) for place, unit in enumerate(units)]
        self._lists = _lists(units)
        self._in_list = {unit for listed in self._lists for unit in (*listed.announcing, *listed.items)}
        self._fixed: set[int] = set()
        self._free: set[int] = set()

    def kept(self) -> set[int]:
        for unit in dict.fromkeys((0, self._close)):
            if self._lengths[unit] <= self._left:
                self._fixed.add(unit)
                self._left -= self._lengths[unit]
        while self._add_sentence_or_item():
            pass
        return self._told() or {0}

    def _told(self) -> set[int]:
        return self._fixed.union(self._free, *(listed.told(listed.count) for listed in self._lists))

    def _add_sentence_or_item(self) -> bool:
        """Whether anything was found that fits."""
        told = self._told()
        far = _distances(told, len(self._lengths))
        best: tuple[float, int] = (float("-inf"), 0)  # worth, and the earlier of two that are worth the same
        chosen: _List | int | None = None
        for unit, length in enumerate(self._lengths):
            if unit in told or unit in self._in_list or length > self._left:
                continue
            lost = _ALONE if self._leaning[unit] and unit - 1 not in told else 0.0
            worth = self._weights[unit] + _FAR * far[unit] / len(far) - lost
            if self._asking[unit] and unit + 1 in told:
                worth += _ALONE
            if (worth, -unit) > best:
                best, chosen = (worth, -unit), unit
        for listed in self._lists:
            if listed.count == len(listed.items) or self._cost(listed) > self._left:
                continue
            worth = _ITEM
            if not listed.count and listed.announcing:
                worth = _PROMISED if listed.announcing[0] in self._fixed else _LIST
            if (worth, -listed.items[0]) > best:
                best, chosen = (worth, -listed.items[0]), listed
        if isinstance(chosen, _List):
            self._left -= self._cost(chosen)
            chosen.count += 1
        elif chosen is not None:
            self._left -= self._lengths[chosen]
            self._free.add(chosen)
        return chosen is not None

    def _cost(self, listed: _List) -> float:
        """Seconds that one more item takes."""
        before, after = listed.told(listed.count) - self._fixed, listed.told(listed.count + 1) - self._fixed
        return sum(self._lengths[unit] for unit in after) - sum(self._lengths[unit] for unit in before)


def _distances(told: set[int], count: int) -> list[int]:
    """How far each unit is from the next one that is told."""
    far = [count] * count
    for places in (range(count), range(count - 1, -1, -1)):
        last = count
        for place in places:
            last = 0 if place in told else last + 1
            far[place] = min(far[place], last)
    return far


def _lists(units: Sequence[Sequence[Scene]]) -> list[_List]:
    """The lists of a post. What more is said about an item is a sentence like others."""
    found: list[tuple[list[int], list[int]]] = []
    item = 0
    for place, unit in enumerate(units):
        now = unit[0].item
        if now == 1 and (not place or units[place - 1][0].item != 1):
            found.append(([place - 1] if place and units[place - 1][-1].announces else [], [place]))
        elif now and now != item and found:
            found[-1][1].append(place)
        item = now or item
    return [_List(announcing, items) for announcing, items in found]
