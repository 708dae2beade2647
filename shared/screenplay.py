"""An order → what its film tells and by whom: the plan shows it, the film follows it, from the same rules."""

from dataclasses import dataclass, replace
from typing import Final

from shared.config import Settings
from shared.errors import FieldError, InvalidRequest
from shared.glyphs import face_of
from shared.jobs import JobWarning
from shared.storyboard import Storyboard, build, estimate_seconds, from_scenes
from shared.storyboard.search import CHOSEN, search_terms
from shared.video_request import VideoRequest
from shared.voices import language_of, voice_for

AFTER_THE_LAST_WORD: Final = 0.8  # seconds that the last picture stays
SHORTEST_FILM: Final = 3.0  # seconds; LinkedIn takes nothing shorter
SPARE: Final = 1.15  # an estimate may be wrong by so much before scenes that somebody chose are refused


@dataclass(frozen=True, kw_only=True, slots=True)
class Screenplay:
    """What is told, the voice (a name of Edge's) that tells it, and how much faster or slower than its own pace.

    `max_seconds` is how long the film may be. `is_fixed`: its caller chose the scenes, and none may be left out.
    """

    storyboard: Storyboard
    voice: str
    rate: str
    max_seconds: float
    is_fixed: bool

    @property
    def seconds(self) -> tuple[float, ...]:
        """An estimate for each scene."""
        return tuple(estimate_seconds(scene, rate=self.rate) for scene in self.storyboard.scenes)

    @property
    def film_seconds(self) -> float:
        """An estimate for the film."""
        return max(sum(self.seconds) + AFTER_THE_LAST_WORD, SHORTEST_FILM)


def write(request: VideoRequest, settings: Settings, *, spare: float = 1.0) -> Screenplay:
    """The screenplay of a request; a post may be told at `spare` times the length, where true lengths decide later.

    Raises NothingToNarrate; and InvalidRequest where chosen scenes take longer than the film may, or nobody speaks the
    language that was asked for.
    """
    max_seconds = request.max_duration_seconds or settings.max_video_seconds
    rate = request.rate or settings.edge_rate
    if request.scenes is None:
        storyboard = build(
            request.content,
            max_seconds=max_seconds * spare,
            rate=rate,
            language=request.language,
            lexicon=request.lexicon,
        )
    else:
        storyboard = from_scenes(
            request.scenes, language=request.language, lexicon=request.lexicon, content=request.content
        )
    face = face_of(storyboard.language, "".join(scene.shown for scene in storyboard.scenes))
    language = "zh-TW" if face.language == "zh-Hant" else storyboard.language
    voice, warnings = _cast(request, language, settings.edge_voice)
    screenplay = Screenplay(
        storyboard=replace(storyboard, warnings=(*storyboard.warnings, *warnings)),
        voice=voice,
        rate=rate,
        max_seconds=max_seconds,
        is_fixed=request.scenes is not None,
    )
    if screenplay.is_fixed and screenplay.film_seconds > max_seconds * SPARE:
        message = f"These scenes take about {screenplay.film_seconds:.0f} seconds; the film may take {max_seconds:g}."
        raise InvalidRequest(message, errors=[FieldError("scenes", "too_long", message)])
    return screenplay


def terms(request: VideoRequest, played: Screenplay, scene: int) -> tuple[str, ...]:
    """What to look for to picture a scene: what its caller chose, else what can be seen of what it tells.

    Behind a photograph that was chosen by its reference stand the words, should it be gone.
    """
    storyboard = played.storyboard
    chosen = request.scenes[scene].search_terms if request.scenes else ()
    if chosen and not all(map(CHOSEN.fullmatch, chosen)):
        return chosen
    return (*chosen, *search_terms(storyboard.scenes[scene], storyboard.scenes, storyboard.language))


def _cast(request: VideoRequest, language: str, default: str) -> tuple[str, list[JobWarning]]:
    """The voice, and what is to be said about it."""
    if request.voice is None:
        try:
            return voice_for(request.language or language, preferred=default), []
        except LookupError:
            if request.language:
                message = (
                    f"There is no voice for the language {request.language}. GET /api/voices lists those there are."
                )
                raise InvalidRequest(message, errors=[FieldError("language", "invalid", message)]) from None
            message = f"There is no voice for the language {language}; the film is told by {default}."
            return default, [JobWarning(code="voice_of_another_language", message=message)]
    language = language.split("-")[0]
    if language_of(request.voice) == language:
        return request.voice, []
    message = f"The post reads as {language}, and the voice {request.voice} speaks {language_of(request.voice)}."
    return request.voice, [JobWarning(code="voice_of_another_language", message=message)]
