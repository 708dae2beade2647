"""Noto Sans JP, KR, SC and TC → the characters that posts use of them. Run it when one of these fonts changes.

    python functions/render/fonts/build_cjk.py FOLDER UNICODE

FOLDER has NotoSansJP_700Bold.ttf and the other three; UNICODE is /usr/share/unicode of Debian's package unicode-data.
"""

import bz2
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from fontTools import subset  # type: ignore[import-untyped]

HERE: Final = Path(__file__).parent
# Quotes, dashes and dots that are as wide as a character beside Chinese; CJK punctuation; full-width forms.
PUNCTUATION: Final = {*map(ord, "‘’“”…—―·"), *range(0x3000, 0x3040), *range(0xFF01, 0xFFEF)}
KANA: Final = {*range(0x3040, 0x3100), *range(0x31F0, 0x3200)}
BOPOMOFO: Final = set(range(0x3100, 0x3130))
HANGUL: Final = {*range(0xAC00, 0xD7A4), *range(0x1100, 0x1200), *range(0x3131, 0x318F)}
CANTONESE: Final = set(map(ord, "嘅咗啲喺冇哋嘢噉咁嗰佢睇瞓攞搵揸諗唔啱嚟嘥㗎咩喎囉啩噃嘞喇咯乜嘜畀俾邊"))
FEATURES: Final = "ccmp,locl,liga,kern,mark,mkmk,calt,ljmo,vjmo,tjmo"  # what is written from left to right needs


def two_bytes(codec: str, leads: Iterable[int], trails: Iterable[int]) -> set[int]:
    """The characters of a standard that Python knows, from U+2E80 on: what is below, other fonts have."""
    text = (bytes([lead, trail]).decode(codec, "ignore") for trail in trails for lead in leads)
    return {ord(character) for found in text for character in found if ord(character) >= 0x2E80}


def listed(unicode: Path, file: str, field: str) -> set[int]:
    """The characters that have a field in Unihan."""
    text = bz2.decompress((unicode / file).read_bytes()).decode()
    return {int(code, 16) for code in re.findall(rf"^U\+([0-9A-F]+)\t{field}\t", text, re.M)}


def characters(unicode: Path) -> dict[str, set[int]]:
    """What each font keeps."""
    euc = range(0xA1, 0xFF)
    big5 = two_bytes("big5", range(0xA4, 0xC6), [*range(0x40, 0x7F), *euc]) | two_bytes(
        "big5", [0xC6], range(0x40, 0x7F)
    )
    taught_in_hong_kong = listed(unicode, "Unihan_DictionaryLikeData.txt.bz2", "kHKGlyph")
    china = listed(unicode, "Unihan_OtherMappings.txt.bz2", "kTGH")  # the list of 2013, with 8,105 characters
    return {
        "JP": two_bytes("euc_jp", euc, euc) | PUNCTUATION | KANA,
        "KR": HANGUL | set(range(0x3000, 0x3040)),
        "SC": two_bytes("gb2312", euc, euc) | china | PUNCTUATION,
        "TC": big5 | taught_in_hong_kong | CANTONESE | PUNCTUATION | BOPOMOFO,
    }


def main(folder: str, unicode: str) -> None:
    for name, kept in characters(Path(unicode)).items():
        options = subset.Options(layout_features=FEATURES.split(","), hinting=False, name_IDs=["*"])
        options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "STAT"]  # for what is written from top to bottom
        font = subset.load_font(str(Path(folder) / f"NotoSans{name}_700Bold.ttf"), options)
        smaller = subset.Subsetter(options)
        smaller.populate(unicodes=kept)
        smaller.subset(font)
        subset.save_font(font, str(HERE / f"NotoSans{name}-Bold.ttf"), options)


if __name__ == "__main__":
    main(*sys.argv[1:])
