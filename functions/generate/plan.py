"""An order → the plan of its film: what is told and shown, scene by scene, with nothing rendered and nothing bought."""

from collections.abc import Sequence
from typing import Any, Final

from shared import screenplay
from shared.config import Settings
from shared.glyphs import left_out
from shared.jobs import JobWarning
from shared.screenplay import Screenplay
from shared.stock import Photo, PhotoService, candidates, reasons
from shared.video_request import VideoRequest

PACES: Final = {"preview": 0.25, "standard": 0.6, "high": 0.9}  # seconds a second of film, where none was made yet
STARTING: Final = 2.0  # seconds until a film is begun, and to store it


LOOKING: Final = 5.0  # seconds for candidates: somebody waits


def plan(
    order: VideoRequest, settings: Settings, pace: float | None, photos: Sequence[PhotoService] = ()
) -> dict[str, Any]:
    """The answer; its `scenes` may be changed and sent to generate. `pace` is what such films took lately; `photos`
    are asked what could be shown.

    Raises NothingToNarrate, InvalidRequest.
    """
    played = screenplay.write(order, settings)
    storyboard = played.storyboard
    pictures = _pictures(order, played)
    terms = [_terms(order, played, place) for place in range(len(storyboard.scenes))]
    found, failures = candidates(terms, photos, order.frame, seed=order.content, seconds=LOOKING)
    scenes = [
        {
            "text": scene.shown,
            "spoken": scene.spoken,
            "kind": scene.kind,
            "image_id": pictures[place],
            "search_terms": terms[place],
            "candidates": [_candidate(photo) for photo in found[place]],
            "estimated_seconds": round(seconds, 1),
        }
        for place, (scene, seconds) in enumerate(zip(storyboard.scenes, played.seconds, strict=True))
    ]
    seconds = played.film_seconds
    return {
        "language": storyboard.language,
        "voice": played.voice,
        "scenes": scenes,
        "estimated_seconds": round(seconds, 1),
        "max_duration_seconds": played.max_seconds,
        "estimated_render_seconds": round(STARTING + (pace or PACES[order.quality]) * seconds),
        "left_out": storyboard.left_out,
        "warnings": (
            *storyboard.warnings,
            *left_out(scene.shown for scene in storyboard.scenes),
            *([JobWarning(code="pictures_fallback", message=reasons(failures))] if failures else ()),
        ),
    }


def _terms(order: VideoRequest, played: Screenplay, place: int) -> tuple[str, ...]:
    """What to look for where the user gives no pictures of his own."""
    if order.user_image_ids:
        return ()
    chosen = order.scenes[place].search_terms if order.scenes else ()
    return chosen or screenplay.terms(order, played, place)


def _candidate(photo: Photo) -> dict[str, Any]:
    return {
        "reference": photo.reference,
        "thumbnail_url": photo.thumbnail_url,
        "alt": photo.alt,
        "credit": photo.credit,
    }


def _pictures(order: VideoRequest, played: Screenplay) -> list[str | None]:
    """The user's picture of each scene: in turn, as in the film; none where there are more pictures than scenes."""
    count = len(played.storyboard.scenes)
    if order.scenes and any(scene.image_id for scene in order.scenes):
        return [scene.image_id for scene in order.scenes]
    if not order.user_image_ids or count < len(order.user_image_ids):
        return [None] * count
    return [order.user_image_ids[place % len(order.user_image_ids)] for place in range(count)]
