"""A line → tokens: what the screen shows and what the voice says, from one tokenisation."""

from dataclasses import dataclass, replace
from typing import Final

import regex

from .lexicon import Lexicon
from .numbers import DAYS, keep_together, say
from .phrases import phrases
from .scene import WITHOUT_SPACES
from .text import EMOJI, without_emoji
from .vocabulary import ACRONYMS, LITTLE

_DASHES = regex.compile(r"(?<=[\p{L}\p{N}\p{P}])(—|--+)(?=[\p{L}\p{N}\p{P}])")
_FRENCH_MARKS = regex.compile(r"(?<=[\p{L}\p{N})\]}\"”’%?!.…]) (?=[!?:;…»]+[.,]?(?: |$))|(?<=«) ")
_AMOUNT = regex.compile(  # `300 €`, `5 Millionen €`: alone, the sign would not be said
    r"(?<=\d) (?=(?:[%‰]|°[CF])(?![\p{L}\d]))|(?<=[\d\p{L}]) (?=[kKM]?[€£$¥₹₽₩₺](?![\p{L}\d]))"
)
_GLUED_SENTENCE = regex.compile(
    r"(?<=\p{Ll}{2}[.!?])(?=\p{Lu}\p{Ll}|\p{Lu} )|(?<=\p{Ll}{2},)(?=\p{L})|(?<=\p{L}{2}:)(?=[#\d+\p{Lu}])"
)
_BEFORE_MARK = regex.compile(r"\s+(?=[.,!?…:;)])")
_AFTER_ELLIPSIS = regex.compile(r"(?<=\p{L}…)(?=\p{L})")
_HAS_NO_SPACES = regex.compile(rf"[{WITHOUT_SPACES}]")
_LONGEST: Final = 45  # characters; the longest words that people use in German still fit
_PART = regex.compile(rf"\X{{1,{_LONGEST}}}")

_SIMPLE = regex.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*[.,!?:;…]?")
_SAID_OTHERWISE: Final = frozenset(["vs", "no", "approx", "acc"])
_SAYS_SOMETHING = regex.compile(r"[\p{L}\p{N}]")
_EMOJI_RUN = regex.compile(rf"(?:{EMOJI})+")
_TO_THE_NEXT = regex.compile(r"[👉➡▶🔹🔸🔷🔶✅✔✓❌✗☑💡📌👇⬇([{«“„]")
_ARROW = regex.compile(r"(?:[→➡➔➜➝➞⇒⟶>»]\ufe0f?|[-=]+>)+")
_SEPARATES = regex.compile(r"[-–—|•·/\\→➡➔➜➝➞⇒⟶>~]|=+>")
_HASHTAG = regex.compile(r"(?<![\w&/])#(?=[\p{N}_]*\p{L})([\p{L}\p{N}\p{M}_]+)")
_MENTION = regex.compile(r"(?<![\p{L}\p{N}])@(?=\p{L})([\p{L}\p{N}\p{M}_.-]*[\p{L}\p{N}\p{M}])")
_HUMPS = regex.compile(r"(?<=[\p{Ll}\p{N}])(?=\p{Lu}\p{L})|(?<=\p{Lu})(?=\p{Lu}\p{Ll}{2})|(?<=\p{Ll}{2})(?=\p{N}{2})")
_UNSAYABLE = regex.compile(
    r"[^\p{L}\p{M}\p{N}\p{Sc}\s.,!?…:;'\"’‘“”„«»()&+=%/°@\u200c\u200d\p{Pd}"
    r"、。！？，；：「」『』（）【】《》〈〉〔〕・،؛؟۔।॥·¿¡·־׳״]"
)
_NO_LEXICON: Final = Lexicon({})
_SHOUTING: Final = 4  # words in capitals, one after the other, that are a style and not names


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """One token of a line; `spoken` is empty for what is only seen, and belongs to a neighbour."""

    shown: str
    spoken: str
    bare: str  # as written, without emoji: what sentence ends are read from

    @property
    def separates(self) -> bool:
        """A dash, a bar or an arrow: the voice pauses here."""
        return not self.spoken and bool(_SEPARATES.match(self.shown))

    @property
    def leads(self) -> bool:
        """A mark that belongs to what comes after it."""
        return bool(_TO_THE_NEXT.match(self.shown))

    @property
    def is_arrow(self) -> bool:
        return bool(_ARROW.fullmatch(self.shown))


