"""What a picture must be: bytes from anywhere in, an upright sRGB JPEG (or PNG with alpha) out."""

import io
import math
import struct
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from PIL import Image

from shared.containers import Container, Damaged, stripped
from shared.errors import (
    FieldError,
    FileTooLarge,
    ImageTooLarge,
    ImageTooSmall,
    ImageUnreadable,
    InvalidRequest,
    Problem,
    TooManyFiles,
    UnsupportedType,
)

from .colours import in_srgb, plain, premultiplied

try:
    import magic
except ImportError:  # no libmagic here: the wheel that brings one patches ctypes and the environment, so it comes last
    import pylibmagic  # noqa: F401, I001  (before magic, which looks for the library while it is imported)
    import magic

MEGABYTE: Final = 1024 * 1024
MAX_FILES: Final = 3
MAX_FILE_BYTES: Final = 2 * MEGABYTE  # three of them are the 6 MB that may come together
MIN_SIDE: Final = 200  # less is a smear at the width of a film
MAX_SIDE: Final = 8_000
MAX_JPEG_PIXELS: Final = 40_000_000  # a JPEG is decoded at half its size where it is that large
MAX_OTHER_PIXELS: Final = 16_000_000  # PNG and GIF are decoded whole: 64 MB; 17 KB of PNG can ask for 700
MAX_COEFFICIENTS: Final = 64_000_000  # 128 MB: a progressive JPEG of 40 megapixels (4:2:0), or of 21 in full colour
MAX_SCANS: Final = 50  # cameras write 1, editors about 10; thousands of empty ones keep a processor busy for minutes
STORED_SIDE: Final = 3_000
FILM_SIDE: Final = 2_592  # 1,920 and the room that motion needs: half a JPEG is enough where half is this long
JPEG_QUALITY: Final = 90
MAX_STORED_BYTES: Final = 4 * MEGABYTE  # photographs stay below; noise of 2 MB would come out as 20
LONGEST_NAME: Final = 80

_ACCEPTED: Final = {"image/jpeg", "image/png", "image/apng", "image/vnd.mozilla.apng", "image/gif"}
_SIGNATURES: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
_FAMILIAR: Final = {
    "image/heic": "a HEIC picture",
    "image/heif": "a HEIC picture",
    "image/avif": "an AVIF picture",
    "image/webp": "a WebP picture",
    "image/bmp": "a BMP picture",
    "image/x-ms-bmp": "a BMP picture",
    "image/tiff": "a TIFF picture",
    "image/jp2": "a JPEG 2000 picture",
    "image/jxl": "a JPEG XL picture",
    "image/svg+xml": "an SVG drawing",
    "image/vnd.microsoft.icon": "an icon",
    "image/vnd.adobe.photoshop": "a Photoshop file",
    "application/pdf": "a PDF",
    "application/postscript": "a PostScript file",
}
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_BROKEN: Final = (Damaged, OSError, ValueError, SyntaxError, struct.error, EOFError, TypeError, MemoryError)
_one_request = threading.Lock()  # one decode at a time: the peak is one picture's, however many requests there are


@dataclass(frozen=True, kw_only=True, slots=True)
class CleanImage:
    """What is stored of an upload: our own encoding, nothing of theirs but the pixels. Sizes in pixels."""

    data: bytes
    content_type: Literal["image/jpeg", "image/png"]
    width: int
    height: int
    extension: Literal["jpg", "png"]


def clean_all(files: Sequence[tuple[str, bytes]]) -> list[CleanImage]:
    """One to three (name, content) pairs → all of them clean, in order.

    Raises the problem of the first bad file, with one entry in `errors` for every bad one.
    """
    if not files:
        missing = "Send one to three pictures as multipart/form-data in the field 'images'."
        raise InvalidRequest(missing, errors=[FieldError("images", InvalidRequest.code, missing)])
    if len(files) > MAX_FILES:
        many = f"At most {MAX_FILES} pictures can be sent together; these are {len(files)}."
        raise TooManyFiles(many, errors=[FieldError("images", TooManyFiles.code, many)])

    cleaned: list[CleanImage] = []
    kinds: list[type[Problem]] = []  # not the problems themselves, whose tracebacks would keep the pixels
    errors: list[FieldError] = []
    with _one_request:
        for index, (name, data) in enumerate(files):
            field = f"images[{index}]"
            try:
                cleaned.append(clean(data, field=field))
            except Problem as problem:
                kinds.append(type(problem))
                errors.append(FieldError(field, problem.code, f"{_shown(name, index)}: {problem.detail}"))
    if kinds:
        raise kinds[0](errors[0].message, errors=errors)
    return cleaned


def clean(data: bytes, *, field: str) -> CleanImage:
    """One picture, decoded once and encoded again; `clean_all` lets one at a time do so. `field` is what errors name.

    Raises FileTooLarge, UnsupportedType, ImageUnreadable, ImageTooSmall, ImageTooLarge.
    """
    try:
        _check_file(data)
        return _encoded(_decoded(data))
    except Problem as problem:
        problem.errors = (FieldError(field, problem.code, problem.detail),)
        raise


def libmagic_answers() -> None:
    """Raises RuntimeError where libmagic is there but does not know its trade, as without its database."""
    try:
        kind = magic.from_buffer(b"GIF89a", mime=True)
    except magic.MagicException as error:
        raise RuntimeError("libmagic fails") from error
    if kind != "image/gif":
        raise RuntimeError(f"libmagic takes a GIF for {kind}")


