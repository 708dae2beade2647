"""Jobs and pictures in Redis: string keys that a person can read, changed by the scripts of redis_scripts.

Every change may happen twice and is one change, so that a lost answer is asked for again (`RedisLine.ask`).
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from shared import log
from shared.errors import FieldError, IdempotencyConflict, ImageNotFound, NotFound, Unavailable
from shared.images import Image
from shared.jobs import (
    ERASED_FOR_SECONDS,
    QUEUED_AT_MOST_SECONDS,
    RETENTION_SECONDS,
    STALLED_AFTER_SECONDS,
    Accepted,
    CancelAsked,
    Claim,
    ErrorDetail,
    Film,
    Idempotency,
    Job,
    JobStatus,
    JobWarning,
    LeaseLost,
    Links,
    NotReplayable,
    Stage,
    Verdict,
    no_such_job,
    now,
)
from shared.video_request import VideoRequest

from . import redis_scripts as scripts
from .redis_line import RedisLine

PACE_WEIGHT: Final = 0.3  # of the newest film in what is remembered of all
PACE_SECONDS: Final = 30 * 24 * 3600


class _Details(msgspec.Struct, omit_defaults=True):
    """What has no key of its own."""

    metadata: dict[str, Any] = {}
    degraded: bool = False
    eta_seconds: int | None = None
    error_detail: ErrorDetail | None = None
    film: Film | None = None
    links: Links | None = None


class _Times(msgspec.Struct):
    created_at: datetime
    updated_at: datetime


class RedisJobs:
    """`JobStore` and `ImageStore` on Redis."""

    def __init__(self, line: RedisLine, *, lease_seconds: int, max_attempts: int) -> None:
        client = line.client
        self._redis = client
        self._ask = line.ask
        self._lease_ms = lease_seconds * 1000
        self._max_attempts = max_attempts
        self._put: Callable[..., Any] = client.register_script(scripts.PUT)
        self._claim: Callable[..., Any] = client.register_script(scripts.CLAIM)
        self._save: Callable[..., Any] = client.register_script(scripts.SAVE)
        self._replay: Callable[..., Any] = client.register_script(scripts.REPLAY)
        self._confirm: Callable[..., Any] = client.register_script(scripts.CONFIRM)
        self._cache: Callable[..., Any] = client.register_script(scripts.CACHE_LINKS)
        self._erase: Callable[..., Any] = client.register_script(scripts.ERASE)
        self._erase_image: Callable[..., Any] = client.register_script(scripts.ERASE_IMAGE)

    @classmethod
    def connect(cls, url: str, *, lease_seconds: int, max_attempts: int) -> "RedisJobs":
        return cls(RedisLine.to(url), lease_seconds=lease_seconds, max_attempts=max_attempts)

    def ping(self) -> None:
        self._ask(self._redis.ping)

    def put(self, job: Job, request: VideoRequest, idempotency: Idempotency | None = None) -> Accepted:
        keys = [
            *_keys(job.job_id),
            _idempotency_key(idempotency) if idempotency else f"job:{job.job_id}:no-key",
            *(f"image:{image_id}" for image_id in request.user_image_ids),
        ]
        values = [
            job.status.value,
            request.to_json(),
            job.owner or "",
            _times(job),
            _details(job),
            QUEUED_AT_MOST_SECONDS + RETENTION_SECONDS,
            idempotency.body_sha256 if idempotency else "",
            job.job_id,
            RETENTION_SECONDS,  # not longer than the job is readable, which is longer only while it is unfinished
        ]
        answer, *rest = self._ask(self._put, keys=keys, args=values)
        if answer == "conflict":
            raise IdempotencyConflict("This Idempotency-Key was used for another request. Send a new key.")
        if answer == "missing":
            raise _images_missing(request.user_image_ids, map(int, rest))
        if answer == "replay":
            job_id, state = rest
            return Accepted(
                job_id=job_id, replayed=True, unconfirmed=self._request(job_id) if state == "sent" else None
            )
        return Accepted(job_id=job.job_id, replayed=False)

    def has_promised(self, idempotency: Idempotency) -> bool:
        return bool(self._ask(self._redis.exists, _idempotency_key(idempotency)))

    def confirm(self, idempotency: Idempotency) -> None:
        try:
            self._ask(self._confirm, keys=[_idempotency_key(idempotency)])
        except Unavailable:  # the promise stands: a repeat of the key hands the queue the same task again
            log.event("key_not_confirmed")

    def refuse(self, job: Job, idempotency: Idempotency | None = None) -> bool:
        try:
            self._write(job, token="", lease_ms=0, request="", idempotency=idempotency)
        except LeaseLost:  # the queue had it after all; a repeat of the key finds this film, and orders no other
            log.event("refused_job_is_already_in_work", job_id=job.job_id)
            return False
        return True

    def get(self, job_id: str) -> Job:
        kept = dict(zip(scripts.FIELDS, self._ask(self._redis.mget, _keys(job_id)), strict=True))
        if kept["status"] is None or kept["times"] is None:
            raise no_such_job(job_id)
        return _job(job_id, kept)

    def claim(self, request: VideoRequest, token: str) -> Claim:
        answer, values = self._ask(
            self._claim,
            keys=_keys(request.job_id),
            args=[
                token,
                self._lease_ms,
                self._max_attempts,
                STALLED_AFTER_SECONDS * 1000,
                self._life(JobStatus.PROCESSING),
            ],
        )
        kept = dict(zip(scripts.FIELDS, values, strict=True))
        if kept["times"]:
            job = _job(request.job_id, kept)
        else:  # Redis forgot the job; the task holds all that is needed
            job = Job(
                job_id=request.job_id,
                created_at=datetime.fromisoformat(request.created_at),
                updated_at=now(),
                owner=request.owner,
                status=JobStatus.PROCESSING,
                attempt=int(kept["attempt"] or 0),
                metadata=request.metadata,
            )
        return Claim(verdict=Verdict.DONE if answer == "stalled" else Verdict(answer), job=job)

    def save(self, job: Job, request: VideoRequest, token: str, *, release: bool = False) -> None:
        lease_ms = 0 if release or job.status.ended else self._lease_ms
        if not self._write(job, token=token, lease_ms=lease_ms, request=""):
            self._write(job, token=token, lease_ms=lease_ms, request=request.to_json().decode())

    def cancel(self, job_id: str) -> Job:
        job = self.get(job_id).cancelled()
        try:
            self._write(job, token="", lease_ms=0, request="")
        except LeaseLost:  # in work, or ended: its worker finds the wish with its next note
            return self.get(job_id)
        return job

    def whose(self, job_id: str) -> str | None:
        keys = dict(zip(scripts.FIELDS, _keys(job_id), strict=True))
        status, owner = self._ask(self._redis.mget, [keys["status"], keys["owner"]])
        if status is None:
            raise no_such_job(job_id)
        return owner or None

    def erase(self, job_id: str, owner: str | None) -> None:
        promise = self._ask(self._redis.get, f"job:{job_id}:promise")  # written with the job, and not changed since
        self._ask(
            self._erase,
            keys=[*_keys(job_id), promise or f"job:{job_id}:no-key"],
            args=[owner or "", job_id, ERASED_FOR_SECONDS],
        )

    def replay(self, job_id: str) -> VideoRequest:
        """Set a job that failed back to its beginning, and return its order; raises NotFound, NotReplayable.

        Its progress stays, since it never falls, and its attempts are counted from nought.
        """
        job = self.get(job_id)
        request = self._request(job_id)
        if request is None:
            raise NotFound("The order of this job is not kept any more.")
        job = job.replayed()
        arguments = [_times(job), _details(job), self._life(job.status)]
        answer = self._ask(self._replay, keys=_keys(job_id), args=arguments)
        if answer == "forgotten":
            raise NotFound("There is no such job.")
        if answer != JobStatus.QUEUED:
            raise NotReplayable(JobStatus(answer))
        return request

    def cache_links(self, job: Job) -> None:
        keys = dict(zip(scripts.FIELDS, _keys(job.job_id), strict=True))
        try:
            self._ask(
                self._cache,
                keys=[keys["status"], keys["video_url"], keys["details"]],
                args=[job.links.video_url if job.links else "", _details(job)],
            )
        except Unavailable:
            log.event("links_not_cached", job_id=job.job_id)

    def note_pace(self, kind: str, pace: float) -> None:
        try:
            before = self.pace(kind)
            smoothed = pace if before is None else before + PACE_WEIGHT * (pace - before)
            self._ask(self._redis.set, f"pace:{kind}", f"{smoothed:.4f}", ex=PACE_SECONDS)
        except Unavailable:
            log.event("pace_not_noted")

    def pace(self, kind: str) -> float | None:
        kept = self._ask(self._redis.get, f"pace:{kind}")
        return float(kept) if kept else None

    def put_images(self, images: Sequence[Image], repeat: str | None = None) -> None:
        self._ask(self._set_images, images, repeat)

    def uploaded(self, repeat: str) -> Sequence[Image]:
        ids = self._ask(self._redis.get, f"uploaded:{repeat}")
        if not ids:
            return ()
        kept = self._ask(self._redis.mget, [f"image:{image_id}" for image_id in ids.split()])
        records = [msgspec.json.decode(record, type=Image) for record in kept if record]
        return [replace(image, owner=image.owner or None) for image in records] if all(kept) else ()

    def require_images(self, image_ids: Sequence[str], owner: str | None) -> None:
        if not image_ids:
            return
        records = self._ask(self._redis.mget, [f"image:{image_id}" for image_id in image_ids])
        owners = [(msgspec.json.decode(record, type=Image).owner or None) if record else ... for record in records]
        if missing := [index for index, found in enumerate(owners) if found != owner]:
            raise _images_missing(image_ids, missing)

    def whose_image(self, image_id: str) -> str | None:
        record, erased = self._ask(self._redis.mget, _image_keys(image_id))
        if record is None and erased is None:
            raise NotFound("There is no such picture.")
        return (erased if record is None else msgspec.json.decode(record, type=Image).owner) or None

    def erase_image(self, image_id: str, owner: str | None) -> None:
        self._ask(self._erase_image, keys=_image_keys(image_id), args=[owner or "", ERASED_FOR_SECONDS])

    def _set_images(self, images: Sequence[Image], repeat: str | None) -> None:
        pipeline = self._redis.pipeline(transaction=True)  # a new one for each try: it is empty when it has failed
        for image in images:
            record = msgspec.json.encode({**msgspec.to_builtins(image), "owner": image.owner or ""})
            pipeline.set(f"image:{image.id}", record, exat=int(image.expires_at.timestamp()))
        if repeat:
            expires_at = int(images[0].expires_at.timestamp())
            pipeline.set(f"uploaded:{repeat}", " ".join(image.id for image in images), exat=expires_at)
        pipeline.execute()

    def _write(
        self, job: Job, *, token: str, lease_ms: int, request: str, idempotency: Idempotency | None = None
    ) -> bool:
        """Whether Redis still knew the request; raises LeaseLost."""
        values = {
            "status": job.status.value,
            "progress": job.progress,
            "stage": job.stage.value if job.stage else "",
            "video_url": job.links.video_url if job.links else "",
            "error": job.error or "",
            "owner": job.owner or "",
            "times": _times(job),
            "warnings": msgspec.json.encode(job.warnings) if job.warnings else "",
            "details": _details(job),
            "attempt": job.attempt,
        }
        answer = self._ask(
            self._save,
            keys=[*_keys(job.job_id), *([_idempotency_key(idempotency)] if idempotency else [])],
            args=[token, lease_ms, self._life(job.status), request, *values.values()],
        )
        if answer == "lost":
            raise LeaseLost(job.job_id)
        if answer == "cancel":
            raise CancelAsked(job.job_id)
        return bool(answer == "saved")

    def _request(self, job_id: str) -> VideoRequest | None:
        kept = self._ask(self._redis.get, f"job:{job_id}:request")
        return VideoRequest.from_json(kept) if kept else None

    def _life(self, status: JobStatus) -> int:
        """Seconds until the keys go: a day after the job's end, or after the moment it would read as ended."""
        waiting = {
            JobStatus.QUEUED: QUEUED_AT_MOST_SECONDS,
            JobStatus.PROCESSING: STALLED_AFTER_SECONDS + self._lease_ms // 1000,
        }
        return RETENTION_SECONDS + waiting.get(status, 0)


