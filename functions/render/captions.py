"""WordTimings → Captions: lines that fit the frame and follow the voice; and the same as SRT and VTT."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from html import escape
from itertools import pairwise
from typing import Final

from shared.storyboard import join

MOST_LINES: Final = 2
LONGEST_LINE: Final = 42  # characters; what subtitlers of the large services keep to
MOST_WORDS: Final = 16  # in one caption; bounds the search where words are single letters
FASTEST: Final = 17.0  # characters a second an adult reads with ease: steers the grouping, delays nothing
SHORTEST: Final = 1.2  # seconds under which a caption is felt as a flash
LEAD: Final = 0.08  # seconds a caption may be there before its first word is heard
TAIL: Final = 0.6  # seconds it may stay after its last word
HOLD: Final = 0.2  # seconds the last word stays marked after it was spoken
FRAME: Final = 0.04  # seconds; nothing can be shown for less
LONG_PAUSE: Final = 0.3  # seconds of silence after which a new caption reads better

_DIRECTION_OVERRIDE: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SENTENCE_END: Final = re.compile(r"[.!?…:;。！？।][\"'”’»)\]]*\W*$")
SHORTENED: Final = re.compile(  # Dr. and A. Smith, z. B., 24. April: more follows
    r"\W*(?:\w|\d\d|Dr|Mr|Mrs|Ms|Prof|St|No|Nr|vs|approx|ca|bzw|Sr|Sra|Mme)\.", re.IGNORECASE
)
_CLAUSE_END: Final = re.compile(r"[,،、，–—)\]”»-]\W*$")


@dataclass(frozen=True, kw_only=True, slots=True)
class CaptionWord:
    """One word on the screen, and when it is heard: seconds of the film."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Caption:
    """Words that stand on the screen together from `start` to `end` (seconds of the film), in one or two lines.

    `lines` holds indices into `words`. A word that is wider than a line stands in a caption of its own;
    the lettering sets that caption smaller.
    """

    words: tuple[CaptionWord, ...]
    lines: tuple[tuple[int, ...], ...]
    start: float
    end: float

    def active(self, at: float) -> int | None:
        """The word that is spoken at film second `at`."""
        return active_word(self.words, at)

    @property
    def text(self) -> str:
        return "\n".join(join(self.words[word].text for word in line) for line in self.lines)


def active_word(words: Sequence[CaptionWord], at: float) -> int | None:
    """The index of the word that is spoken at second `at`: from its start until the next word's start.

    The first word counts already in the moment its caption may precede it, so that no caption blinks up unmarked.
    """
    if not words or at < words[0].start - LEAD or at >= max(words[-1].end, words[-1].start) + HOLD:
        return None
    started = [index for index, word in enumerate(words) if word.start <= at]
    return started[-1] if started else 0


def set_lines(
    words: Sequence[str], *, measure: Callable[[str], float], width: float, longest: int | None = None
) -> tuple[tuple[int, ...], ...]:
    """Words → the fewest lines that fit `width`, as even as they can be, broken where the sense breaks.

    A line is also kept to `longest` characters. A word that is too wide takes a line of its own.
    """
    count = len(words)

    @cache
    def fits(first: int, last: int) -> float:
        """The share of the width that the words first..last-1 fill; above 1 where they do not fit."""
        text = join(words[first:last])
        if last - first > 1 and longest and len(text) > longest:
            return 2.0
        return measure(text) / width

    @cache
    def best(first: int) -> tuple[int, float, tuple[int, ...]]:
        """(lines, untidiness, the index after each line) for the words from `first` on."""
        if first == count:
            return 0, 0.0, ()
        found: list[tuple[int, float, tuple[int, ...]]] = []
        for last in range(first + 1, count + 1):
            filled = fits(first, last)
            if filled > 1 and last > first + 1:
                break
            lines, untidy, ends = best(last)
            untidy += (1 - min(filled, 1.0)) ** 2
            if last < count:
                untidy += _break_cost(words[last - 1]) * 0.15
            elif first and last - first == 1 and len(words[first]) < 8:
                untidy += 0.5  # a short word alone on the last line
            found.append((lines + 1, untidy, (last, *ends)))
        return min(found)

    for start in range(count, 0, -50):
        best(start)  # from the back, so that a long text does not exhaust the stack
    return tuple(tuple(range(first, last)) for first, last in pairwise((0, *best(0)[2])))


def captions(
    scenes: Sequence[Sequence[CaptionWord]],
    *,
    measure: Callable[[str], float],
    width: float,
    cuts: Sequence[float] = (),
) -> tuple[Caption, ...]:
    """Scenes of words, in film time → Captions in order, none across two scenes, and none across a cut.

    `measure` gives the width of a text in the unit of `width`. `cuts` are the seconds at which another picture begins,
    between two words. Every word with something to show appears exactly once.
    """
    groups: list[tuple[tuple[CaptionWord, ...], tuple[tuple[int, ...], ...]]] = []
    for scene in scenes:
        shown = [replace(word, text=_plain(word.text)) for word in scene]
        for part in _between_cuts([word for word in shown if word.text], cuts):
            groups.extend(_grouped(part, measure, width))
    starts: list[float] = []
    spoken = 0.0
    for words, _ in groups:
        start = max(words[0].start - LEAD, 0.0)
        if starts:
            start = max(start, min(spoken, words[0].start), starts[-1] + FRAME)  # lead into silence, not into a word
            start = max([start, *(cut for cut in cuts if spoken <= cut <= words[0].start)])
        starts.append(start)
        spoken = words[-1].end
    made: list[Caption] = []
    for index, (words, lines) in enumerate(groups):
        end = max(words[-1].end + TAIL, starts[index] + FRAME)
        if index + 1 < len(groups):
            end = min(end, starts[index + 1])
            following = groups[index + 1][0][0].start
            end = min([end, *(cut for cut in cuts if words[-1].end <= cut <= following)])
        made.append(Caption(words=words, lines=lines, start=starts[index], end=end))
    return tuple(made)


