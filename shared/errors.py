"""The tree of what can go wrong: code, HTTP status, words for the caller, and whether trying again helps.

Problem
├── InvalidRequest            400  the body, a field, a header
├── TooManyFiles              400  more than three pictures
├── Unauthenticated           401  no token where one is needed, or a bad one
├── NotFound                  404  no such thing, or not yours
├── MethodNotAllowed          405
├── NotReady                  409  the film is not finished, or failed
├── Busy                      409  another worker holds the job (only the queue sees it)
├── FileTooLarge              413
├── UnsupportedType           415  not JPEG, PNG or GIF by content
├── ImageUnreadable           422
├── ImageTooSmall             422
├── ImageTooLarge             422
├── ImageNotFound             422  a picture that is not there, or not yours
├── NothingToNarrate          422  only emoji, links or hashtags
├── IdempotencyConflict       422  same key, other body
├── Forbidden                 403  the render door, without a valid signature; a key without that right
├── RateLimited               429  more than one caller may ask for
├── BudgetExhausted           429  more than the whole service may make in a day
├── RenderFailed              500  a film that could not be made
├── StoppedEarly              500  this attempt ended before it was done; another may succeed
└── Unavailable               503  Redis, the queue or the store does not answer
    └── Paused                503  an operator has stopped this for now
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One mistake in the input: where, which kind, and what to do about it."""

    field: str
    code: str
    message: str


class Problem(Exception):
    """Something that a caller can be told: `detail` is public, the cause is for the log."""

    code: ClassVar[str]
    status: ClassVar[int]
    title: ClassVar[str]
    retryable: bool = False

    def __init__(
        self,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        hint: str | None = None,
        retry_after_seconds: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = dict(headers or {})
        self.errors = tuple(errors)
        self.hint = hint
        self.retry_after_seconds = retry_after_seconds


class InvalidRequest(Problem):
    code, status, title = "invalid_request", 400, "The request is not valid"


class TooManyFiles(Problem):
    code, status, title = "too_many_files", 400, "Too many files"


class Unauthenticated(Problem):
    code, status, title = "unauthenticated", 401, "Who is calling is not known"


class Forbidden(Problem):
    code, status, title = "forbidden", 403, "Not allowed"


class NotFound(Problem):
    code, status, title = "not_found", 404, "Not found"


class MethodNotAllowed(Problem):
    code, status, title = "method_not_allowed", 405, "Method not allowed"

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__(f"This address answers {', '.join(allowed)}.")
        self.allowed = tuple(allowed)


class NotReady(Problem):
    code, status, title = "not_ready", 409, "The film is not ready"


class Busy(Problem):
    code, status, title, retryable = "busy", 409, "Another worker has this job", True


class FileTooLarge(Problem):
    code, status, title = "file_too_large", 413, "Too large"


class UnsupportedType(Problem):
    code, status, title = "unsupported_type", 415, "Not a JPEG, PNG or GIF"


class ImageUnreadable(Problem):
    code, status, title = "image_unreadable", 422, "The picture cannot be read"


class ImageTooSmall(Problem):
    code, status, title = "image_too_small", 422, "The picture is too small"


class ImageTooLarge(Problem):
    code, status, title = "image_too_large", 422, "The picture is too large"


class ImageNotFound(Problem):
    code, status, title = "image_not_found", 422, "A picture is not there"


class NothingToNarrate(Problem):
    code, status, title = "nothing_to_narrate", 422, "Nothing to narrate"


class IdempotencyConflict(Problem):
    code, status, title = "idempotency_conflict", 422, "The idempotency key was used for another request"


class RenderFailed(Problem):
    """The queue is told that the task is done, the job tells why; unless it is `retryable`: another attempt may do."""

    code, status, title = "render_failed", 500, "The film could not be made"

    def __init__(self, detail: str, *, hint: str | None = None, retryable: bool = False) -> None:
        super().__init__(detail, hint=hint)
        self.retryable = retryable


class StoppedEarly(Problem):
    """Passing: the lease was lost, the worker was told to stop, or its own deadline came.

    500 and not 503, for which Cloud Tasks slows the whole queue down.
    """

    code, status, title, retryable = "stopped_early", 500, "The work stopped before it was done", True


class Unavailable(Problem):
    code, status, title, retryable = "unavailable", 503, "A part of the service does not answer", True

    def __init__(self, detail: str, *, retry_after_seconds: int = 5) -> None:
        super().__init__(detail, retry_after_seconds=retry_after_seconds)


class Paused(Unavailable):
    """An operator's switch; `detail` is what the operator wants to be told, or a sentence of ours."""

    title = "Paused for now"


class RateLimited(Problem):
    code, status, title, retryable = "rate_limited", 429, "Too many requests", True


class BudgetExhausted(Problem):
    code, status, title, retryable = "budget_exhausted", 429, "The service's limit for today is reached", True
