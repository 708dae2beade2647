"""A picture of any shape → a work picture for a frame: filled where that keeps most of it, else set whole on a ground.

Pixels are height x width x 3, uint8, blue-green-red; sizes are (width, height); a focus is 0..1 from left and top.
"""

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from shared.styles import Palette

from .grain import TILE, grain

OVERSAMPLING: Final = 1.6  # picture pixels for a pixel of the frame, so that 1.5 are left where motion is nearest
CANVAS: Final = 1.35  # the same for a picture that stands whole: it bears little motion, and its ground is soft
LEAST_SHOWN: Final = 0.5  # of the picture: filling that would show less cuts heads off
FIELD: Final = (0.90, 0.78)  # of the frame's width and height: what a picture that is set whole may take
MIDDLE: Final = 0.45  # of the frame's height: captions stand in the lower third
LARGEST_GROWTH: Final = 2.5  # a small picture is not blown up to a blur
DIMMED: Final = 0.52  # how much of its own light the ground of a picture keeps
DARK: Final = 0.45  # luma, 0..1: what is darker stands on the light end of the palette
ANALYSED: Final = 96  # pixels of the longer side: what draws the eye is large


def work_size(size: tuple[int, int], frame: tuple[int, int]) -> tuple[int, int]:
    """How large a picture of `size` is needed to fill `frame`; never larger than it is."""
    scale = min(1.0, OVERSAMPLING * max(frame[0] / size[0], frame[1] / size[1]))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def whole_size(size: tuple[int, int], frame: tuple[int, int]) -> tuple[int, int]:
    """How large a picture of `size` is when all of it stands in the field of `frame`'s work picture."""
    width, height = _canvas(frame)
    scale = min(FIELD[0] * width / size[0], FIELD[1] * height / size[1], CANVAS * LARGEST_GROWTH)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def fills(size: tuple[int, int], frame: tuple[int, int]) -> bool:
    """Whether filling the frame shows enough of the picture, and does not blow it up to a blur."""
    across, down = frame[0] / size[0], frame[1] / size[1]
    return min(across / down, down / across) >= LEAST_SHOWN and max(across, down) <= LARGEST_GROWTH


