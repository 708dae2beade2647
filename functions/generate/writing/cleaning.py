"""Whatever was written → plain text for a post: no markup, no address that nobody gave, whole sentences only."""

import html
import re
from collections.abc import Callable
from typing import Final

from shared.linkedin_post import character_count
from shared.storyboard.vocabulary import NEVER_END, OPENERS, SELDOM_END

from .glue import common_words

# Controls, direction overrides, halves of characters; and the tags of Unicode, in which text hides, but for flags.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
    "|(?P<flag>\U0001f3f4[\U000e0020-\U000e007f]{1,8})|[\U000e0000-\U000e007f]"
)
_LINE_ENDS: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_THOUGHT: Final = re.compile(
    r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)|\A.*</think(?:ing)?>", re.DOTALL | re.IGNORECASE
)
_TAG: Final = re.compile(
    r"<!--.{0,1000}?-->|</?(?:a|abbr|answer|article|b|blockquote|body|br|code|div|em|figure|final|font|footer|form|h[1-6]"
    r"|head|header|hr|html|i|iframe|img|input|li|link|main|meta|mark|nav|ol|output|p|post|pre|q|response|s|script|section"
    r"|small|span|strong|style|sub|sup|svg|table|tbody|td|text|th|thead|title|tr|u|ul|video)(?:[\s/][^<>]{0,500})?>",
    re.IGNORECASE | re.DOTALL,
)
_ENTITY: Final = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#39|#x27);")
_MENTION: Final = re.compile(r"@\[([^\[\]\n]{1,200})\]\([^()\n]{0,200}\)")
_LINK: Final = re.compile(r"!?(?<!@)\[([^\[\]\n]{0,300})\]\(([^()\s]{0,500})[^()\n]{0,200}\)")
_BOLD: Final = re.compile(
    r"(?<![\w*])(\*\*\*|\*\*|~~)(?=\S)(.{1,500}?)(?<=\S)\1(?![\w*])|(?<!\w)__(?=\S)(.{1,500}?)(?<=\S)__(?!\w)"
)
_ITALIC: Final = re.compile(r"(?<![\w*])([*_])(?=[^\s*_])([^*_\n]{1,500}?)(?<=[^\s*_])\1(?![\w*])")
_LEFT_OVER: Final = re.compile(r"(?<![\w*])\*\*+|\*\*+(?![\w*])|`+")
_LINE_BEGINS: Final = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?)", re.MULTILINE)
_STAR: Final = re.compile(r"^[ \t]*[*+][ \t]+", re.MULTILINE)
_FENCE: Final = re.compile(r"^[ \t]*(?:```.*|[-*_=]{3,})[ \t]*$", re.MULTILINE)
_ADDRESS: Final = re.compile(
    r"(?:[Hh][Tt][Tt][Pp][Ss]?://|[Ww][Ww][Ww]\.)\S+|[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"
    # A name alone, as LinkedIn would make a link of it: its end in small letters, so that ASP.NET is none.
    r"|(?<![\w@.-])(?:[A-Za-z0-9][A-Za-z0-9-]*\.)+(?:com|org|net|io|ai|co|dev|app|ly|me|info|biz|xyz|shop|online|site"
    r"|link|de|at|ch|fr|es|nl|pt|br|uk|eu|us|ca|in|jp|cn|pl|se|dk|tv|gg)\b(?:/\S*)?"
)
_LAST_TAGS: Final = re.compile(r"((?:[ \t]+#\w+)+)[ \t]*$", re.MULTILINE)
_EMOJI: Final = "[\u2600-\u27bf\U0001f000-\U0001faff\ufe0f\u200d]"
_END: Final = re.compile(rf"[.!?…]+[\"'”’»)\]]*(?=\s)(?:\s?{_EMOJI}+)*|[。！？।॥؟۔]+[\"'”’»)\]」』）]*|\n+")
_LAST_WORD: Final = re.compile(r"(?:^|[\s(\[\"'“‘«])([^\s(\[\"'“‘«]*)\Z")
_MONTH: Final = re.compile(
    r"(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember|Jahrhundert|Quartal)\b"
)
# Beside those that the films know, which are English: behind these, too, a sentence goes on.
_ELSEWHERE: Final = """
    z.b d.h u.a u.u i.d.r o.ä s.o bzw ggf evtl inkl zzgl nr abb vgl str mio mrd p.ex c.-à-d env mme mlle sra srta dra
    ing p.ej núm pág p.es dott avv sig bijv d.w.z o.a m.b.t z.o
"""
_SHORT: Final = NEVER_END | set(_ELSEWHERE.split())


