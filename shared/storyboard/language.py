"""The language of a text: by its script where that decides, else by its small words and its letters."""

from collections import Counter, defaultdict
from functools import cache
from math import log
from typing import Final

import regex

UNSURE: Final = "en"
BENEFIT_OF_DOUBT: Final = 0.5  # less than one small word, so that two plain words of a language outweigh it
LETTERS_WORTH: Final = 3.0  # of a word that is in no table: at most as much as a small word
UNKNOWN_WORDS: Final = 60  # whose letters are looked at: enough to decide, and a long post costs no more
_NOISE = regex.compile(r"https?://\S+|www\.\S+|[@#][\p{L}\p{N}_]+|\S+@\S+")
_WORD = regex.compile(r"\p{Latin}[\p{Latin}\p{M}'’]*")
_SCRIPTS: Final = {
    "Hangul": "ko", "Thai": "th", "Hebrew": "he", "Greek": "el", "Bengali": "bn", "Tamil": "ta", "Telugu": "te",
    "Gujarati": "gu", "Kannada": "kn", "Malayalam": "ml", "Georgian": "ka", "Armenian": "hy", "Devanagari": "hi",
    "Gurmukhi": "pa", "Sinhala": "si", "Khmer": "km", "Lao": "lo", "Myanmar": "my", "Ethiopic": "am",
}  # fmt: skip
_KANA: Final = r"[\p{Hiragana}\p{Katakana}]"
_SYLLABIC: Final = {"Han", "Kana", "Hangul"}  # a letter of theirs says as much as two or three Latin ones
_OF_SCRIPT = {name: regex.compile(rf"\p{{{name}}}") for name in (*_SCRIPTS, "Han", "Arabic", "Cyrillic", "Latin")} | {
    "Kana": regex.compile(_KANA)
}
_PERSIAN = regex.compile("[پچژگک\u200cی]")
_URDU = regex.compile("[ٹڈڑںےھہ]")
_UKRAINIAN = regex.compile("[іїєґІЇЄҐ]")
_SERBIAN = regex.compile("[ђјљњћџЂЈЉЊЋЏ]")
_RUSSIAN = regex.compile("[ыэёЫЭЁ]")
_BULGARIAN = regex.compile(r"\b(?:и|да|на|за|се|че|не|от|по|със|това|като|който|беше|са)\b|\p{L}+(?:ът|ят|та|то)\b")
# A letter → the languages that write it, and how much it speaks for each.
_TELLING: Final[dict[str, dict[str, float]]] = {
    "ß": {"de": 3.0}, "ä": {"de": 1.0, "sv": 1.0, "fi": 1.2},
    "ö": {"de": 0.8, "sv": 1.0, "fi": 0.8, "hu": 0.8, "tr": 0.8},
    "ü": {"de": 1.0, "tr": 1.0, "hu": 0.8}, "å": {"sv": 1.5, "da": 1.5, "nb": 1.5}, "ø": {"da": 2.0, "nb": 2.0},
    "æ": {"da": 2.0, "nb": 1.6}, "ñ": {"es": 3.0}, "¿": {"es": 3.0}, "¡": {"es": 3.0},
    "ã": {"pt": 2.5, "ro": 0.3, "vi": 0.6},
    "õ": {"pt": 2.5, "vi": 0.5}, "ç": {"fr": 0.8, "pt": 1.0, "tr": 1.0, "ca": 1.0},
    "è": {"fr": 0.8, "it": 1.0, "ca": 0.8},
    "é": {"fr": 0.4, "pt": 0.3, "es": 0.3, "hu": 0.4, "cs": 0.3}, "ê": {"fr": 0.8, "pt": 0.8, "vi": 0.5},
    "ą": {"pl": 3.0}, "ę": {"pl": 3.0}, "ł": {"pl": 3.0}, "ś": {"pl": 3.0}, "ż": {"pl": 3.0}, "ź": {"pl": 3.0},
    "ć": {"pl": 2.0}, "ń": {"pl": 2.0}, "ě": {"cs": 3.0}, "ř": {"cs": 3.0}, "ů": {"cs": 3.0}, "č": {"cs": 1.5},
    "š": {"cs": 1.5}, "ž": {"cs": 1.5}, "ă": {"ro": 2.5, "vi": 0.8}, "ț": {"ro": 3.0}, "ș": {"ro": 3.0},
    "î": {"ro": 1.5, "fr": 0.8},
    "ő": {"hu": 3.0}, "ű": {"hu": 3.0}, "ğ": {"tr": 3.0}, "ş": {"tr": 2.0, "ro": 1.0}, "ı": {"tr": 3.0},
    "đ": {"vi": 3.0}, "ơ": {"vi": 3.0}, "ư": {"vi": 3.0}, "ò": {"it": 1.2, "ca": 1.0},
    "à": {"it": 0.6, "fr": 0.5, "ca": 0.6, "pt": 0.3},
    "ù": {"it": 1.0, "fr": 0.5}, "ì": {"it": 1.5}, "œ": {"fr": 3.0},
}  # fmt: skip
_ENDINGS: Final = {
    "en": "(?:ing|tion|ness|ly|ment|able|ful)$", "de": "(?:ung|ungen|keit|heit|lich|lichen|isch|en|schaft|te|tet)$",
    "fr": "(?:tion|ment|eux|aux|ais|ait|ez|ons|ence|eur|ique)$",
    "es": "(?:ción|ando|iendo|mente|dad|ado|ados|aron|amos)$",
    "pt": "(?:ção|ções|ando|endo|mente|dade|ado|aram|amos|ei|inho)$",
    "it": "(?:zione|zioni|ando|endo|mente|ità|ato|ati|iamo|are|ere)$",
    "nl": "(?:ing|heid|lijk|lijke|en|tje|isch|aar)$", "sv": "(?:ning|het|lig|ande|arna|erna|ade|are|igt)$",
    "da": "(?:ning|hed|lig|ende|erne|ede|elser|else)$", "nb": "(?:ning|het|lig|ende|ene|et|elser|else)$",
    "fi": "(?:nen|ssa|ssä|sta|stä|lla|llä|seen|mme|tta|ttä|vat|vät)$",
    "pl": "(?:ość|ego|owa|nie|cie|ych|ymi|ować|ają|emy)$",
    "cs": "(?:ost|ého|ních|ání|ení|ovat|ují|ými|eme)$", "ro": "(?:are|ului|ile|ul|rea|ții|esc|ează|ilor)$",
    "hu": "(?:ban|ben|nak|nek|ság|ség|tunk|tük|unk|ünk|ott|ett|hoz)$",
    "tr": "(?:lar|ler|lık|lik|yor|dan|den|dık|mak|mek|ımız|imiz|ında|inde)$",
    "id": "(?:kan|nya|an|lah|i)$", "ca": "(?:ció|ment|ats|itat|ant|ava|em)$",
}  # fmt: skip
_BY_ENDING = {language: regex.compile(ending) for language, ending in _ENDINGS.items()}


