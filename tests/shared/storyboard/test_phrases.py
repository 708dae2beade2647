"""Text without spaces is cut into phrases at which a line may break, and nothing of it is lost or moved."""

import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.storyboard.phrases import LONGEST, phrases

LETTERS = "今日は天気がいいですね我们公司這個沒คุณทำได้ดีมากກຂຄខ្មែរမြန်မာ"
JUNGLE = st.text(alphabet=st.sampled_from(LETTERS + "、。「」（）！？AIkm0123456789%…ー々é👍"), max_size=60)


def test_japanese_is_cut_between_phrases_and_not_inside_them() -> None:
    assert phrases("今日はとても天気がいいです。", "ja") == ["今日は", "とても", "天気が", "いいです。"]


def test_chinese_and_thai_have_phrases_of_their_own() -> None:
    for text, language in (
        ("我们公司去年拒绝了一个很大的客户。", "zh"),
        ("我們公司去年拒絕了一個很大的客戶。", "zh"),
        ("ปีที่แล้วฉันปฏิเสธการเลื่อนตำแหน่ง", "th"),
    ):
        parts = phrases(text, language)
        assert "".join(parts) == text
        assert len(parts) >= 3
        assert max(map(len, parts)) <= LONGEST + 4  # a mark or two may hang on


def test_marks_stay_with_what_they_close_and_open() -> None:
    parts = phrases("彼は「はい」と言った。それだけ！", "ja")
    assert not any(regex.match(r"[」。！、]", part) for part in parts)
    assert not any(part.endswith("「") for part in parts)


def test_words_in_latin_letters_and_figures_stay_whole() -> None:
    parts = phrases("昨年Kubernetesを2026台導入しました", "ja")
    assert any("Kubernetes" in part for part in parts)
    assert any("2026" in part for part in parts)


def test_lao_khmer_and_burmese_are_cut_between_letters() -> None:
    for text in ("ຂ້ອຍປະຕິເສດການເລື່ອນຕໍາແຫນ່ງ", "ខ្ញុំបានបដិសេធការតម្លើងឋានៈ", "ကျွန်ုပ်ရာထူးတိုးကိုငြင်းခဲ့သည်"):
        parts = phrases(text, "lo")
        assert "".join(parts) == text and len(parts) > 1
        assert not any(regex.match(r"\p{M}", part) for part in parts)


@settings(max_examples=150, deadline=None)
@given(JUNGLE, st.sampled_from(["ja", "zh", "th", "lo", "en"]))
def test_joined_they_are_the_text_again(text: str, language: str) -> None:
    parts = phrases(text, language)
    assert "".join(parts) == text
    assert all(parts)


def test_no_phrase_is_longer_than_a_caption_can_mark() -> None:
    for text in ("アアアアアアアアアアアアアアアアアアアアアアアアア。", "อ" * 40, "的" * 33):
        parts = phrases(text, "ja")
        assert "".join(parts) == text and max(map(len, parts)) <= LONGEST + 1
