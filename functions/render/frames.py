"""Timeline → frames, one at a time: each shot's picture warped into planar YUV 4:2:0, faded, lettered.

All geometry is in float pixels, so that motion is smooth far below a pixel. The picture is oversampled 1.5 times and
sharpened once, which makes bilinear sampling as good as Lanczos at a seventh of its cost.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from . import motion
from .lettering import Sprite
from .pictures import Picture
from .timeline import FPS, Shot, Timeline

Plane = NDArray[np.uint8]
Overlay = Callable[[float], Sprite | None]

RING: Final = 3  # frames alive: one is drawn, one waits, one is written
DENSITY: Final = 1.5  # work pixels a frame pixel
# ITU-R BT.709, limited range, from blue, green, red: rows are Y, Cb, Cr.
BT709: Final = np.array(
    [
        [0.0722 * 219 / 255, 0.7152 * 219 / 255, 0.2126 * 219 / 255, 16],
        [0.5 * 224 / 255, -0.7152 / 1.8556 * 224 / 255, -0.2126 / 1.8556 * 224 / 255, 128],
        [-0.0722 / 1.5748 * 224 / 255, -0.7152 / 1.5748 * 224 / 255, 0.5 * 224 / 255, 128],
    ],
    np.float32,
)

cv2.setNumThreads(1)  # the encoder has the other cores; CPU time is what is paid for


@dataclass(frozen=True, slots=True, eq=False)
class _Planes:
    """One frame: `data` is what the encoder reads, y, u and v are views into it."""

    data: Plane
    y: Plane
    u: Plane
    v: Plane

    @classmethod
    def empty(cls, width: int, height: int) -> "_Planes":
        data = np.empty(width * height * 3 // 2, np.uint8)
        luma, chroma = width * height, width * height // 4
        return cls(
            data,
            data[:luma].reshape(height, width),
            data[luma : luma + chroma].reshape(height // 2, width // 2),
            data[luma + chroma :].reshape(height // 2, width // 2),
        )

    def each(self) -> tuple[Plane, Plane, Plane]:
        return self.y, self.u, self.v


@dataclass(frozen=True, slots=True, eq=False)
class _Work:
    """A picture made ready for its shot: YUV planes at work density, and how the shot moves over them."""

    y: Plane
    u: Plane
    v: Plane
    move: motion.Move
    cover: tuple[float, float]  # work pixels a frame pixel when cover-fitted; work sides are whole pixels

    def draw(self, progress: float, into: _Planes) -> None:
        """The frame at `progress` 0..1 of the shot."""
        view = self.move.at(progress)
        height, width = into.y.shape
        across, down = (cover / view.zoom for cover in self.cover)
        left = view.x * self.y.shape[1] - width * across / 2
        top = view.y * self.y.shape[0] - height * down / 2
        # Pixel centres: source = edge + (target + 0.5) * step - 0.5. Chroma is sited left in the frame (as H.264
        # assumes) and centred in the work picture, hence the half pixel that only x has.
        luma = np.array([[across, 0, left + 0.5 * across - 0.5], [0, down, top + 0.5 * down - 0.5]])
        chroma = np.array([[across, 0, (left + 0.5 * across - 1) / 2], [0, down, (top + down - 1) / 2]])
        for source, matrix, target in ((self.y, luma, into.y), (self.u, chroma, into.u), (self.v, chroma, into.v)):
            drawn = cv2.warpAffine(
                source,
                matrix,
                (target.shape[1], target.shape[0]),
                dst=target,
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_REPLICATE,
            )
            assert drawn is target  # else OpenCV has drawn into an array of its own


@dataclass(frozen=True, slots=True, eq=False)
class _Ink:
    """A sprite in the frame's own terms: premultiplied planes, and how much of the ground is left, per plane."""

    areas: tuple[tuple[slice, slice], tuple[slice, slice], tuple[slice, slice]]
    ink: tuple[Plane, Plane, Plane]
    ground: tuple[Plane, Plane, Plane]

    def lay_on(self, frame: _Planes) -> None:
        for plane, area, ink, ground in zip(frame.each(), self.areas, self.ink, self.ground, strict=True):
            target = plane[area]
            cv2.multiply(target, ground, dst=target, scale=1 / 255)
            cv2.add(target, ink, dst=target)


