"""run_job: claim, work under a lease, and end in one of three ways: finished, failed for good, or to be tried again."""

import contextvars
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from shared import log, tracing
from shared.errors import Busy, Problem, StoppedEarly, Unavailable
from shared.jobs import CancelAsked, Film, Job, JobStatus, JobStore, JobWarning, LeaseLost, Links, Stage, Verdict
from shared.video_request import VideoRequest

from .stopping import told_to_stop

NOTE_EVERY: Final = 0.5  # seconds between two notes of progress within a stage
NOTE_AGAIN: Final = 5.0  # seconds after one that Redis did not take: each try may cost the work two seconds of waiting
LOOK_EVERY: Final = 1.0  # seconds at most between two looks into Redis: so soon a cancel is seen
DEADLINE: Final = 1740 - 60  # seconds; a minute before the platform ends the request
SAVE_PATIENCE: Final = 25.0  # seconds a finished film waits for Redis to answer again

MakeVideo = Callable[[VideoRequest, "Attempt"], tuple[Film, Links]]


class Attempt:
    """One worker's hold on a job: a heartbeat renews the lease; who lost it finds out in `check`."""

    def __init__(
        self,
        jobs: JobStore,
        request: VideoRequest,
        job: Job,
        token: str,
        *,
        lease_seconds: float,
        deadline_seconds: float = DEADLINE,
    ) -> None:
        self._jobs = jobs
        self._request = request
        self._job = job
        self._repeated = job.stage is not None
        self._token = token
        self._beat_every = lease_seconds / 4
        self._ends_at = time.monotonic() + deadline_seconds
        self._stage: Stage | None = None
        self._note_at = 0.0
        self._beat_at = 0.0
        self._lock = threading.Lock()
        self._saving = threading.Lock()  # apart, so that the work does not wait for a Redis that does not answer
        self._unheard = False  # Redis did not take the last note: until it does, only the heartbeat tries
        self._lost = False
        self._cancelled = False
        self._interrupted = False
        self._over = threading.Event()
        context = contextvars.copy_context()  # what the heartbeat logs belongs to this job
        self._heart = threading.Thread(target=context.run, args=(self._beat,), name="heartbeat", daemon=True)

    def __enter__(self) -> "Attempt":
        self._heart.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        self._heart.join()

    @property
    def job(self) -> Job:
        return self._job

    @property
    def is_repeated(self) -> bool:
        """Whether another attempt has worked on this job before."""
        return self._repeated

    def report(self, stage: Stage, fraction: float = 0.0, *, eta_seconds: int | None = None) -> None:
        """Note how far the work is. A note that Redis does not take harms nothing, and one of an earlier stage
        (pictures and voice are made at the same time) changes nothing.
        """
        with self._lock:
            if self._stage and stage.ends_at < self._stage.ends_at:
                return
            new_stage = stage is not self._stage
            self._stage = stage
            self._job = self._job.advanced(stage, stage.progress(fraction), eta_seconds=eta_seconds)
        if new_stage:
            log.event("stage", stage=stage.value, progress=self._job.progress)
        if not self._unheard and (new_stage or time.monotonic() >= self._note_at):
            self._note()

    def warn(self, warnings: Sequence[JobWarning], *, degraded: bool = False) -> None:
        with self._lock:
            self._job = self._job.warned(warnings, degraded=degraded)

    def check(self) -> None:
        """Raises StoppedEarly when this attempt must not go on, CancelAsked when nobody wants the film any more."""
        if self._cancelled:
            raise CancelAsked(self._job.job_id)
        if self._lost:
            raise StoppedEarly("Another worker has taken this job.")
        if told_to_stop() and self._stage is not Stage.UPLOADING:  # what is left then takes a second
            self._interrupted = True
            raise StoppedEarly("This worker was told to end.")
        if time.monotonic() > self._ends_at:
            raise StoppedEarly("The film took longer than a worker may work.")

    def hold(self) -> None:
        """Make sure, just before publishing, that the job is still ours; raises StoppedEarly, CancelAsked."""
        self._saved_for_sure(self._job)

    def finish(self, job: Job) -> None:
        """Write the job's end. Raises StoppedEarly when it is not ours to end, Unavailable when Redis stays away."""
        self._over.set()
        self._heart.join()
        self._saved_for_sure(job)
        self._job = job

    def give_back(self) -> None:
        """Let the next delivery begin at once instead of waiting for the lease to run out. Raises CancelAsked.

        An attempt that ended because its worker was told to end does not count: it says nothing about the film.
        """
        self._over.set()
        self._heart.join()
        job = replace(self._job, attempt=self._job.attempt - 1) if self._interrupted else self._job
        try:
            self._jobs.save(job, self._request, self._token, release=True)
        except (LeaseLost, Unavailable):
            log.event("lease_not_given_back")  # it runs out by itself

    def _saved_for_sure(self, job: Job) -> None:
        give_up_at = time.monotonic() + SAVE_PATIENCE
        while True:
            try:
                with self._saving:
                    self._jobs.save(job, self._request, self._token)
                    return
            except LeaseLost:
                self._lost = True
                raise StoppedEarly("Another worker has taken this job.") from None
            except Unavailable:
                if time.monotonic() > give_up_at:
                    raise
                time.sleep(1)

    def _note(self) -> None:
        if not self._saving.acquire(blocking=False):  # the other thread is at it
            return
        pause = NOTE_EVERY
        try:
            self._jobs.save(self._job, self._request, self._token)
            self._unheard = False
        except LeaseLost:
            self._lost = True
        except CancelAsked:
            self._cancelled = True
        except Unavailable:
            log.event("progress_not_noted")
            pause, self._unheard = NOTE_AGAIN, True
        finally:
            self._note_at = time.monotonic() + pause
            self._beat_at = time.monotonic() + self._beat_every
            self._saving.release()

    def _beat(self) -> None:
        while not self._over.wait(min(self._beat_every / 2, LOOK_EVERY)):
            if time.monotonic() >= min(self._note_at, self._beat_at):
                self._note()


