"""What the types do not say of fields, parameters, headers and error codes: the words of the API's description."""

from typing import Any, Final

from shared.errors import BudgetExhausted, Problem, RateLimited, Unauthenticated, Unavailable
from shared.styles import STYLES
from shared.video_request import MAX_CONTENT, MIN_DURATION

from . import answers, examples
from .writing.post_order import LENGTHS, LONGEST, MAX_NOTES, MAX_THEME, SHORTEST

WHEN: Final = {
    "invalid_request": "not JSON, a wrong type or value, an unknown field, too long; an Idempotency-Key with spaces; "
    "an upload without files; a body that came too slowly",
    "too_many_files": "more than three pictures",
    "unauthenticated": "no token where one is needed, or a bad one",
    "forbidden": "a key without that right; a file address that is unsigned, wrong or expired",
    "not_found": "no such address, job, film or picture, or not yours",
    "method_not_allowed": "Allow says which methods there are",
    "not_ready": "the film is not finished, or has failed",
    "busy": "only the queue sees it: another worker has the job",
    "file_too_large": "a picture over 2 MB; a body over 64 KB (JSON) or about 6 MB (pictures)",
    "unsupported_type": "not JPEG, PNG or GIF by content",
    "image_unreadable": "cut off or damaged",
    "image_too_small": "a side under 200 pixels",
    "image_too_large": "too many pixels",
    "image_not_found": "a picture that is unknown, has expired, or is not yours",
    "nothing_to_narrate": "only emoji, links or hashtags",
    "idempotency_conflict": "the key was used for another order",
    "rate_limited": "more than one caller may ask for; Retry-After says when there is room again",
    "budget_exhausted": "the service's own ceiling for the day",
    "internal": "a fault on our side; request_id finds it in the log",
    "render_failed": "no HTTP answer of ours, but the code of a job that failed",
    "stopped_early": "only the queue sees it: this attempt ended before the film was done",
    "unavailable": "Redis, the queue, the store or the language model does not answer, or the service is paused; "
    "nothing was half done",
}

# What the types themselves do not say, and `_beyond_types` in shared/video_request.py checks.
FIELDS: Final[dict[str, dict[str, Any]]] = {
    "content": {
        "description": "The post, counted as LinkedIn does: UTF-16 code units, so most emoji are two.",
        "minLength": 1,
        "maxLength": MAX_CONTENT,
        "pattern": r"\S",
    },
    "style": {"description": "Palette, and how far pictures move.", "enum": list(STYLES)},
    "user_image_ids": {
        "description": "Ids that the upload answered. Exactly these pictures are shown, in this order, for about equal "
        "times. Without any, the film shows photographs where the service has a key for them, else drawn backgrounds.",
        "uniqueItems": True,
        "items": {"type": "string", "format": "uuid", "pattern": answers.UUID7},
    },
    "aspect_ratio": {"description": "1080x1350, 1080x1080, 1080x1920 or 1920x1080."},
    "max_duration_seconds": {
        "description": "Text that does not fit is left out by whole sentences, with a warning.",
        "minimum": MIN_DURATION,
    },
    "voice": {
        "description": "A voice of Microsoft Edge's service, such as `en-US-JennyNeural`.",
        "pattern": "^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){1,2}-[A-Za-z]{2,40}Neural$",
    },
    "rate": {
        "description": "Speed of the voice, from `-50%` to `+100%`, sign included.",
        "pattern": "^(\\+(0?[0-9]{1,2}|100)|-(0?[0-4]?[0-9]|0?50))%$",
    },
    "narration": {"description": "`off`: no voice; captions follow the pace of reading."},
    "captions": {"description": "Without captions the first sentence still stands as a title."},
    "quality": {"description": "`preview`: half the width and height, much faster. `high`: more bytes."},
    "motion": {"description": "How pictures move."},
    "transition": {"description": "How one picture follows another."},
    "metadata": {"description": "At most 1 KB of JSON; the status echoes it."},
}