def _images_missing(image_ids: Sequence[str], missing: Iterable[int]) -> ImageNotFound:
    return ImageNotFound(
        "A picture is not there any more. Upload it again.",
        errors=[
            FieldError(
                f"user_image_ids[{index}]",
                "image_not_found",
                f"There is no picture {image_ids[index]}: it expired, or never was.",
            )
            for index in missing
        ],
    )


def _keys(job_id: str) -> list[str]:
    return [f"job:{job_id}:{field}" for field in scripts.FIELDS]


def _image_keys(image_id: str) -> list[str]:
    return [f"image:{image_id}", f"image:{image_id}:erased"]


def _idempotency_key(idempotency: Idempotency) -> str:
    return f"idempotency:{idempotency.key}"


def _times(job: Job) -> str:
    return msgspec.json.encode(_Times(job.created_at, job.updated_at)).decode()


def _details(job: Job) -> str:
    return msgspec.json.encode(
        _Details(
            metadata=job.metadata,
            degraded=job.degraded,
            eta_seconds=job.eta_seconds,
            error_detail=job.error_detail,
            film=job.film,
            links=job.links,
        )
    ).decode()


def _job(job_id: str, kept: dict[str, str | None]) -> Job:
    details = msgspec.json.decode(kept["details"] or "{}", type=_Details)
    times = msgspec.json.decode(kept["times"] or "", type=_Times)
    lease = kept["lease"]
    return Job(
        job_id=job_id,
        created_at=times.created_at,
        updated_at=times.updated_at,
        owner=kept["owner"] or None,
        status=JobStatus(kept["status"] or ""),
        progress=int(kept["progress"] or 0),
        stage=Stage(kept["stage"]) if kept["stage"] else None,
        attempt=int(kept["attempt"] or 0),
        error=kept["error"] or None,
        error_detail=details.error_detail,
        warnings=msgspec.json.decode(kept["warnings"] or "[]", type=tuple[JobWarning, ...]),
        degraded=details.degraded,
        eta_seconds=details.eta_seconds,
        metadata=details.metadata,
        film=details.film,
        links=details.links,
        lease_expires_at=datetime.fromtimestamp(int(lease.split()[1]) / 1000, UTC) if lease else None,
        revision=_revision(kept),
    )


def _revision(kept: dict[str, str | None]) -> str:
    told = "\0".join(value or "" for field, value in kept.items() if field not in ("lease", "request"))
    return hashlib.blake2b(told.encode(), digest_size=12).hexdigest()
