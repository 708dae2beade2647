"""Each language that can be found out has a woman's and a man's voice, and a wish for a voice is met or refused."""

import pytest

from shared.speech import is_language, is_voice
from shared.storyboard.frequent_words import WORDS
from shared.voices import language_of, second_voice, voice_for, voices

BY_SCRIPT = [
    "ar",
    "fa",
    "ur",
    "am",
    "bg",
    "bn",
    "el",
    "gu",
    "he",
    "hi",
    "ja",
    "ka",
    "km",
    "kn",
    "ko",
    "lo",
    "ml",
    "my",
    "ru",
    "si",
    "sr",
    "ta",
    "te",
    "th",
    "uk",
    "zh",
]


def test_every_language_that_is_found_out_has_a_woman_and_a_man() -> None:
    for language in {*WORDS, *BY_SCRIPT}:
        assert {voice.gender for voice in voices() if voice.language == language} == {"female", "male"}, language


def test_names_are_well_formed_and_none_is_there_twice() -> None:
    names = [voice.name for voice in voices()]
    assert len(names) == len(set(names))
    for voice in voices():
        assert is_voice(voice.name) and is_language(voice.locale) and is_language(voice.language)
        assert voice.name.startswith(f"{voice.locale}-") and voice.locale.startswith(f"{voice.language}-")


@pytest.mark.parametrize(
    ("language", "preferred", "voice"),
    [
        ("en", "en-US-JennyNeural", "en-US-JennyNeural"),
        ("en", "en-GB-SoniaNeural", "en-GB-SoniaNeural"),  # the operator's, since it speaks English
        ("en-US", "en-GB-SoniaNeural", "en-US-JennyNeural"),  # not the English of that region
        ("de", "en-US-JennyNeural", "de-DE-KatjaNeural"),
        ("pt", "en-US-JennyNeural", "pt-BR-FranciscaNeural"),
        ("pt-PT", "pt-BR-AntonioNeural", "pt-PT-RaquelNeural"),
        ("no", "en-US-JennyNeural", "nb-NO-PernilleNeural"),
        ("de", "de-DE-SomebodyNewNeural", "de-DE-SomebodyNewNeural"),  # a voice that the table does not know yet
    ],
)
def test_a_voice_speaks_the_language_that_is_asked_for(language: str, preferred: str, voice: str) -> None:
    assert voice_for(language, preferred=preferred) == voice


@pytest.mark.parametrize("language", ["xx", "de-US", "zz-ZZ", "e"])
def test_a_language_that_nobody_speaks_is_refused(language: str) -> None:
    with pytest.raises(LookupError):
        voice_for(language, preferred="en-US-JennyNeural")


def test_the_second_voice_is_near_the_first() -> None:
    assert second_voice("en-US-JennyNeural") == "en-US-AriaNeural"
    assert second_voice("de-DE-KatjaNeural") == "de-DE-AmalaNeural"
    assert second_voice("de-AT-JonasNeural") == "de-AT-IngridNeural"  # the region comes before the gender
    assert second_voice("zh-CN-liaoning-XiaobeiNeural") == "zh-CN-XiaoxiaoNeural"
    assert second_voice("xx-XX-NobodyNeural") is None
    for voice in voices():
        other = second_voice(voice.name)
        assert other and other != voice.name and language_of(other) == voice.language


def test_the_language_of_a_voice_is_the_first_part_of_its_name() -> None:
    assert language_of("de-DE-KatjaNeural") == "de"
    assert language_of("zh-CN-liaoning-XiaobeiNeural") == "zh"
