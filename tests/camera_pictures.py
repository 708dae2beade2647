"""Thirty pictures as cameras, phones and editors write them, drawn here; and how near a stored one comes to them."""

import io
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import cv2
import numpy as np
from PIL import Image, ImageCms

from tests.picture_parts import DISPLAY_P3, matrix_profile

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
PATCHES: Final = [(214, 60, 48), (70, 148, 73), (56, 61, 150), (231, 199, 31), (187, 86, 149), (8, 133, 161)]
CORNERS: Final = [(200, 40, 40), (40, 170, 60), (40, 60, 190), (235, 235, 235)]  # top left, top right, bottom left, …
TURNED: Final = {  # what the camera did to the upright scene before it wrote this orientation
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Original:
    """A file of a camera. Width and height are those of the scene, upright; `grain` is the noise of its sensor."""

    name: str
    width: int
    height: int
    orientation: int = 1
    quality: int = 94
    subsampling: int = 2
    progressive: bool = False
    is_p3: bool = False
    grain: int = 6

    def scene(self) -> Image.Image:
        """What stood before the camera, in sRGB."""
        return Image.fromarray(_scene(self.width, self.height, self.grain))

    def file(self) -> bytes:
        picture = self.scene()
        options: dict[str, object] = {"quality": self.quality, "subsampling": self.subsampling}
        if self.is_p3:
            picture, options["icc_profile"] = _in_p3(picture)
        if self.orientation in TURNED:
            picture = picture.transpose(TURNED[self.orientation])
        exif = Image.Exif()
        exif[0x0112], exif[0x010F], exif[0x0110] = self.orientation, "Maker", "Model"
        exif.get_ifd(0x8825)[1] = "N"
        out = io.BytesIO()
        picture.save(out, "JPEG", exif=exif, progressive=self.progressive, **options)
        return out.getvalue()


@dataclass(frozen=True, kw_only=True, slots=True)
class Likeness:
    """How a stored picture differs from what stood before the camera, at the same size."""

    error: float  # mean difference of a channel, of 255
    patch: float  # the largest difference of a patch's colour, as CIE 1976 delta E
    is_upright: bool  # each corner in its place
    sharpness: float  # its detail, as a share of that of the camera's file, well resized


def likeness(original: Original, file: bytes, stored: bytes) -> Likeness:
    with Image.open(io.BytesIO(stored)) as image:
        ours = np.asarray(image.convert("RGB"))
    height, width = ours.shape[:2]
    scene = np.asarray(original.scene().resize((width, height), Image.Resampling.LANCZOS))
    with Image.open(io.BytesIO(file)) as image:
        sides = (height, width) if original.orientation > 4 else (width, height)
        resized = np.asarray(image.convert("RGB").resize(sides, Image.Resampling.LANCZOS))
    patches = [_mean(ours, *_patch(number, width, height)) for number in range(len(PATCHES))]
    apart = [np.linalg.norm(_lab(seen) - _lab(np.array(wanted))) for seen, wanted in zip(patches, PATCHES, strict=True)]
    side = min(width, height) // 12
    places = [(0, 0), (width - side, 0), (0, height - side), (width - side, height - side)]
    found = [_mean(ours, *place, side) for place in places]
    return Likeness(
        error=float(np.abs(ours.astype(np.int16) - scene).mean()),
        patch=float(max(apart)),
        is_upright=all(np.abs(seen - wanted).max() < 12 for seen, wanted in zip(found, CORNERS, strict=True)),
        sharpness=float(_detail(ours) / _detail(resized)),
    )


def _scene(width: int, height: int, grain: int) -> Pixels:
    """Noise of every scale, as foliage has it, hard edges, patches of known colours, and a mark in each corner."""
    detail = _foliage(width > height)
    pixels = cv2.resize(detail, (width, height), interpolation=cv2.INTER_CUBIC)
    chance = np.random.default_rng(width + height)
    for start in range(0, height, 500):  # in strips: forty megapixels of differences would take a gigabyte
        strip = pixels[start : start + 500]
        noise = chance.integers(-grain, grain + 1, strip.shape[:2], np.int8)
        strip[:] = np.clip(strip.astype(np.int16) + noise[..., None], 0, 255)
    for number, colour in enumerate(PATCHES):
        left, top, side = _patch(number, width, height)
        pixels[top : top + side, left : left + side] = colour
    side = min(width, height) // 12
    for number, colour in enumerate(CORNERS):
        rows = slice(-side, None) if number > 1 else slice(side)
        pixels[rows, slice(-side, None) if number % 2 else slice(side)] = colour
    return np.asarray(pixels, np.uint8)


@cache
def _foliage(is_wide: bool) -> Pixels:
    width, height = (3600, 2700) if is_wide else (2700, 3600)
    chance = np.random.default_rng(11)
    picture = np.linspace(70, 180, height, dtype=np.float32)[:, None, None] * np.ones((1, width, 3), np.float32)
    for cells in (6, 24, 96, 400, 1600):
        noise = chance.normal(0, 1, (cells, cells * width // height, 3)).astype(np.float32)
        picture += 45 / cells**0.25 * cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(14):
        corners = (chance.uniform(0, 1, (3, 2)) * (width, height)).astype(np.int32)
        cv2.fillConvexPoly(picture, corners, tuple(float(value) for value in chance.uniform(20, 235, 3)), cv2.LINE_AA)
    return np.clip(picture, 0, 255).astype(np.uint8)


def _patch(number: int, width: int, height: int) -> tuple[int, int, int]:
    """Left, top and side of a patch: a row across the middle."""
    side = min(width, height) // 10
    return int((number + 0.75) * width / 7), height // 2 - side // 2, side


def _mean(pixels: Pixels, left: int, top: int, side: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    inner = slice(top + side // 4, top + 3 * side // 4), slice(left + side // 4, left + 3 * side // 4)
    return np.asarray(pixels[inner].reshape(-1, 3).mean(axis=0), np.float64)


def _lab(rgb: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.asarray(cv2.cvtColor((rgb / 255).astype(np.float32).reshape(1, 1, 3), cv2.COLOR_RGB2LAB)[0, 0])


def _detail(pixels: Pixels) -> float:
    """The variance of the Laplacian, without the grain of single pixels: JPEG removes some of it and adds its own."""
    grey = cv2.GaussianBlur(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), (0, 0), 1)
    return float(cv2.Laplacian(grey, cv2.CV_32F).var())


def _in_p3(picture: Image.Image) -> tuple[Image.Image, bytes]:
    """The same colours, told in Display P3."""
    profile = matrix_profile(DISPLAY_P3)
    wide = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    told = ImageCms.profileToProfile(picture, ImageCms.createProfile("sRGB"), wide, outputMode="RGB")
    assert told is not None
    return told, profile


# Under 2 MB: what the API takes as it is.
SMALL: Final = [
    *(
        Original(name=f"phone, 3 MP, orientation {turn}", width=2048, height=1536, orientation=turn)
        for turn in range(1, 9)
    ),
    Original(name="phone, 5 MP, portrait, Display P3", width=1944, height=2592, orientation=6, quality=88, is_p3=True),
    Original(
        name="editor, 3 MP, progressive, 4:4:4", width=2048, height=1536, quality=90, progressive=True, subsampling=0
    ),
    Original(name="camera, 12 MP, small file", width=4000, height=3000, orientation=3, quality=80, grain=2),
    Original(name="scanner, 40 MP, small file", width=7300, height=5470, quality=35, grain=0, progressive=True),
]
# 3 to 12 MB: the page makes them smaller first.
LARGE: Final = [
    *(
        Original(name=f"phone, 12 MP, orientation {turn}", width=4032, height=3024, orientation=turn)
        for turn in range(1, 9)
    ),
    *(
        Original(
            name=f"phone, 12 MP, Display P3, orientation {turn}",
            width=3024,
            height=4032,
            orientation=turn,
            is_p3=True,
        )
        for turn in (1, 3, 6, 8)
    ),
    Original(name="editor, 16 MP, progressive", width=4608, height=3456, progressive=True),
    Original(
        name="editor, 8 MP, progressive, 4:4:4, P3",
        width=3264,
        height=2448,
        progressive=True,
        subsampling=0,
        is_p3=True,
    ),
    Original(name="camera, 24 MP", width=6000, height=4000),
    Original(name="camera, 24 MP, portrait, Display P3", width=4000, height=6000, orientation=8, is_p3=True),
    Original(name="camera, 33 MP, progressive", width=7008, height=4672, quality=92, progressive=True),
    Original(name="phone, 40 MP", width=7296, height=5472, orientation=6, quality=92),
]
