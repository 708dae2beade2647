"""What a language model said → the draft of a post: cleaned, in paragraphs, with nothing that nobody asked for."""

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from shared.linkedin_post import character_count, hashtags, without_hashtags

from .cleaning import without_last_tags, without_markup, without_new_addresses, without_sentences
from .glue import language_of
from .post_order import PostedNotes
from .tags import FEWEST, MOST, tags_for, valid

LONGEST_ANSWER: Final = 12_000  # characters that are looked at: four posts
TELLING: Final = 20  # characters in a row that a post has in common with our own instructions by no accident
_FENCED: Final = re.compile(r"```(?:json)?\s*(\{.*\})\s*```", re.DOTALL)
_PREAMBLE: Final = re.compile(r"\A[^\n]{0,200}\bpost\b[^\n]{0,100}:[ \t*]*\n", re.IGNORECASE)
_POINT: Final = re.compile(r"^(?:[-–•→➡✅✔▪◦]|\d{1,2}[.)])\s")
_QUESTIONS: Final = ("question", "cta", "call_to_action")
_BODIES: Final = ("body", "content", "post", "text")


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """`paragraphs`: hook, body, question, as far as there are. `lost_addresses`: sentences with invented links went."""

    paragraphs: tuple[str, ...]
    tags: tuple[str, ...]
    lost_addresses: bool = False

    @property
    def content(self) -> str:
        ends = [" ".join(f"#{tag}" for tag in self.tags)] if self.tags and self.paragraphs else []
        return "\n\n".join([*self.paragraphs, *ends])

    @property
    def characters(self) -> int:
        return character_count(self.content)


def draft_of(said: str, order: PostedNotes, instructions: str, key: str | None) -> Draft:
    """Without paragraphs where there is no post in it. `instructions` and `key` are what must not stand in a post."""
    source = "\n".join(part for part in (order.notes, order.theme, order.target_audience) if part)
    told = _parts(said[:LONGEST_ANSWER])
    lost = False
    found_tags: list[str] = []

    def clean(text: str) -> str:
        nonlocal lost
        text, has_lost = without_new_addresses(without_markup(text, source=source), source)
        lost = lost or has_lost
        text, leaked = without_sentences(text, lambda sentence: _is_ours(sentence, instructions, key))
        if leaked:  # then the short ends of it as well
            text, _ = without_sentences(text, lambda sentence: _plainly(sentence) in _plainly(instructions))
        found_tags.extend(hashtags(text))
        return without_hashtags(without_last_tags(text))

    paragraphs = _paragraphs([clean(part) for part in told.parts])
    tags: tuple[str, ...] = ()
    if order.include_hashtags and paragraphs:
        of_model = [tag for tag in told.tags if not _is_ours(tag, instructions, key)]
        tags = valid([*of_model, *found_tags, *hashtags(order.notes or "")])[:MOST]
        if len(tags) < FEWEST:
            text = "\n".join(paragraphs)
            more = tags_for(text, theme=order.theme or "", language=language_of(text, None))
            tags = valid([*tags, *more])[:FEWEST]
    return Draft(paragraphs=tuple(paragraphs), tags=tags, lost_addresses=lost)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Told:
    parts: tuple[str, ...]
    tags: tuple[str, ...] = ()


def _parts(said: str) -> _Told:
    """The parts of the object that was asked for; or the whole as text, where it is none."""
    said = re.sub(r"<think(?:ing)?>.*?</think(?:ing)?>", "", said, flags=re.DOTALL | re.IGNORECASE).strip()
    found = _object(said)
    if found is None:
        # What begins like the object and is none was broken on its way; nobody wants to post it.
        return _Told(parts=() if said.startswith(("{", "```json")) else (_PREAMBLE.sub("", said),))
    parts = [*_texts(found.get("hook"))]
    parts += [text for name in _BODIES for text in _texts(found.get(name))]
    parts += [text for name in _QUESTIONS for text in _texts(found.get(name))][:1]
    tags = found.get("hashtags")
    return _Told(parts=tuple(parts), tags=tuple(_words(tags) if isinstance(tags, str) else _texts(tags)))


def _object(said: str) -> dict[str, Any] | None:
    """The JSON object in what was said: bare, fenced, or with words around it."""
    fenced = _FENCED.search(said)
    begin, end = said.find("{"), said.rfind("}")
    for text in (said, fenced[1] if fenced else "", said[begin : end + 1] if begin >= 0 else ""):
        with suppress(ValueError, RecursionError):
            value = json.loads(text, strict=False)
            if isinstance(value, dict) and {"hook", *_BODIES, *_QUESTIONS} & set(value):
                return value
    return None


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s,]+", text) if word]


def _paragraphs(parts: Sequence[str]) -> list[str]:
    """Paragraph by paragraph, whatever the parts were; points that follow each other are the lines of one."""
    made: list[str] = []
    for paragraph in (piece.strip() for part in parts for piece in re.split(r"\n\s*\n", part)):
        if not re.search(r"\w", paragraph):
            continue
        if made and _POINT.match(paragraph) and _POINT.match(made[-1].rpartition("\n")[2]):
            made[-1] += f"\n{paragraph}"
        elif paragraph not in made:  # a hook that is repeated in the body, a question that ends it already
            made.append(paragraph)
    return made


def _is_ours(sentence: str, instructions: str, key: str | None) -> bool:
    """Whether it repeats what only we said to the model."""
    if key and key in sentence:
        return True
    words, ours = _plainly(sentence), _plainly(instructions)
    return any(words[at : at + TELLING] in ours for at in range(len(words) - TELLING + 1))


def _plainly(text: str) -> str:
    return " ".join(text.casefold().split())
