"""Which language a text is in: held-back sentences, other scripts, and posts as people write them."""

from collections import Counter
from pathlib import Path

import pytest

from shared.storyboard.language import detect

HELD_BACK = Path(__file__).parent / "held_back_sentences.txt"


def held_back() -> list[tuple[str, str]]:
    found, language = [], ""
    for line in HELD_BACK.read_text("utf-8").splitlines():
        if line.startswith("["):
            language = line.strip("[]")
        elif line and not line.startswith("#"):
            found.append((language, line))
    return found


def test_sentences_of_eight_words_are_told_apart() -> None:
    sentences = held_back()
    right = Counter(language for language, text in sentences if detect(text) == language)
    total = Counter(language for language, _ in sentences)
    wrong = [(language, detect(text), text) for language, text in sentences if detect(text) != language]
    share = sum(right.values()) / len(sentences)
    assert len(total) >= 11
    assert share >= 0.97, f"{share:.3f} {wrong}"
    assert {
        language: right[language] / total[language] for language in total if right[language] < 0.9 * total[language]
    } == {}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ja", "昨年、昇進を断りました。AWSとKubernetesを学ぶためです。"),
        ("ja", "【募集】エンジニア大募集 React / TypeScript / Go"),
        ("zh", "去年我拒绝了一次升职机会。OKR 和 KPI 都不重要。"),
        ("zh", "我們公司這個季度的營收成長了百分之四十。"),
        ("ko", "작년에 승진을 거절했습니다. 팀과 LinkedIn 덕분입니다."),
        ("ar", "رفضت ترقية العام الماضي وتعلمت الكثير من فريقي في Google"),
        ("fa", "سال گذشته ترفیع را رد کردم و چیزهای زیادی از همکارانم یاد گرفتم"),
        ("ur", "میں نے پچھلے سال ترقی سے انکار کر دیا اور بہت کچھ سیکھا ہے"),
        ("he", "בשנה שעברה סירבתי לקידום ולמדתי המון"),
        ("hi", "पिछले साल मैंने पदोन्नति ठुकरा दी।"),
        ("th", "ปีที่แล้วฉันปฏิเสธการเลื่อนตำแหน่ง"),
        ("el", "Πέρυσι αρνήθηκα μια προαγωγή."),
        ("ru", "В прошлом году я отказался от повышения, и это было лучшее решение."),
        ("uk", "Минулого року я відмовився від підвищення, і це було найкраще рішення."),
        ("bg", "Миналата година отказах повишение и това беше най-доброто решение за мен."),
        ("ta", "கடந்த ஆண்டு நான் பதவி உயர்வை மறுத்தேன்."),
    ],
)
def test_a_script_decides_where_it_can(language: str, text: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "🚀 We raised $5M!\n\nHere is what I learned 👇\n#startup #growth https://lnkd.in/abc"),
        ("en", "My colleague said 頑張って before the pitch, and it changed how I prepare."),
        (
            "de",
            "🚀 Unser Onboarding war ein Desaster.\nDas Learning: Mindset schlägt Toolset.\n#newwork #mindset",
        ),
        ("de", "Das Meeting war ein echter Game Changer für unser Sales Team. Wer kennt das? @Max https://lnkd.in/de"),
        ("fr", "Le feedback, ce n'est pas un process. C'est un soft skill. #management #leadership"),
        ("es", "El networking no es vender. Es escuchar. #marketing #business #growth"),
        ("pt", "O feedback mudou a minha carreira. Obrigado ao meu time! #gratidão"),
        ("nl", "De deadline was gisteren. Toch is het team gewoon doorgegaan. #teamwork"),
        ("en", ""),
        ("en", "🎉🎉🎉"),
        ("en", "12345 67%"),
        ("en", "OK"),
    ],
)
def test_hashtags_links_and_english_words_do_not_mislead(language: str, text: str) -> None:
    assert detect(text) == language
