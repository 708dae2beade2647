"""Scripts other than Latin: what is drawn, from which side, and that the page of them says the truth."""

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.render.captions import Caption, CaptionWord, captions
from functions.render.fonts import FOLDER
from functions.render.fonts.ink import ink, width_of
from functions.render.hyphens import broken
from functions.render.lettering import CAPTION_SMALLEST, Lettering, Sprite
from functions.render.rows import left_to_right, row
from shared.glyphs import LATIN, Face, face_of, pieces, unsupported
from shared.styles import STYLES
from tests.service import ROOT

SAMPLES = {
    "Latin": "Übung Zażółć Thất bại",
    "Greek": "αποτυχία",
    "Cyrillic": "Ошибки",
    "Arabic": "الذكاء پژوهش ٹھیک ١٢٣",
    "Hebrew": "עבודה שָׁלוֹם",
    "Devanagari": "ज़्यादा क्ष",
    "Thai": "ผู้ที่กล้า",
    "Japanese": "会社を辞めました。アイデア",
    "Chinese, simplified": "我学到了，时间",
    "Chinese, traditional": "我學到了，時間嘅",
    "Korean": "뒀습니다",
    "Emoji": "🚀👨‍👩‍👧🇩🇪",
}
PALETTE = STYLES["professional"].palette


def test_every_script_of_the_page_is_drawn_by_the_file_that_it_names() -> None:
    table = (ROOT / "docs" / "scripts.md").read_text("utf-8")
    rows = re.findall(r"^\| ([^|]+?) \| `([^`]+)` \| ([0-9,]+) \|", table, re.M)
    assert {script for script, _, _ in rows} == set(SAMPLES)
    for script, file, size in rows:
        text = SAMPLES[script]
        language = {"Arabic": "ar", "Hebrew": "he", "Japanese": "ja", "Korean": "ko"}.get(script, "zh")
        face = face_of(language if script[0] not in "LGC" or script[:2] == "Ch" else "en", text)
        assert unsupported(text) == ()
        assert file in {piece.font for piece in pieces(text, face)}, script
        assert round((FOLDER / file).stat().st_size / 1000) == int(size.replace(",", "")), script


def test_a_chinese_letter_looks_as_its_reader_writes_it() -> None:
    assert [pieces("直", Face(language=tongue))[0].font[8:10] for tongue in ("ja", "zh", "zh-Hant")] == [
        "JP",
        "SC",
        "TC",
    ]
    assert face_of("zh", "我們學到").language == "zh-Hant" and face_of("zh", "我们学到").language == "zh"


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("تعلمت أن الوقت", "الوقت أن تعلمت"),
        ("استخدمت iPhone 15 Pro اليوم", "اليوم iPhone 15 Pro استخدمت"),
        ("بنسبة 40% في", "في 40% بنسبة"),
        ("iPhone اليوم", "اليوم iPhone"),
        ("اليوم 🚀 العمل", "العمل 🚀 اليوم"),
    ],
)
def test_a_line_that_reads_from_the_right_stands_so(line: str, seen: str) -> None:
    words = line.split()
    assert " ".join(words[place] for place in left_to_right(words, from_right=True)) == seen


def test_arabic_words_in_an_english_line_keep_their_own_order() -> None:
    words = ["We", "say", "شكرا", "جزيلا", "here"]
    assert [words[place] for place in left_to_right(words, from_right=False)] == ["We", "say", "جزيلا", "شكرا", "here"]


@given(st.lists(st.sampled_from(["عمل", "AI", "40%", "—", "🚀", "עבודה", "字", "(x)"]), max_size=9), st.booleans())
def test_no_word_is_lost_and_none_stands_on_another(words: list[str], from_right: bool) -> None:
    face = Face(language="ar") if from_right else LATIN
    assert sorted(left_to_right(words, from_right=from_right)) == list(range(len(words)))
    edges, width = row(words, 64, face)
    boxes = sorted((edge, edge + width_of(text, 64, face)) for edge, text in zip(edges, words, strict=True))
    assert all(before[1] <= after[0] + 1 for before, after in pairwise(boxes))
    assert not boxes or boxes[-1][1] <= width + 1


def test_a_word_in_brackets_is_turned_around_with_them() -> None:
    """A bracket that opens stands at the right of a Hebrew word, as its mirror image."""
    plain, bracketed = (np.asarray(ink(text, 64, "#ffffff", 1.0, Face(language="he"))) for text in ("אמת", "(אמת"))
    left, right = bracketed[:, : plain.shape[1] // 2, 3], bracketed[:, -plain.shape[1] // 2 :, 3]
    columns = np.flatnonzero(right.any(axis=0))
    bracket = right[:, columns[-1] - 12 : columns[-1] + 1]
    assert (bracket[-60:-30].sum() > 0) and left.any()
    middle, ends = bracket.shape[0] // 2, np.flatnonzero(bracket.any(axis=1))
    bulge = np.flatnonzero(bracket[middle]).mean()
    tips = np.mean([np.flatnonzero(bracket[line]).mean() for line in (ends[1], ends[-2])])
    assert bulge > tips, "it must bulge to the right, away from the word"


@pytest.mark.parametrize(("script", "language"), [("Arabic", "ar"), ("Thai", "th"), ("Devanagari", "hi")])
def test_no_stroke_is_cut_off(script: str, language: str) -> None:
    for word in [*SAMPLES[script].split(), "ۓڲپچجحخ", "กุฎีปั๊ม", "र्क्षूं"]:
        alpha = np.asarray(ink(word, 64, "#ffffff", 1.0, Face(language=language)))[..., 3]
        assert not alpha[0].any() and not alpha[-1].any(), word
        assert not alpha[:, 0].any() and not alpha[:, -1].any(), word


def sprite_of(text: str, frame: tuple[int, int], language: str = "de") -> tuple[Caption, Sprite]:
    lettering = Lettering(frame, PALETTE, Face(language=language))
    word = CaptionWord(text=text, start=0, end=1)
    made = captions([[word]], measure=lettering.measure, width=lettering.width)[0]
    return made, lettering.caption(made, None)


@pytest.mark.parametrize("frame", [(1080, 1350), (1080, 1080), (1080, 1920), (1920, 1080)])
@pytest.mark.parametrize("text", ["Rechtsschutzversicherungsgesellschaften", "W" * 60, "a/b" * 25, "ы" * 50, "字" * 30])
def test_type_is_never_smaller_than_a_phone_can_show(text: str, frame: tuple[int, int]) -> None:
    made, sprite = sprite_of(text, frame)
    assert len(made.words) == 1
    lines = broken(text, CAPTION_SMALLEST, Lettering(frame, PALETTE).width, LATIN, 2)
    assert 1 <= len(lines) <= 2 and "".join(lines).replace("-", "") == text
    rows = np.flatnonzero((sprite.rgba[..., :3] == (255, 255, 255)).all(axis=-1).any(axis=1))
    tallest = int(np.diff(np.flatnonzero(np.diff(np.pad(rows, 1)) != 1)).max())
    assert tallest > 0.5 * CAPTION_SMALLEST, "letters as high as those of 52 pixels"


def test_a_german_word_is_broken_before_a_syllable() -> None:
    parts = broken("Rechtsschutzversicherungsgesellschaften", 52, 800, LATIN, 2)
    assert parts[0].endswith("-") and parts[1][0] not in "aeiou" and parts[1][1] in "aeiou"