def on_itself(pixels: NDArray[Any], frame: tuple[int, int]) -> NDArray[np.uint8]:
    """A picture of `whole_size` over its own blurred and darkened self, with a soft shadow."""
    width, height = _canvas(frame)
    size = (pixels.shape[1], pixels.shape[0])
    at = (width - size[0]) // 2, _top(height, size[1])
    colours = _blurred_fill(pixels, (width // 12, height // 12)) * np.float32(DIMMED)
    ground = _ground(colours, (width, height), shade=_shadow((width, height), at, size))
    _blend(ground, pixels, _rounded(size, radius=max(2, min(frame) // 60)), at)
    return ground


def on_palette(cut_out: NDArray[Any], frame: tuple[int, int], palette: Palette) -> NDArray[np.uint8]:
    """A cut-out (blue, green, red, alpha) of `whole_size` over the palette's ground, dark or light as it needs it."""
    width, height = _canvas(frame)
    at = (width - cut_out.shape[1]) // 2, _top(height, cut_out.shape[0])
    alpha = cut_out[..., 3] * np.float32(1 / 255)
    ground = _ground(_glow((width // 12, height // 12), *_ground_colours(cut_out, alpha, palette)), (width, height))
    _blend(ground, cut_out, alpha, at)
    return ground


def focus_of(pixels: NDArray[Any]) -> tuple[float, float]:
    """Where the eye goes: the centre of edges and of colours unlike the border's, weighted towards the middle.

    In a portrait picture the middle lies above the half: faces are there. A rule of thumb, not a detector of anything.
    """
    height, width = pixels.shape[:2]
    scale = ANALYSED / max(width, height)
    coarse = pixels[
        :: max(1, int(0.25 / scale)), :: max(1, int(0.25 / scale))
    ]  # four by four for one that is looked at
    small = resized(coarse, (max(8, round(width * scale)), max(8, round(height * scale)))).astype(np.float32) / 255
    rows, columns = small.shape[:2]
    border = np.concatenate((small[0], small[:, 0], small[:, -1]))  # not the lower edge: bodies go out there
    unlike = np.linalg.norm(small - np.median(border, axis=0), axis=2)
    grey = cv2.GaussianBlur(small.mean(axis=2), (0, 0), 1.0)
    edges = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    interest = cv2.GaussianBlur(unlike / (unlike.mean() + 1e-3) + edges / (edges.mean() + 1e-3), (0, 0), 2.5)

    x, y = np.meshgrid(np.linspace(0, 1, columns), np.linspace(0, 1, rows))
    middle = 0.40 if rows > columns else 0.48
    weight = interest**2 * np.exp(-(((x - 0.5) / 0.45) ** 2) - ((y - middle) / 0.40) ** 2) + 1e-6
    total = weight.sum()
    return tuple(float(np.clip((weight * axis).sum() / total, 0.15, 0.85)) for axis in (x, y))  # type: ignore[return-value]


def _canvas(frame: tuple[int, int]) -> tuple[int, int]:
    return round(frame[0] * CANVAS), round(frame[1] * CANVAS)


def _top(height: int, taken: int) -> int:
    return max(round(0.04 * height), round(MIDDLE * height - taken / 2))


def resized(pixels: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """`pixels` at another size; the same array where they have it."""
    if size == (pixels.shape[1], pixels.shape[0]):
        return pixels
    shrinks = size[0] < pixels.shape[1]
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)


def _blurred_fill(pixels: NDArray[Any], size: tuple[int, int]) -> NDArray[np.float32]:
    height, width = pixels.shape[:2]
    scale = max(size[0] / width, size[1] / height)
    covering = resized(pixels, (max(size[0], round(width * scale)), max(size[1], round(height * scale))))
    left, top = (covering.shape[1] - size[0]) // 2, (covering.shape[0] - size[1]) // 2
    cut = covering[top : top + size[1], left : left + size[0]].astype(np.float32)
    return cv2.GaussianBlur(cut, (0, 0), 0.07 * max(size), borderType=cv2.BORDER_REFLECT)  # type: ignore[return-value]


def _ground_colours(pixels: NDArray[Any], alpha: NDArray[Any], palette: Palette) -> tuple[NDArray[Any], NDArray[Any]]:
    """(in the middle, at the edge) for a cut-out that is dark, or for one that is light."""
    luma = cv2.cvtColor(np.ascontiguousarray(pixels[..., :3]), cv2.COLOR_BGR2GRAY)
    seen = float((luma * alpha).sum()) / (255 * max(float(alpha.sum()), 1.0))
    ground = [_bgr(colour) for colour in palette.ground]
    if seen < DARK:
        return 0.3 * ground[3] + 0.7 * np.float32(255), ground[3]
    return 0.6 * ground[2] + 0.4 * ground[1], ground[0]


def _bgr(colour: str) -> NDArray[np.float32]:
    return np.array([int(colour[at : at + 2], 16) for at in (5, 3, 1)], np.float32)


def _glow(size: tuple[int, int], middle: NDArray[Any], edge: NDArray[Any]) -> NDArray[np.float32]:
    x, y = np.meshgrid(np.linspace(-1, 1, size[0]), np.linspace(-MIDDLE, 1 - MIDDLE, size[1]) * 2)
    near = np.exp(-(x**2 + y**2) / 0.9)[..., None]
    return np.asarray(near * middle + (1 - near) * edge, np.float32)


def _ground(small: NDArray[np.float32], size: tuple[int, int], shade: NDArray[Any] | None = None) -> NDArray[np.uint8]:
    """A few colours blown up to a smooth ground; one channel at a time, for a whole one in floats takes 45 MB."""
    ground = np.empty((size[1], size[0], 3), np.uint8)
    noise = grain(min(TILE, size[1]), size[0], 2.5) + np.float32(0.5)  # the half rounds
    for channel in range(3):
        plane: NDArray[Any] = cv2.resize(small[..., channel], size, interpolation=cv2.INTER_CUBIC)
        if shade is not None:
            plane *= shade
        for top in range(0, size[1], TILE):
            plane[top : top + TILE] += noise[: size[1] - top]
        ground[..., channel] = np.clip(plane, 0, 255, out=plane)
    return ground


def _rounded(size: tuple[int, int], radius: int) -> NDArray[np.float32]:
    """A rectangle of `size` with smooth round corners: 0..1."""
    x = np.maximum(radius - np.minimum(np.arange(size[0]), np.arange(size[0])[::-1]) - 0.5, 0)[None, :]
    y = np.maximum(radius - np.minimum(np.arange(size[1]), np.arange(size[1])[::-1]) - 0.5, 0)[:, None]
    return np.clip(radius + 0.5 - np.hypot(x, y), 0, 1).astype(np.float32)


def _shadow(canvas: tuple[int, int], at: tuple[int, int], size: tuple[int, int]) -> NDArray[Any]:
    """What is left of the light around a picture, 0..1."""
    small = np.ones((canvas[1] // 8, canvas[0] // 8), np.float32)
    drop = min(canvas) // 60
    left, top, right, bottom = at[0], at[1] + drop, at[0] + size[0], at[1] + size[1] + drop
    small[top // 8 : bottom // 8, left // 8 : right // 8] = 0.38
    return cv2.resize(cv2.GaussianBlur(small, (0, 0), min(canvas) / 320), canvas)


def _blend(ground: NDArray[np.uint8], pixels: NDArray[Any], alpha: NDArray[Any], at: tuple[int, int]) -> None:
    part = ground[at[1] : at[1] + pixels.shape[0], at[0] : at[0] + pixels.shape[1]]
    for channel in range(3):
        below = part[..., channel].astype(np.float32)
        part[..., channel] = below + (pixels[..., channel] - below) * alpha + np.float32(0.5)
