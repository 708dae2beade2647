"""A job: what Redis remembers of a promised film, from `queued` to its end; and the port to where it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

from shared.errors import NotFound
from shared.signature import GOOD_FOR_SECONDS
from shared.video_request import VideoRequest

RETENTION_SECONDS: Final = 24 * 3600  # a job is readable for a day after its last change
STALLED_AFTER_SECONDS: Final = 15 * 60  # in work, but nobody has held the lease for so long
POLL_AFTER_MS: Final = 1000  # how often a caller does well to ask
QUEUED_AT_MOST_SECONDS: Final = 24 * 3600  # a task that was not delivered in a day never will be
ERASED_FOR_SECONDS: Final = GOOD_FOR_SECONDS  # for so long a queue could still bring the task of an erased job


class JobStatus(StrEnum):
    QUEUED = "queued"
    PROCESSING = "processing"
    COMPLETED = "completed"
    ERROR = "error"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        return self in (JobStatus.COMPLETED, JobStatus.ERROR, JobStatus.CANCELLED)


class Stage(StrEnum):
    MEDIA_PROCESSING = "media_processing"
    AUDIO_GENERATION = "audio_generation"
    COMBINING_MEDIA = "combining_media"
    UPLOADING = "uploading"
    COMPLETED = "completed"

    @property
    def ends_at(self) -> int:
        """The progress, in percent, at which this stage is over."""
        return STAGE_ENDS[self]

    def progress(self, fraction: float) -> int:
        """Percent of the whole when `fraction` (0..1) of this stage is done."""
        begins_at = max((end for end in STAGE_ENDS.values() if end < self.ends_at), default=0)
        return begins_at + int((self.ends_at - begins_at) * min(max(fraction, 0.0), 1.0))


STAGE_ENDS: Final[dict[Stage, int]] = {
    Stage.MEDIA_PROCESSING: 20,
    Stage.AUDIO_GENERATION: 40,
    Stage.COMBINING_MEDIA: 60,
    Stage.UPLOADING: 80,
    Stage.COMPLETED: 100,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class JobWarning:
    """Something the user should know about a film that was made all the same."""

    code: str
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ErrorDetail:
    """Why a job failed, for the program; `Job.error` is the sentence for the person."""

    code: str
    stage: str | None
    retryable: bool
    hint: str | None = None
    request_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkedInRule:
    """One of LinkedIn's rules for native video, held against the finished file."""

    rule: str
    ok: bool
    value: str
    limit: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Credit:
    """Who made a photograph that a film shows. The service asks for both links wherever the film is shown."""

    text: str  # "Photo by Ann Example on Unsplash"
    url: str  # the photograph's own page
    author: str
    author_url: str
    service: str
    service_url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FoldPreview:
    """What can be read before "see more" on a phone and on a desk; whole where nothing is hidden, else with "…"."""

    mobile: str
    desktop: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkedInPost:
    """What belongs beside a film when it is posted. `commentary` is for LinkedIn's Posts API, and for nothing else."""

    commentary: str
    fold_preview: FoldPreview
    character_count: int
    hashtags: tuple[str, ...]
    transcript: str
    upload_captions: str


@dataclass(frozen=True, kw_only=True, slots=True)
class VoiceUsage:
    """What the voice of a film cost: calls of a service, characters sent, bytes of sound bought; scenes whose voice was
    bought for an earlier film, and the seconds of waiting that this saved.
    """

    calls: int = 0
    characters: int = 0
    bytes_bought: int = 0
    scenes_reused: int = 0
    bytes_reused: int = 0
    seconds_saved: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Film:
    """What is known of a finished film: lengths in seconds, sizes in bytes and pixels."""

    duration_seconds: float
    width: int
    height: int
    size_bytes: int
    narration: dict[str, str | None]  # engine, voice
    has_captions: bool
    credits: tuple[Credit, ...] = ()
    linkedin_check: tuple[LinkedInRule, ...] = ()
    post: LinkedInPost | None = None
    usage: VoiceUsage = VoiceUsage()


