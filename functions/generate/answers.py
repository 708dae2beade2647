"""What the service's answers look like, as types: nothing but a description, which tests hold against real answers."""

from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from shared.errors import FieldError
from shared.jobs import (
    Credit,
    ErrorDetail,
    FoldPreview,
    JobStatus,
    JobWarning,
    LinkedInPost,
    LinkedInRule,
    Stage,
    VoiceUsage,
)
from shared.video_request import PlannedScene
from shared.voices import Voice

UUID7: Final = "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"

FAILED: Final = (
    "the same for a program; its `code` is `unavailable`, `image_not_found`, `render_failed`, `internal`, `gave_up` "
    "(the attempts are used up) or `stalled` (nobody works on it any more)"
)
WARNED: Final = (
    "what one should know of a film that was made all the same: `text_shortened`, `text_too_long`, `letters_left_out`, "
    "`pictures_need_time`, `narration_fallback`, `voice_of_another_language`, `narration_unavailable`, "
    "`pictures_fallback`"
)

WRITTEN_ALL_THE_SAME: Final = (
    "what one should know of the post: `written_offline` (the language model failed), `text_shortened`, "
    "`length_missed`, `language_missed`, `links_left_out`, `no_hashtags`"
)
CREDITED: Final = "whose photographs the film shows; show the names with their links wherever you show the film"
POSTED: Final = "what belongs beside the film when it is posted; null for films made before this was told"

Id = Annotated[str, Meta(pattern=UUID7, extra_json_schema={"format": "uuid"})]
Moment = Annotated[str, Meta(description="RFC 3339 in UTC", extra_json_schema={"format": "date-time"})]
Address = Annotated[str, Meta(extra_json_schema={"format": "uri-reference"})]
Pause = Annotated[int, Meta(ge=0, description="milliseconds until it is worth asking again")]
Pixels = Annotated[int, Meta(ge=1)]
Bytes = Annotated[int, Meta(ge=1)]


class Promise(msgspec.Struct):
    """A film is promised."""

    job_id: Id
    status: Annotated[str, Meta(extra_json_schema={"const": "queued"})]
    status_url: Annotated[
        str, Meta(description="ask here how far it is", extra_json_schema={"format": "uri-reference"})
    ]
    poll_after_ms: Pause


class Narration(msgspec.Struct):
    """Which voice spoke: `edge`, `espeak` or `silent`, and its name where it has one."""

    engine: str
    voice: str | None


class Usage(msgspec.Struct):
    """What the film took from services that are paid for, and what it could take from an earlier film."""

    voice: VoiceUsage


class JobAnswer(msgspec.Struct):
    """A job. From `video_url_expires_at` on, the fields are there only when `status` is `completed`."""

    job_id: Id
    status: JobStatus
    progress: Annotated[int, Meta(ge=0, le=100, description="percent; it never falls")]
    stage: Annotated[Stage | None, Meta(description="null while queued; on an error the stage that failed")]
    video_url: Annotated[str | None, Meta(description="the film, once it is there: a signed link")]
    error: Annotated[str | None, Meta(description="why it failed, in a sentence for a person")]
    error_detail: Annotated[ErrorDetail | None, Meta(description=FAILED)]
    warnings: Annotated[list[JobWarning], Meta(description=WARNED)]
    degraded: Annotated[bool, Meta(description="another voice than the first had to speak")]
    attempt: Annotated[int, Meta(ge=0)]
    metadata: Annotated[dict[str, Any], Meta(description="what the order brought along")]
    created_at: Moment
    updated_at: Moment
    eta_seconds: Annotated[int | None, Meta(description="seconds still to go; null until that is known")]
    poll_after_ms: Pause
    video_url_expires_at: Moment | UnsetType = UNSET
    poster_url: Address | UnsetType = UNSET
    captions_url: Annotated[str | None, Meta(description="SRT")] | UnsetType = UNSET
    vtt_url: Annotated[str | None, Meta(description="WebVTT")] | UnsetType = UNSET
    duration_seconds: Annotated[float, Meta(gt=0)] | UnsetType = UNSET
    width: Pixels | UnsetType = UNSET
    height: Pixels | UnsetType = UNSET
    size_bytes: Bytes | UnsetType = UNSET
    narration: Narration | UnsetType = UNSET
    credits: Annotated[list[Credit], Meta(description=CREDITED)] | UnsetType = UNSET
    linkedin_check: (
        Annotated[list[LinkedInRule], Meta(description="the file against LinkedIn's rules for video")] | UnsetType
    ) = UNSET
    post: Annotated[LinkedInPost | None, Meta(description=POSTED)] | UnsetType = UNSET
    usage: Usage | UnsetType = UNSET


