"""One written token → what an English voice says for it: `$1.2M` → `1.2 million dollars`."""

from typing import Final

import regex

from .figures import CURRENCY, FRACTIONS, say_figure
from .vocabulary import HEARTED, PRICED

_PLAIN_FRACTIONS: Final = {
    "1/2": "one half",
    "1/3": "one third",
    "2/3": "two thirds",
    "1/4": "one quarter",
    "3/4": "three quarters",
    "1/5": "one fifth",
    "9/11": "9 11",
}
_ALONE: Final = {
    "&": "and",
    "+": "plus",
    "=": "equals",
    "%": "percent",
    "@": "at",
    ">": "is greater than",
    ">>": "is greater than",
    "<": "is less than",
    "w/": "with",
    "w/o": "without",
    "b/c": "because",
    "vs": "versus",
    "e.g": "for example",
    "i.e": "that is",
    "approx": "approximately",
    "acc": "according",
    "p.a": "per year",
    "a.k.a": "also known as",
    "≈": "about",
    "~": "about",
    "==": "double equals",
    "===": "triple equals",
    "401k": "401 K",
    "401(k)": "401 K",
    "c++": "C plus plus",
    "c#": "C sharp",
    "f#": "F sharp",
}
_DAYS: Final = {
    "Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday", "Thur": "Thursday",
    "Thurs": "Thursday", "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday",
}  # fmt: skip
_DAY: Final = "|".join(_DAYS)
DAYS = regex.compile(rf"({_DAY})[-–]({_DAY})")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_TIME: Final = r"\d{1,2}(?::\d\d)?(?:[ap]\.?m\.?)?"
_PER: Final = (
    "second|sec|minute|min|hour|hr|h|day|week|wk|month|mo|quarter|year|yr|person|user|seat|head|employee|charge"
)
_PERIODS: Final = {
    "sec": "second",
    "min": "minute",
    "hr": "hour",
    "h": "hour",
    "wk": "week",
    "mo": "month",
    "yr": "year",
}
_LEAD = regex.compile(r"^[\"'“‘(\[«]+")
_TAIL = regex.compile(r"(?:[.,!?:;…\"'”’)\]»]|(?<=[^\s])[™®©])+$")
_WORTH_A_LOOK = regex.compile(
    r"[\d@&+=%/<>~→½⅓⅔¼¾⅕-⅞²³°™®©#×]|≈|vs|VS|e\.g|E\.g|i\.e|I\.e|pprox|p\.a\b|a\.k\.a|^\(?[Nn]o\.$|^\(?[Aa]cc\.$"
    rf"|\b(?:{_DAY})[-–](?:{_DAY})\b"
)
_REWRITES = (
    (regex.compile(r"[™®©]"), ""),
    (regex.compile(r"(?<=\d)([½⅓⅔¼¾⅛])"), lambda found: f" and {FRACTIONS[found[1]].replace('one half', 'a half')}"),
    (regex.compile(rf"[{''.join(FRACTIONS)}]"), lambda found: f" {FRACTIONS[found[0]]} "),
    (regex.compile(r"(?<![\p{L}\p{M}])(k?m|cm|ft)([²³])"), lambda found: f" {_power(found[1], found[2])}"),
    (regex.compile(r"(?<=[\p{L}\d])²"), " squared"),
    (regex.compile(r"(?<=[\p{L}\d])³"), " cubed"),
    (regex.compile(r"^#(?=\d)"), "number "),
    (regex.compile(r"^@(?=\d)"), "at "),
    (
        regex.compile(r"^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"),
        lambda found: _date(found[2], found[3], found[1]),
    ),
    (
        regex.compile(r"^(0?[1-9]|1[0-2])/(1[3-9]|2\d|3[01])(?:/((?:19|20)\d\d))?$"),
        lambda found: _date(found[1], found[2], found[3]),
    ),
    (
        regex.compile(r"^(1[3-9]|2\d|3[01])/(0?[1-9]|1[0-2])(?:/((?:19|20)\d\d))?$"),
        lambda found: _date(found[2], found[1], found[3]),
    ),
    (regex.compile(rf"^({_TIME})[-–](\d{{1,2}}(?::\d\d)?[ap]\.?m\.?|\d{{1,2}}:\d\d)$", regex.IGNORECASE), r"\1 to \2"),
    (regex.compile(rf"^({_DAY})[-–]({_DAY})$"), lambda found: f"{_DAYS[found[1]]} to {_DAYS[found[2]]}"),
    (
        regex.compile(r"^(\d{1,2}):(\d)$|^(\d{3,}):(\d+)$"),
        lambda found: f"{found[1] or found[3]} to {found[2] or found[4]}",
    ),
    (regex.compile(rf"(?<=\p{{L}})/({_PER})$"), lambda found: f" per {_PERIODS.get(found[1], found[1])}"),
    (regex.compile(r"^hrs\b"), "hours"),
    (regex.compile(r"^w/(?=\p{L})"), "with "),
    (regex.compile(r"\b([QH])([1-4])(?=$|\P{L})"), r"\1 \2"),
    (regex.compile(r"(?<=\d)\s*[x×]\s*(?=\d)"), " by "),
    (regex.compile(r"(?<=\d)%"), " percent"),
    (regex.compile(r"(?<=\d)\+"), " plus "),
    (regex.compile(r"&"), " and "),
    (regex.compile(r"(?:->|=>|→)"), " to "),
    (regex.compile(r"(?<=\p{L})/(?=\p{L})"), " "),
    (regex.compile(r"(?<=[\p{L}\d])=(?=[\p{L}\d])"), " equals "),
    (regex.compile(r"(?<=\p{L})\+(?=\p{L})"), " plus "),
)
_DATE = regex.compile(
    r"(?:\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|1[0-2])/(?:1[3-9]|2\d|3[01])|\d?\d/\d?\d/(?:19|20)\d\d)$"
)
_GLUED = regex.compile(
    rf"((?:{CURRENCY})\d[\d.,]*\d|(?:{CURRENCY})\d) (?=(?:hundred|thousand|million|billion|trillion|lakh|crore)\b)"
)


