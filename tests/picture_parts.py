"""JPEG, PNG, GIF and ICC byte by byte, where a library would write only what is right."""

import io
import struct
import zlib
from collections.abc import Callable, Sequence
from typing import Final

from PIL import Image

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
Make = Callable[[], bytes]


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def flat(mode: str = "RGB", size: tuple[int, int] = (320, 240), colour: object = 77) -> Image.Image:
    return Image.new(mode, size, colour)  # type: ignore[arg-type]


def jpeg(**options: object) -> bytes:
    return saved(flat(colour=(200, 90, 30)), "JPEG", **options)


def png() -> bytes:
    return saved(flat(colour=(200, 90, 30)), "PNG")


def gif() -> bytes:
    return saved(flat("P"), "GIF")


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def flat_jpeg(
    width: int,
    height: int,
    *,
    frame: int = 0xC0,
    precision: int = 8,
    factors: Sequence[int] = (0x11, 0x11, 0x11),
    scans: int = 1,
    after: bytes = b"",
    pixels: bool = True,
) -> bytes:
    """A grey JPEG whose blocks have two bits each; `factors` has one byte a colour, across and down."""
    parts = len(factors)
    sof = struct.pack(">BHHB", precision, height, width, parts)
    sof += b"".join(bytes([number + 1, factor, 0]) for number, factor in enumerate(factors))
    tables = segment(0xDB, bytes([0]) + bytes([16]) * 64)
    tables += segment(0xC4, b"\x00\x01" + bytes(15) + b"\x00") + segment(0xC4, b"\x10\x01" + bytes(15) + b"\x00")
    data = b"\xff\xd8" + tables + segment(frame, sof)
    across, down = max(factor >> 4 for factor in factors), max(factor & 15 for factor in factors)
    for scan in range(scans):
        shown = range(parts) if scans == 1 else [scan % parts]
        head = bytes([len(shown)]) + b"".join(bytes([number + 1, 0]) for number in shown) + b"\x00\x3f\x00"
        units = -(-width // (8 * across)) * -(-height // (8 * down))
        blocks = units * sum((factors[number] >> 4) * (factors[number] & 15) for number in shown)
        data += segment(0xDA, head) + bytes(blocks // 4 + 1 if pixels else 9)
    return data + after + b"\xff\xd9"


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_of(
    width: int, height: int, *, depth: int = 1, colour: int = 0, interlaced: bool = False, rows: int | None = None
) -> bytes:
    """A black PNG of this size; fewer `rows` than it promises make a small lie of a large picture."""
    bits = depth * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    lines = 0
    for left, top, across, down in passes if interlaced else [(0, 0, 1, 1)]:
        columns, count = -(-(width - left) // across), -(-(height - top) // down)
        lines += (1 + -(-columns * bits // 8)) * count
    if rows is not None:
        lines = (1 + -(-width * bits // 8)) * rows
    packer = zlib.compressobj(6)
    packed = b"".join(packer.compress(bytes(min(1 << 20, lines - at))) for at in range(0, lines, 1 << 20))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced)))
    palette = chunk(b"PLTE", bytes(6)) if colour == 3 else b""
    return SIGNATURE + header + palette + chunk(b"IDAT", packed + packer.flush()) + chunk(b"IEND", b"")


def with_chunks(*chunks: bytes, picture: Make = png) -> bytes:
    """The chunks before the pixels."""
    data = picture()
    at = data.index(b"IDAT") - 4
    return data[:at] + b"".join(chunks) + data[at:]


def with_segments(*segments: bytes) -> bytes:
    data = jpeg()
    return data[:2] + b"".join(segments) + data[2:]


def before_frame(extensions: bytes) -> bytes:
    data = gif()
    at = data.index(b",\0\0\0\0")
    return data[:at] + extensions + data[at:]


def gif_of(screen: tuple[int, int], frame: tuple[int, int, int, int]) -> bytes:
    """A GIF whose screen and first frame (left, top, width, height) need not fit each other."""
    data = bytearray(gif())
    data[6:10] = struct.pack("<HH", *screen)
    at = data.index(b",\0\0\0\0")
    data[at + 1 : at + 9] = struct.pack("<4H", *frame)
    return bytes(data)


def many_frames(count: int) -> bytes:
    frame = b"\x21\xf9\x04\x00\x00\x00\x00\x00" + b",\0\0\0\0\1\0\1\0\0" + b"\x02\x02\x44\x01\x00"
    return gif()[:-1] + frame * count + b";"


def exif(orientation: int = 1) -> bytes:
    fields = Image.Exif()
    fields[0x0112] = orientation
    fields[0x010E] = "a secret place"
    fields.get_ifd(0x8825)[1] = "N"
    return fields.tobytes()


def wrong_fields(count: int, length: int) -> bytes:
    """EXIF with so many fields, each of which is said to have `length` bytes that are not there."""
    entries = b"".join(struct.pack(">HHII", number + 1, 7, length + number, 8) for number in range(count))
    return b"MM\0*\0\0\0\x08" + struct.pack(">H", count) + entries + bytes(4)


def in_app1(tiff: bytes) -> list[bytes]:
    return [segment(0xE1, b"Exif\0\0" + tiff[at : at + 65_000]) for at in range(0, len(tiff), 65_000)]


def padded(data: bytes, size: int) -> bytes:
    return data + b"\0" * (size - len(data))


# Colour profiles


def icc(tags: Sequence[tuple[bytes, bytes]], space: bytes = b"RGB ", pcs: bytes = b"XYZ ", version: int = 2) -> bytes:
    """A profile of a monitor (or a press, for CMYK) with these tags."""
    table, body, start = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for key, value in tags:
        table += struct.pack(">4sII", key, start + len(body), len(value))
        body += value + bytes(-len(value) % 4)
    kind = b"prtr" if space == b"CMYK" else b"mntr"
    head = struct.pack(">I4sBBH4s4s4s", start + len(body), bytes(4), version, 0x20, 0, kind, space, pcs)
    head += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + bytes(28) + struct.pack(">3i", 63190, 65536, 54061)
    return head + bytes(128 - len(head)) + table + body


def xyz(x: float, y: float, z: float) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in (x, y, z)))


def named() -> list[tuple[bytes, bytes]]:
    """The tags that every profile must have."""
    name = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + bytes(78) + b"\0"
    return [(b"desc", name), (b"cprt", b"text\0\0\0\0none\0\0\0\0"), (b"wtpt", xyz(0.9642, 1.0, 0.8249))]


def matrix_profile(colorants: Sequence[tuple[float, float, float]], gamma: float = 2.2) -> bytes:
    """Red, green and blue as XYZ under D50, and one gamma."""
    return icc([*named(), *_matrix(colorants, gamma)])


def _matrix(colorants: Sequence[tuple[float, float, float]], gamma: float) -> list[tuple[bytes, bytes]]:
    curve = b"curv\0\0\0\0" + struct.pack(">IHxx", 1, round(gamma * 256))
    colours = [(key, xyz(*value)) for key, value in zip((b"rXYZ", b"gXYZ", b"bXYZ"), colorants, strict=True)]
    return [*colours, *((key, curve) for key in (b"rTRC", b"gTRC", b"bTRC"))]


SRGB: Final = [(0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410)]
DISPLAY_P3: Final = [(0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)]
ADOBE_RGB: Final = [(0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)]


def endless_profile(steps: int) -> bytes:
    """A few kilobytes that let a colour go through thousands of curves and matrices: 10,000 of them take 18 seconds."""
    unit = struct.pack(">12f", 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0)
    matrix = b"matf\0\0\0\0" + struct.pack(">HH", 3, 3) + unit
    curve = b"curf\0\0\0\0" + struct.pack(">HH", 1, 0) + b"parf\0\0\0\0" + struct.pack(">HH4f", 0, 0, 1.0001, 1, 0, 0)
    curves = b"cvst\0\0\0\0" + struct.pack(">HH", 3, 3) + struct.pack(">II", 36, len(curve)) * 3 + curve
    start = 16 + 8 * steps
    places = [(start, len(matrix)), (start + len(matrix), len(curves))]
    table = b"".join(struct.pack(">II", *places[number % 2]) for number in range(steps))
    pipeline = b"mpet\0\0\0\0" + struct.pack(">HHI", 3, 3, steps) + table + matrix + curves
    return icc([*named(), *_matrix(SRGB, 2.2), (b"D2B0", pipeline)], version=4)


def cmyk_profile(corners: Sequence[tuple[float, float, float]]) -> bytes:
    """A press by its 16 corners, in Lab, the last ink counted fastest; between them it mixes linearly."""
    values = [
        value
        for lightness, a, b in corners
        for value in (lightness * 652.8, (a + 128) * 256, (b + 128) * 256)  # the 16 bits of version 2
    ]
    identity = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    table = b"mft2\0\0\0\0" + bytes([4, 3, 2, 0]) + identity + struct.pack(">HH", 2, 2)
    table += struct.pack(">2H", 0, 65535) * 4 + struct.pack(f">{len(values)}H", *map(round, values))
    return icc([*named(), (b"A2B0", table + struct.pack(">2H", 0, 65535) * 3)], space=b"CMYK", pcs=b"Lab ")


def in_app2(profile: bytes) -> list[bytes]:
    pieces = [profile[at : at + 65_000] for at in range(0, len(profile), 65_000)]
    return [
        segment(0xE2, b"ICC_PROFILE\0" + bytes([number + 1, len(pieces)]) + piece)
        for number, piece in enumerate(pieces)
    ]
