"""The voices by name. Each engine is imported when it is asked for, so that a silent film loads no network client."""

import logging
from collections.abc import Sequence
from typing import Final

from shared import log

from ..narration import Breaker, Narrator

_edge_breaker: Final = Breaker()  # one for all films of this process


def narrators(names: Sequence[str], *, voice: str, rate: str, volume: str, sample_rate: int) -> list[Narrator]:
    """Build the voices in the order of `names` ("edge", "espeak", "silent"); one that is not installed is left out.

    `voice` is the voice service's name ("en-US-JennyNeural"), `rate` and `volume` are like "+10%".
    """
    built: list[Narrator] = []
    for name in names:
        try:
            built.append(_built(name, voice=voice, rate=rate, volume=volume, sample_rate=sample_rate))
        except ImportError as error:
            log.event("narrator_not_installed", level=logging.WARNING, engine=name, detail=str(error))
    return built


def _built(name: str, *, voice: str, rate: str, volume: str, sample_rate: int) -> Narrator:
    match name:
        case "edge":
            from .edge import EdgeNarrator

            return EdgeNarrator(voice=voice, rate=rate, volume=volume, sample_rate=sample_rate, breaker=_edge_breaker)
        case "espeak":
            from .espeak import EspeakNarrator

            language = "-".join(voice.split("-")[:2])
            return EspeakNarrator(
                rate=_factor(rate), volume=_factor(volume), sample_rate=sample_rate, language=language
            )
        case "silent":
            from .silent import SilentNarrator

            return SilentNarrator(rate=_factor(rate), sample_rate=sample_rate)
    raise ValueError(f"no narrator is called {name}")


def _factor(percent: str) -> float:
    """+10% → 1.1, never below a half: speech slower than that is no longer speech."""
    return max(0.5, 1 + int(percent.removesuffix("%")) / 100)