class FilmAnswer(msgspec.Struct):
    """Fresh links to a finished film. From `duration_seconds` on only for as long as the job's status is known."""

    job_id: Id
    video_url: Address
    video_url_expires_at: Moment
    poster_url: Address
    captions_url: Annotated[str | None, Meta(description="SRT")]
    vtt_url: Annotated[str | None, Meta(description="WebVTT")]
    duration_seconds: Annotated[float, Meta(gt=0)] | UnsetType = UNSET
    width: Pixels | UnsetType = UNSET
    height: Pixels | UnsetType = UNSET
    size_bytes: Bytes | UnsetType = UNSET
    narration: Narration | UnsetType = UNSET
    credits: Annotated[list[Credit], Meta(description=CREDITED)] | UnsetType = UNSET
    linkedin_check: list[LinkedInRule] | UnsetType = UNSET
    post: Annotated[LinkedInPost | None, Meta(description=POSTED)] | UnsetType = UNSET
    usage: Usage | UnsetType = UNSET


class CancelAnswer(msgspec.Struct):
    """How the job stands: one that had ended stays as it ended."""

    job_id: Id
    status: JobStatus
    poll_after_ms: Pause


class Candidate(msgspec.Struct):
    """A photograph that could be shown. Show it from `thumbnail_url`, with its credit and both links."""

    reference: Annotated[str, Meta(description="to choose it, make this the only one of the scene's `search_terms`")]
    thumbnail_url: Address
    alt: Annotated[str, Meta(description="what it shows, where the service says so")]
    credit: Credit


class SceneOfPlan(PlannedScene, frozen=True, kw_only=True):
    """A scene of the plan, as generate takes it."""

    candidates: Annotated[
        tuple[Candidate, ...] | UnsetType,
        Meta(
            description="photographs to choose from; the film shows the first that is still free unless one is chosen"
        ),
    ] = UNSET  # type: ignore[assignment]  # in an order nobody looks at them


class PlanAnswer(msgspec.Struct):
    """What a film would tell and show. Its `scenes`, changed or not, are taken by generate."""

    language: Annotated[str, Meta(description="of the post, such as `en`")]
    voice: Annotated[str, Meta(description="the voice that tells it, by its name at Edge")]
    scenes: list[SceneOfPlan]
    estimated_seconds: Annotated[float, Meta(ge=0, description="how long the film will be")]
    max_duration_seconds: Annotated[float, Meta(gt=0)]
    estimated_render_seconds: Annotated[int, Meta(ge=0, description="how long it will take to make")]
    left_out: Annotated[list[str], Meta(description="the sentences that the film has no time for, as written")]
    warnings: list[JobWarning]


class PostAnswer(msgspec.Struct):
    """A post that was written. `content` is to be pasted, or sent to generate; `commentary` is for LinkedIn's API."""

    content: str
    commentary: Annotated[str, Meta(description="the same for LinkedIn's Posts API, in its little text")]
    character_count: Annotated[int, Meta(ge=1, description="as LinkedIn counts")]
    hashtags: Annotated[list[str], Meta(description="those of the post, without #")]
    fold_preview: FoldPreview
    engine: Annotated[str, Meta(extra_json_schema={"enum": ["llm", "offline"]}, description="who wrote it")]
    warnings: Annotated[list[JobWarning], Meta(description=WRITTEN_ALL_THE_SAME)]


class VoicesAnswer(msgspec.Struct):
    """The voices there are, by language; `default` speaks where nobody asks for another."""

    default: str
    voices: list[Voice]


class StoredImage(msgspec.Struct):
    """A picture as it is stored: our own encoding, upright and without EXIF."""

    id: Id
    url: Address
    url_expires_at: Moment
    width: Pixels
    height: Pixels
    content_type: Annotated[str, Meta(extra_json_schema={"enum": ["image/jpeg", "image/png"]})]
    size: Bytes


class ImagesAnswer(msgspec.Struct):
    images: list[StoredImage]
    user_image_ids: Annotated[list[Id], Meta(description="the same ids, as generate takes them")]


class HealthAnswer(msgspec.Struct):
    """`degraded` when a check has `failed`. A function alone tells only what it needs itself."""

    status: Annotated[str, Meta(extra_json_schema={"enum": ["ok", "degraded"]})]
    version: str
    checks: dict[str, Annotated[str, Meta(extra_json_schema={"enum": ["ok", "failed"]})]]


class ProblemDocument(msgspec.Struct):
    """RFC 9457. Decide by `code`; `detail`, `hint` and `message` are written to be shown."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: Annotated[str, Meta(description="finds the request in the log")]
    errors: Annotated[list[FieldError], Meta(description="where fields or files are at fault")] | UnsetType = UNSET
    hint: Annotated[str, Meta(description="what can be done")] | UnsetType = UNSET
    retry_after_seconds: Annotated[int, Meta(ge=0, description="where waiting helps")] | UnsetType = UNSET


ANSWERS: Final = (
    Promise, PlanAnswer, PostAnswer, VoicesAnswer, JobAnswer, FilmAnswer, CancelAnswer, ImagesAnswer, HealthAnswer,
    ProblemDocument,
)  # fmt: skip
