"""Every route that callers have, with what it takes, what it answers and what can go wrong: read by openapi.py."""

from dataclasses import dataclass
from typing import Any, Final

from msgspec import Struct

from shared.errors import (
    BudgetExhausted,
    FileTooLarge,
    IdempotencyConflict,
    ImageNotFound,
    ImageTooLarge,
    ImageTooSmall,
    ImageUnreadable,
    InvalidRequest,
    NotFound,
    NothingToNarrate,
    NotReady,
    Problem,
    RateLimited,
    TooManyFiles,
    Unavailable,
    UnsupportedType,
)
from shared.video_request import PostedVideo

from . import answers, examples
from .writing.post_order import PostedNotes

FORM: Final = "multipart/form-data"
LIMITS: Final = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What comes back when all is well. `examples` by their names."""

    status: int
    says: str
    shape: type[Struct] | None = None
    examples: dict[str, dict[str, Any]]
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One method at one path. `functions` answer it: more than one where each has its own."""

    name: str
    functions: tuple[str, ...]
    method: str
    path: str
    summary: str
    text: str = ""
    takes: tuple[str, ...] = ()
    body: type[Struct] | str | None = None
    answers: tuple[Answer, ...]
    problems: tuple[type[Problem], ...] = ()
    is_open: bool = False


