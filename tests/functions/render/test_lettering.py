"""Lettering, judged by its pixels."""

import json
import subprocess
import sys
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageColor

from functions.render.captions import Caption, CaptionWord, captions
from functions.render.fonts import FOLDER, font
from functions.render.fonts.build_coverage import coverage
from functions.render.fonts.ink import ink, width_of
from functions.render.lettering import Lettering, Sprite
from shared.glyphs import COVERAGE, EMOJI_FONT, TEXT_FONTS, letters, pieces, unsupported
from shared.styles import STYLES, Palette
from tests.service import ROOT

FRAMES = {"4:5": (1080, 1350), "1:1": (1080, 1080), "9:16": (1080, 1920), "16:9": (1920, 1080)}
PALETTE = STYLES["professional"].palette
SENTENCE = "I got fired three weeks after closing the biggest deal of my life."
LANGUAGES = (
    "Zażółć gęślą jaźń! Übung macht’s größer. Thất bại là mẹ Ế Ẫ Ộ. Η αποτυχία. Ошибки учат, Ёлки. "
    "असफलता सफलता की सीढ़ी है। $1.2M → 50% & “quotes” (Q3) €₹ ½ ™ ★ ✓ • … 𝗕𝗼𝗹𝗱 ﬁn"
)


def words(text: str) -> list[CaptionWord]:
    return [CaptionWord(text=word, start=float(place), end=place + 0.9) for place, word in enumerate(text.split())]


def caption(text: str, lettering: Lettering) -> Caption:
    return captions([words(text)], measure=lettering.measure, width=lettering.width)[0]


def one_line(text: str) -> Caption:
    shown = tuple(words(text))
    return Caption(words=shown, lines=(tuple(range(len(shown))),), start=0, end=9)


def rgb(colour: str) -> tuple[int, ...]:
    return ImageColor.getrgb(colour)[:3]


def is_colour(sprite: Sprite, colour: str) -> npt.NDArray[np.bool_]:
    return np.asarray((sprite.rgba[..., :3] == rgb(colour)).all(axis=-1))


def luminance(pixels: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """WCAG 2.2, relative luminance of 0..255 sRGB."""
    share = pixels / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))


def backgrounds(frame: tuple[int, int]) -> list[npt.NDArray[np.uint8]]:
    shape = (frame[1], frame[0], 3)
    noise = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    return [np.full(shape, 255, np.uint8), np.zeros(shape, np.uint8), noise]


