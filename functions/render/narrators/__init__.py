"""The voices by name. Each engine is imported when it is asked for: what is not set up is never loaded or called."""

import logging
from collections.abc import Iterator
from typing import assert_never

from shared import log
from shared.breakers import Breakers
from shared.config import NarratorName, Settings
from shared.voices import second_voice

from ..narration import Narrator


def narrators(
    names: tuple[NarratorName, ...], *, settings: Settings, voice: str, rate: str, breakers: Breakers
) -> list[Narrator]:
    """Build the voices in the order of `names`; one that is not installed is left out.

    `voice` is a name of Edge's ("en-US-JennyNeural"), which tells the others the language and the gender; `rate` is
    like "+10%".
    """
    built: list[Narrator] = []
    for name in names:
        try:
            built.extend(_built(name, settings=settings, voice=voice, rate=rate, breakers=breakers))
        except ImportError as error:
            log.event("narrator_not_installed", level=logging.WARNING, engine=name, detail=str(error))
    return built


def _built(name: NarratorName, *, settings: Settings, voice: str, rate: str, breakers: Breakers) -> Iterator[Narrator]:
    sample_rate = settings.audio_sample_rate
    language = "-".join(voice.split("-")[:2])
    match name:
        case "edge":
            from .edge import EdgeNarrator

            for of_the_language in filter(None, (voice, second_voice(voice))):
                yield EdgeNarrator(
                    voice=of_the_language,
                    rate=rate,
                    volume=settings.edge_volume,
                    sample_rate=sample_rate,
                    breakers=breakers,
                )
        case "openai":
            from .openai import OpenaiNarrator

            assert settings.speech_base_url  # Settings refuses the one without the other
            yield OpenaiNarrator(
                base_url=settings.speech_base_url,
                key=settings.speech_api_key,
                model=settings.speech_model,
                voice=settings.speech_voice,
                rate=_factor(rate),
                sample_rate=sample_rate,
                language=language,
                breakers=breakers,
            )
        case "google":
            from .google import GoogleNarrator

            yield GoogleNarrator(
                like=voice,
                voice=settings.google_tts_voice,
                rate=_factor(rate),
                sample_rate=sample_rate,
                breakers=breakers,
            )
        case "espeak":
            from .espeak import EspeakNarrator

            loudness = _factor(settings.edge_volume)
            yield EspeakNarrator(rate=_factor(rate), volume=loudness, sample_rate=sample_rate, language=language)
        case "silent":
            from .silent import SilentNarrator

            yield SilentNarrator(rate=_factor(rate), sample_rate=sample_rate)
        case _:
            assert_never(name)


def _factor(percent: str) -> float:
    """+10% → 1.1, never below a half: speech slower than that is no longer speech."""
    return max(0.5, 1 + int(percent.removesuffix("%")) / 100)
