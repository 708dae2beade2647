"""What a picture must be: what is refused and with which words, and that what is stored looks right."""

import contextlib
import io
import random
import struct
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from functions.upload.images import MAX_FILE_BYTES, CleanImage, clean, clean_all, libmagic_answers
from shared.errors import (
    FileTooLarge,
    ImageTooLarge,
    ImageTooSmall,
    ImageUnreadable,
    InvalidRequest,
    Problem,
    TooManyFiles,
    UnsupportedType,
)
from tests.picture_parts import ADOBE_RGB, DISPLAY_P3, SRGB, matrix_profile, png_of, saved

# Pillow warns about damaged EXIF and enormous sizes; here both are what is tested.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::PIL.Image.DecompressionBombWarning")

RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 180, 60), (30, 60, 200), (245, 245, 245)


def corners(width: int = 320, height: int = 240) -> Image.Image:
    """Red, green / blue, white: any turn or mirroring shows."""
    image = Image.new("RGB", (width, height), WHITE)
    image.paste(RED, (0, 0, width // 2, height // 2))
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    return image


def opened(result: CleanImage) -> Image.Image:
    return Image.open(io.BytesIO(result.data))


def cleaned(data: bytes) -> Image.Image:
    return opened(clean(data, field="images[0]"))


def seen(image: Image.Image) -> list[tuple[int, ...]]:
    """The four quadrants' middles, left to right, top to bottom."""
    width, height = image.size
    at = [(width // 4, height // 4), (3 * width // 4, height // 4)]
    at += [(x, 3 * height // 4) for x, _ in at]
    return [tuple(image.convert("RGB").getpixel(point)) for point in at]  # type: ignore[arg-type]


def near(actual: tuple[int, ...], wanted: tuple[int, ...], within: int = 8) -> bool:
    return all(abs(a - b) <= within for a, b in zip(actual, wanted, strict=True))


def looks_like(image: Image.Image, wanted: list[tuple[int, int, int]], within: int = 8) -> bool:
    return all(near(a, b, within) for a, b in zip(seen(image), wanted, strict=True))


def as_srgb(pixel: tuple[int, int, int], colorants: list[tuple[float, float, float]]) -> tuple[int, ...]:
    xyz = (np.array(pixel) / 255) ** 2.2 @ np.array(colorants)
    linear = np.clip(xyz @ np.linalg.inv(np.array(SRGB)), 0, 1)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return tuple(int(value) for value in np.round(encoded * 255))


# What is refused


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", ImageUnreadable),
        (b"x", UnsupportedType),
        (b"Hello, I am a text.", UnsupportedType),
        (b"<!doctype html><html><body>picture.png</body></html>", UnsupportedType),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", UnsupportedType),
        (saved(corners(), "WEBP"), UnsupportedType),
        (saved(corners(), "BMP"), UnsupportedType),
        (saved(corners(), "TIFF"), UnsupportedType),
        (saved(corners(), "ICO"), UnsupportedType),
        (saved(corners(), "PDF"), UnsupportedType),
        (saved(corners(), "EPS"), UnsupportedType),
        (b"\xff\xd8\xff", ImageUnreadable),
        (b"\x89PNG\r\n\x1a\n", ImageUnreadable),
        (b"GIF89a", ImageUnreadable),
        (saved(corners(), "JPEG")[:-2000], ImageUnreadable),
        (saved(corners(), "PNG")[:-200], ImageUnreadable),
        (saved(corners(), "GIF")[:400], ImageUnreadable),
        (saved(Image.new("RGB", (1, 1)), "PNG"), ImageTooSmall),
        (saved(Image.new("RGB", (400, 199)), "JPEG"), ImageTooSmall),
        (png_of(8_001, 300, rows=1), ImageTooLarge),
        (png_of(20_000, 1, rows=1), ImageTooLarge),
        (png_of(4_001, 4_000, rows=1), ImageTooLarge),
        (png_of(9_000, 9_000, rows=1), ImageTooLarge),
        (png_of(12_000, 12_000, rows=1), ImageTooLarge),
        (png_of(60_000, 60_000, rows=1), ImageTooLarge),
        (png_of(2**31 - 1, 2**31 - 1, rows=1), ImageTooLarge),
        (saved(Image.new("L", (8_000, 5_001)), "JPEG"), ImageTooLarge),
        (bytes(MAX_FILE_BYTES + 1), FileTooLarge),
    ],
)
def test_a_bad_file_is_refused_for_the_right_reason(data: bytes, problem: type[Problem]) -> None:
    with pytest.raises(problem) as caught:
        clean(data, field="images[0]")
    assert [(error.field, error.code) for error in caught.value.errors] == [("images[0]", problem.code)]


def test_a_frame_that_reaches_far_out_of_its_gif_is_refused() -> None:
    data = bytearray(saved(Image.new("P", (300, 300), 3), "GIF"))
    at = data.index(b",\0\0\0\0")
    data[at + 5 : at + 9] = struct.pack("<HH", 9_000, 9_000)
    with pytest.raises(ImageTooLarge):
        clean(bytes(data), field="images[0]")


def test_a_png_with_one_wrong_byte_is_refused_and_not_half_shown() -> None:
    data = bytearray(saved(Image.effect_noise((300, 300), 80), "PNG"))
    data[len(data) // 2] ^= 0xFF
    with pytest.raises(ImageUnreadable):
        clean(bytes(data), field="images[0]")


def test_a_text_that_swells_to_megabytes_is_never_unpacked() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("note", "a" * 80_000_000, zip=True)  # Pillow would refuse the whole picture
    assert looks_like(cleaned(saved(corners(), "PNG", pnginfo=info)), [RED, GREEN, BLUE, WHITE])


def test_a_jpeg_with_scans_without_end_is_refused_before_it_is_decoded() -> None:
    data = saved(corners(), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    with pytest.raises(ImageUnreadable):
        clean(data[:last] + data[last:-2] * 2_000 + b"\xff\xd9", field="images[0]")


def test_damaged_bytes_of_any_kind_end_in_a_problem_and_never_in_a_crash() -> None:
    chance = random.Random(7)
    whole = [saved(corners(), kind) for kind in ("JPEG", "PNG", "GIF")]
    for number in range(240):
        data = bytearray(whole[number % 3])
        for _ in range(chance.randint(1, 12)):
            data[chance.randrange(len(data) // (1 if number % 2 else 8))] = chance.randrange(256)
        with contextlib.suppress(Problem):
            clean(bytes(data), field="images[0]")


def test_a_heic_picture_is_called_by_its_name() -> None:
    with pytest.raises(UnsupportedType) as caught:
        clean(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(500), field="images[0]")
    assert caught.value.detail == "This is a HEIC picture; export it as JPEG, PNG or GIF."


def test_the_name_of_a_file_says_nothing_its_content_does() -> None:
    [image] = clean_all([("picture.exe", saved(corners(), "PNG"))])
    assert (image.content_type, image.extension) == ("image/jpeg", "jpg")


def test_libmagic_is_there_and_knows_its_trade() -> None:
    libmagic_answers()


# Several files


def test_no_file_at_all_names_the_field() -> None:
    with pytest.raises(InvalidRequest) as caught:
        clean_all([])
    assert caught.value.errors[0].field == "images"


def test_four_files_are_too_many() -> None:
    with pytest.raises(TooManyFiles):
        clean_all([("a.png", saved(corners(), "PNG"))] * 4)


def test_three_good_files_come_back_in_order() -> None:
    files = [(f"{width}.jpg", saved(corners(width, 200), "JPEG")) for width in (210, 220, 230)]
    assert [image.width for image in clean_all(files)] == [210, 220, 230]


def test_each_bad_file_is_told_and_the_first_decides_the_kind() -> None:
    with pytest.raises(ImageTooSmall) as caught:
        clean_all([("ok.jpg", saved(corners(), "JPEG")), ("s.png", png_of(9, 9)), ("t.txt", b"hello there")])
    told = [(error.field, error.code) for error in caught.value.errors]
    assert told == [("images[1]", "image_too_small"), ("images[2]", "unsupported_type")]
    assert caught.value.detail.startswith("s.png: ")


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("../../etc/passwd.png", "passwd.png: "),
        ("C:\\Users\\me\\holiday.heic", "holiday.heic: "),
        ("evil\u202egnp.exe\0\n", "evilgnp.exe: "),
        ("", "Picture 1: "),
        ("👩‍💻.png", "👩💻.png: "),
        ("n" * 300, "n" * 80 + ": "),
    ],
)
def test_a_name_from_outside_is_made_harmless_in_messages(name: str, start: str) -> None:
    with pytest.raises(UnsupportedType) as caught:
        clean_all([(name, b"hello there")])
    assert caught.value.detail.startswith(start + "This is")


# What is stored looks right


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_each_exif_orientation_comes_out_upright(kind: str, orientation: int) -> None:
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    turned = corners().transpose(undo[orientation]) if orientation > 1 else corners()
    exif = Image.Exif()
    exif[0x0112] = orientation
    result = cleaned(saved(turned, kind, exif=exif))
    assert result.size == (320, 240)
    assert looks_like(result, [RED, GREEN, BLUE, WHITE])


@pytest.mark.parametrize(
    "exif", [b"Exif\0\0garbage", b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0c\0\0\0\0\0\0"]
)
def test_damaged_exif_and_an_orientation_of_99_change_nothing(exif: bytes) -> None:
    assert looks_like(cleaned(saved(corners(), "JPEG", exif=exif)), [RED, GREEN, BLUE, WHITE])


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_position_comment_and_appended_bytes_are_gone(kind: str) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x010E] = "a secret place"
    data = saved(corners(), kind, exif=exif, comment="<?php a secret place ?>") + b"PK\x03\x04 a secret place"
    result = clean(data, field="images[0]")
    assert b"secret" not in result.data and b"Exif" not in result.data and b"PK\x03\x04" not in result.data
    assert looks_like(opened(result), [RED, GREEN, BLUE, WHITE])


def test_a_progressive_jpeg_looks_as_before() -> None:
    assert looks_like(cleaned(saved(corners(), "JPEG", progressive=True)), [RED, GREEN, BLUE, WHITE])


def test_a_cmyk_jpeg_keeps_its_colours() -> None:
    assert looks_like(cleaned(saved(corners().convert("CMYK"), "JPEG", quality=95)), [RED, GREEN, BLUE, WHITE], 12)


def test_sixteen_bit_grey_is_scaled_and_not_clipped() -> None:
    ramp = np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (200, 1))
    result = np.asarray(cleaned(saved(Image.fromarray(ramp), "PNG")).convert("L"))
    assert np.abs(result[100].astype(int) - np.arange(256)).max() <= 3


def test_grey_one_bit_and_palette_pictures_become_jpeg() -> None:
    grey = saved(Image.new("L", (240, 240), 90), "PNG")
    assert near(seen(cleaned(grey))[0], (90, 90, 90), 2)
    assert near(seen(cleaned(saved(Image.new("1", (240, 240), 1), "PNG")))[0], (255, 255, 255), 2)
    assert looks_like(
        cleaned(saved(corners().convert("P", palette=Image.Palette.ADAPTIVE), "PNG")), [RED, GREEN, BLUE, WHITE]
    )


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_is_kept_in_a_png(mode: str) -> None:
    image = Image.new("RGBA", (240, 240), (90, 90, 90, 255))
    image.paste((90, 90, 90, 0), (0, 0, 120, 240))
    source = image.convert("P") if mode == "P" else image.convert(mode)
    if mode == "P":
        source = Image.new("P", (240, 240), 1)
        source.putpalette([0, 0, 0, 90, 90, 90])
        source.paste(0, (0, 0, 120, 240))
    data = saved(source, "PNG", **({"transparency": 0} if mode == "P" else {}))
    result = clean(data, field="images[0]")
    assert (result.content_type, result.extension) == ("image/png", "png")
    assert opened(result).getpixel((180, 120)) == (90, 90, 90, 255)
    assert opened(result).getchannel("A").getpixel((60, 120)) == 0


def test_an_alpha_channel_that_hides_nothing_is_dropped() -> None:
    assert clean(saved(corners().convert("RGBA"), "PNG"), field="images[0]").content_type == "image/jpeg"


@pytest.mark.parametrize("kind", ["GIF", "PNG"])
def test_of_an_animation_the_first_frame_is_kept(kind: str) -> None:
    frames = [Image.new("RGB", (240, 240), color) for color in (BLUE, RED, GREEN)]
    data = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=[0, 10, 500])
    assert near(seen(cleaned(data))[0], BLUE)


def test_of_a_phone_picture_with_two_frames_the_first_is_kept() -> None:
    data = saved(corners(), "MPO", save_all=True, append_images=[Image.new("RGB", (320, 240))])
    assert looks_like(cleaned(data), [RED, GREEN, BLUE, WHITE])


@pytest.mark.parametrize("colorants", [DISPLAY_P3, ADOBE_RGB])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_wide_profile_becomes_the_same_colour_in_srgb(kind: str, colorants: list[tuple[float, float, float]]) -> None:
    pixel = (190, 90, 70)
    icc = matrix_profile(colorants)
    result = cleaned(saved(Image.new("RGB", (240, 240), pixel), kind, icc_profile=icc))
    assert near(seen(result)[0], as_srgb(pixel, colorants), 4)
    assert not near(seen(result)[0], pixel, 8)
    assert "icc_profile" not in result.info


@pytest.mark.parametrize(
    "icc",
    [
        b"no profile at all",
        ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(),
        matrix_profile(SRGB)[:200],
    ],
)
def test_a_profile_that_cannot_be_used_is_ignored(icc: bytes) -> None:
    assert looks_like(cleaned(saved(corners(), "JPEG", icc_profile=icc)), [RED, GREEN, BLUE, WHITE])


@pytest.fixture(scope="module")
def largest() -> bytes:
    return saved(corners(8_000, 5_000), "JPEG")


def test_a_large_jpeg_is_stored_at_three_thousand_with_its_proportions(largest: bytes) -> None:
    result = clean(largest, field="images[0]")
    assert (result.width, result.height) == (3_000, 1_875)
    assert looks_like(opened(result), [RED, GREEN, BLUE, WHITE])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak is read from /proc")
def test_the_largest_jpeg_needs_less_memory_than_its_pixels_have(largest: bytes) -> None:
    program = (
        "import sys\n"
        "from functions.upload.images import clean\n"
        "clean(sys.stdin.buffer.read(), field='images[0]')\n"
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    peak = subprocess.run([sys.executable, "-c", program], input=largest, check=True, capture_output=True).stdout
    assert int(peak) / 1024 < 160
