"""Timeline → frames, one at a time: each shot's picture warped into planar YUV 4:2:0, faded, lettered.

All geometry is in float pixels, so that motion is smooth far below a pixel. The picture is oversampled 1.5 times and
sharpened once, which makes bilinear sampling as good as Lanczos at a seventh of its cost.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

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
SLIDE: Final = 64  # columns and rows that may be drawn beside the frame, see _resample
CLOSE: Final = 0.02  # work pixels: how far beside its place a frame may be drawn
_SLIDES: Final = np.arange(SLIDE)
# ITU-R BT.709, limited range, from blue, green, red: rows are Y, Cb, Cr.
BT709: Final = np.array(
    [
        [0.0722 * 219 / 255, 0.7152 * 219 / 255, 0.2126 * 219 / 255, 16],
        [0.5 * 224 / 255, -0.7152 / 1.8556 * 224 / 255, -0.2126 / 1.8556 * 224 / 255, 128],
        [-0.0722 / 1.5748 * 224 / 255, -0.7152 / 1.5748 * 224 / 255, 0.5 * 224 / 255, 128],
    ],
    np.float32,
)
BT709_OF_RGBA: Final = np.insert(BT709[:, [2, 1, 0, 3]], 3, 0, axis=1)  # the same from red, green, blue, alpha

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
    """A picture made ready for its shot: YUV planes at work density, and how the shot moves over them.

    `sides` are the luma's width and height without what pads it. Each plane has `pad` at the left and at the top.
    """

    y: Plane
    u: Plane
    v: Plane
    sides: tuple[int, int]
    pad: int
    move: motion.Move
    cover: tuple[float, float]  # work pixels a frame pixel when cover-fitted; work sides are whole pixels

    def draw(self, progress: float, into: _Planes, spare: Plane) -> None:
        """The frame at `progress` 0..1 of the shot; `spare` is a buffer for one plane, SLIDE larger each way."""
        view = self.move.at(progress)
        height, width = into.y.shape
        step = self.cover[0] / view.zoom, self.cover[1] / view.zoom
        left = view.x * self.sides[0] - width * step[0] / 2
        top = view.y * self.sides[1] - height * step[1] / 2
        # Pixel centres: source = edge + (target + 0.5) * step - 0.5. Chroma is sited left in the frame (as H.264
        # assumes) and centred in the work picture, hence the half pixel that only x has.
        luma = (self.pad + left + 0.5 * step[0] - 0.5, self.pad + top + 0.5 * step[1] - 0.5)
        chroma = (self.pad + (left + 0.5 * step[0] - 1) / 2, self.pad + (top + step[1] - 1) / 2)
        for source, first, target in ((self.y, luma, into.y), (self.u, chroma, into.u), (self.v, chroma, into.v)):
            _resample(source, first, step, target, spare)


def _resample(source: Plane, first: tuple[float, float], step: tuple[float, float], into: Plane, spare: Plane) -> None:
    """Bilinear: pixel (0, 0) of `into` is read at `first` (x, y) of `source`, the following ones `step` further each.

    OpenCV's resize takes half the time of its warp, but begins at whole pixels only. So up to SLIDE columns and rows
    are drawn before those that are wanted, as many as let the first of all begin at a whole pixel. Near simple ratios
    of scale no number does; then the warp draws. Both read the same places: a film may change between them.
    """
    height, width = into.shape
    (x, columns), (y, rows) = (_whole_pixel_before(*axis) for axis in zip(first, step, strict=True))
    if columns is None or rows is None or min(step) < 1:
        matrix = np.array([[step[0], 0, first[0]], [0, step[1], first[1]]])
        how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        drawn = cv2.warpAffine(source, matrix, (width, height), dst=into, flags=how, borderMode=cv2.BORDER_REPLICATE)
        assert drawn is into  # else OpenCV has drawn into an array of its own
        return
    size = rows + height, columns + width
    larger = spare[: size[0] * size[1]].reshape(size)
    seen = source[y : y + round(size[0] * step[1]), x : x + round(size[1] * step[0])]
    drawn = cv2.resize(seen, None, dst=larger, fx=1 / step[0], fy=1 / step[1], interpolation=cv2.INTER_LINEAR)
    assert drawn is larger
    np.copyto(into, larger[rows:, columns:])


def _whole_pixel_before(first: float, step: float) -> tuple[int, int | None]:
    """Where to begin so that, some pixels later, one is read at `first`; and how many later, None if it cannot be."""
    begins = first + 0.5 - (_SLIDES + 0.5) * step
    off = np.abs(begins - np.rint(begins))
    best = int(off.argmin())
    return int(np.rint(begins[best])), best if off[best] <= CLOSE else None


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
    """Draws a film. Pictures are fetched one shot ahead, in a thread of their own."""

    def __init__(
        self,
        timeline: Timeline,
        *,
        size: tuple[int, int],
        picture: Callable[[Shot], Picture],
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
        self._opening: Future[_Work] | None = None

    def __iter__(self) -> Iterator[memoryview]:
        """Every frame, planar YUV 4:2:0, width * height * 3 / 2 bytes. A frame is overwritten RING frames later."""
        ring = [_Planes.empty(*self._size) for _ in range(RING)]
        coming = _Planes.empty(*self._size)
        spare = self._spare()
        shots = self._timeline.shots
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="prepare") as pool:
            ready: dict[int, Future[_Work]] = {}
            if self._opening:  # the poster has it already
                ready[0], self._opening = self._opening, None

            def work(shot: Shot) -> _Work:
                for number in (shot.number, shot.number + 1):
                    if number < len(shots) and number not in ready:
                        ready[number] = pool.submit(self._prepared, shots[number])
                return ready[shot.number].result()

            for index in range(self._timeline.frame_count):
                at = index / FPS
                frame = ring[index % RING]
                current, following, weight = self._shots_at(index)
                work(current).draw(self._progress(current, at), frame, spare)
                if following:
                    work(following).draw(self._progress(following, at), coming, spare)
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
        self._opening = Future()
        self._opening.set_result(self._prepared(self._timeline.shots[0]))
        self._opening.result().draw(0.0, frame, self._spare())
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
        picture = self._picture(shot)
        width, height = self._size
        have_height, have_width = picture.pixels.shape[:2]
        cover = min(have_width / width, have_height / height)  # picture pixels a frame pixel
        slack = (1 - width * cover / have_width, 1 - height * cover / have_height)
        kind, travel, seed = self._move
        travel *= picture.travel
        move = motion.choose(kind, shot=shot.number, seed=seed, travel=travel, focus=picture.focus, slack=slack)

        left, top, right, bottom = _seen(move, slack)
        columns, rows = _even_span(left, right, have_width), _even_span(top, bottom, have_height)
        pixels = picture.pixels[rows, columns]
        scale = min(1.0, DENSITY / (cover / max(move.begin.zoom, move.end.zoom)))
        work_width, work_height = (max(2, round(side * scale / 2) * 2) for side in (pixels.shape[1], pixels.shape[0]))
        if (work_height, work_width) != pixels.shape[:2]:
            area = cv2.resize(pixels, (work_width, work_height), interpolation=cv2.INTER_AREA)
            pixels = np.asarray(area, np.uint8)
        yuv = cv2.GaussianBlur(pixels, (0, 0), 0.8)  # one array for what follows: a picture is the most memory we take
        cv2.addWeighted(pixels, 1.3, yuv, -0.3, 0, dst=yuv)
        cv2.transform(yuv, BT709, dst=yuv)
        small = cv2.resize(yuv, (work_width // 2, work_height // 2), interpolation=cv2.INTER_AREA)
        pad = int(np.ceil(SLIDE * cover * scale / min(move.begin.zoom, move.end.zoom))) + 2  # where _resample may begin
        seen_width, seen_height = columns.stop - columns.start, rows.stop - rows.start
        crop = (columns.start / have_width, rows.start / have_height)
        share = (seen_width / have_width, seen_height / have_height)
        return _Work(
            _padded(cv2.extractChannel(yuv, 0), pad),
            _padded(cv2.extractChannel(small, 1), pad),
            _padded(cv2.extractChannel(small, 2), pad),
            (work_width, work_height),
            pad,
            motion.Move(begin=_in_crop(move.begin, crop, share), end=_in_crop(move.end, crop, share)),
            (cover * work_width / seen_width, cover * work_height / seen_height),
        )

    def _spare(self) -> Plane:
        return np.empty((self._size[0] + SLIDE) * (self._size[1] + SLIDE), np.uint8)

    def _ink(self, sprite: Sprite) -> _Ink:
        """The sprite as planes, made once for as long as it stands."""
        if self._standing is None or self._standing[0] is not sprite:
            self._standing = (sprite, _inked(sprite))
        return self._standing[1]


def _padded(plane: NDArray[Any], pad: int) -> Plane:
    """`plane` with its edges repeated: `pad` at the left and at the top, enough to round up at the others."""
    return np.asarray(cv2.copyMakeBorder(plane, pad, 2, pad, 2, cv2.BORDER_REPLICATE), np.uint8)


def _seen(move: motion.Move, slack: tuple[float, float]) -> tuple[float, float, float, float]:
    """What of a picture any frame of a move shows: left, top, right, bottom, 0..1."""
    edges = []
    for view in (move.begin, move.end):
        half_width, half_height = (1 - slack[0]) / view.zoom / 2, (1 - slack[1]) / view.zoom / 2
        edges.append((view.x - half_width, view.y - half_height, view.x + half_width, view.y + half_height))
    lefts, tops, rights, bottoms = zip(*edges, strict=True)
    return max(0.0, min(lefts)), max(0.0, min(tops)), min(1.0, max(rights)), min(1.0, max(bottoms))


def _even_span(begin: float, end: float, length: int) -> slice:
    """The pixels from `begin` to `end`, 0..1 of `length`; one more where they are odd, for chroma has half of them."""
    first, last = int(begin * length), int(np.ceil(end * length))
    if (last - first) % 2:
        first, last = (first, last + 1) if last < length else (max(0, first - 1), last)
    return slice(first, last)


def _in_crop(view: motion.View, crop: tuple[float, float], share: tuple[float, float]) -> motion.View:
    return motion.View(x=(view.x - crop[0]) / share[0], y=(view.y - crop[1]) / share[1], zoom=view.zoom)


def _inked(sprite: Sprite) -> _Ink:
    height, width = sprite.rgba.shape[:2]
    alpha = cv2.extractChannel(sprite.rgba, 3)
    yuv = cv2.split(cv2.transform(sprite.rgba, BT709_OF_RGBA))
    luma, *chroma = (cv2.multiply(plane, alpha, scale=1 / 255) for plane in yuv)
    half = (width // 2, height // 2)
    chroma_u, chroma_v, alpha_half = (
        cv2.resize(plane, half, interpolation=cv2.INTER_AREA) for plane in (*chroma, alpha)
    )
    luma_area = (slice(sprite.y, sprite.y + height), slice(sprite.x, sprite.x + width))
    chroma_area = (
        slice(sprite.y // 2, sprite.y // 2 + height // 2),
        slice(sprite.x // 2, sprite.x // 2 + width // 2),
    )
    ground, ground_half = cv2.bitwise_not(alpha), cv2.bitwise_not(alpha_half)
    return _Ink(
        (luma_area, chroma_area, chroma_area),
        (luma, chroma_u, chroma_v),  # type: ignore[arg-type]  # they are uint8, as the sprite is
        (ground, ground_half, ground_half),  # type: ignore[arg-type]
    )
