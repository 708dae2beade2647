"""The user's pictures: in order, undistorted, never with the head cut off, and refused clearly when broken."""

import io

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from functions.render.pictures import MediaSource, Picture
from functions.render.sources.placing import fills, focus_of
from functions.render.sources.uploaded import UploadedPictures
from functions.render.timeline import Shot
from shared.errors import RenderFailed
from shared.styles import STYLES

PALETTE = STYLES["professional"].palette
PORTRAIT, SQUARE, TALL, WIDE = (1080, 1350), (1080, 1080), (1080, 1920), (1920, 1080)
GREY = (120, 120, 120)


def stored(image: Image.Image, kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def with_disc(width: int, height: int) -> Image.Image:
    """Grey, with a red disc in the middle that touches neither edge."""
    image = Image.new("RGB", (width, height), GREY)
    radius = min(width, height) // 4
    middle = width // 2, height // 2
    box = (middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius)
    ImageDraw.Draw(image).ellipse(box, fill=(250, 20, 20))
    return image


def found(image: Image.Image, frame: tuple[int, int], kind: str = "JPEG") -> Picture:
    return UploadedPictures([stored(image, kind)], PALETTE).find(showing(0), frame)


def showing(picture: int) -> Shot:
    return Shot(number=7, picture=picture, start=0.0, end=1.0, fade=0.0)


def disc_size(pixels: NDArray[np.uint8]) -> tuple[int, int]:
    blue, green, red = (pixels[..., channel].astype(int) for channel in range(3))
    rows, columns = np.nonzero((red > 200) & (green < 90) & (blue < 90))
    return int(np.ptp(columns)), int(np.ptp(rows))


def test_each_shot_shows_the_picture_that_it_asks_for() -> None:
    colours = [(200, 0, 0), (0, 200, 0), (0, 0, 200)]
    source: MediaSource = UploadedPictures(
        [stored(Image.new("RGB", (400, 400), colour)) for colour in colours], PALETTE
    )
    brightest = [int(source.find(showing(shot), SQUARE).pixels.mean(axis=(0, 1)).argmax()) for shot in range(3)]
    assert brightest == [2, 1, 0]  # blue, green, red


@pytest.mark.parametrize("frame", [PORTRAIT, SQUARE, TALL, WIDE])
@pytest.mark.parametrize("size", [(1500, 1000), (1000, 1500), (1600, 400), (240, 200)])
def test_a_circle_stays_a_circle(frame: tuple[int, int], size: tuple[int, int]) -> None:
    width, height = disc_size(found(with_disc(*size), frame).pixels)
    assert width > 60
    assert width == pytest.approx(height, rel=0.02, abs=2)


@pytest.mark.parametrize("frame", [PORTRAIT, SQUARE, TALL, WIDE])
def test_a_picture_that_fits_fills_and_is_no_larger_than_motion_needs(frame: tuple[int, int]) -> None:
    size = (round(frame[0] * 3.1), round(frame[1] * 3))
    pixels = found(Image.new("RGB", size, GREY), frame).pixels
    height, width = pixels.shape[:2]
    assert (width, height) == pytest.approx((1.6 * frame[0], 1.6 * frame[1]), rel=0.04)
    assert width >= 1.59 * frame[0] and height >= 1.59 * frame[1]


def test_a_small_picture_is_not_blown_up_here() -> None:
    assert found(Image.new("RGB", (500, 500), GREY), SQUARE).pixels.shape == (500, 500, 3)


@pytest.mark.parametrize(("size", "frame"), [((3000, 2000), TALL), ((1600, 2400), WIDE), ((3000, 1500), PORTRAIT)])
def test_a_picture_of_quite_another_shape_is_shown_whole(size: tuple[int, int], frame: tuple[int, int]) -> None:
    image = Image.new("RGB", size, GREY)
    draw = ImageDraw.Draw(image)
    marks = [(0, 0), (size[0] - 160, 0), (0, size[1] - 160), (size[0] - 160, size[1] - 160)]
    for left, top in marks:  # each corner has its own: none may be cut away
        draw.rectangle((left, top, left + 160, top + 160), fill=(250, 20, 20))
    picture = found(image, frame)
    height, width = picture.pixels.shape[:2]
    assert width / height == pytest.approx(frame[0] / frame[1], rel=0.01)
    red = ((picture.pixels[..., 2] > 200) & (picture.pixels[..., 1] < 90)).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(red)
    assert sum(stats[index, cv2.CC_STAT_AREA] > 200 for index in range(1, count)) == 4


def test_the_ground_of_a_whole_picture_is_darker_than_the_picture() -> None:
    pixels = found(Image.new("RGB", (3000, 1200), (200, 200, 200)), TALL).pixels
    assert pixels[:40].mean() < 0.6 * 200
    assert pixels[round(0.45 * len(pixels)), pixels.shape[1] // 2].mean() == pytest.approx(200, abs=4)


@pytest.mark.parametrize(("ink", "lighter"), [((255, 255, 255), False), ((15, 15, 20), True)])
def test_a_cut_out_stands_whole_on_a_ground_it_can_be_seen_on(ink: tuple[int, int, int], lighter: bool) -> None:
    image = Image.new("RGBA", (600, 400), (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((0, 180, 600, 220), fill=(*ink, 255))
    picture = found(image, PORTRAIT, "PNG")
    middle = picture.pixels[:, picture.pixels.shape[1] // 2].mean(axis=1)
    bar = np.abs(middle - np.mean(ink)) < 12
    assert 60 < bar.sum() < 400
    assert (middle[~bar].mean() > np.mean(ink)) == lighter
    assert np.abs(middle[~bar] - np.mean(ink)).min() > 12


def test_half_transparent_pixels_mix_with_the_ground() -> None:
    opaque = found(Image.new("RGBA", (600, 600), (255, 255, 255, 254)), SQUARE, "PNG").pixels
    half = found(Image.new("RGBA", (600, 600), (255, 255, 255, 128)), SQUARE, "PNG").pixels
    middle = len(half) // 2
    assert 100 < half[middle, middle].mean() < 235 < opaque[middle, middle].mean()


@pytest.mark.parametrize(("across", "down"), [(0.2, 0.5), (0.8, 0.5), (0.5, 0.25), (0.5, 0.75)])
def test_the_eye_goes_to_what_stands_out(across: float, down: float) -> None:
    pixels = np.full((600, 800, 3), 110, np.uint8)
    cv2.circle(pixels, (round(800 * across), round(600 * down)), 60, (40, 80, 240), -1)
    assert focus_of(pixels) == pytest.approx((across, down), abs=0.08)


def test_where_nothing_stands_out_the_middle_is_kept() -> None:
    across, down = focus_of(np.full((800, 600, 3), 110, np.uint8))
    assert across == pytest.approx(0.5, abs=0.02)
    assert 0.35 < down < 0.5  # of a portrait picture, where faces are


def test_a_large_jpeg_is_decoded_at_a_part_of_its_size() -> None:
    pixels = found(with_disc(4800, 6000), PORTRAIT).pixels
    assert pixels.shape[1] / PORTRAIT[0] == pytest.approx(1.6, rel=0.02)
    width, height = disc_size(pixels)
    assert width == pytest.approx(height, rel=0.02, abs=2)


def test_a_grey_jpeg_is_as_good_as_a_coloured_one() -> None:
    assert found(Image.new("L", (900, 1100), 90), PORTRAIT).pixels[100, 100] == pytest.approx([90, 90, 90], abs=1)


def test_the_same_picture_is_placed_the_same_each_time() -> None:
    source = UploadedPictures([stored(with_disc(1500, 1000))], PALETTE)
    first, second = source.find(showing(0), TALL), source.find(showing(0), TALL)
    assert first.focus == second.focus
    assert np.array_equal(first.pixels, second.pixels)


@pytest.mark.parametrize(
    "data", [b"", b"nothing", stored(with_disc(900, 900))[:3000], stored(with_disc(900, 900), "GIF")]
)
def test_a_picture_that_cannot_be_read_is_told_by_its_number(data: bytes) -> None:
    source = UploadedPictures([stored(with_disc(300, 300)), data], PALETTE)
    with pytest.raises(RenderFailed, match=r"^Picture 2 cannot be read"):
        source.find(showing(1), SQUARE)


def test_a_tiny_picture_is_not_blown_up_to_fill_the_frame() -> None:
    assert fills((800, 1000), (1080, 1350))
    assert not fills((200, 250), (1080, 1350))