def _check_file(data: bytes) -> None:
    if len(data) > MAX_FILE_BYTES:
        raise FileTooLarge(f"The file has {len(data) / MEGABYTE:.1f} MB; at most 2 MB are allowed. Save it smaller.")
    if not data:
        raise ImageUnreadable("The file is empty. Choose it again.")
    try:
        kind = magic.from_buffer(data[:4096], mime=True)
    except magic.MagicException:
        return  # the gate is broken, not the picture: the decoder judges anyway
    if kind in _ACCEPTED:
        return
    if data.startswith(_SIGNATURES):
        raise ImageUnreadable("The picture is cut off or damaged. Export it again as JPEG.")
    what = _FAMILIAR.get(kind) or ("a video" if kind.startswith("video/") else "not a picture that can be used")
    raise UnsupportedType(f"This is {what}; export it as JPEG, PNG or GIF.")


def _decoded(data: bytes) -> Image.Image:
    """The first frame, upright, sRGB, mode RGB or RGBA, at most STORED_SIDE long."""
    picture, container = _opened(data)
    picture.thumbnail((STORED_SIDE, STORED_SIDE), Image.Resampling.LANCZOS, reducing_gap=None)
    if picture.mode in ("La", "RGBa"):
        picture = picture.convert(picture.mode.upper())
    if container.orientation in _UPRIGHT:
        picture = picture.transpose(_UPRIGHT[container.orientation])
    return in_srgb(picture, container.profile, container.gamma)


def _opened(data: bytes) -> tuple[Image.Image, Container]:
    """The first frame as it is stored, and what its file says about it; limits are checked before any pixel."""
    try:
        container = stripped(data)
        with Image.open(io.BytesIO(container.data), formats=(container.kind,)) as image:
            is_jpeg = container.kind == "JPEG"
            _check_size(*image.size, is_jpeg=is_jpeg)
            _check_effort(container)
            if is_jpeg and (max(image.size) >= 2 * FILM_SIDE or image.width * image.height > MAX_OTHER_PIXELS):
                image.draft(None, (image.width // 2, image.height // 2))
            image.load()  # once: after a failure Pillow would hand out the partial picture as if it were whole
            picture = plain(image)
            if container.frame and container.frame != (0, 0, *image.size):
                picture = _alone(picture, container.frame)
            # thumbnail() would do so, too, but beside the original
            return premultiplied(picture) if max(picture.size) > STORED_SIDE else picture, container
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large() from error
    except _BROKEN as error:
        raise ImageUnreadable("The picture is cut off or damaged. Export it again as JPEG.") from error


def _check_size(width: int, height: int, *, is_jpeg: bool) -> None:
    if max(width, height) > MAX_SIDE or width * height > (MAX_JPEG_PIXELS if is_jpeg else MAX_OTHER_PIXELS):
        raise _too_large(f"{width:,} by {height:,} pixels are")
    if min(width, height) < MIN_SIDE:
        raise ImageTooSmall(f"The picture is {width} by {height} pixels; each side needs at least {MIN_SIDE}.")


def _too_large(what: str = "The pixels of this picture are") -> ImageTooLarge:
    return ImageTooLarge(
        f"{what} too many: at most {MAX_SIDE:,} a side, {MAX_JPEG_PIXELS // 1_000_000} megapixels for JPEG"
        f" and {MAX_OTHER_PIXELS // 1_000_000} for PNG and GIF. Save the picture smaller."
    )


def _check_effort(container: Container) -> None:
    if container.scans > MAX_SCANS:
        raise ImageUnreadable("The picture is stored in an unusual way. Export it again as JPEG.")
    if container.held > MAX_COEFFICIENTS:
        raise ImageTooLarge("So many pixels cannot be read from a progressive JPEG. Save it smaller, or as baseline.")


def _alone(picture: Image.Image, frame: tuple[int, int, int, int]) -> Image.Image:
    """A GIF's frame on nothing, as browsers show it; Pillow fills the screen around it with a colour."""
    screen = Image.new("RGBA", picture.size)
    screen.paste(picture.crop(frame).convert("RGBA"), frame)
    return screen


def _encoded(picture: Image.Image) -> CleanImage:
    if picture.mode == "RGBA" and picture.getchannel("A").getextrema() == (255, 255):
        picture = picture.convert("RGB")  # an alpha channel that hides nothing
    picture.info.clear()  # comments, positions and profiles would be written again
    while len(data := _written(picture)) > MAX_STORED_BYTES:
        share = 0.9 * math.sqrt(MAX_STORED_BYTES / len(data))
        picture.thumbnail((round(picture.width * share), round(picture.height * share)), Image.Resampling.LANCZOS)
    width, height = picture.size
    if picture.mode == "RGBA":
        return CleanImage(data=data, content_type="image/png", width=width, height=height, extension="png")
    return CleanImage(data=data, content_type="image/jpeg", width=width, height=height, extension="jpg")


def _written(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    if picture.mode == "RGBA":
        picture.save(out, "PNG", compress_level=2)  # twice as fast as 4, and a few percent larger
    else:
        picture.save(out, "JPEG", quality=JPEG_QUALITY, subsampling=0)  # 4:4:4: screenshots have coloured letters
    return out.getvalue()


def _shown(name: str, index: int) -> str:
    """A name from outside, fit to be read in a message: no folders, nothing unprintable, nothing endless."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(character for character in last if character.isprintable()).strip()
    return printable[:LONGEST_NAME] or f"Picture {index + 1}"
