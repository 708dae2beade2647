"""Plain text → the lines worth telling: without links, hashtag blocks, markdown, bullets and separators."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Final

import regex

from .text import EMOJI

_ENDINGS: Final = (
    "com|org|net|io|co|ai|dev|app|me|ly|gl|gg|in|edu|gov|uk|de|fr|eu|us|info|tech|to|be|xyz|biz|tv|ca|au|nl|ch|at|es|"
    "it|pl|se|no|dk|jp|cn|br|mx|link|page|site|online|store|blog|news|live|so|sh|fm|im|cc|ws|is|id|nz|za|ie|fi|pt|cz"
)
_BARE_ENDINGS: Final = "com|org|net|io|co|ai|dev|app|edu|gov|ly|info|xyz|co\\.uk|com\\.au"
_IN_URL: Final = r"[!-;=?-~\u00a1-\u024f]"
_LINK: Final = "\ue000"  # stands where a link stood; private characters have left the text before
_LINKS = regex.compile(
    rf"(?:https?|ftp)://(?:{_IN_URL}*[\p{{L}}\p{{N}}/=&#_-])?|"
    rf"\bwww\.{_IN_URL}*[\p{{L}}\p{{N}}/=&#_-]|"
    r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.)+\p{L}{2,24}\b|"
    rf"(?<![\w@.-])(?:[a-z0-9-]{{1,63}}\.)+(?:{_ENDINGS})/(?:{_IN_URL}*[\p{{L}}\p{{N}}/=&#_-])?|"
    # Without a path: in small letters only, because Booking.com and Monday.com are names of companies.
    rf"(?<![\w@.-])(?-i:[a-z0-9][a-z0-9-]{{0,62}}\.)(?-i:[a-z0-9-]{{1,63}}\.)*(?-i:{_BARE_ENDINGS})(?![\w@-]|\.\w)",
    regex.IGNORECASE,
)
_MARKDOWN_LINK = regex.compile(r"!?\[([^\[\]\n]{0,200})\]\((?:https?://|www\.|mailto:|/)[^\s()]*\)")
_PASTED_MENTION = regex.compile(r"@\[([^\[\]\n]{1,200})\]\(urn:[^\s()]*\)")
_CONTACT = regex.compile(rf"(?:^|(?<=[|·•;]))\s*[\p{{L}} -]{{1,20}}:\s*{_LINK}\s*(?:[|·•;]|$)")
_SEVERAL = regex.compile(
    rf"{_LINK}(?:(?:[\s,;|·•/&+]|\b(?:and|or|see|visit|at|on|via|und|oder|et|ou|y|o|e)\b)*{_LINK})+"
)
_PREPOSITION = regex.compile(rf"(?<=\s)(?:at|via|on|from|to|under|in)\s+(?={_LINK})", regex.IGNORECASE)
_BRACKETED = regex.compile(rf"[(\[<«\"“]\s*{_LINK}\s*[)\]>»\"”]")
_POINTER: Final = rf"(?:[\s:\-–—=>→|•]|{EMOJI})"
_LED_TO = regex.compile(rf"{_POINTER}*{_LINK}(?=\s*(?:$|[.!?…]|{EMOJI}))")
_ONLY_LABEL = regex.compile(rf"^[^{_LINK}]{{0,60}}(?::|[→➡>]|{EMOJI}){_POINTER}*{_LINK}[\s.]*$")
_LABEL = regex.compile(
    r"^(?:links?|source|sources|website|web|url|blog|article|more|info|e-?mail|contact|register|sign up|apply|watch|"
    r"(?:read|learn|see|find out) more|more info|full (?:post|article|story))(?: here)?$",
    regex.IGNORECASE,
)
_LEFT_HANGING = regex.compile(r"^\P{L}*(?:\p{L}+\P{L}+){0,3}(?:is|are|ist|est|está|é)\P{L}*$", regex.IGNORECASE)
_LONELY_MARKS = regex.compile(r"\s+([.,;:!?…])")
_LABEL_WORDS: Final = 4

_HASHTAG: Final = r"(?<![\w&/])#[\p{L}\p{N}_]*\p{L}[\p{L}\p{N}\p{M}_]*"
_PASTED_HASHTAG = regex.compile(r"\bhashtag\s*#(?=[\p{L}\p{N}])", regex.IGNORECASE)
_GLUED_HASHTAG = regex.compile(r"(?<=(?<!\S)#[\p{L}\p{N}_]+)#(?=\p{L})|(?<=\s#[\p{L}\p{N}_#]+)#(?=\p{L})")
_TABLE_ROW = regex.compile(r"^\|.*\|$")
_EMPTY_CELLS = regex.compile(r"^(?:\s*\|)+\s*|(?<=\|)(?:\s*\|)+|\s*(?:\|\s*)+$")
_BETWEEN_TAGS: Final = rf"(?:[\s,;|·•./\-–—]|{EMOJI})*"
_ONLY_HASHTAGS = regex.compile(rf"^{_BETWEEN_TAGS}(?:{_HASHTAG}{_BETWEEN_TAGS})+$")
_ONE_HASHTAG = regex.compile(rf"{_BETWEEN_TAGS}(?:{_HASHTAG}{_BETWEEN_TAGS})+")
_ENDED = regex.compile(rf"(?:[.!?…:)\"”]|{EMOJI})$")

_HEADING = regex.compile(r"^#{1,6}\s+")
_QUOTE = regex.compile(r"^(?:>\s?)+")
_MARKS_AROUND = regex.compile(r"(?<![\p{L}\p{N}])(?:[*_`]+|~~+)|(?:[*_`]+|~~+)(?![\p{L}\p{N}])")
_REPEATED = (
    (regex.compile(r"\.{2,}"), "…"),
    (regex.compile(r"…[.…]+"), "…"),
    (regex.compile(r"([!！])[!！]+"), r"\1"),
    (regex.compile(r"([?？])[?？]+"), r"\1"),
    (regex.compile(r"(?:\?!|!\?)[?!]+"), "?!"),
    (regex.compile(r"([,;:])\1+"), r"\1"),
)

_NUMBERED = regex.compile(r"^\(?(\d{1,2})(?:[.)\]](?=\s+[^\s.,]|[^\d\s.,])|[/:](?=\s))\s*")
_BULLET = regex.compile(r"^(?:[-–*+]\s+|--?[>]\s*|=>\s*|[•‣⁃◦▪▫●○■□◆◇►▸▶➤➡➔➜➝➞→⇒·»]\ufe0f?\s*)+")
_TICK = regex.compile(r"^(?:[✅☑✔✓❌✖✗✘❎🔹🔸🔷🔶👉🟢🔴🟡🔵▶⭐]\ufe0f?\p{Emoji_Modifier}?\s*)")
_ANY_EMOJI = regex.compile(rf"^{EMOJI}")
_KEYCAP: Final = r"[0-9]\ufe0f?\u20e3"
_CIRCLED_NUMBER = regex.compile(rf"(?m)^[ \t]*([①-⑳❶-❿➀-➉➊-➓⓵-⓾]|{_KEYCAP}(?:{_KEYCAP})?|🔟)\ufe0f?[ \t]*[.:)]?[ \t]*")
_SAYS_SOMETHING = regex.compile(r"[\p{L}\p{N}]")
_WRAP: Final = 45  # a line at least this long that goes on in small letters was wrapped by a mail program


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of the post. `number` is that of a numbered list, to be shown but not said, or empty."""

    text: str
    paragraph: int
    point: bool = False
    number: str = ""