OPERATIONS: Final = (
    Operation(
        name="generate",
        functions=("generate",),
        method="post",
        path="/api/video/generate",
        summary="Promise a film",
        text="The body is read as JSON whatever its `Content-Type` says. At most 64 KB. A field that is not listed is "
        "refused, with the nearest name that is. Send an `Idempotency-Key`, and a repeat of the same order answers the "
        "same job.",
        takes=("Idempotency-Key",),
        body=PostedVideo,
        answers=(
            Answer(
                status=202,
                says="The film is promised: ask `status_url` about once a second.",
                shape=answers.Promise,
                examples={"promised": examples.PROMISE},
                headers=("Location", "Idempotent-Replayed", *LIMITS),
            ),
        ),
        problems=(
            InvalidRequest, FileTooLarge, NothingToNarrate, ImageNotFound, IdempotencyConflict, RateLimited,
            BudgetExhausted,
        ),
    ),
    Operation(
        name="plan",
        functions=("generate",),
        method="post",
        path="/api/video/plan",
        summary="Show what a film would be",
        text="The same body as for a film. Nothing is rendered, bought or kept. Change the `scenes` of the answer and "
        "send them to generate with the post: the film then tells exactly these, in this order. Where you change the "
        "`text` of a scene, leave its `spoken` out (or change it too): the voice says `spoken` where there is one.",
        body=PostedVideo,
        answers=(
            Answer(
                status=200,
                says="The scenes, how long they take, and what was left out.",
                shape=answers.PlanAnswer,
                examples={"plan": examples.PLAN},
            ),
        ),
        problems=(InvalidRequest, FileTooLarge, NothingToNarrate, ImageNotFound),
    ),
    Operation(
        name="write_post",
        functions=("generate",),
        method="post",
        path="/api/post/generate",
        summary="Write a post",
        text="From notes, or from a theme where the service has a language model. With a model (`engine`: `llm`) the "
        "text is cleaned of markup, of links that the notes do not have, and kept near the length that was asked for; "
        "it may take up to 45 seconds. Without one, or when it fails, the notes are put into the shape of a post "
        "(`engine`: `offline`): their sentences, a question, hashtags, and nothing else. Nothing of it is kept. It "
        "counts as often as a film may be ordered.",
        body=PostedNotes,
        answers=(
            Answer(
                status=200,
                says="The post, and the same for LinkedIn's API.",
                shape=answers.PostAnswer,
                examples={"post": examples.WRITTEN},
                headers=LIMITS,
            ),
        ),
        problems=(InvalidRequest, FileTooLarge, RateLimited),
    ),
    Operation(
        name="voices",
        functions=("generate",),
        method="get",
        path="/api/voices",
        summary="Who can tell a film",
        text="The names are those of Edge's voices; another voice service takes the language and the gender from them.",
        takes=("language",),
        answers=(
            Answer(
                status=200,
                says="The voices, by language.",
                shape=answers.VoicesAnswer,
                examples={"german": examples.VOICES},
                headers=("ETag",),
            ),
        ),
        problems=(InvalidRequest,),
        is_open=True,
    ),
    Operation(
        name="read_status",
        functions=("status",),
        method="get",
        path="/api/video/status/{job_id}",
        summary="How far it is",
        text="The stages and the progress at their end: `media_processing` 20, `audio_generation` 40, "
        "`combining_media` 60 (it takes longest), `uploading` 80, `completed` 100. A status is kept for 24 hours after "
        "its last change. Sent back as `If-None-Match`, the `ETag` brings 304 as long as nothing has changed.",
        takes=("job_id", "If-None-Match"),
        answers=(
            Answer(
                status=200,
                says="The job.",
                shape=answers.JobAnswer,
                examples={"processing": examples.IN_WORK, "completed": examples.COMPLETED, "error": examples.FAILED},
                headers=("ETag",),
            ),
            Answer(status=304, says="What you hold is still right.", examples={}, headers=("ETag",)),
        ),
        problems=(NotFound,),
    ),
    Operation(
        name="read_video",
        functions=("status",),
        method="get",
        path="/api/video/{job_id}",
        summary="Where the film is",
        text="Freshly signed links, also after the status has expired, for as long as the film is stored.",
        takes=("job_id", "redirect"),
        answers=(
            Answer(
                status=200, says="The links.", shape=answers.FilmAnswer, examples={"film": examples.FILM}
            ),
            Answer(status=302, says="The file itself, with `redirect=1`.", examples={}, headers=("Location",)),
        ),
        problems=(NotFound, NotReady),
    ),
    Operation(
        name="cancel",
        functions=("status",),
        method="post",
        path="/api/video/{job_id}/cancel",
        summary="End a film that is not wanted any more",
        text="A job that is queued is cancelled at once; one in work stops within about a second, and what it had "
        "stored is removed. One that has ended stays as it ended. Asking twice is no failure.",
        takes=("job_id",),
        answers=(
            Answer(
                status=202,
                says="It is taken note of.",
                shape=answers.CancelAnswer,
                examples={"cancelled": examples.CANCELLED},
            ),
        ),
        problems=(NotFound,),
    ),
    Operation(
        name="erase_video",
        functions=("status",),
        method="delete",
        path="/api/video/{job_id}",
        summary="Erase a film",
        text="Nothing is left of the film and its order, whether it was made, waits or is in work. The pictures that "
        "it shows stay: another film may show them too. Asking twice is no failure.",
        takes=("job_id",),
        answers=(Answer(status=204, says="Nothing is left.", examples={}),),
        problems=(NotFound,),
    ),
    Operation(
        name="upload",
        functions=("upload",),
        method="post",
        path="/api/images",
        summary="Take one to three pictures",
        text="JPEG, PNG or GIF by content, whatever the name; at most 2 MB each and 6 MB together, each side 200 to "
        "8,000 pixels, at most 40 megapixels (JPEG) or 16 (PNG, GIF). What is stored is our own encoding, without "
        "EXIF. If one file is refused none is stored, and `errors` names every bad one. An id is good for 24 hours. "
        "The field may also be called `images[]` or `files`.",
        takes=("Idempotency-Key",),
        body=FORM,
        answers=(
            Answer(
                status=201,
                says="They are stored.",
                shape=answers.ImagesAnswer,
                examples={"stored": examples.IMAGES},
                headers=("Idempotent-Replayed", *LIMITS),
            ),
        ),
        problems=(
            InvalidRequest, TooManyFiles, FileTooLarge, UnsupportedType, ImageUnreadable, ImageTooSmall, ImageTooLarge,
            RateLimited,
        ),
    ),
    Operation(
        name="erase_image",
        functions=("upload",),
        method="delete",
        path="/api/images/{image_id}",
        summary="Erase a picture",
        text="A film that still waits for it will fail; one that is made keeps showing it.",
        takes=("image_id",),
        answers=(Answer(status=204, says="Nothing is left.", examples={}),),
        problems=(NotFound,),
    ),
    Operation(
        name="health",
        functions=("generate", "status", "upload"),
        method="get",
        path="/health",
        summary="Whether what the service needs is there",
        text="Always 200, and for everybody. A function alone tells only what it needs itself.",
        answers=(
            Answer(
                status=200, says="The checks.", shape=answers.HealthAnswer, examples={"ok": examples.HEALTH}
            ),
        ),
        is_open=True,
    ),
)  # fmt: skip
MAY_ALWAYS_FAIL: Final[tuple[type[Problem], ...]] = (Unavailable,)