class FrameSource:
    """Draws a film. Pictures are fetched by shot number, one shot ahead, in a thread of their own."""

    def __init__(
        self,
        timeline: Timeline,
        *,
        size: tuple[int, int],
        picture: Callable[[int], Picture],
        overlay: Overlay,
        move: str,
        travel: float,
        seed: str,
    ) -> None:
        self._timeline = timeline
        self._size = size
        self._picture = picture
        self._overlay = overlay
        self._move = (move, travel, seed)
        self._standing: tuple[Sprite, _Ink] | None = None

    def __iter__(self) -> Iterator[memoryview]:
        """Every frame, planar YUV 4:2:0, width * height * 3 / 2 bytes. A frame is overwritten RING frames later."""
        ring = [_Planes.empty(*self._size) for _ in range(RING)]
        coming = _Planes.empty(*self._size)
        shots = self._timeline.shots
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="prepare") as pool:
            ready: dict[int, Future[_Work]] = {}

            def work(shot: Shot) -> _Work:
                for number in (shot.number, shot.number + 1):
                    if number < len(shots) and number not in ready:
                        ready[number] = pool.submit(self._prepared, shots[number])
                return ready[shot.number].result()

            for index in range(self._timeline.frame_count):
                at = index / FPS
                frame = ring[index % RING]
                current, following, weight = self._shots_at(index)
                work(current).draw(self._progress(current, at), frame)
                if following:
                    work(following).draw(self._progress(following, at), coming)
                    for below, above in zip(frame.each(), coming.each(), strict=True):
                        cv2.addWeighted(below, 1 - weight, above, weight, 0, dst=below)
                for number in [number for number in ready if number < current.number]:
                    del ready[number]
                if sprite := self._overlay(at):
                    self._ink(sprite).lay_on(frame)
                yield frame.data.data

    def first(self) -> NDArray[np.uint8]:
        """The film's first frame as blue, green, red: height x width x 3."""
        frame = _Planes.empty(*self._size)
        self._prepared(self._timeline.shots[0]).draw(0.0, frame)
        if sprite := self._overlay(0.0):
            self._ink(sprite).lay_on(frame)
        width, height = self._size
        chroma = [cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR) for plane in (frame.u, frame.v)]
        back = np.linalg.inv(BT709[:, :3])
        matrix = np.hstack([back, -back @ BT709[:, 3:]]).astype(np.float32)
        return np.asarray(cv2.transform(cv2.merge([frame.y, *chroma]), matrix), np.uint8)

    def _shots_at(self, index: int) -> tuple[Shot, Shot | None, float]:
        """The shot of a frame; in a cross-fade also the one that comes in, and its weight."""
        shots = self._timeline.shots
        at = index / FPS
        for following in shots[1:]:
            fade_frames = round(following.fade * FPS)
            begin = round(following.start * FPS) - fade_frames // 2
            if begin <= index < begin + fade_frames:
                before = shots[following.number - 1]
                return before, following, motion.fade_weight(index - begin, fade_frames)
        return next(shot for shot in reversed(shots) if shot.start <= at + 1e-6), None, 0.0

    def _progress(self, shot: Shot, at: float) -> float:
        """How far a shot has come, 0..1, the fades at both its ends included."""
        fades_out = sum(following.fade for following in self._timeline.shots[shot.number + 1 : shot.number + 2])
        begin, end = shot.start - shot.fade / 2, shot.end + fades_out / 2
        return min(max((at - begin) / max(end - begin, 1e-6), 0.0), 1.0)

    def _prepared(self, shot: Shot) -> _Work:
        """Once a shot: crop to what is seen, scale to work density, sharpen, convert."""
        picture = self._picture(shot.number)
        width, height = self._size
        have_height, have_width = picture.pixels.shape[:2]
        cover = min(have_width / width, have_height / height)  # picture pixels a frame pixel
        slack = (1 - width * cover / have_width, 1 - height * cover / have_height)
        kind, travel, seed = self._move
        travel *= picture.travel
        move = motion.choose(kind, shot=shot.number, seed=seed, travel=travel, focus=picture.focus, slack=slack)

        left, top, right, bottom = _seen(move, slack)
        columns = slice(int(left * have_width), int(np.ceil(right * have_width)))
        rows = slice(int(top * have_height), int(np.ceil(bottom * have_height)))
        pixels = picture.pixels[rows, columns]
        scale = min(1.0, DENSITY / (cover / max(move.begin.zoom, move.end.zoom)))
        work_width, work_height = (max(2, round(side * scale / 2) * 2) for side in (pixels.shape[1], pixels.shape[0]))
        sized = cv2.resize(pixels, (work_width, work_height), interpolation=cv2.INTER_AREA)
        sharp = cv2.addWeighted(sized, 1.6, cv2.GaussianBlur(sized, (0, 0), 0.8), -0.6, 0)
        yuv = cv2.transform(sharp, BT709)
        small = cv2.resize(yuv, (work_width // 2, work_height // 2), interpolation=cv2.INTER_AREA)
        crop = (columns.start / have_width, rows.start / have_height)
        share = (pixels.shape[1] / have_width, pixels.shape[0] / have_height)
        return _Work(
            np.ascontiguousarray(yuv[..., 0]),
            np.ascontiguousarray(small[..., 1]),
            np.ascontiguousarray(small[..., 2]),
            motion.Move(begin=_in_crop(move.begin, crop, share), end=_in_crop(move.end, crop, share)),
            (cover * work_width / pixels.shape[1], cover * work_height / pixels.shape[0]),
        )

    def _ink(self, sprite: Sprite) -> _Ink:
        """The sprite as planes, made once for as long as it stands."""
        if self._standing is None or self._standing[0] is not sprite:
            self._standing = (sprite, _inked(sprite))
        return self._standing[1]


def _seen(move: motion.Move, slack: tuple[float, float]) -> tuple[float, float, float, float]:
    """What of a picture any frame of a move shows: left, top, right, bottom, 0..1."""
    edges = []
    for view in (move.begin, move.end):
        half_width, half_height = (1 - slack[0]) / view.zoom / 2, (1 - slack[1]) / view.zoom / 2
        edges.append((view.x - half_width, view.y - half_height, view.x + half_width, view.y + half_height))
    lefts, tops, rights, bottoms = zip(*edges, strict=True)
    return max(0.0, min(lefts)), max(0.0, min(tops)), min(1.0, max(rights)), min(1.0, max(bottoms))


def _in_crop(view: motion.View, crop: tuple[float, float], share: tuple[float, float]) -> motion.View:
    return motion.View(x=(view.x - crop[0]) / share[0], y=(view.y - crop[1]) / share[1], zoom=view.zoom)


def _inked(sprite: Sprite) -> _Ink:
    height, width = sprite.rgba.shape[:2]
    alpha = sprite.rgba[..., 3].astype(np.float32) / 255
    yuv = cv2.transform(cv2.cvtColor(sprite.rgba, cv2.COLOR_RGBA2BGR), BT709)
    premultiplied = cv2.multiply(yuv, cv2.merge([alpha] * 3), dtype=cv2.CV_32F)
    half = (width // 2, height // 2)
    chroma = cv2.resize(premultiplied[..., 1:], half, interpolation=cv2.INTER_AREA)
    alpha_half = cv2.resize(alpha, half, interpolation=cv2.INTER_AREA)
    ground, ground_half = (np.rint((1 - a) * 255).astype(np.uint8) for a in (alpha, alpha_half))
    luma_area = (slice(sprite.y, sprite.y + height), slice(sprite.x, sprite.x + width))
    chroma_area = (
        slice(sprite.y // 2, sprite.y // 2 + height // 2),
        slice(sprite.x // 2, sprite.x // 2 + width // 2),
    )
    return _Ink(
        (luma_area, chroma_area, chroma_area),
        (
            np.rint(premultiplied[..., 0]).astype(np.uint8),
            np.rint(chroma[..., 0]).astype(np.uint8),
            np.rint(chroma[..., 1]).astype(np.uint8),
        ),
        (ground, ground_half, ground_half),
    )
