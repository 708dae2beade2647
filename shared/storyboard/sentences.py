"""Tokens of a line → its sentences, as words; what is only seen joins the word beside it."""

from typing import Final

import regex

from .scene import Word
from .vocabulary import DEPENDENT, MONTHS, NEVER_END, OPENERS, SELDOM_END
from .words import Token

_END = regex.compile(r"[.!?…。！？।॥؟۔][\"'”“’»«)\]」』）】]*$")
_ASKS_OR_SHOUTS = regex.compile(r"[!?。！？।॥؟۔][\"'”“’»«)\]」』）】]*$")
_CLOSED = regex.compile(r"[.!?…:;。！？：；।॥؟۔、]\s?[\"'”“’»«)\]」』）】]*$")
_RESTS = regex.compile(r"[\p{P}--[)\"'”’%»]]$", regex.V1)
_INITIAL = regex.compile(r"^[\"'“‘(]*\p{Lu}\.$|^(?:\p{Lu}\.){2,}$")
_LETTERS = regex.compile(r"^[\"'“‘(\[]*(.*?)\.[\"'”’)\]]*$")
_MOST_MARKS: Final = 12  # characters of emoji and marks that one word can carry on screen
_CJK = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_INDIC = regex.compile(r"[\p{Devanagari}\p{Bengali}]")
_ORDINAL = regex.compile(r"^\(?\d{1,2}\.$")


def sentences(read: list[Token], *, number: str = "") -> list[tuple[Word, ...]]:
    """The sentences of one line. `number` is shown with the first word and not said."""
    found: list[tuple[Word, ...]] = []
    words: list[Word] = []
    waiting = number  # what is only seen and stands before its word
    last: Token | None = None
    after_emoji = False
    for place, token in enumerate(read):
        if not token.spoken:
            ended = last is not None and bool(_END.search(last.bare))
            if words and not waiting and not (token.leads and (ended or not token.separates)):
                following = next((later for later in read[place + 1 :] if later.spoken), None)
                words[-1] = _with_mark(words[-1], token, following)
                after_emoji = not token.separates
            else:
                waiting = _beside(waiting, token.shown)
            continue
        if last is not None and words and (_ends(last, token) or (after_emoji and _starts_afresh(words, last, token))):
            found.append(_closed(words))
            words = []
        words.append(Word(shown=f"{waiting} {token.shown}".strip(), spoken=token.spoken))
        waiting, last, after_emoji = "", token, False
    if words:
        if waiting and len(waiting) <= _MOST_MARKS:
            words[-1] = Word(shown=f"{words[-1].shown} {waiting}", spoken=words[-1].spoken)
        found.append(_closed(words))
    return found


def _with_mark(word: Word, mark: Token, following: Token | None) -> Word:
    shown = word.shown
    if len(mark.shown) <= _MOST_MARKS and sum(not character.isalnum() for character in shown) < _MOST_MARKS:
        shown = f"{shown} {mark.shown}"
    spoken = word.spoken
    if mark.separates and following is not None and not _RESTS.search(spoken):
        between_figures = mark.is_arrow and spoken[0].isdigit() and following.spoken[0].isdigit()
        spoken += " to" if between_figures else ","
    return Word(shown=shown, spoken=spoken)


def _beside(waiting: str, mark: str) -> str:
    both = f"{waiting} {mark}".strip()
    return both if len(both) <= _MOST_MARKS else waiting


def _ends(token: Token, following: Token) -> bool:
    """Whether a sentence ends with `token`, seen the token that follows."""
    bare = token.bare
    if not _END.search(bare):
        return False
    first = following.bare.lstrip("\"'“‘([«")
    if _ASKS_OR_SHOUTS.search(bare):
        return not (first[:1].islower() and bare[-1] in "\"'”’»)")
    if "…" in bare[-3:]:
        return not first[:1].islower()
    if _ORDINAL.match(bare) and (first[:1].islower() or first.lower().rstrip(",.") in MONTHS):
        return False
    letters = _LETTERS.match(bare)
    stem = letters[1].lower() if letters else ""
    if stem in NEVER_END:
        return False
    if stem in SELDOM_END or _INITIAL.match(bare):
        return first[:1].isupper() and first.lower().rstrip(",.") in OPENERS
    return True


def _starts_afresh(words: list[Word], last: Token, following: Token) -> bool:
    """An emoji between `…with the team 🎉 Thank you…` is where the author would have put a full stop."""
    core = following.bare.strip("\"'“‘([«,.!?")
    return (
        len(words) >= 4
        and core[:1].isupper()
        and core[1:].islower()
        and last.bare[-1:].isalnum()
        and last.bare.lower() not in DEPENDENT
    )


def _closed(words: list[Word]) -> tuple[Word, ...]:
    """With an end mark for the voice, so that it comes to rest."""
    last = words[-1]
    if not _CLOSED.search(last.spoken):
        mark = "。" if _CJK.search(last.spoken) else "।" if _INDIC.search(last.spoken) else "."
        spoken = last.spoken.rstrip(",-–— ") + mark
        words[-1] = Word(shown=last.shown, spoken=spoken)
    return tuple(words)
