"""Small print: who made the photographs, legible, above everything else, in the film's last seconds."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from functions.render.captions import Caption, CaptionWord
from functions.render.lettering import Lettering, Sprite
from functions.render.small_print import READ_IN, with_small_print
from shared.styles import STYLES
from shared.video_request import FRAMES

SHORT = ("Photos: Ann Example, Bo Example / Unsplash",)
LONG = (f"Photos: {', '.join(f'Maximiliane Musterfrau {n}' for n in range(13))} / Unsplash",)


def nothing(moment: float) -> Sprite | None:
    return None


def luminance(colour: NDArray[np.float64]) -> float:
    """WCAG's relative luminance."""
    linear = np.where(colour <= 0.03928, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))


@pytest.mark.parametrize("style", STYLES)
def test_it_is_legible_over_black_and_over_white(style: str) -> None:
    overlay = with_small_print(nothing, SHORT, frame=(1080, 1350), palette=STYLES[style].palette, seconds=10)
    sprite = overlay(9.9)
    assert sprite
    rgba = sprite.rgba.astype(float) / 255
    for under in (0.0, 1.0):
        seen = rgba[..., :3] * rgba[..., 3:] + under * (1 - rgba[..., 3:])
        plate = luminance(seen[rgba.shape[0] // 2, 4])
        shades = [luminance(colour) for colour in seen.reshape(-1, 3)[::7]]
        assert (max(shades) + 0.05) / (plate + 0.05) > 4.5


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_its_type_has_at_least_twenty_pixels(frame: tuple[int, int]) -> None:
    overlay = with_small_print(nothing, SHORT, frame=frame, palette=STYLES["professional"].palette, seconds=10)
    sprite = overlay(9.9)
    assert sprite
    rows = np.flatnonzero((sprite.rgba[..., :3].min(axis=2) > 160).any(axis=1))
    assert rows[-1] - rows[0] + 1 >= 0.92 * 20  # from the top of an h to the foot of a p


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
@pytest.mark.parametrize("position", ["top", "center", "bottom"])
@pytest.mark.parametrize("texts", [SHORT, LONG], ids=["short", "long"])
def test_it_stands_inside_the_frame_and_touches_no_caption(
    frame: tuple[int, int], position: str, texts: tuple[str, ...]
) -> None:
    palette = STYLES["professional"].palette
    words = tuple(CaptionWord(text=f"wordy{n}", start=n, end=n + 1) for n in range(8))
    lettering = Lettering(frame, palette)
    caption = Caption(words=words, lines=((0, 1, 2, 3), (4, 5, 6, 7)), start=0, end=8)
    under = lettering.caption(caption, 1, position=position, style="highlight")
    overlay = with_small_print(nothing, texts, frame=frame, palette=palette, seconds=30, low=position == "top")
    for moment in np.arange(15, 30, 0.5):
        sprite = overlay(float(moment))
        if sprite is None:
            continue
        height, width = sprite.rgba.shape[:2]
        assert sprite.x >= 0.04 * frame[0] and sprite.x + width <= 0.96 * frame[0]
        assert sprite.y >= 0.02 * frame[1] and sprite.y + height <= 0.88 * frame[1]
        assert height >= 30 and (sprite.x | sprite.y | width | height) % 2 == 0
        below, above = sorted([(sprite.y, height), (under.y, under.rgba.shape[0])])
        assert below[0] + below[1] <= above[0]


def test_it_comes_at_the_end_and_long_enough_to_be_read() -> None:
    palette = STYLES["professional"].palette
    overlay = with_small_print(nothing, LONG, frame=(1080, 1350), palette=palette, seconds=40)
    moments = np.arange(0, 40, 0.04)
    seen = [overlay(float(moment)) for moment in moments]
    assert seen[0] is None and seen[-1] is not None
    changes = [
        float(moment) for (before, now), moment in zip(pairwise(seen), moments[1:], strict=True) if before is not now
    ]
    assert len(changes) >= 3  # it does not fit into one line
    for begin, end in pairwise([*changes, 40.0]):
        assert end - begin >= READ_IN - 0.05


def test_captions_stay_where_they_are_and_are_drawn_once() -> None:
    palette = STYLES["professional"].palette
    under = Sprite(x=100, y=900, rgba=np.full((60, 200, 4), 200, np.uint8))
    overlay = with_small_print(lambda _: under, SHORT, frame=(1080, 1350), palette=palette, seconds=10)
    assert overlay(1.0) is under
    both = overlay(9.0)
    assert both and overlay(9.5) is both  # the same object: frames convert it once
    top, left = under.y - both.y, under.x - both.x
    assert (both.rgba[top : top + 60, left : left + 200] == under.rgba).all()
    assert with_small_print(nothing, (), frame=(1080, 1350), palette=palette, seconds=10) is nothing