def tokens(line: str, *, language: str, lexicon: Lexicon = _NO_LEXICON) -> list[Token]:
    """The tokens of one line, in order. In other languages than English the numbers are left to the voice."""
    english = language == "en"
    chunks = _chunks(keep_together(line) if english else line, language)
    read = []
    for place, chunk in enumerate(chunks):
        if _SIMPLE.fullmatch(chunk) and not (english and _is_said_otherwise(chunk)):  # most words
            read.append(Token(shown=chunk, spoken=sayable(lexicon.applied(chunk)) or chunk, bare=chunk))
            continue
        bare = without_emoji(chunk).strip()
        following = chunks[place + 1] if place + 1 < len(chunks) else ""
        told = lexicon.applied(bare)
        spoken = _spoken(bare, following, english=english) if told == bare else sayable(told)
        spoken = sayable(lexicon.applied(spoken)) or spoken if told == bare else spoken
        read.append(Token(shown=chunk.replace("\u00a0", " "), spoken=spoken, bare=bare))
    return _calmed(read)


def _chunks(line: str, language: str) -> list[str]:
    line = _GLUED_SENTENCE.sub(" ", _AFTER_ELLIPSIS.sub(" ", _DASHES.sub(r" \1 ", line)))
    line = _AMOUNT.sub("\u00a0", _FRENCH_MARKS.sub("\u00a0", line))
    chunks: list[str] = []
    for chunk in line.split(" "):
        if not chunk:
            continue
        if not chunk.isascii() and _HAS_NO_SPACES.search(chunk):
            pieces = phrases(chunk, language)
        else:
            pieces = [chunk]
        for piece in pieces:
            chunks.extend(_PART.findall(piece) if len(piece) > _LONGEST else [piece])
    return chunks


def _is_said_otherwise(chunk: str) -> bool:
    core = chunk.rstrip(".,!?:;…")
    return core.lower() in _SAID_OTHERWISE or ("-" in core and bool(DAYS.fullmatch(core)))


def _spoken(bare: str, following: str, *, english: bool) -> str:
    if _ARROW.fullmatch(bare) and not (english and bare.startswith(">")):
        return ""
    if "#" in bare:
        bare = _HASHTAG.sub(lambda found: _without_humps(found[1]), bare)
    if "@" in bare:
        bare = _MENTION.sub(lambda found: found[1].replace("_", " ").replace(".", " "), bare)
    bare = bare.replace("://", " ")
    return sayable(say(bare, following) if english else bare)


def sayable(text: str) -> str:
    """What of a text a voice may get: no emoji and no signs that it would spell out; empty where nothing is left."""
    said = _BEFORE_MARK.sub("", " ".join(_UNSAYABLE.sub(" ", without_emoji(text)).split()))
    return said if said == "&" or _SAYS_SOMETHING.search(said) else ""


def _without_humps(tag: str) -> str:
    """`FutureOfWork` → `Future of Work`."""
    words = _HUMPS.sub(" ", tag.replace("_", " ")).split()
    return " ".join(word.lower() if place and word in LITTLE else word for place, word in enumerate(words))


def _calmed(read: list[Token]) -> list[Token]:
    """Runs of four and more words in capitals are said as an ordinary sentence: voices spell capitals out."""
    run: list[int] = []
    calm = list(read)
    for place in range(len(read) + 1):
        token = read[place] if place < len(read) else None
        if token is not None and (not token.bare or token.bare.upper() == token.bare.lower()):
            continue  # figures and emoji do not end a run
        if token is not None and token.bare.isupper() and token.bare.isascii():
            run.append(place)
            continue
        if len(run) >= _SHOUTING and any(len(read[shouted].bare) > 3 for shouted in run):
            for shouted in run:
                first = shouted == run[0] or read[shouted - 1].bare.endswith((".", "!", "?"))
                calm[shouted] = replace(read[shouted], spoken=_calm(read[shouted].spoken, first=first))
        run = []
    return calm


def _calm(spoken: str, *, first: bool) -> str:
    core = regex.sub(r"[^\w&]", "", spoken)
    if core in ACRONYMS or core == "I" or spoken.startswith(("I'", "I’")):
        return spoken if core in ACRONYMS or core == "I" else spoken[:1] + spoken[1:].lower()
    return spoken.capitalize() if first else spoken.lower()
