"""Pixels of any mode, with any profile → sRGB as their owner saw it."""

import io
from contextlib import suppress
from typing import Final, Literal

from PIL import Image, ImageCms

GAMMA_TOLERANCE: Final = 0.05  # less shows to nobody; libpng and the browsers draw the line there

_PREMULTIPLIED: Final = {"LA": "La", "RGBA": "RGBa"}
_SRGB: Final = ImageCms.createProfile("sRGB")


def plain(image: Image.Image) -> Image.Image:
    """Any mode the three formats can have → L, LA, RGB, RGBA or CMYK; the values still mean what the profile says."""
    clear = image.info.get("transparency")
    if image.mode.startswith("I"):  # 16-bit grey: a plain convert() clips all but the darkest 256 levels to white
        grey = image.point(lambda value: value * (1 / 257)).convert("L")
        if not isinstance(clear, int):
            return grey
        opaque = image.convert("I").point([0 if value == clear else 255 for value in range(65_536)], "L")
        return Image.merge("LA", (grey, opaque))
    if clear is not None:
        return image.convert("RGBA")
    return image if image.mode in ("L", "LA", "RGB", "RGBA", "CMYK") else image.convert("RGB")


def premultiplied(picture: Image.Image) -> Image.Image:
    """Colours as much as they show, so that clear pixels do not bleed into others when the picture is made smaller."""
    return picture.convert(_PREMULTIPLIED[picture.mode]) if picture.mode in _PREMULTIPLIED else picture


def in_srgb(picture: Image.Image, profile: bytes | None, gamma: float | None) -> Image.Image:
    """What `plain` gives → RGB or RGBA, in the colours that the ICC profile means, or else the gamma."""
    mode: Literal["RGB", "RGBA"] = "RGBA" if picture.mode in _PREMULTIPLIED else "RGB"
    if profile and b"mpet" not in profile:  # whose steps have no limit: 80 KB of them take 18 seconds and 400 MB
        # One that cannot be used is left out: what the pixels say without it is the best guess there is.
        with suppress(ImageCms.PyCMSError, OSError, TypeError, ValueError):
            return _through(profile, picture, mode)
    picture = picture if picture.mode == mode else picture.convert(mode)
    if gamma and abs(gamma * 2.2 - 1) > GAMMA_TOLERANCE:
        curve = [_srgb((value / 255) ** (1 / gamma)) for value in range(256)]
        return picture.point(curve * 3 + list(range(256)) * (mode == "RGBA"))
    return picture


def _through(profile: bytes, picture: Image.Image, mode: Literal["RGB", "RGBA"]) -> Image.Image:
    """What the profile says about the pixels, in sRGB. Raises what ImageCms raises."""
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    if source.profile.xcolor_space.strip() == "RGB":
        picture = picture if picture.mode == mode else picture.convert(mode)  # grey pictures may have one, too
    elif picture.mode == "LA":
        converted = _through(profile, picture.getchannel("L"), "RGB")
        converted.putalpha(picture.getchannel("A"))
        return converted
    transformed = ImageCms.profileToProfile(picture, source, _SRGB, outputMode=mode)
    assert transformed is not None  # only inPlace answers None
    return transformed


def _srgb(linear: float) -> int:
    """Light between 0 and 1 → its value in sRGB (IEC 61966-2-1)."""
    return round(255 * (12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055))
