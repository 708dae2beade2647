"""Files → only the parts that make up their first picture: nothing else of a stranger's file reaches a decoder.

Decoders keep what they read of comments, EXIF and text, and unpack it: 60 KB of PNG can hold 240 MB of text, and
each EXIF field that is wrong leaves a warning that a process never forgets. What is judged here is only where the parts
begin and end; whether there is a picture in them is for the decoder to say.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal

MAX_PROFILE: Final = 2 * 1024 * 1024  # as much as a whole file; those of presses have one, others some kilobytes

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_PICTURE: Final = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
_JFIF: Final = b"\xff\xe0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0"  # says that the colours are YCbCr, and nothing else
_MARKER: Final = re.compile(rb"\xff([^\x00\xff])", re.DOTALL)
_AFTER_SCAN: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)  # restarts are part of a scan
_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_NEEDED: Final = {0xC4, 0xCC, 0xDB, 0xDD, 0xEE, _END}  # tables; Adobe's word on the colours; the end, if there is one
_FRAMES: Final = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE: Final = {0xC2, 0xC6, 0xCA, 0xCE}
_IDLE: Final = {0x01, *range(0xD0, 0xD8)}  # markers without a length


class Damaged(Exception):
    """Cut off, or put together in no way that a decoder would understand."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Container:
    """A file of one picture, and what else of the original says how to show it."""

    kind: Literal["JPEG", "PNG", "GIF"]
    data: bytes
    orientation: int = 1  # EXIF's; anything that is not 1 to 8 means nothing
    profile: bytes | None = None  # ICC
    gamma: float | None = None  # of a PNG that tells nothing better about its colours
    scans: int = 0  # of a JPEG
    held: int = 0  # coefficients of two bytes that a JPEG decoder holds at once; 0 where it takes row after row
    frame: tuple[int, int, int, int] | None = None  # of a GIF: left, top, right, bottom on its screen


def stripped(data: bytes) -> Container:
    """The picture of a JPEG, PNG or GIF. Raises Damaged."""
    try:
        if data.startswith(_PNG):
            return _png(data)
        if data.startswith(b"\xff\xd8"):
            return _jpeg(data)
        if data.startswith((b"GIF87a", b"GIF89a")):
            return _gif(data)
    except (struct.error, IndexError, ValueError) as error:
        raise Damaged from error
    raise Damaged


# ---- JPEG


def _jpeg(data: bytes) -> Container:
    kept = [b"\xff\xd8"]
    profile: dict[int, bytes] = {}
    exif, frame, code, scans, held = b"", b"", 0, 0, 0
    for marker, body, part in _segments(data):
        if marker in _FRAMES:
            if frame:
                raise Damaged
            frame, code = body, marker
        elif marker == _SCAN:
            if not scans and (code in _PROGRESSIVE or body[0] < frame[5]):
                held = _coefficients(frame)
            scans += 1
        elif marker == 0xE0 and body.startswith(b"JFIF\0"):
            part = _JFIF
        else:
            if marker == 0xE1 and body.startswith(b"Exif\0\0"):
                exif = exif or body
            elif marker == 0xE2 and body.startswith(b"ICC_PROFILE\0"):
                profile.setdefault(body[12], body[14:])
            if marker not in _NEEDED:
                continue
        kept.append(part)
    return Container(
        kind="JPEG",
        data=b"".join(kept),
        orientation=_orientation(exif),
        profile=b"".join(profile[number] for number in sorted(profile)) or None,
        scans=scans,
        held=held,
    )


