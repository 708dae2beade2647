"""MediaSource port: a shot of the film → the picture it shows."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .timeline import Shot


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Picture:
    """One work picture, somewhat larger than the frame needs, so that motion has room.

    `pixels` are height x width x 3, uint8, in OpenCV's order (blue, green, red). `focus` is the point, 0..1 from the
    left and from the top, that should stay in view. `travel` is the share of the style's motion that it bears: a
    picture that stands whole on a ground must not be moved out of the frame. `source` names where it came from.
    """

    pixels: NDArray[np.uint8]
    focus: tuple[float, float] = (0.5, 0.5)
    travel: float = 1.0
    source: str


class MediaSource(Protocol):
    def find(self, shot: Shot, frame: tuple[int, int]) -> Picture:
        """The picture of a shot for a film of `frame` = (width, height) pixels.

        Raises a shared.errors.Problem where there is none.
        """
        ...


class Early:
    """A MediaSource whose first picture is found at once, while the voice still speaks: for the poster and shot 0."""

    def __init__(self, source: MediaSource, frame: tuple[int, int]) -> None:
        self._source = source
        self._first = source.find(Shot(number=0, scene=0, picture=0, start=0.0, end=0.0, fade=0.0), frame)

    def find(self, shot: Shot, frame: tuple[int, int]) -> Picture:
        return self._source.find(shot, frame) if shot.number else self._first
