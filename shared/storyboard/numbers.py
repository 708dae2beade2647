"""One written token → what an English voice says for it: `$1.2M` → `1.2 million dollars`."""

from typing import Final

import regex

from .vocabulary import PRICED

_SIGNS: Final = {
    "+": "plus ",
    "-": "minus ",
    "−": "minus ",
    "±": "plus or minus ",
    "~": "about ",
    "≈": "about ",
    ">": "more than ",
    "<": "less than ",
    "≥": "at least ",
    "≤": "at most ",
}
_CURRENCIES: Final = {
    "$": ("dollar", "dollars", "cents"),
    "€": ("euro", "euros", "cents"),
    "£": ("pound", "pounds", "pence"),
    "¥": ("yen", "yen", ""),
    "₹": ("rupee", "rupees", "paise"),
}
_LANDS: Final = {"US": "US ", "A": "Australian ", "AU": "Australian ", "C": "Canadian ", "CA": "Canadian "}
_SIZES: Final = {"k": "thousand", "m": "million", "mn": "million", "mm": "million", "b": "billion", "bn": "billion"}
_SIZES_OF_MONEY: Final = _SIZES | {"t": "trillion", "tn": "trillion"}
_UNITS: Final = {
    "%": "percent",
    "x": "times",
    "×": "times",
    "°": "degrees",
    "°c": "degrees Celsius",
    "°f": "degrees Fahrenheit",
    "m²": "square metres",
    "m2": "square metres",
    "km²": "square kilometres",
    "km2": "square kilometres",
    "cm²": "square centimetres",
    "ft²": "square feet",
    "m³": "cubic metres",
    "m3": "cubic metres",
    "★": "stars",
    "⭐": "stars",
}
_PERIODS: Final = {"mo": "month", "yr": "year", "hr": "hour", "h": "hour", "wk": "week", "pp": "person"}
_FRACTIONS: Final = {
    "½": "one half",
    "⅓": "one third",
    "⅔": "two thirds",
    "¼": "one quarter",
    "¾": "three quarters",
    "⅕": "one fifth",
    "⅖": "two fifths",
    "⅗": "three fifths",
    "⅘": "four fifths",
    "⅙": "one sixth",
    "⅛": "one eighth",
    "⅜": "three eighths",
    "⅝": "five eighths",
    "⅞": "seven eighths",
    "⅒": "one tenth",
}
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
    "401k": "401 K",
    "401(k)": "401 K",
    "c++": "C plus plus",
    "c#": "C sharp",
    "f#": "F sharp",
}
_NUM: Final = r"\d+(?:,\d{2,3})*(?:\.\d+)?"
_CUR: Final = r"(?:US|A|C|CA|AU|NZ|S|HK)?\$|€|£|¥|₹"
_UNIT: Final = r"%|[kmcf]?[mt]?[²³]|[km]?m[23]|[xX×★⭐]|°[CFcf]?|[kK]|MM|M|mn|bn|Bn|BN|B|b|tn|T|m"
_FIGURE = regex.compile(
    rf"(?P<sign>[-+−±~≈<>≥≤]?)(?P<cur>{_CUR})?(?P<num>{_NUM})(?P<half>[½⅓⅔¼¾⅛])?"
    rf"(?:\s?(?P<unit>{_UNIT}|(?<=\s)(?:hundred|thousand|million|billion|trillion|lakh|crore)))?(?P<cur_behind>€|£|\$|¥|₹)?"
    rf"(?:(?P<dash>-|–|—|/|→|->)(?P<cur2>{_CUR})?(?P<num2>{_NUM})(?P<unit2>{_UNIT})?(?P<cur2_behind>€|£|\$|¥|₹)?)?"
    r"(?P<plus>\+)?(?:/(?P<per>\p{L}+))?"
)
_LEAD = regex.compile(r"^[\"'“‘(\[«]+")
_TAIL = regex.compile(r"(?:[.,!?:;…\"'”’)\]»]|(?<=[^\s])[™®©])+$")
_WORTH_A_LOOK = regex.compile(r"[\d@&+=%/<>~→½⅓⅔¼¾⅕-⅞²³°™®©#×]|vs|VS|e\.g|E\.g|i\.e|I\.e|pprox|^\(?[Nn]o\.$")
_REWRITES = (
    (regex.compile(r"[™®©]"), ""),
    (regex.compile(r"(?<=\d)([½⅓⅔¼¾⅛])"), lambda found: f" and {_FRACTIONS[found[1]].replace('one half', 'a half')}"),
    (regex.compile(rf"[{''.join(_FRACTIONS)}]"), lambda found: f" {_FRACTIONS[found[0]]} "),
    (regex.compile(r"(?<![\p{L}\p{M}])(k?m|cm|ft)([²³])"), lambda found: f" {_power(found[1], found[2])}"),
    (regex.compile(r"(?<=[\p{L}\d])²"), " squared"),
    (regex.compile(r"(?<=[\p{L}\d])³"), " cubed"),
    (regex.compile(r"^#(?=\d)"), "number "),
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
_GLUED = regex.compile(
    rf"((?:{_CUR})\d[\d.,]*\d|(?:{_CUR})\d) (?=(?:hundred|thousand|million|billion|trillion|lakh|crore)\b)"
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
    if core == "<3" and not following:
        return ""  # a heart
    alone = _ALONE.get(core.lower())
    if alone:
        return opening + alone + (closing[1:] if core.lower() in {"vs", "e.g", "i.e", "approx"} else closing)
    if core.lower() == "no" and closing.startswith("."):
        return f"{opening}number" if following[:1].isdigit() else token
    if core in _PLAIN_FRACTIONS:
        return opening + _PLAIN_FRACTIONS[core] + closing
    figure = _FIGURE.fullmatch(core.replace("\u00a0", " "))
    said = _figure(figure, following) if figure else None
    if said and said.endswith("dollars") and not closing and following.lower().strip(".,!?:;") in PRICED:
        said = said[:-1]
    if said is None:
        said = core
        for pattern, instead in _REWRITES:
            said = pattern.sub(instead, said)
    return " ".join((opening + said + closing).split())


def _figure(figure: regex.Match[str], following: str) -> str | None:
    """None for what is better left to the voice: plain integers, years, phone numbers, 4K, 5 m."""
    currency = figure["cur"] or figure["cur_behind"] or figure["cur2"] or figure["cur2_behind"] or ""
    if figure["per"] and not (currency or figure["unit"]):
        return None
    screens = ("video", "resolution", "tv", "monitor", "display", "screen", "camera", "hdr", "footage")
    if figure["num"] in {"4", "8"} and figure["unit"] == "K" and following.lower().startswith(screens):
        return None
    first, second = figure["num"], figure["num2"]
    unit, unit2 = figure["unit"] or "", figure["unit2"] or ""
    sign = _SIGNS.get(figure["sign"], "")
    behind = " plus" if figure["plus"] else ""
    if figure["per"]:
        behind += f" per {_PERIODS.get(figure['per'].lower(), figure['per'])}"
    if second is None:
        if figure["half"]:
            half = _FRACTIONS[figure["half"]].replace("one half", "a half")
            return f"{sign}{first} and {half} {_unit(unit, money=False)}".rstrip() + behind
        said = _amount(first, unit, currency)
        return None if said is None else sign + said + behind
    if figure["dash"] == "/" and not currency:
        return _ratio(first, second, behind) if not (unit or unit2) else None
    if figure["dash"] == "-" and not (currency or unit or unit2):
        phone = len(first) == 3 and len(second) == 4 and not second.endswith("00")
        if phone or len(second) > 4 or (first.startswith("0") and first != "0"):
            return None
        return f"{sign}{first} {second}{behind}" if first in {second, "24"} else f"{sign}{first} to {second}{behind}"
    last = _amount(second, unit2, currency)
    if last is None:
        return None
    if not unit or unit == unit2:
        return f"{sign}{first} to {last}{behind}"
    start = _amount(first, unit, "")
    return None if start is None else f"{sign}{start} to {last}{behind}"


def _amount(number: str, unit: str, currency: str) -> str | None:
    if not currency:
        said = _unit(unit, money=False)
        if said is None:
            return None
        if said in {"times", "stars"} and number == "1":
            said = said[:-1] if said == "stars" else "time"
        return f"{number} {said}".rstrip()
    size = _unit(unit, money=True)
    if size is None:
        return None
    one, many, small = _CURRENCIES[currency[-1]]
    land = _LANDS.get(currency[:-1], "")
    whole, _, part = number.partition(".")
    if size:
        return f"{number} {size} {land}{many}"
    if len(part) == 2 and small:
        cents = f"{int(part)} {small}"
        if int(part) == 0:
            return f"{whole} {land}{one if whole == '1' else many}"
        return cents if whole == "0" else f"{whole} {land}{one if whole == '1' else many} and {cents}"
    return f"{number} {land}{one if number == '1' else many}"


def _unit(unit: str, *, money: bool) -> str | None:
    """The unit in words; empty for none, None for one that a voice reads better than we do."""
    if not unit:
        return ""
    if len(unit) > 2 and unit.isalpha():
        return unit
    if money:
        return _SIZES_OF_MONEY.get(unit.lower())
    if unit in {"m", "b", "T", "mm"}:
        return None  # metres, bits and tonnes
    return _UNITS.get(unit.lower()) or _SIZES.get(unit.lower())


def _ratio(first: str, second: str, behind: str) -> str | None:
    if not (first.isdigit() and second.isdigit()):
        return None
    if int(first) + int(second) == 100 or int(first) >= int(second):
        return f"{first} {second}{behind}"
    return f"{first} out of {second}{behind}"


def _power(unit: str, power: str) -> str:
    names = {"m": "metres", "km": "kilometres", "cm": "centimetres", "ft": "feet"}
    return f"{'square' if power == '²' else 'cubic'} {names[unit]}"