def mark_numbers(text: str) -> str:
    """Circled numbers and keycaps that open a line become `1.`, before they are mistaken for figures."""
    return _CIRCLED_NUMBER.sub(lambda found: f"{_number(found[1])}. ", text)


def lines(text: str, *, alone: bool = False) -> list[Line]:
    """The lines that say something, in order. `text` is plain: a whole post, or a part of one (`alone`)."""
    text = _PASTED_MENTION.sub(r"@\1", _PASTED_HASHTAG.sub("#", text))
    text = _MARKDOWN_LINK.sub(r"\1", text)
    text = _LINKS.sub(_LINK, _GLUED_HASHTAG.sub(" #", text))
    read = _unwrapped(_without_hashtags(_without_links(text.split("\n"))))
    numbers = {int(number[1]) for line in read if (number := _NUMBERED.match(_unmarked(line)))}
    paragraph, found = 0, []
    for raw in read:
        if not _SAYS_SOMETHING.search(raw):
            paragraph += 1
            continue
        line = _line(raw, paragraph, None if alone else numbers)
        if _SAYS_SOMETHING.search(line.text):
            found.append(line)
    return _emoji_lists(found)


def without_links(text: str) -> str:
    """A text without its addresses, where it is said and not shown."""
    return _LINKS.sub(" ", text)


def _unmarked(raw: str) -> str:
    text = _QUOTE.sub("", _HEADING.sub("", raw.strip()))
    bullet = _BULLET.match(text)
    return text[bullet.end() :] if bullet else text