def _segments(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Marker, body, and the whole part with its marker, of a scan with its pixels; the end only where there is one."""
    at = 2
    while found := _MARKER.search(data, at):
        marker, at = found[1][0], found.end()
        if marker in _IDLE:
            continue
        if marker == _END:
            yield marker, b"", b"\xff\xd9"
            return
        if marker == _START:
            raise Damaged
        (length,) = struct.unpack_from(">H", data, at)
        end = at + length
        if length < 2 or end > len(data):
            raise Damaged
        body = data[at + 2 : end]
        if marker == _SCAN:
            after = _AFTER_SCAN.search(data, end)
            end = after.start() if after else len(data)
        yield marker, body, b"\xff" + bytes([marker]) + data[at:end]
        at = end


def _coefficients(frame: bytes) -> int:
    """How many a decoder holds that must see all scans before it has a pixel."""
    _, height, width, parts = struct.unpack_from(">BHHB", frame)
    factors = [(frame[7 + 3 * part] >> 4, frame[7 + 3 * part] & 15) for part in range(parts)]
    largest = max(across for across, _ in factors) * max(down for _, down in factors)
    return int(width * height * sum(across * down for across, down in factors) / max(largest, 1))


def _orientation(exif: bytes) -> int:
    """That of the first directory; 1 where there is none, or it cannot be read."""
    tiff = exif.removeprefix(b"Exif\0\0").removeprefix(b"Exif\0\0")  # some write it twice
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return 1
    with suppress(struct.error):  # damaged EXIF is no reason to refuse whole pixels
        (start,) = struct.unpack_from(order + "I", tiff, 4)
        (entries,) = struct.unpack_from(order + "H", tiff, start)
        for at in range(start + 2, start + 2 + 12 * entries, 12):
            tag, kind = struct.unpack_from(order + "HH", tiff, at)
            if tag == 0x0112:
                return int(struct.unpack_from(order + ("H" if kind == 3 else "I"), tiff, at + 8)[0])
    return 1


# ---- PNG


def _png(data: bytes) -> Container:
    kept = [_PNG]
    about: dict[bytes, bytes] = {}
    at, kind = len(_PNG), b""
    while at < len(data) and kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if kind in _PNG_PICTURE:
            kept.append(data[at:end])
        elif kind in (b"iCCP", b"sRGB", b"gAMA", b"eXIf"):
            about.setdefault(kind, data[at + 8 : end - 4])
        at = end
    profile = _unpacked(about.get(b"iCCP", b""))
    return Container(
        kind="PNG",
        data=b"".join(kept),
        orientation=_orientation(about.get(b"eXIf", b"")),
        profile=profile,
        gamma=None if profile or b"sRGB" in about else _gamma(about.get(b"gAMA", b"")),
    )


def _unpacked(chunk: bytes) -> bytes | None:
    """The profile of an iCCP chunk, if it can be unpacked and is not absurdly long."""
    _, _, packed = chunk.partition(b"\0")
    try:
        profile = zlib.decompressobj().decompress(packed[1:], MAX_PROFILE + 1)
    except zlib.error:
        return None
    return profile if 0 < len(profile) <= MAX_PROFILE else None


def _gamma(chunk: bytes) -> float | None:
    if len(chunk) != 4:
        return None
    value = int.from_bytes(chunk, "big") / 100_000
    return value if 0.1 <= value <= 10 else None  # beyond these nothing would be left to see


# ---- GIF


def _gif(data: bytes) -> Container:
    at = 13 + _colours(data[10])
    kept, control = [data[:at]], b""
    while data[at] != 0x2C:  # the first picture
        if data[at] == 0x21:  # an extension: only the last control block before the picture says how it looks
            end = _after_blocks(data, at + 2)
            if data[at + 1] == 0xF9:
                control = data[at:end]
            at = end
        elif data[at] == 0:
            at += 1  # between blocks some programs leave one
        else:
            raise Damaged
    end = _after_blocks(data, at + 11 + _colours(data[at + 9]))
    kept += [control, data[at:end], b";"]
    left, top, width, height = struct.unpack_from("<4H", data, at + 1)
    return Container(kind="GIF", data=b"".join(kept), frame=(left, top, left + width, top + height))


def _colours(flags: int) -> int:
    """How many bytes the table of colours has that these flags announce."""
    return 3 * 2 ** (1 + (flags & 7)) if flags & 0x80 else 0


def _after_blocks(data: bytes, at: int) -> int:
    """Where a chain of blocks has ended. Raises IndexError where it does not."""
    while size := data[at]:
        at += 1 + size
    return at + 1