NOTES_FIELDS: Final[dict[str, dict[str, Any]]] = {
    "theme": {
        "description": "What the post is about. Alone it is enough only where the service has a language model.",
        "maxLength": MAX_THEME,
    },
    "notes": {"description": "What the post shall say: points or sentences, in any order.", "maxLength": MAX_NOTES},
    "tone": {"description": "How it speaks. Without a language model: which question ends it."},
    "target_audience": {"description": "Whom it is for; for a language model.", "maxLength": MAX_THEME},
    "length": {
        "description": "About 500, 1,200 or 2,200 characters, or a number of them; 10 % more or less.",
        "anyOf": [{"enum": list(LENGTHS)}, {"type": "integer", "minimum": SHORTEST, "maximum": LONGEST}],
    },
    "language": {
        "description": "Of the post. Without it, that of the notes. Nothing is translated without a language model.",
        "pattern": "^[a-z]{2,3}(-[A-Z]{2})?$",
    },
    "include_hashtags": {"description": "Three to five, where there is that much to make them of."},
}

PARAMETERS: Final[dict[str, dict[str, Any]]] = {
    "job_id": {
        "in": "path",
        "required": True,
        "description": "The id that `generate` answered.",
        "schema": {"type": "string", "format": "uuid", "pattern": answers.UUID7},
        "example": examples.JOB_ID,
    },
    "image_id": {
        "in": "path",
        "required": True,
        "description": "The id that the upload answered.",
        "schema": {"type": "string", "format": "uuid", "pattern": answers.UUID7},
        "example": examples.IMAGE_ID,
    },
    "language": {
        "in": "query",
        "description": "Only voices that speak this: a language (`de`), or one of a region (`pt-BR`).",
        "schema": {"type": "string", "pattern": "^[a-z]{2,3}(-[A-Z]{2})?$"},
        "example": "de",
    },
    "redirect": {
        "in": "query",
        "description": "`1`: answer 302 to the file.",
        "schema": {"type": "string"},
        "example": "1",
    },
    "Idempotency-Key": {
        "in": "header",
        "description": "What you call this request, 1 to 200 visible ASCII characters: a repeat with the same key and "
        "body gets the same answer. Remembered for 24 hours.",
        "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
        "example": "post-2026-11-23",
    },
    "If-None-Match": {
        "in": "header",
        "description": "The `ETag` of the answer that you hold.",
        "schema": {"type": "string"},
        "example": '"8f14e45fceea167a5a36dedd4bea2543"',
    },
    "X-End-User": {
        "in": "header",
        "description": "For servers with an API key: which of their users this is for. Ownership and limits then count "
        "per user.",
        "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
        "example": "user-1",
    },
}

_WHOLE: Final = {"type": "integer", "minimum": 0}
HEADERS: Final[dict[str, dict[str, Any]]] = {
    "X-Request-Id": {"description": "Finds the request in the log.", "required": True, "schema": {"type": "string"}},
    "Location": {
        "description": "Where to go on.",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "ETag": {"description": "Of this very answer.", "required": True, "schema": {"type": "string"}},
    "Idempotent-Replayed": {
        "description": "There when this `Idempotency-Key` was answered before.",
        "schema": {"type": "string", "const": "true"},
    },
    "RateLimit-Limit": {"description": "Requests in the window that is tighter for you.", "schema": _WHOLE},
    "RateLimit-Remaining": {"description": "How many of them are left.", "schema": _WHOLE},
    "RateLimit-Reset": {"description": "Seconds until there is room for one more.", "schema": _WHOLE},
    "Retry-After": {"description": "Seconds after which a repeat may do.", "required": True, "schema": _WHOLE},
    "WWW-Authenticate": {
        "description": "The scheme that is understood.",
        "required": True,
        "schema": {"type": "string", "const": "Bearer"},
    },
}
WITH_PROBLEM: Final[dict[type[Problem], tuple[str, ...]]] = {
    Unauthenticated: ("WWW-Authenticate",),
    RateLimited: ("Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"),
    BudgetExhausted: ("Retry-After",),
    Unavailable: ("Retry-After",),
}