def srt(captions: Sequence[Caption]) -> str:
    """Captions → a SubRip file."""
    cues = (
        f"{number}\n{_clock(start, ',')} --> {_clock(end, ',')}\n{text.replace('-->', '→')}\n"
        for number, (start, end, text) in enumerate(_cues(captions), 1)
    )
    return "\n".join(cues)


def vtt(captions: Sequence[Caption]) -> str:
    """Captions → a WebVTT file."""
    cues = (
        f"{number}\n{_clock(start, '.')} --> {_clock(end, '.')}\n{escape(text, quote=False)}\n"
        for number, (start, end, text) in enumerate(_cues(captions), 1)
    )
    return "\n".join(("WEBVTT\n", *cues))


def _between_cuts(words: Sequence[CaptionWord], cuts: Sequence[float]) -> list[list[CaptionWord]]:
    parts: list[list[CaptionWord]] = []
    for place, word in enumerate(words):
        if not place or any(words[place - 1].start < cut <= word.start for cut in cuts):
            parts.append([])
        parts[-1].append(word)
    return parts


def _grouped(
    words: Sequence[CaptionWord], measure: Callable[[str], float], width: float
) -> list[tuple[tuple[CaptionWord, ...], tuple[tuple[int, ...], ...]]]:
    """One scene → its captions: the cheapest way to cut it, found from the end."""
    measure = cache(measure)
    cheapest: list[float] = [0.0] * (len(words) + 1)
    cut: list[tuple[int, tuple[tuple[int, ...], ...]]] = [(0, ())] * len(words)
    for first in range(len(words) - 1, -1, -1):
        cheapest[first] = float("inf")
        for last in range(first + 1, min(first + MOST_WORDS, len(words)) + 1):
            texts = [word.text for word in words[first:last]]
            lines = set_lines(texts, measure=measure, width=width, longest=LONGEST_LINE)
            alone = last == first + 1
            if not alone and (len(lines) > MOST_LINES or any(measure(text) > width for text in texts)):
                break
            cost = _cost(words, first, last) + cheapest[last]
            if cost < cheapest[first]:
                cheapest[first], cut[first] = cost, (last, lines)
    groups = []
    first = 0
    while first < len(words):
        last, lines = cut[first]
        groups.append((tuple(words[first:last]), lines))
        first = last
    return groups


def _cost(words: Sequence[CaptionWord], first: int, last: int) -> float:
    """How badly the words first..last-1 read as one caption; 1 is the price of having one more caption."""
    group = words[first:last]
    until = words[last].start if last < len(words) else group[-1].end + TAIL
    duration = max(until - group[0].start, FRAME)
    speed = sum(_weight(word.text) + 1 for word in group) / duration
    cost = 1.0 + max(0.0, SHORTEST - duration) * 1.5 + min(max(0.0, speed / FASTEST - 1), 3.0)
    for word, after in pairwise(group):
        cost += 0.5 * _ends_sentence(word.text) + 2 * max(0.0, after.start - word.end - LONG_PAUSE)
    if last < len(words):
        paused = words[last].start - group[-1].end >= LONG_PAUSE
        cost += 0.0 if paused else _break_cost(group[-1].text)
        if last == len(words) - 1:
            cost += 0.6  # it would leave one word for the last caption
    return cost


def _ends_sentence(word: str) -> bool:
    return bool(_SENTENCE_END.search(word)) and not SHORTENED.fullmatch(word)


def _weight(text: str) -> int:
    """How long a text takes to read, in Latin letters: a Chinese character, or a syllable of Korean, takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _break_cost(word: str) -> float:
    """How much it hurts to break after this word: 0 at the end of a sentence, 1 after an article."""
    if SHORTENED.fullmatch(word):
        return 1.0
    if _ends_sentence(word):
        return 0.0
    if _CLAUSE_END.search(word):
        return 0.15
    return 1.0 if len(word) <= 3 and word.isalpha() else 0.6


def _plain(text: str) -> str:
    """One line without controls, direction overrides and halves of characters: nothing that breaks a caption file."""
    kept = "".join(
        character
        for character in " ".join(text.split())
        if unicodedata.category(character) not in ("Cc", "Cs") and not _DIRECTION_OVERRIDE.match(character)
    )
    return " ".join(kept.split())


def _cues(captions: Sequence[Caption]) -> list[tuple[int, int, str]]:
    """(start, end, text) in milliseconds: each ends after it starts, and none overlaps the next."""
    cues: list[tuple[int, int, str]] = []
    for caption in captions:
        text = "\n".join(line for line in map(_plain, caption.text.split("\n")) if line)
        if not text:
            continue
        start = max(round(caption.start * 1000), cues[-1][1] if cues else 0)
        cues.append((start, max(round(caption.end * 1000), start + 1), text))
    return cues


def _clock(milliseconds: int, point: str) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{rest:03}"