def run_job(
    request: VideoRequest,
    jobs: JobStore,
    make_video: MakeVideo,
    *,
    lease_seconds: float,
    max_attempts: int,
    deadline_seconds: float = DEADLINE,
    retract: Callable[[VideoRequest], None] = lambda request: None,
    after: Callable[[VideoRequest, Job], None] = lambda request, job: None,
) -> Verdict:
    """Do what one delivery of a task may do.

    `retract` removes what a cancelled or erased film has published already. `after` is called with every job that is
    over, and once more for each further delivery.

    Returns when the queue is to be told that the task is done. Raises Busy while somebody else works on it, and any
    other exception for "try again": StoppedEarly, Unavailable, or a fault that a further attempt may not meet.
    """
    token = uuid.uuid4().hex
    claim = jobs.claim(request, token)
    log.event("claimed", verdict=claim.verdict.value, attempt=claim.job.attempt)
    if claim.verdict is Verdict.BUSY:
        raise Busy("Another worker has this job.", retry_after_seconds=int(lease_seconds))
    if claim.verdict is Verdict.GAVE_UP:
        _end(jobs, request, token, _given_up(claim.job, request, max_attempts))
    if claim.verdict is Verdict.ERASED:
        retract(request)  # a worker may have died between publishing and hearing of it
    if claim.verdict in (Verdict.DONE, Verdict.GAVE_UP, Verdict.ERASED):
        after(request, claim.job)  # a worker that died after the end may not have come to it
        return claim.verdict

    last = claim.job.attempt >= max_attempts
    with (
        tracing.span("attempt", job_id=request.job_id, number=claim.job.attempt),
        Attempt(
            jobs, request, claim.job, token, lease_seconds=lease_seconds, deadline_seconds=deadline_seconds
        ) as attempt,
    ):
        began = time.monotonic()
        try:
            film, links = make_video(request, attempt)
            attempt.finish(attempt.job.completed(film, links))
        except CancelAsked:
            _call_off(attempt, request, retract)
        except StoppedEarly as stopped:
            log.event("attempt_ended_early", attempt=claim.job.attempt, reason=stopped.detail)
            _hand_back(attempt, request, retract)
            raise
        except Problem as problem:
            if problem.retryable and not last:
                log.failure("attempt_failed", attempt=claim.job.attempt, code=problem.code)
                _hand_back(attempt, request, retract)
                raise
            log.failure("film_failed", code=problem.code)
            _finish(attempt, _failed(attempt.job, problem, request), request, retract)
        except Exception:  # the border: whatever it was, the job must not hang
            log.failure("attempt_failed", attempt=claim.job.attempt)
            if not last:
                _hand_back(attempt, request, retract)
                raise
            _finish(attempt, _broken(attempt.job, request), request, retract)
    ended = attempt.job
    seconds = (ended.updated_at - ended.created_at).total_seconds()  # since it was asked for, the queue included
    log.event("job_ended", status=ended.status.value, attempt=ended.attempt, seconds=round(seconds, 1))
    if ended.status is JobStatus.COMPLETED and ended.film:
        jobs.note_pace(request.kind_of_film, (time.monotonic() - began) / ended.film.duration_seconds)
    after(request, attempt.job)
    return claim.verdict


def _hand_back(attempt: Attempt, request: VideoRequest, retract: Callable[[VideoRequest], None]) -> None:
    """Leave the job to another attempt, or end it where nobody wants the film any more."""
    try:
        attempt.give_back()
    except CancelAsked:
        _call_off(attempt, request, retract)


def _finish(attempt: Attempt, job: Job, request: VideoRequest, retract: Callable[[VideoRequest], None]) -> None:
    """Write the job's end; of one that was erased meanwhile nothing stays, also where it failed."""
    try:
        attempt.finish(job)
    except CancelAsked:
        _call_off(attempt, request, retract)


def _call_off(attempt: Attempt, request: VideoRequest, retract: Callable[[VideoRequest], None]) -> None:
    retract(request)
    attempt.finish(attempt.job.cancelled())


def _end(jobs: JobStore, request: VideoRequest, token: str, job: Job) -> None:
    try:
        jobs.save(job, request, token, release=True)
    except (LeaseLost, CancelAsked):  # the second: it was erased
        log.event("ended_by_another")


def _failed(job: Job, problem: Problem, request: VideoRequest) -> Job:
    return job.failed(
        problem.detail,
        code=problem.code,
        retryable=problem.retryable,
        hint=problem.hint,
        request_id=request.request_id,
    )


def _broken(job: Job, request: VideoRequest) -> Job:
    return job.failed(
        "The film could not be made because of a fault on our side.",
        code="internal",
        retryable=True,
        hint="Send the post again; if it fails again, tell us the request_id.",
        request_id=request.request_id,
    )


def _given_up(job: Job, request: VideoRequest, max_attempts: int) -> Job:
    return job.failed(
        f"The film could not be made in {max_attempts} attempts.",
        code="gave_up",
        retryable=True,
        hint="Send the post again in a few minutes.",
        request_id=request.request_id,
    )
