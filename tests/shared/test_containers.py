"""Only the parts of the first picture reach a decoder, and what a file says beside them is read within bounds."""

import gc
import io
import struct
import tracemalloc
import warnings
import zlib

import pytest
from PIL import Image

from functions.upload.images import clean, clean_all
from shared.containers import MAX_PROFILE, Damaged, stripped
from shared.errors import ImageUnreadable
from tests.nasty_files import CASES, Case
from tests.picture_parts import (
    SRGB,
    before_frame,
    chunk,
    exif,
    flat_jpeg,
    gif,
    icc,
    in_app1,
    in_app2,
    jpeg,
    many_frames,
    matrix_profile,
    named,
    png,
    png_of,
    saved,
    segment,
    with_chunks,
    with_segments,
    wrong_fields,
)


def markers(data: bytes) -> list[int]:
    """Those before the pixels."""
    found, at = [], 2
    while not found or found[-1] != 0xDA:
        found.append(data[at + 1])
        at += 2 + struct.unpack_from(">H", data, at + 2)[0]
    return found


def kinds(data: bytes) -> list[bytes]:
    found, at = [], 8
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        found.append(kind)
        at += 12 + length
    return found


def test_of_a_jpeg_tables_frame_and_pixels_stay() -> None:
    extra = [
        *in_app1(exif()),
        *in_app2(matrix_profile(SRGB)),
        segment(0xED, b"Photoshop 3.0\0"),
        segment(0xFE, b"hello"),
    ]
    container = stripped(with_segments(*extra) + b"something after the end")
    assert set(markers(container.data)) == {0xE0, 0xDB, 0xC0, 0xC4, 0xDA}
    assert container.data.endswith(b"\xff\xd9") and b"after" not in container.data


def test_between_the_scans_of_a_jpeg_nothing_hides() -> None:
    data = jpeg(progressive=True)
    last = data.rindex(b"\xff\xda")
    hidden = data[:last] + segment(0xFE, b"a secret") + segment(0xE1, b"a secret") + data[last:]
    assert stripped(hidden).data == stripped(data).data


def test_what_adobe_says_about_the_colours_stays() -> None:
    assert 0xEE in markers(stripped(saved(Image.new("CMYK", (300, 300)), "JPEG")).data)


def test_of_a_png_only_the_chunks_of_its_pixels_stay() -> None:
    data = with_chunks(
        chunk(b"tEXt", b"a\0b"), chunk(b"zTXt", b"a\0\0x"), chunk(b"eXIf", exif()), chunk(b"acTL", bytes(8))
    )
    assert kinds(stripped(data + b"after").data) == [b"IHDR", b"IDAT", b"IEND"]


def test_of_a_gif_the_first_frame_stays_with_the_block_that_says_how_it_looks() -> None:
    control = b"\x21\xf9\x04\x01\x00\x00\x03\x00"
    extra = b"!\xfe\x05hello\0" + b"!\xff\x0bNETSCAPE2.0\x03\1\0\0\0" + b"\x21\xf9\x04\0\0\0\0\0"
    plain = stripped(gif()).data
    assert stripped(before_frame(extra + control)).data == before_frame(control)[: len(plain) + len(control)]
    assert stripped(many_frames(1_000)).data == plain


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if ("text" in case.name or "comment" in case.name) and not case.heavy],
    ids=lambda case: case.name,
)
def test_no_text_is_carried_along(case: Case) -> None:
    body = case.body()
    data = body[body.index(b"\r\n\r\n") + 4 : body.rindex(b"\r\n--")]
    if data.startswith((b"\xff\xd8", b"\x89PNG", b"GIF")):
        assert len(stripped(data).data) < 10_000