def without_markup(text: str, *, source: str = "") -> str:
    """As LinkedIn would show it at best: it draws the signs of markdown as they are. A mention of `source` stays."""
    text = _LINE_ENDS.sub("\n", _THOUGHT.sub("", text)).replace("\t", " ")
    text = _UNSEEN.sub(lambda found: found["flag"] or "", text)
    text = _ENTITY.sub(lambda found: html.unescape(found[0]).replace("\xa0", " "), text)
    text = _FENCE.sub("", _TAG.sub("", text))
    text = _MENTION.sub(lambda found: found[0] if found[0] in source else found[1], text)
    text = _LINK.sub(lambda found: f"{found[1]} {found[2]}".strip() if found[2].startswith("http") else found[1], text)
    text = _STAR.sub("• ", _LINE_BEGINS.sub("", text))
    text = _BOLD.sub(lambda found: found[2] or found[3], text)
    text = _LEFT_OVER.sub("", _ITALIC.sub(r"\2", text))
    text = re.sub(r"[ \t]+$", "", re.sub(r"(?<=\S)[ \t]{2,}(?=\S)", " ", text), flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def without_new_addresses(text: str, source: str) -> tuple[str, bool]:
    """Sentences with an address that is not in `source` are gone; and whether there were any."""
    known = {_bare(found[0]) for found in _ADDRESS.finditer(source)}
    return without_sentences(text, lambda it: any(_bare(found[0]) not in known for found in _ADDRESS.finditer(it)))


def without_sentences(text: str, unwanted: Callable[[str], bool]) -> tuple[str, bool]:
    """The text without the sentences that are unwanted; and whether there were any."""
    kept = [sentence for sentence in sentences(text) if not (sentence.strip() and unwanted(sentence))]
    if "".join(kept) == text:
        return text, False
    left = re.sub(r"^[ \t]+|[ \t]+$", "", "".join(kept), flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", left).strip(), True


def without_last_tags(text: str) -> str:
    """Hashtags at the end of a line are gone, unless there is but one, and the sentence needs it as a word."""

    def left(found: re.Match[str]) -> str:
        before = text[: found.start()].rpartition("\n")[2]
        is_word = found[1].count("#") == 1 and before and not re.search(rf"(?:[.!?…:)]|{_EMOJI}|://\S+)\Z", before)
        return found[0] if is_word else ""

    return _LAST_TAGS.sub(left, text)


def sentences(text: str) -> list[str]:
    """The sentences and lines of a text, with the spaces and line ends beside them: joined they are the text."""
    found, begun = [], 0
    for end in _END.finditer(text):
        if not _goes_on(text, end):
            found.append(text[begun : end.end()])
            begun = end.end()
    return [*found, text[begun:]] if begun < len(text) else found


def _goes_on(text: str, end: re.Match[str]) -> bool:
    """Whether the sentence does, though there is a full stop: behind Dr., z. B. and 24. (März)."""
    following = text[end.end() :].lstrip(" ")[:40]
    if following[:1].islower() and (end[0][-1] in "…\"'”’»)" or end[0].endswith("...")):
        return True
    if end[0] != ".":
        return False
    before = _LAST_WORD.search(text[max(0, end.start() - 40) : end.start()])
    word = before[1].lower() if before else ""
    if word in _SHORT or (len(word) == 1 and word.isalpha() and word != "i"):
        return True
    if following[:1].islower() and len(word) <= 3 and word.isalpha() and word not in common_words():
        return True  # an abbreviation that nobody listed; else people who write notes leave capitals out
    if word in SELDOM_END:
        first = re.match(r"[\w']+", following)
        return not (first and first[0].lower() in OPENERS)
    return word.isdigit() and len(word) <= 2 and bool(_MONTH.match(following))


def shortened(paragraphs: list[str], most: int) -> list[str]:
    """Paragraphs of at most so many characters: sentences go from the end, the first and the last paragraph stay."""
    kept = [paragraph for paragraph in paragraphs if paragraph]
    while kept and character_count("\n\n".join(kept)) > most:
        at = len(kept) - 2 if len(kept) > 2 else len(kept) - 1
        left = "".join(sentences(kept[at])[:-1]).strip()
        if left:
            kept[at] = left
        elif len(kept) == 1:
            return [_whole_words(kept[0], most)]
        else:
            kept.pop(at)
    return kept


def _whole_words(text: str, most: int) -> str:
    while character_count(text) > most - 1:
        text = text.rpartition(" ")[0] or text[: most // 2]
    return text.rstrip(" ,;:–—-") + "…"


def _bare(address: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", address.casefold()).rstrip("/.,;:!?)\"'»”")
