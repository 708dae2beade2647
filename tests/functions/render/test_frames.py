"""What is drawn, before any encoder: smooth motion, round circles, true colours, even fades, letters in their place."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from functions.render import frames as drawing_of_frames
from functions.render import motion
from functions.render.encoder import QUALITIES, encode
from functions.render.frames import RING, FrameSource
from functions.render.lettering import Sprite
from functions.render.pictures import Picture
from functions.render.timeline import FADE, FPS, Shot, Timeline
from shared.errors import RenderFailed
from tests.functions.render.reading import decoded

SIZE = (216, 270)
SEED = "A post."
TRAVEL = 0.06


def timeline(*seconds: float, fade: float = FADE) -> Timeline:
    starts = [sum(seconds[:number]) for number in range(len(seconds) + 1)]
    shots = tuple(
        Shot(number=number, start=starts[number], end=starts[number + 1], fade=fade if number else 0.0)
        for number in range(len(seconds))
    )
    return Timeline(shots=shots, scenes=(), voice=np.zeros(0, np.int16), sample_rate=44_100, duration=starts[-1])


def drawing(
    film: Timeline,
    picture: Callable[[int], NDArray[np.uint8]],
    *,
    move: str = "none",
    overlay: Callable[[float], Sprite | None] = lambda _: None,
    size: tuple[int, int] = SIZE,
) -> FrameSource:
    return FrameSource(
        film,
        size=size,
        picture=lambda shot: Picture(pixels=picture(shot.number), focus=(0.4, 0.45), source="test"),
        overlay=overlay,
        move=move,
        travel=TRAVEL,
        seed=SEED,
    )


def planes(frame: memoryview, size: tuple[int, int] = SIZE) -> tuple[NDArray[np.uint8], ...]:
    """Copies of y, u and v."""
    width, height = size
    data = np.frombuffer(frame, np.uint8).copy()
    luma, chroma = width * height, width * height // 4
    return (
        data[:luma].reshape(height, width),
        data[luma : luma + chroma].reshape(height // 2, width // 2),
        data[luma + chroma :].reshape(height // 2, width // 2),
    )


def flat(*bgr: int, size: tuple[int, int] = (300, 375)) -> NDArray[np.uint8]:
    return np.full((size[1], size[0], 3), bgr, np.uint8)


def blobs(size: tuple[int, int], centres: list[tuple[float, float]], sigma: float) -> NDArray[np.uint8]:
    """Soft white dots on grey: their centroid can be measured to a thousandth of a pixel."""
    x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    light = sum(np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * sigma**2)) for cx, cy in centres)
    return np.repeat(np.rint(60 + 160 * light).astype(np.uint8)[..., None], 3, axis=2)


def centroid(y: NDArray[np.uint8], near: tuple[float, float], reach: int) -> tuple[float, float]:
    left, top = (max(0, round(at) - reach) for at in near)
    part = y[top : top + 2 * reach + 1, left : left + 2 * reach + 1].astype(float)
    part = np.clip(part - np.median(part) - 2, 0, None)
    rows, columns = np.mgrid[0 : part.shape[0], 0 : part.shape[1]]
    return left + (part * columns).sum() / part.sum(), top + (part * rows).sum() / part.sum()


@pytest.mark.parametrize("kind", motion.KINDS)
@pytest.mark.parametrize("picture_size", [(410, 380), (303, 391)])
def test_motion_keeps_to_its_path_within_a_hundredth_of_a_pixel(kind: str, picture_size: tuple[int, int]) -> None:
    have_width, have_height = picture_size
    centres = [(have_width * x, have_height * y) for x in (0.4, 0.55) for y in (0.35, 0.6)]
    pixels = blobs(picture_size, centres, sigma=7)
    film = timeline(3.0)
    cover = min(have_width / SIZE[0], have_height / SIZE[1])
    slack = (1 - SIZE[0] * cover / have_width, 1 - SIZE[1] * cover / have_height)
    move = motion.choose(kind, shot=0, seed=SEED, travel=TRAVEL, focus=(0.4, 0.45), slack=slack)

    off: list[list[tuple[float, float]]] = []
    for index, frame in enumerate(drawing(film, lambda _: pixels, move=kind)):
        view = move.at(index / FPS / film.duration)
        step = cover / view.zoom
        left, top = view.x * have_width - SIZE[0] * step / 2, view.y * have_height - SIZE[1] * step / 2
        ideal = [((x + 0.5 - left) / step - 0.5, (y + 0.5 - top) / step - 0.5) for x, y in centres]
        luma = planes(frame)[0]
        found = [centroid(luma, at, reach=round(25 / step)) for at in ideal]
        off.append([(fx - ix, fy - iy) for (fx, fy), (ix, iy) in zip(found, ideal, strict=True)])
    assert len(off) == 75
    assert np.std(off, axis=0).max() <= 0.01
    assert np.abs(np.mean(off, axis=0)).max() <= 0.15  # where it should be, not only smooth


@pytest.mark.parametrize("step", [1.04, 1.25, 1.3333, 1.47])
def test_the_two_ways_to_draw_a_picture_read_the_same_places(step: float) -> None:
    """Resize, where a whole pixel can be found to begin at, and the warp: a film changes between them."""
    chance = np.random.default_rng(2)
    source = cv2.GaussianBlur(chance.integers(0, 255, (600, 560), np.uint8), (0, 0), 2)
    drawn = np.empty((270, 216), np.uint8)
    spare = np.empty((270 + 64) * (216 + 64), np.uint8)
    for number in range(20):
        first, steps = (110 + 0.37 * number, 112 + 0.21 * number), (step, step * 1.0003)
        drawing_of_frames._resample(np.asarray(source, np.uint8), first, steps, drawn, spare)
        matrix = np.array([[steps[0], 0, first[0]], [0, steps[1], first[1]]])
        warped = cv2.warpAffine(source, matrix, (216, 270), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        apart = drawn.astype(float) - warped
        assert np.abs(apart).mean() < 0.5 and abs(apart.mean()) < 0.2


def test_no_motion_draws_the_same_frame_again_and_again() -> None:
    pixels = blobs((410, 380), [(200, 180)], 7)
    frames = [bytes(frame) for frame in drawing(timeline(0.4), lambda _: pixels)]
    assert len(set(frames)) == 1


@pytest.mark.parametrize("picture_size", [(410, 380), (301, 391), (1201, 1007)])
def test_a_circle_stays_a_circle(picture_size: tuple[int, int]) -> None:
    width, height = picture_size
    pixels = flat(40, 40, 40, size=picture_size)
    cv2.circle(pixels, (width * 2 // 5, height * 9 // 20), min(picture_size) // 5, (220, 220, 220), -1, cv2.LINE_AA)
    luma = planes(next(iter(drawing(timeline(0.4), lambda _: pixels, move="zoom_in"))))[0]
    inside = cv2.moments(np.clip(luma.astype(np.float32) - 60, 0, None))
    assert inside["mu20"] / inside["mu02"] == pytest.approx(1, abs=0.012)  # 0.6 % of its width
    assert abs(inside["mu11"]) / inside["mu20"] < 0.01


@pytest.mark.parametrize(
    ("bgr", "yuv"),
    [  # ITU-R BT.709, limited range
        ((0, 0, 0), (16, 128, 128)),
        ((255, 255, 255), (235, 128, 128)),
        ((0, 0, 255), (63, 102, 240)),
        ((0, 255, 0), (173, 42, 26)),
        ((255, 0, 0), (32, 240, 118)),
    ],
)
def test_colours_are_those_of_bt709(bgr: tuple[int, int, int], yuv: tuple[int, int, int]) -> None:
    drawn = planes(next(iter(drawing(timeline(0.2), lambda _: flat(*bgr)))))
    for plane, value in zip(drawn, yuv, strict=True):
        assert np.abs(plane.astype(int) - value).max() <= 1


def test_colours_come_back_out_of_the_film(tmp_path: Path) -> None:
    patches = [(200, 120, 40), (30, 180, 220), (90, 90, 90), (180, 60, 160), (30, 40, 190), (240, 240, 240)]
    pixels = np.concatenate(
        [np.concatenate([np.full((90, 144, 3), patch, np.uint8) for patch in row], axis=1) for row in
         (patches[:2], patches[2:4], patches[4:])]
    )  # fmt: skip
    source = drawing(timeline(0.6), lambda _: pixels, size=(288, 270))
    encode(source, tmp_path / "film.mp4", size=(288, 270), quality=QUALITIES["high"])
    frame = decoded(tmp_path / "film.mp4", (288, 270))[-1]
    poster = source.first()
    for number, patch in enumerate(patches):
        row, column = divmod(number, 2)
        middle = (slice(90 * row + 30, 90 * row + 60), slice(144 * column + 40, 144 * column + 104))
        assert np.abs(frame[middle].astype(int) - patch).max() <= 3
        assert np.abs(poster[middle].astype(int) - patch).max() <= 2


def test_chroma_lies_where_h264_expects_it() -> None:
    pixels = blobs((432, 540), [(210, 270)], sigma=16)
    pixels[..., :2] = 60  # the dot is red, so that all planes see it
    y, _, v = planes(next(iter(drawing(timeline(0.2), lambda _: pixels))))
    luma, chroma = centroid(y, (105, 135), 40), centroid(v, (52, 67), 20)
    assert 2 * chroma[0] == pytest.approx(luma[0], abs=0.1)  # on every second column ...
    assert 2 * chroma[1] + 0.5 == pytest.approx(luma[1], abs=0.1)  # ... and between two rows


def test_a_fade_is_even_and_centred_on_the_change() -> None:
    grey = {0: flat(60, 60, 60), 1: flat(200, 200, 200)}
    levels = [int(planes(frame)[0].mean().round()) for frame in drawing(timeline(1.0, 1.0), grey.__getitem__)]
    dark, light = levels[0], levels[-1]
    begin = 25 - 4
    assert levels[:begin] == [dark] * begin and levels[begin + 8 :] == [light] * (50 - begin - 8)
    for frame in range(8):
        assert levels[begin + frame] == pytest.approx(dark + (light - dark) * (frame + 0.5) / 8, abs=1.5)


def test_without_a_fade_the_picture_changes_in_one_frame() -> None:
    grey = {0: flat(60, 60, 60), 1: flat(200, 200, 200)}
    film = timeline(0.4, 0.4, fade=0.0)
    levels = [int(planes(frame)[0][5, 5]) for frame in drawing(film, grey.__getitem__)]
    assert len(set(levels[:10])) == 1 and len(set(levels[10:])) == 1 and levels[9] != levels[10]


def test_a_shot_moves_until_its_last_fading_frame() -> None:
    pixels = blobs((410, 380), [(164, 171)], 7)
    film = timeline(1.0, 1.0)
    source = drawing(film, lambda shot: pixels if shot == 0 else flat(60, 60, 60), move="pan")
    places = [
        centroid(planes(frame)[0], (92, 96), 30) for index, frame in enumerate(source) if index < 25 + 2
    ]  # the dot fades, but its centre can be found for half of the fade
    steps = np.linalg.norm(np.diff(places, axis=0), axis=1)
    assert steps[:-1].min() > 0


def test_letters_stand_where_the_sprite_says_and_nowhere_else() -> None:
    rgba = np.zeros((20, 40, 4), np.uint8)
    rgba[..., :3] = (255, 255, 255)
    rgba[:, 20:, 3] = 255
    rgba[:, :20, 3] = 128
    plain = planes(next(iter(drawing(timeline(0.2), lambda _: flat(50, 50, 50)))))
    source = drawing(timeline(0.2), lambda _: flat(50, 50, 50), overlay=lambda _: Sprite(x=30, y=100, rgba=rgba))
    y, u, v = planes(next(iter(source)))
    assert np.abs(y[100:120, 50:70].astype(int) - 235).max() <= 1
    assert np.abs(y[100:120, 30:50].astype(int) - (235 + int(plain[0][0, 0])) // 2).max() <= 2
    untouched = np.ones_like(y, bool)
    untouched[100:120, 30:70] = False
    assert np.array_equal(y[untouched], plain[0][untouched])
    for plane, before in ((u, plain[1]), (v, plain[2])):
        assert np.abs(plane.astype(int) - before.astype(int)).max() <= 1  # white on grey has no colour


def test_an_overlay_is_asked_for_each_frame_at_its_own_second() -> None:
    asked: list[float] = []

    def overlay(at: float) -> None:
        asked.append(at)

    list(drawing(timeline(0.4), lambda _: flat(9, 9, 9), overlay=overlay))
    assert asked == [index / FPS for index in range(10)]


def test_the_poster_is_the_first_frame() -> None:
    rgba = np.full((20, 40, 4), 255, np.uint8)
    picture = blobs((410, 380), [(164, 171)], 20)
    source = drawing(timeline(0.4), lambda _: picture, move="zoom_in", overlay=lambda _: Sprite(x=10, y=10, rgba=rgba))
    y, u, v = planes(next(iter(source)))
    again = cv2.cvtColor(source.first(), cv2.COLOR_BGR2GRAY).astype(float)
    assert source.first().shape == (270, 216, 3)
    assert np.abs((y.astype(float) - 16) * 255 / 219 - again).max() <= 2
    assert np.abs(u.astype(int) - 128).max() <= 1 and np.abs(v.astype(int) - 128).max() <= 1


def test_a_film_of_any_length_is_drawn_into_three_buffers() -> None:
    places = {np.frombuffer(frame, np.uint8).ctypes.data for frame in drawing(timeline(1.0), lambda _: flat(9, 9, 9))}
    assert len(places) == RING


def test_pictures_are_asked_for_once_each_and_in_order() -> None:
    asked: list[int] = []

    def picture(shot: int) -> NDArray[np.uint8]:
        asked.append(shot)
        return flat(shot, shot, shot)

    assert len(list(drawing(timeline(0.8, 0.8, 0.8), picture))) == 60
    assert asked == [0, 1, 2]


def test_the_picture_of_the_poster_is_not_prepared_again_for_the_film() -> None:
    asked: list[int] = []

    def picture(shot: int) -> NDArray[np.uint8]:
        asked.append(shot)
        return flat(shot, shot, shot)

    source = drawing(timeline(0.8, 0.8), picture)
    poster, film = source.first(), list(source)
    assert asked == [0, 1] and poster.shape == (270, 216, 3) and len(film) == 40


def test_a_picture_that_cannot_be_read_ends_the_drawing() -> None:
    def picture(shot: int) -> NDArray[np.uint8]:
        if shot:
            raise RenderFailed("Picture 2 cannot be read; upload it again.")
        return flat(9, 9, 9)

    with pytest.raises(RenderFailed, match="Picture 2"):
        list(drawing(timeline(0.8, 0.8), picture))