def test_exif_leaves_no_warning_behind_for_a_process_remembers_each_of_them_for_ever() -> None:
    bad = in_app1(wrong_fields(500, 900_000))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        clean(with_segments(*bad), field="images[0]")
        clean(with_chunks(chunk(b"eXIf", wrong_fields(500, 900_000))), field="images[0]")


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", ["H", "I"])
def test_the_orientation_is_read_in_either_order_of_bytes(order: str, kind: str) -> None:
    start = b"II*\0" if order == "<" else b"MM\0*"
    value = struct.pack(order + kind, 8).ljust(4, b"\0")
    field = struct.pack(order + "HHI", 0x0112, 3 if kind == "H" else 4, 1) + value
    tiff = start + struct.pack(order + "IH", 8, 2) + struct.pack(order + "HHII", 0x010F, 2, 1, 0) + field + bytes(4)
    assert stripped(with_segments(*in_app1(tiff))).orientation == 8
    assert stripped(with_chunks(chunk(b"eXIf", tiff))).orientation == 8
    assert stripped(with_segments(*in_app1(tiff[:30]))).orientation == 1


def test_the_first_exif_of_a_jpeg_counts() -> None:
    assert stripped(with_segments(*in_app1(exif(6)), *in_app1(exif(3)))).orientation == 6


def test_a_profile_in_pieces_is_put_together_by_their_numbers() -> None:
    profile = icc([*named(), (b"none", bytes(150_000))])
    assert stripped(with_segments(*reversed(in_app2(profile)))).profile == profile


def test_a_profile_that_swells_is_left_out_before_it_has_swollen() -> None:
    data = with_chunks(chunk(b"iCCP", b"name\0\0" + zlib.compress(bytes(50_000_000))))
    tracemalloc.start()
    try:
        assert stripped(data).profile is None
        assert tracemalloc.get_traced_memory()[1] < 3 * MAX_PROFILE
    finally:
        tracemalloc.stop()


def test_a_gamma_counts_only_where_nothing_better_is_told() -> None:
    gamma = chunk(b"gAMA", struct.pack(">I", 100_000))
    assert stripped(with_chunks(gamma)).gamma == 1
    assert stripped(with_chunks(gamma, chunk(b"sRGB", b"\0"))).gamma is None
    assert (
        stripped(
            with_chunks(gamma, picture=lambda: saved(Image.open(io.BytesIO(png())), "PNG", icc_profile=b"x"))
        ).gamma
        is None
    )


@pytest.mark.parametrize(
    ("options", "held"),
    [
        ({}, 0),
        ({"frame": 0xC2}, 320 * 240 * 3),
        ({"frame": 0xC2, "factors": (0x22, 0x11, 0x11)}, 320 * 240 * 3 // 2),
        ({"scans": 3}, 320 * 240 * 3),
        ({"frame": 0xC2, "factors": (0x11,)}, 320 * 240),
    ],
)
def test_it_is_known_what_a_jpeg_makes_its_decoder_hold(options: dict[str, object], held: int) -> None:
    assert stripped(flat_jpeg(320, 240, **options)).held == held  # type: ignore[arg-type]


def test_a_jpeg_with_two_sizes_is_damaged() -> None:
    data = flat_jpeg(320, 240)
    with pytest.raises(Damaged):
        stripped(data[:2] + segment(0xC0, b"\x08\x00\xf0\x01\x40\x01\x01\x11\x00") + data[2:])


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n\0", b"GIF89a", gif()[:-40], jpeg()[:2] * 2])
def test_what_breaks_off_is_damaged(data: bytes) -> None:
    with pytest.raises(Damaged):
        stripped(data)


def test_the_pixels_of_a_file_that_failed_are_gone_before_the_next_is_read() -> None:
    broken = png_of(777, 444, depth=8, colour=6)[:-60]
    gc.collect()
    gc.disable()
    try:
        with pytest.raises(ImageUnreadable):
            clean_all([("a.png", broken)] * 3)
        assert not [kept for kept in gc.get_objects() if isinstance(kept, Image.Image) and kept.size == (777, 444)]
    finally:
        gc.enable()
