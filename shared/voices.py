"""The voices that a film can have: names of Edge's, by language, locale and gender."""

from dataclasses import dataclass
from functools import cache
from typing import Final

# A locale, and its women's and men's voices. The first locale of a language is what the language alone means.
_TABLE: Final = """
en-US Jenny Aria Ava Emma Michelle / Guy Andrew Brian Christopher Eric Roger Steffan
en-GB Sonia Libby Maisie / Ryan Thomas
en-AU Natasha / William
en-CA Clara / Liam
en-IN Neerja / Prabhat
en-IE Emily / Connor
en-NZ Molly / Mitchell
en-ZA Leah / Luke
en-SG Luna / Wayne
en-HK Yan / Sam
en-PH Rosa / James
en-KE Asilia / Chilemba
en-NG Ezinne / Abeo
de-DE Katja Amala / Conrad Killian
de-AT Ingrid / Jonas
de-CH Leni / Jan
fr-FR Denise Eloise / Henri
fr-CA Sylvie / Jean Antoine
fr-BE Charline / Gerard
fr-CH Ariane / Fabrice
es-ES Elvira / Alvaro
es-MX Dalia / Jorge
es-AR Elena / Tomas
es-CO Salome / Gonzalo
es-CL Catalina / Lorenzo
es-PE Camila / Alex
es-US Paloma / Alonso
pt-BR Francisca / Antonio
pt-PT Raquel / Duarte
it-IT Elsa Isabella / Diego
nl-NL Colette Fenna / Maarten
nl-BE Dena / Arnaud
sv-SE Sofie / Mattias
da-DK Christel / Jeppe
nb-NO Pernille / Finn
fi-FI Noora / Harri
pl-PL Zofia / Marek
cs-CZ Vlasta / Antonin
sk-SK Viktoria / Lukas
ro-RO Alina / Emil
hu-HU Noemi / Tamas
tr-TR Emel / Ahmet
id-ID Gadis / Ardi
ms-MY Yasmin / Osman
vi-VN HoaiMy / NamMinh
ca-ES Joana / Enric
hr-HR Gabrijela / Srecko
sl-SI Petra / Rok
et-EE Anu / Kert
lv-LV Everita / Nils
lt-LT Ona / Leonas
ru-RU Svetlana / Dmitry
uk-UA Polina / Ostap
bg-BG Kalina / Borislav
sr-RS Sophie / Nicholas
el-GR Athina / Nestoras
he-IL Hila / Avri
ar-SA Zariyah / Hamed
ar-EG Salma / Shakir
ar-AE Fatima / Hamdan
fa-IR Dilara / Farid
ur-PK Uzma / Asad
hi-IN Swara / Madhur
bn-IN Tanishaa / Bashkar
ta-IN Pallavi / Valluvar
te-IN Shruti / Mohan
gu-IN Dhwani / Niranjan
kn-IN Sapna / Gagan
ml-IN Sobhana / Midhun
mr-IN Aarohi / Manohar
si-LK Thilini / Sameera
th-TH Premwadee / Niwat
km-KH Sreymom / Piseth
lo-LA Keomany / Chanthavong
my-MM Nilar / Thiha
ka-GE Eka / Giorgi
am-ET Mekdes / Ameha
ja-JP Nanami / Keita
ko-KR SunHi / InJoon
zh-CN Xiaoxiao Xiaoyi / Yunxi Yunyang Yunjian
zh-TW HsiaoChen HsiaoYu / YunJhe
zh-HK HiuMaan HiuGaai / WanLung
"""


OTHER_NAMES: Final = {"no": "nb", "no-NO": "nb-NO", "iw": "he", "in": "id", "tl": "fil"}  # the usual one is behind it


@dataclass(frozen=True, kw_only=True, slots=True)
class Voice:
    """One voice; `language` is the first part of its `locale`, `gender` is female or male."""

    name: str
    language: str
    locale: str
    gender: str


@cache
def voices() -> tuple[Voice, ...]:
    """All of them, by language; of each language the usual ones first."""
    found = []
    for line in _TABLE.strip().splitlines():
        locale, _, names = line.partition(" ")
        women, _, men = names.partition("/")
        for gender, group in (("female", women), ("male", men)):
            for name in group.split():
                language = locale.split("-")[0]
                found.append(Voice(name=f"{locale}-{name}Neural", language=language, locale=locale, gender=gender))
    return tuple(sorted(found, key=lambda voice: voice.language))  # stable: the usual locale stays first


def voice_for(language: str, *, preferred: str) -> str:
    """A voice for `de` or `pt-BR`: `preferred` where it speaks that, else the first of the table.

    Raises LookupError where nobody speaks it.
    """
    language = OTHER_NAMES.get(language, language)
    if f"{preferred}-".startswith(f"{language}-"):
        return preferred
    for voice in voices():
        if language in (voice.language, voice.locale):
            return voice.name
    raise LookupError(language)


def second_voice(name: str) -> str | None:
    """Another voice of the same language: of the same locale and gender, if there is one."""
    mine = next((voice for voice in voices() if voice.name == name), None)
    locale = mine.locale if mine else "-".join(name.split("-")[:2])
    others = [voice for voice in voices() if voice.language == language_of(name) and voice.name != name]
    if not others:
        return None
    near = sorted(others, key=lambda voice: (voice.locale != locale, mine is not None and voice.gender != mine.gender))
    return near[0].name


def language_of(name: str) -> str:
    """`de-DE-KatjaNeural` → `de`."""
    return name.split("-")[0]
