"""A figure with its sign, currency, size and unit → the words of an English voice."""

from typing import Final

import regex

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
FRACTIONS: Final = {
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
_NUM: Final = r"\d+(?:,\d{2,3})*(?:\.\d+)?"
CURRENCY: Final = r"(?:US|A|C|CA|AU|NZ|S|HK)?\$|€|£|¥|₹"
_UNIT: Final = r"%|[kmcf]?[mt]?[²³]|[km]?m[23]|[xX×★⭐]|°[CFcf]?|[kK]|MM|M|mn|bn|Bn|BN|B|b|tn|T|m"
_FIGURE = regex.compile(
    rf"(?P<sign>[-+−±~≈<>≥≤]?)(?P<cur>{CURRENCY})?(?P<num>{_NUM})(?P<half>[½⅓⅔¼¾⅛])?"
    rf"(?:\s?(?P<unit>{_UNIT}|(?<=\s)(?:hundred|thousand|million|billion|trillion|lakh|crore)))?(?:\s?(?P<cur_behind>€|£|\$|¥|₹))?"
    rf"(?:(?P<dash>-|–|—|/|→|->)(?P<cur2>{CURRENCY})?(?P<num2>{_NUM})(?P<unit2>{_UNIT})?(?P<cur2_behind>€|£|\$|¥|₹)?)?"
    r"(?P<plus>\+)?(?:/(?P<per>\p{L}+))?"
)


def say_figure(written: str, following: str) -> str | None:
    """None for what is better left to the voice: plain integers, years, phone numbers, 4K, 5 m."""
    figure = _FIGURE.fullmatch(written)
    if figure is None:
        return None
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
            half = FRACTIONS[figure["half"]].replace("one half", "a half")
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
    if int(first) + int(second) == 100 or int(first) > int(second):
        return f"{first} {second}{behind}"
    return f"{first} out of {second}{behind}"