def _line(raw: str, paragraph: int, numbers: Collection[int] | None) -> Line:
    """`numbers` are those that lines of the post begin with: `37. I counted.` is no item where there is no 36 or 38."""
    text = _QUOTE.sub("", _HEADING.sub("", raw.strip()))
    if _TABLE_ROW.match(text):
        text = _EMPTY_CELLS.sub("", text)
    bullet = _BULLET.match(text)
    if bullet:
        text = text[bullet.end() :]
    number = _NUMBERED.match(text)
    if (
        number
        and numbers is not None
        and int(number[1]) > 1
        and not {int(number[1]) - 1, int(number[1]) + 1} & set(numbers)
    ):
        number = None
    if number:
        text = text[number.end() :]
    tick = _TICK.match(text)
    text = _MARKS_AROUND.sub("", text)
    for pattern, instead in _REPEATED:
        text = pattern.sub(instead, text)
    shown_number = f"{number[1]}." if number else ""
    return Line(text=text.strip(), paragraph=paragraph, point=bool(bullet or number or tick), number=shown_number)


def _without_links(read: Iterable[str]) -> list[str]:
    kept: list[str] = []
    for line in read:
        if _LINK not in line:
            kept.append(line)
            continue
        if line.count(_LINK) > 1:
            line = _SEVERAL.sub(_LINK, _CONTACT.sub("", line))
        line = _BRACKETED.sub(_LINK, line)
        label = line.replace(_LINK, "").strip(" .")
        words = regex.findall(r"[\p{L}\p{N}]+", label)
        if not words:
            _drop_label(kept)
        elif not (
            (_ONLY_LABEL.match(line) and len(words) <= _LABEL_WORDS)
            or (line.rstrip(" .").endswith(_LINK) and _LABEL.match(" ".join(words)))
        ):
            line = _LED_TO.sub("", _PREPOSITION.sub("", line)).replace(_LINK, "")
            kept.append("" if _LEFT_HANGING.match(line) else _LONELY_MARKS.sub(r"\1", line))
            continue
        kept.append("")
    return kept


def _drop_label(kept: list[str]) -> None:
    """A line such as `Read more:` goes with the link on the line below it."""
    place = next((place for place in range(len(kept) - 1, -1, -1) if kept[place].strip()), None)
    if place is None:
        return
    line = kept[place].strip()
    words = regex.findall(r"[\p{L}\p{N}]+", line)
    if len(words) <= _LABEL_WORDS and (line.endswith(":") or _LABEL.match(" ".join(words))):
        kept[place] = ""


def _without_hashtags(read: list[str]) -> list[str]:
    kept = ["" if line.count("#") > 1 and _ONLY_HASHTAGS.match(line) else line for line in read]
    while kept and (not _SAYS_SOMETHING.search(kept[-1]) or _ONLY_HASHTAGS.match(kept[-1])):
        kept.pop()
    if kept and "#" in kept[-1]:
        kept[-1] = _without_hashtags_behind(kept[-1])
    return kept


def _without_hashtags_behind(line: str) -> str:
    """`Thank you! #team #grateful` without its hashtags; but `I love #AI` keeps the one it needs."""
    words = line.split()
    end = len(words)
    while end and _ONE_HASHTAG.fullmatch(words[end - 1]):
        end -= 1
    if end and end < len(words) and (len(words) - end > 1 or _ENDED.search(words[end - 1])):
        return " ".join(words[:end])
    return line


def _unwrapped(read: Iterable[str]) -> list[str]:
    kept: list[str] = []
    for line in read:
        line = line.strip()
        before = kept[-1] if kept else ""
        if len(before) >= _WRAP and line[:1].islower() and before[-1].isalnum():
            kept[-1] = f"{before} {line}"
        else:
            kept.append(line)
    return kept


def _emoji_lists(found: list[Line]) -> list[Line]:
    """Two neighbouring lines that open with an emoji are a list, whichever emoji it is."""
    opens = [line.point or bool(_ANY_EMOJI.match(line.text)) for line in found]
    for place, line in enumerate(found):
        neighbours = opens[max(place - 1, 0) : place] + opens[place + 1 : place + 2]
        if opens[place] and not line.point and any(neighbours):
            found[place] = replace(line, point=True)
    return found


def _number(mark: str) -> str:
    if mark == "🔟":
        return "10"
    digits = "".join(character for character in mark if character.isascii())
    if digits:
        return digits
    for first in "①❶➀➊⓵":
        if 0 <= ord(mark) - ord(first) < (20 if first == "①" else 10):
            return str(ord(mark) - ord(first) + 1)
    raise ValueError(mark)
