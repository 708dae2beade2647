"""What was pasted → plain text: styled letters unstyled, what cannot be seen or said removed."""

import unicodedata
from typing import Final

import regex

_PICTURE: Final = r"(?:(?![©®™‼⁉〰〽↔-↪\p{Cn}])\p{Extended_Pictographic})"
_PICTURE_TAIL: Final = r"(?:\p{Emoji_Modifier}|\ufe0f)?(?:[\U000e0020-\U000e007e]+\U000e007f)?"
EMOJI: Final = rf"(?>\p{{RI}}\p{{RI}}|{_PICTURE}{_PICTURE_TAIL}(?:\u200d{_PICTURE}{_PICTURE_TAIL})*)"
_EMOJI = regex.compile(EMOJI)
_EMOJI_CROWD = regex.compile(rf"((?:{EMOJI} ?){{3}})(?:{EMOJI} ?)+")

# Ranges that authors borrow for looks. Never the whole text: NFKC turns ½ into 1⁄2, m² into m2 and ™ into TM.
_BORROWED: Final = (
    range(0x1D400, 0x1D800),  # mathematical bold, italic, script, fraktur, double-struck, sans, mono
    (0x2102, 0x210A, 0x210B, 0x210C, 0x210D, 0x210E, 0x2110, 0x2111, 0x2112, 0x2113, 0x2115, 0x2119, 0x211A),
    (0x211B, 0x211C, 0x211D, 0x2124, 0x2128, 0x212C, 0x212D, 0x212F, 0x2130, 0x2131, 0x2133, 0x2134, 0x2139),
    (0xFF03, 0xFF20, *range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)),  # full-width
    range(0x24B6, 0x24EA),  # circled letters
    range(0x2460, 0x2474),  # circled numbers
    range(0x1F130, 0x1F14A),  # squared letters
    range(0x1D2C, 0x1D6B),  # raised and lowered letters
    (0x02B0, 0x02B2, 0x02B3, 0x02B7, 0x02B8, 0x02E1, 0x02E2, 0x02E3, 0x2071, 0x207F),
)
_SMALL_CAPITALS: Final = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnopqrstuvwyz", strict=True))


def _borrowed_letters() -> dict[int, str]:
    letters = {}
    for codes in _BORROWED:
        for code in codes:
            plain = unicodedata.normalize("NFKC", chr(code))
            if plain != chr(code) and plain.isalnum():
                letters[code] = plain
    for first in (0x1F150, 0x1F170):  # white letters on black circles and squares
        letters.update({first + place: chr(ord("A") + place) for place in range(26)})
    letters.update({0x2776 + place: str(place + 1) for place in range(10)})  # white numbers on black circles
    letters.update({0x24F5 + place: str(place + 1) for place in range(10)})  # in double circles
    letters.update({ord(small): letter for small, letter in _SMALL_CAPITALS.items()})
    letters.update(
        {0x3030: "~", 0xFF03: "#", 0xFF20: "@", 0x1F51F: "10", 0x203C: "!", 0x2049: "?!", 0x2011: "-", 0x2010: "-"}
    )
    return letters


_LETTERS: Final = _borrowed_letters()
_BESIDE_SMALL: Final = f"[{''.join(_SMALL_CAPITALS)}]"
_SMALL_Q = regex.compile(rf"(?<={_BESIDE_SMALL})ǫ|ǫ(?={_BESIDE_SMALL})")  # elsewhere it is a letter of its own
_WIDE_MARKS = regex.compile(r"([Ａ-Ｚａ-ｚ０-９])([！-／：-＠［-｀｛-～]+)")
_LETTER_EMOJI = regex.compile(r"[🅰🅱🅾🅿]\ufe0f")
_KEYCAP = regex.compile(r"([0-9#*])\ufe0f?\u20e3")
_FLAG_LETTERS = regex.compile(r"\p{RI}+")
_STRIKES = regex.compile(r"[\u0332\u0333\u0335-\u0337\u0305\u20d0-\u20f0]+|(?<=[\p{L}\p{N}])\u0338+")
_CROWDED = regex.compile(r"[\u0300-\u036f]{4,}")
_STACKED = regex.compile(r"(\p{M}{3})\p{M}+")

_NEWLINES = regex.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = regex.compile(r"[\t\p{Zs}]+")
_FIT_TO_STAY: Final = (
    r"\n",
    r"(?<=[\p{Arabic}\p{Syriac}\p{Devanagari}\p{Bengali}\p{Gurmukhi}\p{Gujarati}\p{Oriya}\p{Tamil}\p{Telugu}"
    r"\p{Kannada}\p{Malayalam}\p{Sinhala}])[\u200c\u200d](?=\p{L})",  # these scripts spell with joiners
)
_UNFIT = regex.compile(
    rf"({EMOJI}|{'|'.join(_FIT_TO_STAY)})|[\p{{Cc}}\p{{Cf}}\p{{Cs}}\p{{Co}}\p{{Cn}}\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)


def plain(text: str) -> str:
    """The text without borrowed letters and without what is neither seen nor said; lines end in a newline."""
    text = _UNFIT.sub(r"\1", unstyle(_NEWLINES.sub("\n", text)))
    return _EMOJI_CROWD.sub(r"\1", _SPACES.sub(" ", text))


def unstyle(text: str) -> str:
    """Letters and digits that were put on as a costume, back to plain ones. Twice does no more than once."""
    text = _KEYCAP.sub(r"\1", text)
    text = _WIDE_MARKS.sub(lambda found: found[1] + "".join(chr(ord(mark) - 0xFEE0) for mark in found[2]), text)
    text = _FLAG_LETTERS.sub(_letters_or_flags, text)
    if _LETTER_EMOJI.search(text):
        text = _LETTER_EMOJI.sub(" ", text)
    text = _STRIKES.sub("", _SMALL_Q.sub("q", text).translate(_LETTERS))
    text = unicodedata.normalize("NFC", _CROWDED.sub("", text))  # before: or the first mark melts into its letter
    return _STACKED.sub(r"\1", _CROWDED.sub("", text))


def without_emoji(text: str) -> str:
    return text if text.isascii() else _EMOJI.sub(" ", text)


def _letters_or_flags(found: regex.Match[str]) -> str:
    run: str = found[0]
    if len(run) % 2 == 0:
        return run
    return "".join(chr(ord(letter) - 0x1F1E6 + ord("A")) for letter in run)
