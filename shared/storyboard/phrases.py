"""Text without spaces (Japanese, Chinese, Thai) → phrases, between which a line may break and a caption may mark."""

from functools import cache
from typing import Final

import regex

LONGEST: Final = 10  # characters; a longer phrase is no thing to mark, and hardly fits a narrow line
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_THAI = regex.compile(r"\p{Thai}")
_HAN = regex.compile(r"\p{Han}")
_TRADITIONAL = regex.compile("[們這國學說來時會個對開關點問題經過應該讓還沒從業務變東車長門馬魚鳥龍體]")
_OTHERS: Final = r"\p{Lao}\p{Khmer}\p{Myanmar}"
_PIECE = regex.compile(rf"[{_OTHERS}]{{1,9}}\p{{M}}*|[^{_OTHERS}]+")
_OPENING = regex.compile(r"[\p{Ps}\p{Pi}]+$")
_CLOSING = regex.compile(r"^(?:(?![\p{Ps}\p{Pi}])[\p{P}\p{S}ーゝゞ々\p{M}])+")
_SMALL = regex.compile(r"[\p{Latin}\p{N}]")
_LETTERS = regex.compile(r"\X")


def phrases(text: str, language: str) -> list[str]:
    """The phrases of a run of text that has no spaces inside; joined they are the text again."""
    if _KANA.search(text):
        parts = _parsed(text, "ja")
    elif _THAI.search(text):
        parts = _parsed(text, "th")
    elif _HAN.search(text):
        parts = _parsed(text, "ja" if language == "ja" else "zh-hant" if _TRADITIONAL.search(text) else "zh-hans")
    else:
        parts = _PIECE.findall(text)
    return [piece for part in _tidied(parts) for piece in _cut(part)]


def _parsed(text: str, model: str) -> list[str]:
    return list(_parser(model).parse(text))


@cache
def _parser(model: str):  # type: ignore[no-untyped-def]  # budoux tells no types
    """BudouX's model of a language, read when the first text of it comes: https://github.com/google/budoux."""
    import budoux

    load = {
        "ja": budoux.load_default_japanese_parser,
        "th": budoux.load_default_thai_parser,
        "zh-hans": budoux.load_default_simplified_chinese_parser,
        "zh-hant": budoux.load_default_traditional_chinese_parser,
    }
    return load[model]()


def _tidied(parts: list[str]) -> list[str]:
    """Marks go with what they close or open, and words in Latin letters and figures stay whole."""
    tidy: list[str] = []
    for part in parts:
        if not tidy:
            tidy.append(part)
            continue
        before = tidy[-1]
        closing = _CLOSING.match(part)
        if closing:
            tidy[-1] = before + closing[0]
            part = part[closing.end() :]
        opening = _OPENING.search(before) if not closing else None
        if opening:
            tidy[-1] = before[: opening.start()]
            part = opening[0] + part
        elif part and not closing and _SMALL.match(before[-1]) and _SMALL.match(part):
            tidy[-1] = before + part
            continue
        if not tidy[-1]:
            tidy.pop()
        if part:
            tidy.append(part)
    return tidy


def _cut(part: str) -> list[str]:
    letters = _LETTERS.findall(part)
    if len(letters) <= LONGEST or _SMALL.search(part):
        return [part]
    count = -(-len(letters) // LONGEST)
    size = -(-len(letters) // count)
    return _tidied(["".join(letters[at : at + size]) for at in range(0, len(letters), size)])
