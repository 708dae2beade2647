"""What is stored looks as the file it came from: a browser draws the original, and the pixels are compared."""

import base64
import io
import struct
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from functions.upload.images import clean
from tests.browser import browser
from tests.picture_parts import (
    ADOBE_RGB,
    DISPLAY_P3,
    SRGB,
    chunk,
    cmyk_profile,
    icc,
    matrix_profile,
    named,
    saved,
    with_chunks,
)

__all__ = ["browser"]  # a fixture: pytest finds it here

DRAW = """async (source) => {
  const image = Object.assign(new Image(), { src: source });
  await image.decode();
  const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  let text = '';
  for (const byte of context.getImageData(0, 0, image.width, image.height).data) text += String.fromCharCode(byte);
  return [image.width, image.height, btoa(text)];
}"""
RAMP = np.arange(256, dtype=np.uint8)


def colours() -> Image.Image:
    """Bands of grey, red against green, orange and blue, each from one end to the other."""
    pixels = np.zeros((200, 256, 3), np.uint8)
    pixels[:50] = RAMP[:, None]
    pixels[50:100] = np.stack([RAMP, 255 - RAMP, np.full(256, 90)], axis=1)
    pixels[100:150] = np.stack([np.full(256, 200), RAMP, np.full(256, 60)], axis=1)
    pixels[150:] = np.stack([np.zeros(256), np.full(256, 128), RAMP], axis=1)
    return Image.fromarray(pixels)


def faded(mode: str) -> Image.Image:
    image = colours().convert(mode)
    image.putalpha(Image.fromarray(np.tile(RAMP, (200, 1))))
    return image


def jpg(image: Image.Image, **options: object) -> bytes:
    return saved(image, "JPEG", quality=95, **{"subsampling": 0, **options})


def png(image: Image.Image, *chunks: bytes, **options: object) -> bytes:
    return with_chunks(*chunks, picture=lambda: saved(image, "PNG", **options))


def gamma(value: float) -> bytes:
    return chunk(b"gAMA", struct.pack(">I", round(value * 100_000)))


def grey_profile(gamma: float = 1.4) -> bytes:
    curve = b"curv\0\0\0\0" + struct.pack(">IHxx", 1, round(gamma * 256))
    return icc([*named(), (b"kTRC", curve)], space=b"GRAY")


def press() -> bytes:
    inks = [(number >> 3 & 1, number >> 2 & 1, number >> 1 & 1, number & 1) for number in range(16)]
    return cmyk_profile(
        [
            (
                max(0, 95 - 30 * c - 35 * m - 8 * y - 70 * k),
                (70 * m - 35 * c - 5 * y) * (1 - 0.9 * k),
                (85 * y - 45 * c - 5 * m) * (1 - 0.9 * k),
            )
            for c, m, y, k in inks
        ]
    )


def without_adobe(data: bytes) -> bytes:
    at = data.index(b"\xff\xee")
    return data[:at] + data[at + 2 + struct.unpack_from(">H", data, at + 2)[0] :]


def sixteen_bits(clear: bool = False) -> bytes:
    image = Image.fromarray(np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (200, 1)))
    return png(image, chunk(b"tRNS", struct.pack(">H", 0))) if clear else png(image)


def frame_in_a_corner() -> bytes:
    """A GIF whose first frame leaves most of its screen free."""
    data = bytearray(saved(Image.new("P", (220, 220), 9), "GIF"))
    at = data.index(b",\0\0\0\0")
    data[6:10], data[at + 1 : at + 5] = struct.pack("<HH", 400, 300), struct.pack("<HH", 150, 40)
    return bytes(data)


def gif_with_a_clear_colour() -> bytes:
    image = colours().quantize(200)
    return saved(image, "GIF", transparency=image.getpixel((120, 20)))