def detect(text: str) -> str:
    """The primary tag of the language (`de`); "en" where nothing decides."""
    text = _NOISE.sub(" ", text)
    shares = {
        script: len(pattern.findall(text)) * (2.5 if script in _SYLLABIC else 1.0)
        for script, pattern in _OF_SCRIPT.items()
    }
    latin = shares.pop("Latin")
    japanese = shares["Kana"] and shares["Kana"] >= 0.12 * shares["Han"]
    if japanese:
        shares["Kana"] += shares.pop("Han")
    script = max(shares, key=lambda name: shares[name])
    if shares[script] * 2 < latin or not shares[script]:
        return _latin(text)
    match script:
        case "Kana":
            return "ja"
        case "Han":
            return "zh"
        case "Arabic":
            return "ur" if _URDU.search(text) else "fa" if len(_PERSIAN.findall(text)) > 2 else "ar"
        case "Cyrillic":
            return _cyrillic(text)
    return _SCRIPTS[script]


def _cyrillic(text: str) -> str:
    if _UKRAINIAN.search(text) and len(_UKRAINIAN.findall(text)) > len(_RUSSIAN.findall(text)):
        return "uk"
    if _SERBIAN.search(text):
        return "sr"
    words = regex.findall(r"\p{L}+", text)
    if not _RUSSIAN.search(text) and len(_BULGARIAN.findall(text)) > 0.3 * len(words):
        return "bg"
    return "ru"


def _latin(text: str) -> str:
    text = text.lower()
    table, loans = _table()
    triples = _triples()
    words = Counter(word.replace("’", "'") for word in _WORD.findall(text))
    scores: dict[str, float] = defaultdict(float)
    # A few words may all be names and loans: then it takes more to believe in another language.
    scores[UNSURE] = BENEFIT_OF_DOUBT * (1 if words.total() > 6 else 3 if words.total() > 4 else 6)
    unknown = 0
    for word, times in words.items():
        weight = min(times, 3) * (1.0 if len(word) > 1 else 0.4)
        if found := table.get(word):
            for language, worth in found:
                scores[language] += worth * weight * (0.35 if word in loans else 1.0) / len(found) ** 0.5
        elif len(word) > 3 and word not in loans and unknown < UNKNOWN_WORDS:
            unknown += 1
            for language, ending in _BY_ENDING.items():
                if ending.search(word):
                    scores[language] += 0.5 * weight
            for triple in (letters := _in_threes(word)):
                for language, share in triples.get(triple, {}).items():
                    scores[language] += LETTERS_WORTH * weight * share / len(letters)
    for letter, languages in _TELLING.items():
        if times := text.count(letter):
            for language, worth in languages.items():
                scores[language] += worth * min(times, 4)
    return max(scores, key=lambda language: (scores[language], language == UNSURE))


@cache
def _table() -> tuple[dict[str, list[tuple[str, float]]], frozenset[str]]:
    """Each word → the languages that have it, with its worth in each; and the words that say nothing."""
    from .frequent_words import LOANS, WORDS  # 50 KB that only a text in Latin letters needs

    table: dict[str, list[tuple[str, float]]] = {}
    for language, words in WORDS.items():
        for place, word in enumerate(dict.fromkeys(words.split())):
            table.setdefault(word, []).append((language, 3.0 - 0.35 * log(1 + place)))
    return table, LOANS


@cache
def _triples() -> dict[str, dict[str, float]]:
    """Three letters in a row → each language's share of them, as far as its frequent words tell."""
    from .frequent_words import WORDS

    found: dict[str, dict[str, float]] = {}
    for language, words in WORDS.items():
        counted = Counter(triple for word in dict.fromkeys(words.split()) for triple in _in_threes(word))
        whole = counted.total()
        for triple, times in counted.items():
            found.setdefault(triple, {})[language] = times / whole
    for shares in found.values():
        total = sum(shares.values())
        for language in shares:
            shares[language] /= total
    return found


def _in_threes(word: str) -> list[str]:
    marked = f" {word} "
    return [marked[at : at + 3] for at in range(len(marked) - 2)]