@dataclass(frozen=True, kw_only=True, slots=True)
class Links:
    """Signed addresses of a finished film's files, all good until `expires_at`."""

    video_url: str
    poster_url: str
    captions_url: str | None
    vtt_url: str | None
    signed_at: datetime
    expires_at: datetime

    def is_fresh(self, now: datetime) -> bool:
        """Whether more than half of the links' life is left."""
        return now < self.signed_at + (self.expires_at - self.signed_at) / 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One promised film. A change makes the next value; the store decides whether it may be written."""

    job_id: str
    created_at: datetime
    updated_at: datetime
    owner: str | None = None
    status: JobStatus = JobStatus.QUEUED
    progress: int = 0
    stage: Stage | None = None
    attempt: int = 0
    error: str | None = None
    error_detail: ErrorDetail | None = None
    warnings: tuple[JobWarning, ...] = ()
    degraded: bool = False
    eta_seconds: int | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    film: Film | None = None
    links: Links | None = None
    lease_expires_at: datetime | None = None
    revision: str = field(default="", compare=False)  # of what is stored of it, but for who holds it

    def advanced(self, stage: Stage, progress: int, *, eta_seconds: int | None = None) -> "Job":
        """The job further on; progress never falls, whatever the attempt."""
        return replace(
            self,
            status=JobStatus.PROCESSING,
            stage=stage,
            progress=max(self.progress, progress),
            eta_seconds=eta_seconds,
            updated_at=now(),
        )

    def warned(self, warnings: Sequence[JobWarning], *, degraded: bool = False) -> "Job":
        fresh = tuple(warning for warning in warnings if warning not in self.warnings)
        return replace(self, warnings=self.warnings + fresh, degraded=self.degraded or degraded)

    def completed(self, film: Film, links: Links) -> "Job":
        return replace(
            self,
            status=JobStatus.COMPLETED,
            stage=Stage.COMPLETED,
            progress=100,
            eta_seconds=0,
            film=film,
            links=links,
            error=None,
            error_detail=None,
            updated_at=now(),
        )

    def cancelled(self) -> "Job":
        """The job ended because its owner said so; `stage` stays the one it was in."""
        return replace(self, status=JobStatus.CANCELLED, eta_seconds=None, updated_at=now())

    def failed(
        self,
        sentence: str,
        *,
        code: str,
        retryable: bool,
        hint: str | None = None,
        request_id: str | None = None,
    ) -> "Job":
        """The job ended in an error; `stage` stays the one it failed in."""
        return replace(
            self,
            status=JobStatus.ERROR,
            error=sentence,
            error_detail=ErrorDetail(
                code=code, stage=self.stage, retryable=retryable, hint=hint, request_id=request_id
            ),
            eta_seconds=None,
            updated_at=now(),
        )

    def replayed(self) -> "Job":
        """The job at its beginning once more. Its progress stays, since it never falls."""
        return replace(
            self,
            status=JobStatus.QUEUED,
            stage=None,
            attempt=0,
            error=None,
            error_detail=None,
            warnings=(),
            degraded=False,
            eta_seconds=None,
            lease_expires_at=None,
            updated_at=now(),
        )

    def as_read_at(self, moment: datetime) -> "Job":
        """The job as a caller should see it: what nobody works on reads as an error, never as `processing` for ever."""
        since = max(self.updated_at, self.lease_expires_at or self.updated_at)
        patience = {
            JobStatus.PROCESSING: timedelta(seconds=STALLED_AFTER_SECONDS),
            JobStatus.QUEUED: timedelta(seconds=QUEUED_AT_MOST_SECONDS),
        }.get(self.status)
        if patience is None or moment <= since + patience:
            return self
        stalled = self.failed(
            "The work on this film stopped and was not taken up again.",
            code="stalled",
            retryable=True,
            hint="Send the post again.",
        )
        return replace(stalled, updated_at=since + patience)


class Verdict(StrEnum):
    RUN = "run"
    BUSY = "busy"
    DONE = "done"
    GAVE_UP = "gave_up"
    ERASED = "erased"


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """What a delivery of a task may do; `job` is as it now stands in the store."""

    verdict: Verdict
    job: Job


@dataclass(frozen=True, kw_only=True, slots=True)
class Idempotency:
    """A caller's `Idempotency-Key`, and the fingerprint of the body that came with it."""

    key: str
    body_sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """A promise: a new job, or (`replayed`) the one that the same key was given before.

    `unconfirmed` holds the stored request of a replayed job of which nobody knows whether it reached the queue.
    """

    job_id: str
    replayed: bool
    unconfirmed: VideoRequest | None = None


class LeaseLost(Exception):
    """Somebody else works on this job now, or it has ended: nothing of ours may be written."""


class CancelAsked(Exception):
    """Whoever works on this job is to stop and to end it as cancelled."""


class NotReplayable(Exception):
    """A job that is in work or has ended as its caller wanted: `status` says which."""

    def __init__(self, status: JobStatus) -> None:
        super().__init__(status.value)
        self.status = status


class JobStore(Protocol):
    """Where jobs are kept. Every method raises `Unavailable` when the store does not answer."""

    def put(self, job: Job, request: VideoRequest, idempotency: Idempotency | None = None) -> Accepted:
        """Write a new job if its pictures are there; raises ImageNotFound, IdempotencyConflict."""
        ...

    def has_promised(self, idempotency: Idempotency) -> bool:
        """Whether this key was given a job before."""
        ...

    def confirm(self, idempotency: Idempotency) -> None:
        """The queue has the task: a repeat of this key needs no second enqueue."""
        ...

    def refuse(self, job: Job, idempotency: Idempotency | None = None) -> bool:
        """Mark a job that the queue did not take, and forget its key; False, and nothing done, where it is in work."""
        ...

    def get(self, job_id: str) -> Job:
        """The job; raises NotFound."""
        ...

    def claim(self, request: VideoRequest, token: str) -> Claim:
        """Ask for the job, under a fresh token; counts an attempt when the verdict is RUN."""
        ...

    def save(self, job: Job, request: VideoRequest, token: str, *, release: bool = False) -> None:
        """Write the job and renew the lease (or give it back); raises LeaseLost.

        Raises CancelAsked, and writes nothing, where the job is to be cancelled and this says that it goes on or is
        completed.
        """
        ...

    def cancel(self, job_id: str) -> Job:
        """End a job that waits, ask the worker of one in work to end it; raises NotFound. An ended one stays."""
        ...

    def whose(self, job_id: str) -> str | None:
        """The owner of a job, or of one that was erased; None where that is nobody. Raises NotFound."""
        ...

    def erase(self, job_id: str, owner: str | None) -> None:
        """Forget all of a job but that it was erased and whose it was: nobody works on it any more, or ever will."""
        ...

    def cache_links(self, job: Job) -> None:
        """Remember fresh links of a completed job; not being able to is no failure."""
        ...

    def note_pace(self, kind: str, pace: float) -> None:
        """Remember how many seconds of work a second of such a film took; not being able to is no failure."""
        ...

    def pace(self, kind: str) -> float | None:
        """What such films took lately, the last ones counting most; None where none was made for a month."""
        ...


def no_such_job(job_id: str) -> NotFound:
    """The answer to an id that nobody knows, and to one that is somebody else's."""
    return NotFound("There is no such job.", hint=f"GET /api/video/{job_id} finds films that are older than a day.")


def now() -> datetime:
    return datetime.now(UTC)


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC, to the millisecond: `2026-03-13T08:15:00.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