def keep_together(line: str) -> str:
    """`$5 million` is said in another order than it is written, so it has to stay one word (a no-break space)."""
    return _GLUED.sub("\\1\u00a0", line)


def say(token: str, following: str) -> str:
    """What a voice says for one token. `following` is the token behind it, which can tell what it means."""
    if not _WORTH_A_LOOK.search(token):
        return token
    lead = _LEAD.match(token)
    opening = lead[0] if lead else ""
    tail = _TAIL.search(token, len(opening))
    core = token[len(opening) : tail.start() if tail else None]
    closing = regex.sub("[™®©]", "", tail[0]) if tail else ""
    if token.lower().strip("(") == "401(k)" + closing[1:] and closing[:1] == ")":
        core, closing = "401(k)", closing[1:]
    if core == "<3" and (not following or following.lower().strip(".,!?") in HEARTED):
        return f"love{closing}" if following else ""  # a heart
    if core == "½" and following in {"the", "a", "an", "our", "my"}:
        return f"{opening}half{closing}"
    alone = _ALONE.get(core.lower())
    if alone:
        return (
            opening
            + alone
            + (closing[1:] if core.lower() in {"vs", "e.g", "i.e", "approx", "acc", "p.a", "a.k.a"} else closing)
        )
    if core.lower() == "no" and closing.startswith("."):
        return f"{opening}number" if following[:1].isdigit() else token
    if _DATE.match(core):
        return opening + _rewritten(core) + closing
    if core in _PLAIN_FRACTIONS:
        return opening + _PLAIN_FRACTIONS[core] + closing
    said = say_figure(core.replace("\u00a0", " "), following)
    if said and said.endswith("dollars") and not closing and following.lower().strip(".,!?:;") in PRICED:
        said = said[:-1]
    if said is None:
        said = _rewritten(core)
    return " ".join((opening + said + closing).split())


def _rewritten(core: str) -> str:
    for pattern, instead in _REWRITES:
        core = pattern.sub(instead, core)
    return core


def _date(month: str, day: str, year: str | None) -> str:
    """As a date is said where the order of day and month is sure."""
    said = f"{_MONTHS[int(month) - 1]} {int(day)}"
    return f"{said}, {year}" if year else said


def _power(unit: str, power: str) -> str:
    names = {"m": "metres", "km": "kilometres", "cm": "centimetres", "ft": "feet"}
    return f"{'square' if power == '²' else 'cubic'} {names[unit]}"
