"""Pan, zoom and cross-fade as functions of progress 0..1. Pure: positions in, positions out."""

import hashlib
from dataclasses import dataclass
from typing import Final

KINDS: Final = ("zoom_in", "zoom_out", "pan")
WIDE: Final = 1.02  # the zoom of a whole view: a little nearer than the edges


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """What of a picture is seen: its centre, 0..1 of width and height, and how many times nearer than cover-fit."""

    x: float
    y: float
    zoom: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """From one view to another, slow at both ends."""

    begin: View
    end: View

    def at(self, progress: float) -> View:
        share = ease(progress)
        return View(
            x=self.begin.x + (self.end.x - self.begin.x) * share,
            y=self.begin.y + (self.end.y - self.begin.y) * share,
            # zoom grows by equal factors, not by equal steps: else it seems to slow down
            zoom=self.begin.zoom * (self.end.zoom / self.begin.zoom) ** share,
        )


def ease(progress: float) -> float:
    """Constant speed with a soft start and end: a fifth of the way to gather speed, a fifth to lose it."""
    soft = 0.2
    progress = min(max(progress, 0.0), 1.0)
    if progress < soft:
        return progress * progress / (2 * soft * (1 - soft))
    if progress > 1 - soft:
        return 1 - (1 - progress) ** 2 / (2 * soft * (1 - soft))
    return (progress - soft / 2) / (1 - soft)


def choose(
    kind: str,
    *,
    shot: int,
    seed: str,
    travel: float,
    focus: tuple[float, float],
    slack: tuple[float, float],
) -> Move:
    """The move of one shot, the same for the same film.

    `kind` is auto, none or one of KINDS. `travel` is how far a shot moves, as a share of the frame. `focus` stays in
    view. `slack` is how much of the picture's width and height cover-fit leaves unseen, 0..1.
    """
    if kind == "none":
        return Move(begin=_view(focus, slack, 1.0), end=_view(focus, slack, 1.0))
    dice = hashlib.sha256(f"{seed}:{shot}".encode()).digest()
    if kind == "auto":
        kind = KINDS[(shot + dice[0] % 2) % 2] if max(slack) < 0.15 else ("pan", *KINDS)[(shot + dice[0]) % 4]
    near = WIDE + 1.6 * travel
    if kind == "zoom_in":
        return Move(begin=_wide(focus, slack), end=_view(focus, slack, near))
    if kind == "zoom_out":
        return Move(begin=_view(focus, slack, near), end=_wide(focus, slack))
    zoom = WIDE + travel
    sign = 1 if dice[1] % 2 else -1
    reach = sign * travel / 2
    along_x = slack[0] >= slack[1]
    ahead = (focus[0] + reach, focus[1]) if along_x else (focus[0], focus[1] + reach)
    behind = (focus[0] - reach, focus[1]) if along_x else (focus[0], focus[1] - reach)
    return Move(begin=_view(behind, slack, zoom), end=_view(ahead, slack, zoom))


def _wide(focus: tuple[float, float], slack: tuple[float, float]) -> View:
    """The whole picture, or the part nearest to its middle that still shows the focus, not at its very edge."""

    def centre(wish: float, unseen: float) -> float:
        reach = 0.8 * (1 - unseen) / WIDE / 2
        return min(max(0.5, wish - reach), wish + reach)

    return _view((centre(focus[0], slack[0]), centre(focus[1], slack[1])), slack, WIDE)


def _view(centre: tuple[float, float], slack: tuple[float, float], zoom: float) -> View:
    """A view as near to `centre` as the picture's edges allow."""

    def kept(wish: float, unseen: float) -> float:
        half = (1 - unseen) / zoom / 2
        return min(max(wish, half), 1 - half)

    return View(x=kept(centre[0], slack[0]), y=kept(centre[1], slack[1]), zoom=zoom)


def fade_weight(frame: int, frames: int) -> float:
    """The weight of the shot that comes in, in frame 0..frames-1 of a cross-fade: never quite 0, never quite 1."""
    return (frame + 0.5) / frames