ORIGINALS: dict[str, Callable[[], bytes]] = {
    "jpeg": lambda: jpg(colours()),
    "progressive jpeg, 4:2:0": lambda: jpg(colours(), subsampling=2, progressive=True),
    "grey jpeg": lambda: jpg(colours().convert("L")),
    "jpeg in Display P3": lambda: jpg(colours(), icc_profile=matrix_profile(DISPLAY_P3)),
    "jpeg in Adobe RGB": lambda: jpg(colours(), icc_profile=matrix_profile(ADOBE_RGB)),
    "grey jpeg with a grey profile": lambda: jpg(colours().convert("L"), icc_profile=grey_profile()),
    "grey jpeg with a colour profile": lambda: jpg(colours().convert("L"), icc_profile=matrix_profile(SRGB, 1.5)),
    "jpeg with a broken profile": lambda: jpg(colours(), icc_profile=matrix_profile(SRGB)[:200]),
    "jpeg with a lab profile": lambda: jpg(colours(), icc_profile=icc(named(), space=b"Lab ")),
    "cmyk": lambda: jpg(colours().convert("CMYK")),
    "cmyk without Adobe's mark": lambda: without_adobe(jpg(colours().convert("CMYK"))),
    "cmyk with its press": lambda: jpg(colours().convert("CMYK"), icc_profile=press()),
    "png in Display P3": lambda: png(colours(), icc_profile=matrix_profile(DISPLAY_P3)),
    "png in Display P3 with alpha": lambda: png(faded("RGB"), icc_profile=matrix_profile(DISPLAY_P3)),
    "grey png with alpha and a grey profile": lambda: png(faded("L"), icc_profile=grey_profile()),
    "png with alpha": lambda: png(faded("RGB")),
    "grey png with alpha": lambda: png(faded("L")),
    "png of one bit": lambda: png(colours().convert("1")),
    "palette in Display P3": lambda: png(colours().quantize(200), icc_profile=matrix_profile(DISPLAY_P3)),
    "palette with a clear colour": lambda: png(colours().quantize(200), transparency=7),
    "palette with half clear colours": lambda: png(colours().quantize(200), transparency=bytes(RAMP[55:])),
    "colour png with one clear colour": lambda: png(colours(), transparency=(60, 60, 60)),
    "16-bit grey": sixteen_bits,
    "16-bit grey with a clear value": lambda: sixteen_bits(clear=True),
    "png with a gamma of 1": lambda: png(colours(), gamma(1)),
    "png with a gamma of 1/1.8": lambda: png(colours(), gamma(1 / 1.8)),
    "png with a gamma of 1/2.2": lambda: png(colours(), gamma(1 / 2.2)),
    "grey png with a gamma of 1": lambda: png(colours().convert("L"), gamma(1)),
    "png with a gamma of 1 and alpha": lambda: png(faded("RGB"), gamma(1)),
    "png with a gamma of 1 that is sRGB": lambda: png(colours(), gamma(1), chunk(b"sRGB", b"\0")),
    "png with a gamma of 1 and a profile": lambda: png(colours(), gamma(1), icc_profile=matrix_profile(SRGB, 1.8)),
    "gif": lambda: saved(colours().quantize(200), "GIF"),
    "gif with a clear colour": gif_with_a_clear_colour,
    "gif with its frame in a corner": frame_in_a_corner,
}


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def shown(page: Page, data: bytes) -> np.ndarray[Any, np.dtype[np.int16]]:
    """What the browser draws: rows of red, green, blue and alpha."""
    width, height, pixels = page.evaluate(DRAW, f"data:image/png;base64,{base64.b64encode(data).decode()}")
    return np.frombuffer(base64.b64decode(pixels), np.uint8).reshape(height, width, 4).astype(np.int16)


@pytest.mark.parametrize("name", ORIGINALS)
def test_what_is_stored_looks_as_the_browser_shows_the_original(page: Page, name: str) -> None:
    data = ORIGINALS[name]()
    wanted = shown(page, data)
    with Image.open(io.BytesIO(clean(data, field="images[0]").data)) as stored:
        ours = np.asarray(stored.convert("RGBA")).astype(np.int16)
    assert ours.shape == wanted.shape
    assert np.abs(ours[..., 3] - wanted[..., 3]).max() <= 1
    error = np.abs(ours - wanted)[wanted[..., 3] > 40]  # a canvas forgets colours that are nearly clear
    assert error.mean() <= 1.5 and np.percentile(error.max(axis=1), 99) <= 10
