"""Scenes in a row → which of them are items of a list, and which line announces it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import regex

from .scene import Scene, join

_POINTS_AHEAD: Final = r"(?:[:：]|👇|⬇|⤵|↓)[\ufe0f\p{Emoji_Modifier}]*[\"'”’»)]*$"
_HERE_IS: Final = r"\bhere(?:['’]s| is| are)\b|\b(?:the following|as follows)\b"
_SURE = regex.compile(rf"{_POINTS_AHEAD}|{_HERE_IS}", regex.IGNORECASE)
_AT_REST = regex.compile(r"[.!。！।॥۔]\P{L}*$")  # what ends so is a statement; a heading or a question leads on


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """Where one is in a list: the item (0 outside of lists), its number as written, and the last that had one."""

    item: int = 0
    number: str = ""
    last_number: int = 0
    last_item: int = 0

    def after(self, *, point: bool, number: str) -> "Counted":
        """With the next line. A list goes on behind what its author says about an item, if its numbers go on."""
        if not point:
            return replace(self, item=0, number="")
        digits = number.rstrip(".")
        counted = int(digits) if digits else 0
        goes_on = counted > 1 and counted == self.last_number + 1
        item = self.last_item + 1 if goes_on and not self.item else self.item + 1
        return Counted(item=item, number=digits, last_number=counted, last_item=item)


def announced(scenes: Sequence[Scene]) -> tuple[Scene, ...]:
    """The scenes, with the lines before a list marked as announcing it.

    Before a list that is a line with a colon, a hand that points down or `here is`; also one that ends in no full stop,
    but for the hook, which people leave without one.
    """
    marked = list(scenes)
    for place, following in enumerate(scenes[1:]):
        scene = scenes[place]
        if following.item == 1 and not scene.item:
            last = join(word.shown for word in scene.words[max(scene.starts, default=0) :])
            several = any(later.item == 2 for later in scenes[place + 2 : place + 5])
            announces = bool(_SURE.search(last)) or (place > 0 and several and not _AT_REST.search(last))
            marked[place] = replace(scene, announces=announces)
    return tuple(marked)
