"""Files and forms that nobody sends in good faith, and a few odd ones that somebody does; each with its right answer.

Everything is made here, byte by byte where a library would refuse; `CASES` is the whole list.
"""

import random
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Final

from PIL import Image, ImageCms

from tests.picture_parts import (
    SIGNATURE,
    SRGB,
    Make,
    before_frame,
    chunk,
    cmyk_profile,
    endless_profile,
    exif,
    flat,
    flat_jpeg,
    gif,
    gif_of,
    in_app1,
    in_app2,
    jpeg,
    many_frames,
    matrix_profile,
    padded,
    png,
    png_of,
    saved,
    segment,
    with_chunks,
    with_segments,
    wrong_fields,
)

BOUNDARY: Final = "----nasty-7MA4YWxkTrZu0gW"
FORM: Final = f"multipart/form-data; boundary={BOUNDARY}"
LIMIT: Final = 2 * 1024 * 1024  # bytes of one file


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One request: its body is made when it is wanted. `code` is None where the picture is taken.

    `heavy` ones take some seconds of work, to make or to answer.
    """

    name: str
    body: Make
    content_type: str = FORM
    status: int
    code: str | None
    heavy: bool = False


def multipart(files: Sequence[tuple[str, bytes]], field: str = "images") -> bytes:
    """A form as a browser writes it, but with names that no browser would let through."""
    parts = []
    for name, data in files:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
        parts += [head.encode("utf-8", "surrogateescape"), b"Content-Type: image/jpeg\r\n\r\n", data, b"\r\n"]
    return b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


# The list


def _text(body: bytes, kind: bytes = b"zTXt") -> bytes:
    middle = b"\0\1\0\0\0" if kind == b"iTXt" else b"\0\0"
    return chunk(kind, b"note" + middle + zlib.compress(body, 9))


@cache
def _wide_text() -> bytes:
    """A megabyte of letters that takes four as soon as it is text, for one of them is an emoji."""
    return _text("😀".encode() + b"a" * 1_000_000, b"iTXt")


def _iccp(profile: bytes) -> bytes:
    return chunk(b"iCCP", b"name\0\0" + zlib.compress(profile, 9))


def _with_scans(count: int, size: tuple[int, int] = (320, 240)) -> bytes:
    data = saved(flat(size=size), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * count + b"\xff\xd9"


def _noisy(side: int) -> bytes:
    """One bit a pixel that no encoder makes smaller; half of them are clear."""
    chance, width = random.Random(7), side // 8
    rows = b"".join(b"\0" + chance.randbytes(width) for _ in range(side))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 3, 0, 0, 0))
    look = chunk(b"PLTE", bytes([255, 60, 0, 0, 90, 200])) + chunk(b"tRNS", bytes([0, 255]))
    return SIGNATURE + header + look + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")


def _animated(kind: str) -> bytes:
    frames = [flat(colour=(number * 60, 0, 0)) for number in range(4)]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=[0, 10, 500, 0])


def _changed(data: bytes, at: int, byte: int | None = None) -> bytes:
    changed = bytearray(data)
    changed[at] = changed[at] ^ 0xFF if byte is None else byte
    return bytes(changed)


def _exif_loop() -> bytes:
    """A directory whose next one is itself, and whose sub-directory is, too."""
    return b"MM\0*\0\0\0\x08" + struct.pack(">H", 1) + struct.pack(">HHII", 0x8769, 4, 1, 8) + struct.pack(">I", 8)


def _noise_photo(size: int) -> bytes:
    noise = Image.effect_noise((1_000, 1_000), 120)
    return padded(saved(noise, "JPEG", quality=80), size)


UNREADABLE, TYPE = (422, "image_unreadable"), (415, "unsupported_type")
LARGE, SMALL, TAKEN = (422, "image_too_large"), (422, "image_too_small"), (201, None)
Answer = tuple[int, str | None]

FILES: Final[list[tuple[str, str, Make, Answer]]] = [
    # Nothing, or next to it
    ("empty", "a.jpg", lambda: b"", UNREADABLE),
    ("one byte", "a.jpg", lambda: b"\xff", TYPE),
    ("jpeg header only", "a.jpg", lambda: b"\xff\xd8\xff", UNREADABLE),
    ("png header only", "a.png", lambda: SIGNATURE, UNREADABLE),
    ("gif header only", "a.gif", lambda: b"GIF89a", UNREADABLE),
    ("png header and size", "a.png", lambda: png()[:33], UNREADABLE),
    ("jpeg without pixels", "a.jpg", lambda: jpeg()[: jpeg().index(b"\xff\xda")] + b"\xff\xd9", UNREADABLE),
    ("jpeg that is only an end", "a.jpg", lambda: b"\xff\xd8\xff\xd9" + bytes(99), UNREADABLE),
    ("gif without a frame", "a.gif", lambda: gif()[: gif().index(b",\0\0\0\0")] + b";", UNREADABLE),
    # Sizes
    ("png of no size", "a.png", lambda: png_of(0, 0, rows=1), UNREADABLE),
    ("jpeg of no size", "a.jpg", lambda: flat_jpeg(0, 0), UNREADABLE),
    ("gif of no size", "a.gif", lambda: gif_of((0, 0), (0, 0, 0, 0)), UNREADABLE),
    ("one pixel", "a.png", lambda: saved(flat(size=(1, 1)), "PNG"), SMALL),
    ("just too small", "a.jpg", lambda: saved(flat(size=(4_000, 199)), "JPEG"), SMALL),
    ("20000 x 1", "a.png", lambda: png_of(20_000, 1), LARGE),
    ("8001 x 300", "a.gif", lambda: gif_of((8_001, 300), (0, 0, 320, 240)), LARGE),
    ("60000 x 60000 in the header", "a.png", lambda: png_of(60_000, 60_000, rows=2), LARGE),
    ("2^31-1 x 2^31-1 in the header", "a.png", lambda: png_of(2**31 - 1, 2**31 - 1, rows=0), LARGE),
    ("jpeg that says 65500 x 65500", "a.jpg", lambda: flat_jpeg(65_500, 65_500, pixels=False), LARGE),
    ("the same, progressive", "a.jpg", lambda: flat_jpeg(65_500, 65_500, frame=0xC2, pixels=False), LARGE),
    ("12000 x 12000, 1 bit", "a.png", lambda: png_of(12_000, 12_000), LARGE),
    ("4001 x 4000 png", "a.png", lambda: png_of(4_001, 4_000), LARGE),
    ("8000 x 5001 jpeg", "a.jpg", lambda: flat_jpeg(8_000, 5_001, factors=(0x11,)), LARGE),
    # Bombs
    ("sixty texts of 4 MB", "a.png", lambda: with_chunks(*[_wide_text()] * 60), TAKEN),
    ("150000 chunks", "a.png", lambda: with_chunks(*[chunk(b"teXt", b"a")] * 150_000), TAKEN),
    ("65000 pieces of pixels", "a.png", lambda: with_chunks(*[chunk(b"IDAT", b"")] * 65_000), TAKEN),
    ("thirty segments of 64 KB", "a.jpg", lambda: with_segments(*[segment(0xED, bytes(65_000))] * 30), TAKEN),
    ("fill bytes that fill nothing", "a.jpg", lambda: b"\xff\xd8" + b"\xff" * 1_000_000 + b"\0" + jpeg()[2:], TAKEN),
    ("380000 comments in a gif", "a.gif", lambda: before_frame(b"!\xfe\x01x\0" * 380_000), TAKEN),
    ("a comment of a megabyte", "a.gif", lambda: before_frame(b"!\xfe" + b"\1x" * 500_000 + b"\0"), TAKEN),
    ("10000 frames", "a.gif", lambda: many_frames(10_000), TAKEN),
    ("60000 frames", "a.gif", lambda: many_frames(60_000), TAKEN),
    ("2000 scans", "a.jpg", lambda: _with_scans(2_000), UNREADABLE),
    ("exif with 60000 wrong fields", "a.jpg", lambda: with_segments(*in_app1(wrong_fields(60_000, 900_000))), TAKEN),
    ("the same in a png", "a.png", lambda: with_chunks(chunk(b"eXIf", wrong_fields(60_000, 900_000))), TAKEN),
    ("exif in a circle", "a.jpg", lambda: with_segments(*in_app1(_exif_loop())), TAKEN),
    ("mpo index in a circle", "a.jpg", lambda: with_segments(segment(0xE2, b"MPF\0" + _exif_loop())), TAKEN),
    ("a profile of 10000 steps", "a.jpg", lambda: with_segments(*in_app2(endless_profile(10_000))), TAKEN),
    ("the same in a png", "a.png", lambda: with_chunks(_iccp(endless_profile(10_000))), TAKEN),
    # Damage
    ("half a jpeg", "a.jpg", lambda: _half(_photo("JPEG")), UNREADABLE),
    ("half a progressive jpeg", "a.jpg", lambda: _half(_photo("JPEG", progressive=True)), UNREADABLE),
    ("half a png", "a.png", lambda: _half(_photo("PNG")), UNREADABLE),
    ("half a gif", "a.gif", lambda: _half(_photo("GIF")), UNREADABLE),
    ("jpeg without its end", "a.jpg", lambda: jpeg()[:-2], UNREADABLE),
    ("wrong checksum of the pixels", "a.png", lambda: _changed(_photo("PNG"), -20), UNREADABLE),
    ("wrong checksum of the size", "a.png", lambda: _changed(png(), 30), UNREADABLE),
    ("wrong checksum of a text", "a.png", lambda: with_chunks(chunk(b"tEXt", b"a\0b")[:-1] + b"\0"), TAKEN),
    ("a second size", "a.png", lambda: with_chunks(png_of(8_000, 8_000)[8:33]), LARGE),
    ("a second frame header", "a.jpg", lambda: _twice(), UNREADABLE),
    ("height told after the pixels", "a.jpg", lambda: flat_jpeg(320, 0, after=segment(0xDC, b"\0\xf0")), UNREADABLE),
    ("arithmetic coding", "a.jpg", lambda: flat_jpeg(320, 240, frame=0xC9), TAKEN),
    ("12 bits", "a.jpg", lambda: flat_jpeg(320, 240, frame=0xC1, precision=12), UNREADABLE),
    ("lossless", "a.jpg", lambda: flat_jpeg(320, 240, frame=0xC3), UNREADABLE),
    ("five colours", "a.jpg", lambda: flat_jpeg(320, 240, factors=[0x11] * 5), UNREADABLE),
    ("two colours", "a.jpg", lambda: flat_jpeg(320, 240, factors=[0x11] * 2), UNREADABLE),
    ("sampling of nothing", "a.jpg", lambda: flat_jpeg(320, 240, factors=(0x11, 0x00, 0x11)), UNREADABLE),
    ("sampling of 15 by 15", "a.jpg", lambda: flat_jpeg(320, 240, factors=(0xFF, 0x11, 0x11)), UNREADABLE),
    ("a segment longer than the file", "a.jpg", lambda: jpeg()[:2] + b"\xff\xe1\xff\xff" + jpeg()[2:99], UNREADABLE),
    ("a segment of no length", "a.jpg", lambda: with_segments(b"\xff\xe1\0\0"), UNREADABLE),
    ("a chunk longer than the file", "a.png", lambda: with_chunks(b"\x7f\xff\xff\xfftEXt"), UNREADABLE),
    ("palette picture without a palette", "a.png", lambda: png_of(320, 240, colour=3).replace(b"PLTE", b"pLTe"), TAKEN),
    ("gif frame far outside its screen", "a.gif", lambda: gif_of((320, 240), (9_000, 0, 320, 240)), LARGE),
    ("gif frame larger than its screen", "a.gif", lambda: gif_of((10, 10), (0, 0, 320, 240)), TAKEN),
    ("gif screen of 65535", "a.gif", lambda: gif_of((65_535, 65_535), (0, 0, 320, 240)), LARGE),
    ("gif frame of 65535", "a.gif", lambda: gif_of((320, 240), (0, 0, 65_535, 65_535)), LARGE),
    # Other things under a picture's name
    ("text", "a.jpg", lambda: b"Hello, I am a text.", TYPE),
    ("html", "a.png", lambda: b"<!doctype html><html><body>picture.png</body></html>", TYPE),
    ("svg", "a.png", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", TYPE),
    ("pdf", "a.jpg", lambda: saved(flat(), "PDF"), TYPE),
    ("eps", "a.gif", lambda: saved(flat(), "EPS"), TYPE),
    ("mp4", "a.jpg", lambda: b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + bytes(900), TYPE),
    ("heic", "a.jpg", lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(900), TYPE),
    ("webp", "a.png", lambda: saved(flat(), "WEBP"), TYPE),
    ("avif", "a.png", lambda: saved(flat(), "AVIF"), TYPE),
    ("bmp", "a.png", lambda: saved(flat(), "BMP"), TYPE),
    ("tiff", "a.png", lambda: saved(flat(), "TIFF"), TYPE),
    ("ico", "a.png", lambda: saved(flat(size=(256, 256)), "ICO", bitmap_format="bmp"), TYPE),
    ("jp2", "a.png", lambda: saved(flat(), "JPEG2000"), TYPE),
    ("zip", "a.png", lambda: b"PK\x03\x04" + bytes(900), TYPE),
    ("program", "a.jpg", lambda: b"MZ" + bytes(900), TYPE),
    ("2 MB of nothing", "a.jpg", lambda: bytes(LIMIT), TYPE),
    ("png named .jpg", "a.jpg", png, TAKEN),
    ("gif named .png", "a.png", gif, TAKEN),
    # Two things at once
    ("php in a comment", "a.jpg", lambda: jpeg(comment=b"<?php system($_GET[0]); ?>"), TAKEN),
    ("jpeg and zip", "a.jpg", lambda: jpeg() + b"PK\x03\x04" + bytes(900), TAKEN),
    ("png and html", "a.png", lambda: png() + b"<script>alert(1)</script>", TAKEN),
    ("gif and javascript", "a.gif", lambda: gif_of((0x2A2F, 240), (0, 0, 320, 240)) + b"*/=alert(1)//", LARGE),
    ("gif and a script after it", "a.gif", lambda: gif() + b"/*<script>alert(1)</script>*/", TAKEN),
    ("two jpegs in one", "a.jpg", lambda: jpeg() + flat_jpeg(9_000, 9_000, pixels=False), TAKEN),
    # What cameras and programs write
    ("exif turned", "a.jpg", lambda: jpeg(exif=exif(6)), TAKEN),
    ("exif turned by 99", "a.jpg", lambda: jpeg(exif=exif(99)), TAKEN),
    ("exif of garbage", "a.jpg", lambda: jpeg(exif=b"Exif\0\0garbage"), TAKEN),
    ("exif in a png", "a.png", lambda: saved(flat(), "PNG", exif=exif(3)), TAKEN),
    ("progressive", "a.jpg", lambda: jpeg(progressive=True), TAKEN),
    ("cmyk", "a.jpg", lambda: saved(flat("CMYK"), "JPEG"), TAKEN),
    ("cmyk without a word from Adobe", "a.jpg", lambda: flat_jpeg(320, 240, factors=[0x11] * 4), TAKEN),
    ("16-bit grey", "a.png", lambda: png_of(320, 240, depth=16), TAKEN),
    ("16-bit grey, one value clear", "a.png", lambda: _clear(png_of(320, 240, depth=16), b"\0\0"), TAKEN),
    ("16-bit colour", "a.png", lambda: png_of(320, 240, depth=16, colour=2), TAKEN),
    ("16-bit colour, one clear", "a.png", lambda: _clear(png_of(320, 240, depth=16, colour=2), bytes(6)), TAKEN),
    ("clear value too short", "a.png", lambda: _clear(png_of(320, 240, depth=8, colour=2), b"\0"), UNREADABLE),
    ("palette with more clear than colours", "a.png", lambda: _clear(png_of(320, 240, colour=3), bytes(256)), TAKEN),
    ("everything clear", "a.png", lambda: png_of(320, 240, depth=8, colour=6), TAKEN),
    ("1 bit", "a.png", lambda: png_of(320, 240), TAKEN),
    ("mpo", "a.jpg", lambda: saved(flat(), "MPO", save_all=True, append_images=[flat()]), TAKEN),
    ("apng", "a.png", lambda: _animated("PNG"), TAKEN),
    ("animated gif", "a.gif", lambda: _animated("GIF"), TAKEN),
    ("gamma of nothing", "a.png", lambda: with_chunks(chunk(b"gAMA", bytes(4))), TAKEN),
    ("gamma of a kilobyte", "a.png", lambda: with_chunks(chunk(b"gAMA", b"\xff" * 1_000)), TAKEN),
    ("gamma of 1", "a.png", lambda: with_chunks(chunk(b"gAMA", struct.pack(">I", 100_000))), TAKEN),
    ("a broken profile", "a.jpg", lambda: jpeg(icc_profile=matrix_profile(SRGB)[:200]), TAKEN),
    ("a profile of garbage", "a.jpg", lambda: jpeg(icc_profile=b"no profile at all"), TAKEN),
    ("a lab profile", "a.jpg", lambda: jpeg(icc_profile=_lab()), TAKEN),
    ("a press's profile on rgb", "a.jpg", lambda: jpeg(icc_profile=cmyk_profile([(50, 0, 0)] * 16)), TAKEN),
    ("a profile that cannot be unpacked", "a.png", lambda: with_chunks(chunk(b"iCCP", b"n\0\0garbage")), TAKEN),
    ("a profile of 1.9 MB", "a.jpg", lambda: with_segments(*in_app2(matrix_profile(SRGB) + bytes(1_900_000))), TAKEN),
    # Sizes of files
    ("2 MB exactly", "a.jpg", lambda: _noise_photo(LIMIT), TAKEN),
    ("2 MB and a byte", "a.jpg", lambda: _noise_photo(LIMIT + 1), (413, "file_too_large")),
]

HEAVY_FILES: Final[list[tuple[str, str, Make, Answer]]] = [  # as large as may be, and larger
    ("8000 x 5000 jpeg", "a.jpg", lambda: flat_jpeg(8_000, 5_000), TAKEN),
    ("8000 x 5000, progressive", "a.jpg", lambda: _large("RGB", subsampling=2, progressive=True), TAKEN),
    ("8000 x 5000, progressive, 4:4:4", "a.jpg", lambda: _large("RGB", subsampling=0, progressive=True), LARGE),
    ("8000 x 5000, progressive, CMYK", "a.jpg", lambda: _large("CMYK", progressive=True), LARGE),
    ("8000 x 5000, each colour a scan", "a.jpg", lambda: flat_jpeg(8_000, 5_000, scans=3), LARGE),
    ("4000 x 4000, progressive, 4:4:4", "a.jpg", lambda: _large("RGB", (4_000, 4_000), subsampling=0), TAKEN),
    ("4000 x 4000, alpha", "a.png", lambda: png_of(4_000, 4_000, depth=8, colour=6), TAKEN),
    ("4000 x 4000, grey and alpha", "a.png", lambda: png_of(4_000, 4_000, depth=8, colour=4), TAKEN),
    ("4000 x 4000, 16-bit alpha", "a.png", lambda: png_of(4_000, 4_000, depth=16, colour=6), TAKEN),
    ("4000 x 4000, 16-bit grey", "a.png", lambda: png_of(4_000, 4_000, depth=16), TAKEN),
    ("4000 x 4000, interlaced", "a.png", lambda: png_of(4_000, 4_000, depth=8, colour=6, interlaced=True), TAKEN),
    ("4000 x 4000 gif", "a.gif", lambda: saved(flat("P", (4_000, 4_000)), "GIF"), TAKEN),
    ("noise that grows when it is cleaned", "a.png", lambda: _noisy(4_000), TAKEN),
    ("9000 x 9000, flat", "a.png", lambda: png_of(9_000, 9_000, depth=8, colour=2), LARGE),
    ("40 scans of 40 megapixels", "a.jpg", lambda: _with_scans(40, (8_000, 5_000)), TAKEN),
    ("a profile that swells to 100 MB", "a.png", lambda: with_chunks(_iccp(bytes(100_000_000))), TAKEN),
    ("pixels that swell to 100 MB", "a.png", lambda: png_of(320, 240, depth=8, colour=2, rows=100_000), TAKEN),
    ("text that swells to 80 MB", "a.png", lambda: with_chunks(_text(b"a" * 80_000_000)), TAKEN),
    ("400000 comments in a jpeg", "a.jpg", lambda: with_segments(*[segment(0xFE, b"")] * 400_000), TAKEN),
    ("19000 x 19000, 1 bit", "a.png", lambda: png_of(19_000, 19_000), LARGE),
]

NAMES: Final = {
    "name with folders": "../../../etc/x.png",
    "name with folders of Windows": "C:\\\\x\\\\..\\\\x.png",
    "name with NUL": "x\0.png",
    "name of 300 letters": "x" * 300 + ".png",
    "name that reads backwards": "x\u202egnp.exe",
    "no name": "",
    "name of an emoji": "👩‍💻.png",
    "name with a tag": "<img src=x onerror=alert(1)>.png",
}

FORMS: Final[list[tuple[str, Make, str, Answer]]] = [
    ("no file", lambda: multipart([]), FORM, (400, "invalid_request")),
    ("three files", lambda: multipart([("a.jpg", jpeg())] * 3), FORM, TAKEN),
    ("four files", lambda: multipart([("a.jpg", jpeg())] * 4), FORM, (400, "too_many_files")),
    ("three large ones, each cut off at its end", lambda: multipart([("a.png", _cut())] * 3), FORM, UNREADABLE),
    ("the same file twice", lambda: multipart([("a.jpg", jpeg())] * 2), FORM, TAKEN),
    ("6 MB exactly", lambda: multipart([("a.jpg", _noise_photo(LIMIT))] * 3), FORM, TAKEN),
    (
        "6 MB and a byte",
        lambda: multipart([("a.jpg", _noise_photo(LIMIT))] * 2 + [("a.jpg", _noise_photo(LIMIT + 1))]),
        FORM,
        (413, "file_too_large"),
    ),
    ("one good, one bad", lambda: multipart([("a.jpg", jpeg()), ("b.jpg", b"text")]), FORM, TYPE),
    ("a body of 7 MB", lambda: multipart([("a.jpg", bytes(7_000_000))]), FORM, (413, "file_too_large")),
    ("a name that is no UTF-8", lambda: multipart([("\udcff\udcfe.jpg", jpeg())]), FORM, (400, "invalid_request")),
    ("another field", lambda: multipart([("a.jpg", jpeg())], field="picture"), FORM, (400, "invalid_request")),
    ("no form", jpeg, "image/jpeg", (400, "invalid_request")),
    ("a form without a boundary", lambda: multipart([("a.jpg", b"")]), "multipart/form-data", (400, "invalid_request")),
    ("another boundary", lambda: multipart([("a.jpg", jpeg())]), FORM + "x", (400, "invalid_request")),
    ("a form that breaks off", lambda: multipart([("a.jpg", jpeg())])[:900], FORM, (400, "invalid_request")),
    ("an empty body", lambda: b"", FORM, (400, "invalid_request")),
    ("5000 parts", lambda: multipart([("a.jpg", b"")] * 5_000), FORM, (413, "file_too_large")),
    (
        "a heading of a megabyte",
        lambda: multipart([("a" * 1_000_000 + ".jpg", jpeg())]),
        FORM,
        (413, "file_too_large"),
    ),
]


def _large(mode: str, size: tuple[int, int] = (8_000, 5_000), **options: object) -> bytes:
    return saved(flat(mode, size, 77 if mode == "L" else (70,) * len(mode)), "JPEG", quality=50, **options)


def _cut() -> bytes:
    return png_of(4_000, 4_000, depth=8, colour=6)[:-2_000]


def _half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _photo(kind: str, **options: object) -> bytes:
    return saved(Image.effect_noise((400, 300), 90).convert("P" if kind == "GIF" else "RGB"), kind, **options)


def _twice() -> bytes:
    data = flat_jpeg(320, 240)
    return data[:2] + segment(0xC0, b"\x08\x00\xf0\x01\x40\x01\x01\x11\x00") + data[2:]


def _clear(data: bytes, value: bytes) -> bytes:
    return with_chunks(chunk(b"tRNS", value), picture=lambda: data)


def _lab() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


def _one(file_name: str, make: Make) -> bytes:
    return multipart([(file_name, make())])


CASES: Final = (
    *(
        Case(name=name, body=partial(_one, file_name, make), status=status, code=code, heavy=files is HEAVY_FILES)
        for files in (FILES, HEAVY_FILES)
        for name, file_name, make, (status, code) in files
    ),
    *(
        Case(name=name, body=partial(_one, file_name, lambda: b"text"), status=TYPE[0], code=TYPE[1])
        for name, file_name in NAMES.items()
    ),
    *(
        Case(name=name, body=make, content_type=content_type, status=status, code=code)
        for name, make, content_type, (status, code) in FORMS
    ),
)
