"""Notes → a post, without a language model: hook, points, question, hashtags. No fact is added, none is changed."""

import re
from dataclasses import dataclass
from typing import Final

from shared.errors import FieldError, InvalidRequest
from shared.jobs import JobWarning
from shared.linkedin_post import character_count, hashtags, without_hashtags

from .cleaning import sentences, shortened, without_last_tags, without_markup
from .glue import QUESTIONS, language_of, primary
from .post_order import PostedNotes
from .tags import tags_for
from .written import WrittenPost

LONGEST_HOOK: Final = 210  # characters: what shows above "see more"
SHORTEST_POINT: Final = 10
LONGEST_POINT: Final = 160
WRAPPED: Final = 40  # characters of a line that somebody's mail program may have broken
_BULLET: Final = re.compile(r"^\s*[-–—•▪◦·→➡➜▶►✅✔☑✓👉🔹🔸*+]\ufe0f?\s+")
_NUMBERED: Final = re.compile(r"^\s*(\d{1,2})[.)]\s+(?=\S)")
# What somebody writes over notes for himself.
_LABEL: Final = re.compile(
    r"(?:my |the |some )?(?:notes?|draft|ideas?|key (?:points|takeaways)|notizen|stichpunkte|entwurf|notas|apuntes"
    r"|idées|appunti|notities)\b.{0,30}:",
    re.IGNORECASE,
)
_FIGURE: Final = re.compile(r"\d")
_ASKS: Final = ("?", "？", "؟")
# What goes on with the sentence before it, and what tells a story: neither stands by itself.
_LEANS: Final = re.compile(
    r"(?:and|but|so|then|because|that|this|it|they|he|she|i|my|und|aber|denn|also|das|dies|ich|mein|meine|et|mais|donc"
    r"|je|j'|mon|ma|y|pero|yo|mi|e|mas|eu|meu|minha|io|mio|mia|en|maar|ik|mijn)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Said:
    text: str
    is_point: bool = False

    @property
    def announces(self) -> bool:
        return self.text.endswith((":", "：")) and not self.is_point


def write(order: PostedNotes) -> WrittenPost:
    """Raises InvalidRequest where the notes say nothing: without a model nothing can be said of a theme alone."""
    notes = order.notes or ""
    said = _said(without_hashtags(without_last_tags(without_markup(_stars_kept(notes), source=notes))))
    if not said:
        message = "This service has no language model: send notes, and they are put into the shape of a post."
        raise InvalidRequest(
            message,
            errors=[FieldError("notes", "required", message)],
            hint="Or have the operator set LLM_BASE_URL and LLM_MODEL: then a theme alone will do.",
        )
    language = language_of(notes, order.language)
    asks = len(said) > 1 and said[-1].text.endswith(_ASKS)  # one in the middle is a part of what is told
    question = said[-1].text if asks else QUESTIONS.get(language, {}).get(order.tone, "")
    rest = said[:-1] if asks else said
    hook = _hook(rest, order.theme or "")
    rest = [one for one in rest if one is not hook]
    found = tags_for(notes, theme=order.theme or "", language=language) if order.include_hashtags else ()
    ends = [part for part in (question, " ".join(f"#{tag}" for tag in found)) if part]
    room = order.longest - character_count("\n\n".join(ends)) - 4
    body, left_out = _fitted(hook, rest, room)
    content = "\n\n".join([*(body or shortened([hook.text], max(room, 40))), *ends])
    return WrittenPost(content=content, engine="offline", warnings=_warnings(order, content, left_out, language))


def _stars_kept(notes: str) -> str:
    """A star at a line's beginning is a point here, and no markup."""
    return re.sub(r"^(\s*)[*+](?=\s)", r"\1-", notes, flags=re.MULTILINE)


def _said(notes: str) -> list[_Said]:
    """The sentences and points of notes, in their order."""
    found: list[_Said] = []
    lines = _whole_lines(notes)
    counts = [int(number[1]) for line in lines if (number := _NUMBERED.match(line))]
    numbered = len(counts) > 1 and counts == list(range(1, len(counts) + 1))  # and not the 24. of March
    for line in lines:
        text = _BULLET.sub("", line)
        if numbered:
            text = _NUMBERED.sub("", text)
        is_point = text != line
        for one in [text.strip()] if is_point else map(str.strip, sentences(text)):
            if re.search(r"\w", one) and (found or not _LABEL.fullmatch(one)):
                found.append(_Said(text=_begun(one), is_point=is_point))
    return found


def _whole_lines(notes: str) -> list[str]:
    """Lines as they were meant: what a mail program broke in the middle of a sentence is one again."""
    lines: list[str] = []
    for line in notes.split("\n"):
        before = lines[-1] if lines else ""
        if line[:1].islower() and len(before) >= WRAPPED and not before.rstrip().endswith((*".:!…", *_ASKS)):
            lines[-1] = f"{before.rstrip()} {line}"
        else:
            lines.append(line)
    return lines


def _begun(text: str) -> str:
    """With a capital, unless the first word has its own way: iPhone, npm.js, 3x."""
    first = text.split()[0].rstrip(".,;:!?")
    return text[:1].upper() + text[1:] if first.isalpha() and first.islower() and text[0] != "ß" else text


def _hook(said: list[_Said], theme: str) -> _Said:
    """The first sentence that shows whole above the fold; where there are points only, the theme."""
    prose = [one for one in said if not one.is_point]
    theme = without_markup(theme)
    if not prose and theme and len(theme) <= LONGEST_HOOK:
        return _Said(text=_begun(theme))
    prose = [one for one in prose if not one.announces] or prose or said
    if _LEANS.match(prose[0].text) and prose[0] is not said[0] and len(said[0].text) <= LONGEST_HOOK:
        return said[0]  # a conclusion cannot open: it follows from the points above it
    if len(prose[0].text) <= LONGEST_HOOK:
        return prose[0]
    short = [one for one in prose if len(one.text) <= LONGEST_HOOK and not _LEANS.match(one.text)]
    return max(short, key=lambda one: (bool(_FIGURE.search(one.text)), -len(one.text))) if short else prose[0]


def _fitted(hook: _Said, rest: list[_Said], room: int) -> tuple[list[str], int]:
    """Paragraphs that fit, and how many sentences do not: points, figures and the last sentence are kept first."""
    last = len(rest) - 1
    ranked = sorted(
        range(len(rest)), key=lambda at: (not rest[at].is_point, at != last, not _FIGURE.search(rest[at].text), at)
    )
    chosen: set[int] = set()
    body = [hook.text] if character_count(hook.text) <= room else []
    if not body:
        return [], len(rest)
    for at in ranked:
        more = {at, at - 1} if at and rest[at - 1].announces else {at}
        tried = _paragraphs(hook, [rest[n] for n in sorted(chosen | more)])
        if character_count("\n\n".join(tried)) <= room:
            chosen |= more
    kept = [rest[at] for at in sorted(chosen)]
    told = [one for place, one in enumerate(kept) if not one.announces or any(kept[place + 1 : place + 2])]
    return _paragraphs(hook, told), len(rest) - len(told)


def _paragraphs(hook: _Said, rest: list[_Said]) -> list[str]:
    """Points that stand together are one paragraph, a line each; sentences two by two."""
    shown_as_points = _in_the_middle(rest)
    made: list[tuple[bool, list[_Said]]] = []
    for one in rest:
        is_point = one.is_point or one in shown_as_points
        together = made and made[-1][0] == is_point
        if together and (is_point or (len(made[-1][1]) < 2 and not one.announces and not made[-1][1][-1].announces)):
            made[-1][1].append(one)
        else:
            made.append((is_point, [one]))
    written = [
        "\n".join(f"→ {one.text}" for one in group) if are_points else _run_on(group) for are_points, group in made
    ]
    return [hook.text, *written]


def _run_on(group: list[_Said]) -> str:
    """One after the other; what is written without spaces stays so."""
    return "".join(one.text if one.text.endswith(("。", "！", "？")) else f"{one.text} " for one in group).strip()


def _in_the_middle(rest: list[_Said]) -> list[_Said]:
    """Where nobody wrote points, the three or four short sentences in the middle that stand by themselves."""
    if len(rest) < 5 or any(one.is_point for one in rest):
        return []
    run: list[_Said] = []
    for one in rest[1:-1]:
        if SHORTEST_POINT <= len(one.text) <= LONGEST_POINT and not _LEANS.match(one.text) and not one.announces:
            run.append(one)
            if len(run) == 4:
                break
        elif len(run) >= 3:
            break
        else:
            run = []
    return run if len(run) >= 3 else []


def _warnings(order: PostedNotes, content: str, left_out: int, language: str) -> tuple[JobWarning, ...]:
    told = []
    if left_out:
        what = "One sentence of the notes is" if left_out == 1 else f"{left_out} sentences of the notes are"
        told.append(JobWarning(code="text_shortened", message=f"{what} left out for the sake of the length."))
    count = character_count(content)
    if not order.shortest <= count <= order.longest:
        message = f"The post has {count:,} characters, not about {order.characters:,}: notes are not stretched."
        told.append(JobWarning(code="length_missed", message=message))
    if order.language and language and primary(order.language) != language:
        message = "The notes are in another language, and nothing is translated without a language model."
        told.append(JobWarning(code="language_missed", message=message))
    if order.include_hashtags and not hashtags(content):
        told.append(
            JobWarning(code="no_hashtags", message="The notes name no subject that a hashtag could be made of.")
        )
    return tuple(told)