def composed(sprite: Sprite, background: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """The frame under and including the sprite."""
    height, width = sprite.rgba.shape[:2]
    under = background[sprite.y : sprite.y + height, sprite.x : sprite.x + width].astype(np.float64)
    alpha = sprite.rgba[..., 3:].astype(np.float64) / 255
    return sprite.rgba[..., :3] * alpha + under * (1 - alpha)


def contrast_of_text(sprite: Sprite, palette: Palette, background: npt.NDArray[np.uint8]) -> float:
    """The worst pixel of the plate against the worst pixel of the text, inside the box of the text."""
    text = is_colour(sprite, palette.text) & (sprite.rgba[..., 3] == 255)
    rows, columns = np.flatnonzero(text.any(axis=1)), np.flatnonzero(text.any(axis=0))
    box = np.zeros(text.shape, bool)
    box[rows[0] - 8 : rows[-1] + 8, columns[0] - 8 : columns[-1] + 8] = True
    light = luminance(composed(sprite, background))
    plate = light[box & is_colour(sprite, palette.plate)]
    return float((light[text].min() + 0.05) / (plate.max() + 0.05))


@pytest.mark.parametrize("style", STYLES)
def test_text_can_be_read_on_any_picture(style: str) -> None:
    palette = STYLES[style].palette
    lettering = Lettering((1080, 1080), palette)
    caption_sprite = lettering.caption(caption(SENTENCE, lettering), None)
    hook_sprite = lettering.hook(words(SENTENCE), None)
    for background in backgrounds((1080, 1080)):
        assert contrast_of_text(caption_sprite, palette, background) >= 4.5
        assert contrast_of_text(hook_sprite, palette, background) >= 4.5
    ink_on_mark = luminance(np.array([rgb(palette.on_accent), rgb(palette.accent)], dtype=np.float64)) + 0.05
    assert ink_on_mark.max() / ink_on_mark.min() >= 4.5


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_the_headline_can_be_read_on_any_picture_in_every_frame(frame: tuple[int, int]) -> None:
    sprite = Lettering(frame, PALETTE).hook(words(SENTENCE), None)
    for background in backgrounds(frame):
        assert contrast_of_text(sprite, PALETTE, background) >= 4.5


def test_nothing_moves_when_the_spoken_word_changes() -> None:
    lettering = Lettering((1080, 1350), PALETTE)
    shown = one_line("alpha beta gamma")
    plain, *marked = [lettering.caption(shown, active) for active in (None, 0, 1, 2)]
    for sprite in marked:
        assert (sprite.x, sprite.y, sprite.rgba.shape) == (plain.x, plain.y, plain.rgba.shape)
        assert is_colour(sprite, PALETTE.accent).any()
    changed = [np.flatnonzero((sprite.rgba != plain.rgba).any(axis=(0, 2))) for sprite in marked]
    for left, right in pairwise(changed):
        assert left[-1] < right[0], "a mark reaches into the next word"


def test_the_headline_stands_still_too() -> None:
    lettering = Lettering((1080, 1350), PALETTE)
    sprites = [lettering.hook(words(SENTENCE), active) for active in (None, 0, 5)]
    assert len({(sprite.x, sprite.y, sprite.rgba.shape) for sprite in sprites}) == 1
    assert (sprites[0].rgba[-90:] == sprites[2].rgba[-90:]).all()


def test_classic_captions_mark_no_word() -> None:
    lettering = Lettering((1080, 1350), PALETTE)
    shown = one_line("alpha beta gamma")
    classic = [lettering.caption(shown, active, style="classic") for active in (None, 0, 2)]
    assert not is_colour(classic[1], PALETTE.accent).any()
    assert all((sprite.rgba == classic[0].rgba).all() for sprite in classic)


def test_word_by_word_words_fill_up_in_place() -> None:
    lettering = Lettering((1080, 1350), PALETTE)
    shown = one_line("alpha beta gamma")
    solid = [
        int((is_colour(sprite, PALETTE.text) & (sprite.rgba[..., 3] == 255)).sum())
        for sprite in (lettering.caption(shown, active, style="word_by_word") for active in (0, 1, 2, None))
    ]
    assert 0 < solid[0] < solid[1] < solid[2] == solid[3]


@pytest.mark.parametrize("frame", [*FRAMES.values(), (540, 674), (216, 270)])
def test_sprites_are_even_and_inside_the_frame(frame: tuple[int, int]) -> None:
    lettering = Lettering(frame, PALETTE)
    sprites = [lettering.hook(words(SENTENCE), 1)]
    for text in ("Hi", SENTENCE, "🚀 odd widths, too"):
        for position in ("bottom", "center", "top"):
            sprites.append(lettering.caption(caption(text, lettering), 0, position=position))
    for sprite in sprites:
        height, width = sprite.rgba.shape[:2]
        assert not any(number % 2 for number in (sprite.x, sprite.y, width, height))
        assert sprite.rgba.dtype == np.uint8
        assert 0 <= sprite.x <= sprite.x + width <= frame[0]
        assert 0 <= sprite.y <= sprite.y + height <= frame[1]


@pytest.mark.parametrize("name", FRAMES)
def test_lettering_keeps_to_the_safe_area(name: str) -> None:
    width, height = FRAMES[name]
    lettering = Lettering((width, height), PALETTE)
    left, right = 0.065 * width, width * (0.88 if name == "9:16" else 0.935)
    top, bottom = height * (0.12 if name == "9:16" else 0.065), height * (0.82 if name == "9:16" else 0.935)
    hook = lettering.hook(words(SENTENCE), None)
    for position in ("bottom", "center", "top"):
        sprite = lettering.caption(caption(SENTENCE, lettering), None, position=position)
        assert left <= sprite.x
        assert sprite.x + sprite.rgba.shape[1] <= right
        assert top - 2 <= sprite.y
        assert sprite.y + sprite.rgba.shape[0] <= bottom + 2
    rows, columns = np.nonzero(is_colour(hook, PALETTE.text))
    assert left <= columns.min() + hook.x
    assert columns.max() + hook.x <= right
    assert top <= rows.min() + hook.y
    assert rows.max() + hook.y <= bottom


def test_captions_are_large_enough_for_a_phone() -> None:
    for frame in FRAMES.values():
        sprite = Lettering(frame, PALETTE).caption(one_line("H"), None, style="classic")
        rows = np.flatnonzero(is_colour(sprite, PALETTE.text).any(axis=1))
        assert rows[-1] - rows[0] >= 56 * 0.7  # a capital of Inter is 0.73 em high


def test_a_letter_is_drawn_or_left_out_but_never_a_box() -> None:
    boxes = {name: bytes(font(name, 64).getmask("\U000e1234")) for name in TEXT_FONTS}
    for piece in pieces(LANGUAGES + " שלום 漢字 ไทย 한국 தமிழ் \uf8ff \ud800 \x00\u202e"):
        if piece.font in boxes and piece.text != " ":
            for letter in letters(piece.text):
                assert bytes(font(piece.font, 64).getmask(letter)) != boxes[piece.font], letter
    assert width_of("தமிழ்", 64) == 0


def test_what_no_font_has_is_reported_once() -> None:
    assert unsupported(LANGUAGES + " 🚀 👨‍👩‍👧 🇩🇪 1️⃣ ❤️ 👍🏽 \u200b\u202e\x00") == ()
    assert unsupported("Hi தம漢த \uf8ff") == ("த", "ம", "\uf8ff")


def test_styled_letters_are_drawn_as_the_letters_they_mean() -> None:
    assert [piece.text for piece in pieces("𝗕𝗼𝗹𝗱")] == ["Bold"]


@pytest.mark.parametrize("emoji", ["🚀", "👨‍👩‍👧", "🇩🇪", "1️⃣", "❤️", "✅", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "👁️‍🗨️"])
def test_an_emoji_is_one_picture_in_colour_or_its_own_grey(emoji: str) -> None:
    assert [piece.font for piece in pieces(emoji)] == [EMOJI_FONT]
    assert width_of(emoji, 64) == pytest.approx(width_of("😀", 64), rel=0.12)
    tile = np.asarray(ink(emoji, 64, "#ff00ff", 1.0))
    solid = tile[tile[..., 3] > 200][:, :3]
    assert len(solid) > 500
    assert not (solid == (255, 0, 255)).all(axis=1).any(), "drawn in the colour of the text"


def test_emoji_have_their_colours() -> None:
    red, green, blue = np.asarray(ink("❤️", 64, "#ffffff", 1.0).resize((1, 1), Image.Resampling.BOX))[0, 0, :3]
    assert red > 1.5 * max(green, blue)


def test_a_skin_tone_is_dropped_not_drawn_beside_the_hand() -> None:
    assert pieces("👍🏽") == pieces("👍")


def test_digits_are_text_and_not_half_a_keycap() -> None:
    assert {piece.font for piece in pieces("1 # 2*\ufe0f")} == {TEXT_FONTS[0]}


def test_a_short_hook_is_larger_than_a_long_one() -> None:
    lettering = Lettering((1080, 1350), PALETTE)

    def tallest(text: str) -> int:
        rows = is_colour(lettering.hook(words(text), None), PALETTE.text).any(axis=1)
        return int(np.diff(np.flatnonzero(np.diff(np.pad(rows, 1).astype(int))))[::2].max())

    assert tallest("Hello Hello") > tallest("Hello " * 30)


def test_a_sentence_that_is_too_long_is_no_headline() -> None:
    for frame in FRAMES.values():
        lettering = Lettering(frame, PALETTE)
        assert lettering.fits_hook(words(SENTENCE))
        assert not lettering.fits_hook(words(SENTENCE * 5))
        assert not lettering.fits_hook(words("W" * 60))
        assert not lettering.fits_hook(words("தமிழ்"))
        assert not lettering.fits_hook([])


@pytest.mark.parametrize(
    "text",
    ["", " ", "W" * 400, "Z" + "\u0301\u0489" * 1500, "שלום مرحبا", "漢字", "😀" * 400, "\ud800\x00", "a " * 900],
)
def test_strange_text_harms_nothing(text: str) -> None:
    lettering = Lettering((1080, 1350), PALETTE)
    shown = tuple(words(text)) or (CaptionWord(text=text, start=0, end=1),)
    sprites = [
        lettering.hook(shown, 0),
        lettering.caption(Caption(words=shown, lines=(tuple(range(len(shown))),), start=0, end=1), 0),
    ]
    sprites += [
        lettering.caption(made, 0) for made in captions([shown], measure=lettering.measure, width=lettering.width)[:3]
    ]
    assert all(sprite.rgba.size <= 1080 * 1350 * 4 for sprite in sprites)
    unsupported(text)


def test_the_coverage_table_is_that_of_the_fonts() -> None:
    assert json.loads(COVERAGE.read_text("utf-8")) == coverage(FOLDER)


def test_fonts_come_with_their_licences_and_stay_small() -> None:
    families = {path.stem.split("-")[0] for path in FOLDER.glob("*.ttf")}
    assert {path.stem.removeprefix("LICENSE-") for path in FOLDER.glob("LICENSE-*.txt")} == families
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file()) < 17_000_000


def test_without_libfribidi_letters_are_drawn_unkerned_and_health_says_so() -> None:
    program = """
from PIL import features
check = features.check
features.check = lambda name: name != "raqm" and check(name)  # what Pillow says where the library is missing
from functions.render.fonts import letters_are_shaped
from functions.render.fonts.ink import ink, width_of
assert ink("Wave", 60, "#ffffff", 1.0).getbbox()
try:
    letters_are_shaped()
except RuntimeError as error:
    print(width_of("AVAVAV", 60), error)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT)
    assert ran.returncode == 0, ran.stderr
    width, _, reason = ran.stdout.partition(" ")
    assert "libfribidi0" in reason
    assert float(width) > width_of("AVAVAV", 60)
