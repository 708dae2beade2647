"""Jobs and pictures in Redis: string keys that a person can read, changed by Lua scripts that are safe to repeat."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from shared import log
from shared.errors import FieldError, IdempotencyConflict, ImageNotFound, NotFound, Unavailable
from shared.images import Image
from shared.jobs import (
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
    Stage,
    Verdict,
    now,
)
from shared.video_request import VideoRequest

# The readable five of the contract, then ours. The scripts count on this order.
FIELDS: Final = (
    "status", "progress", "stage", "video_url", "error",
    "request", "owner", "attempt", "lease", "times", "warnings", "details", "cancel",
)  # fmt: skip
_ENDED = "(status == 'completed' or status == 'error' or status == 'cancelled')"
_CLOCK = "local t = redis.call('TIME'); local now = t[1] * 1000 + math.floor(t[2] / 1000)\n"

# KEYS: the job's thirteen, the idempotency key (or an unused name), then the pictures'.
# ARGV: values of status, request, owner, times, details; life in seconds; body hash or ''; job id; the key's life
_PUT = """
if ARGV[7] ~= '' then
  local kept = redis.call('GET', KEYS[14])
  if kept then
    local hash, job_id, state = string.match(kept, '^(%S+) (%S+) (%S+)$')
    if job_id ~= ARGV[8] then
      if hash ~= ARGV[7] then return {'conflict'} end
      return {'replay', job_id, state}
    end
  end
end
if redis.call('EXISTS', KEYS[1]) == 1 then return {'new'} end
local missing = {'missing'}
for i = 15, #KEYS do
  local image = redis.call('GET', KEYS[i])
  if not image or (cjson.decode(image).owner or '') ~= (ARGV[3] or '') then missing[#missing + 1] = tostring(i - 15) end
end
if #missing > 1 then return missing end
local life = tonumber(ARGV[6])
redis.call('SET', KEYS[1], ARGV[1], 'EX', life)
redis.call('SET', KEYS[2], '0', 'EX', life)
redis.call('SET', KEYS[6], ARGV[2], 'EX', life)
redis.call('SET', KEYS[7], ARGV[3], 'EX', life)
redis.call('SET', KEYS[8], '0', 'EX', life)
redis.call('SET', KEYS[10], ARGV[4], 'EX', life)
redis.call('SET', KEYS[12], ARGV[5], 'EX', life)
if ARGV[7] ~= '' then redis.call('SET', KEYS[14], ARGV[7] .. ' ' .. ARGV[8] .. ' sent', 'EX', ARGV[9]) end
return {'new'}
"""

# KEYS: the job's thirteen. ARGV: token, lease in ms, most attempts, stalled after ms, life in seconds
_CLAIM = (
    _CLOCK
    + """
local status = redis.call('GET', KEYS[1])
if status and """
    + _ENDED
    + """ then return {'done'} end
local token, until_ms = string.match(redis.call('GET', KEYS[9]) or '', '^(%S+) (%d+)$')
until_ms = tonumber(until_ms or 0)
if token and token ~= ARGV[1] then
  if until_ms > now then return {'busy'} end
  if until_ms + tonumber(ARGV[4]) < now then return {'stalled'} end
end
if token ~= ARGV[1] then
  local attempt = tonumber(redis.call('GET', KEYS[8]) or 0)
  if attempt >= tonumber(ARGV[3]) then
    redis.call('DEL', KEYS[9])
    return {'gave_up'}
  end
  redis.call('SET', KEYS[8], attempt + 1)
end
redis.call('SET', KEYS[9], ARGV[1] .. ' ' .. (now + tonumber(ARGV[2])))
redis.call('SET', KEYS[1], 'processing')
for i = 1, #KEYS do redis.call('EXPIRE', KEYS[i], ARGV[5]) end
return {'run'}
"""
)

# KEYS: the job's thirteen. ARGV: token ('' for a job that nobody has claimed), lease in ms (0: give it back), life in
# seconds, the request ('' unless Redis forgot it), then the values of all keys but request, attempt and lease.
_SAVE = (
    _CLOCK
    + """
local status = redis.call('GET', KEYS[1])
local token = string.match(redis.call('GET', KEYS[9]) or '', '^(%S+) %d+$')
if token and token ~= ARGV[1] then return 'lost' end
if not token and status and ((ARGV[1] == '' and status ~= 'queued') or """
    + _ENDED
    + """) then
  if status == ARGV[5] and ARGV[1] ~= '' and redis.call('GET', KEYS[10]) == ARGV[11] then return 'saved' end
  return 'lost'
end
local obeys = ARGV[5] == 'cancelled' or ARGV[5] == 'error'
if not obeys and redis.call('EXISTS', KEYS[13]) == 1 then return 'cancel' end
if ARGV[4] == '' and redis.call('EXISTS', KEYS[6]) == 0 then return 'forgotten' end
if ARGV[4] ~= '' then redis.call('SET', KEYS[6], ARGV[4]) end
local progress = math.max(tonumber(redis.call('GET', KEYS[2]) or 0), tonumber(ARGV[6]))
redis.call('SET', KEYS[1], ARGV[5])
redis.call('SET', KEYS[2], progress)
local at = {[3] = 7, [4] = 8, [5] = 9, [7] = 10, [10] = 11, [11] = 12, [12] = 13}
for key, value in pairs(at) do
  if ARGV[value] == '' then redis.call('DEL', KEYS[key]) else redis.call('SET', KEYS[key], ARGV[value]) end
end
if redis.call('EXISTS', KEYS[8]) == 0 then redis.call('SET', KEYS[8], ARGV[14]) end
if tonumber(ARGV[2]) > 0 then
  redis.call('SET', KEYS[9], ARGV[1] .. ' ' .. (now + tonumber(ARGV[2])))
else
  redis.call('DEL', KEYS[9])
end
for i = 1, #KEYS do redis.call('EXPIRE', KEYS[i], ARGV[3]) end
return 'saved'
"""
)

# KEYS: status and cancel of a job. ARGV: life in seconds
_ASK_TO_CANCEL = (
    """
local status = redis.call('GET', KEYS[1])
if status and not """
    + _ENDED
    + """ then redis.call('SET', KEYS[2], '1', 'EX', ARGV[1]) end
"""
)

# KEYS: an idempotency key
_CONFIRM = """
local kept = redis.call('GET', KEYS[1])
if kept then redis.call('SET', KEYS[1], (string.gsub(kept, ' sent$', ' queued')), 'KEEPTTL') end
"""

# KEYS: status, video_url, details of a job. ARGV: video_url, details
_CACHE_LINKS = """
if redis.call('GET', KEYS[1]) ~= 'completed' then return 0 end
redis.call('SET', KEYS[2], ARGV[1], 'KEEPTTL')
redis.call('SET', KEYS[3], ARGV[2], 'KEEPTTL')
return 1
"""


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

    def __init__(self, client: "redis.Redis", *, lease_seconds: int, max_attempts: int) -> None:
        self._redis = client
        self._lease_ms = lease_seconds * 1000
        self._max_attempts = max_attempts
        self._put: Callable[..., Any] = client.register_script(_PUT)
        self._claim: Callable[..., Any] = client.register_script(_CLAIM)
        self._save: Callable[..., Any] = client.register_script(_SAVE)
        self._ask_to_cancel: Callable[..., Any] = client.register_script(_ASK_TO_CANCEL)
        self._confirm: Callable[..., Any] = client.register_script(_CONFIRM)
        self._cache: Callable[..., Any] = client.register_script(_CACHE_LINKS)

    @classmethod
    def connect(cls, url: str, *, lease_seconds: int, max_attempts: int) -> "RedisJobs":
        """Connects when first asked. With the library's own defaults a dead Redis blocks half a minute."""
        client = redis.Redis.from_url(
            url,
            decode_responses=True,
            socket_timeout=1.0,
            socket_connect_timeout=1.0,
            health_check_interval=30,
            retry=Retry(ConstantBackoff(0.05), 1),  # safe: every script may run twice
        )
        return cls(client, lease_seconds=lease_seconds, max_attempts=max_attempts)

    def ping(self) -> None:
        with _translated():
            self._redis.ping()

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
        with _translated():
            answer, *rest = self._put(keys=keys, args=values)
        if answer == "conflict":
            raise IdempotencyConflict("This Idempotency-Key was used for another request. Send a new key.")
        if answer == "missing":
            raise ImageNotFound(
                "A picture is not there any more. Upload it again.",
                errors=[
                    FieldError(
                        f"user_image_ids[{index}]",
                        "image_not_found",
                        f"There is no picture {request.user_image_ids[int(index)]}: it expired, or never was.",
                    )
                    for index in rest
                ],
            )
        if answer == "replay":
            job_id, state = rest
            return Accepted(
                job_id=job_id, replayed=True, unconfirmed=self._request(job_id) if state == "sent" else None
            )
        return Accepted(job_id=job.job_id, replayed=False)

    def confirm(self, idempotency: Idempotency) -> None:
        with _translated():
            self._confirm(keys=[_idempotency_key(idempotency)])

    def refuse(self, job: Job, idempotency: Idempotency | None = None) -> None:
        try:
            self._write(job, token="", lease_ms=0, request="")
        except LeaseLost:
            log.event("refused_job_is_already_in_work", job_id=job.job_id)
        if idempotency:
            with _translated():
                self._redis.delete(_idempotency_key(idempotency))

    def get(self, job_id: str) -> Job:
        with _translated():
            values: list[str | None] = self._redis.mget(_keys(job_id))  # type: ignore[assignment]
        kept = dict(zip(FIELDS, values, strict=True))
        if kept["status"] is None or kept["times"] is None:
            raise NotFound(
                "There is no such job.", hint=f"GET /api/video/{job_id} finds films that are older than a day."
            )
        return _job(job_id, kept)

    def claim(self, request: VideoRequest, token: str) -> Claim:
        with _translated():
            (answer,) = self._claim(
                keys=_keys(request.job_id),
                args=[
                    token,
                    self._lease_ms,
                    self._max_attempts,
                    STALLED_AFTER_SECONDS * 1000,
                    self._life(JobStatus.PROCESSING),
                ],
            )
        try:
            job = self.get(request.job_id)
        except NotFound:  # Redis forgot the job; the task holds all that is needed
            job = Job(
                job_id=request.job_id,
                created_at=datetime.fromisoformat(request.created_at),
                updated_at=now(),
                owner=request.owner,
                status=JobStatus.PROCESSING,
                attempt=1,
                metadata=request.metadata,
            )
        return Claim(verdict=Verdict.DONE if answer == "stalled" else Verdict(answer), job=job)

    def save(self, job: Job, request: VideoRequest, token: str, *, release: bool = False) -> None:
        lease_ms = 0 if release or job.status.ended else self._lease_ms
        if not self._write(job, token=token, lease_ms=lease_ms, request=""):
            self._write(job, token=token, lease_ms=lease_ms, request=request.to_json().decode())

    def cancel(self, job_id: str) -> Job:
        job = self.get(job_id)
        keys = dict(zip(FIELDS, _keys(job_id), strict=True))
        with _translated():
            self._ask_to_cancel(keys=[keys["status"], keys["cancel"]], args=[self._life(JobStatus.QUEUED)])
        with suppress(LeaseLost):  # in work, or ended: its worker finds the wish with its next note
            self._write(job.cancelled(), token="", lease_ms=0, request="")
        return self.get(job_id)

    def cache_links(self, job: Job) -> None:
        keys = dict(zip(FIELDS, _keys(job.job_id), strict=True))
        try:
            with _translated():
                self._cache(
                    keys=[keys["status"], keys["video_url"], keys["details"]],
                    args=[job.links.video_url if job.links else "", _details(job)],
                )
        except Unavailable:
            log.event("links_not_cached", job_id=job.job_id)

    def put_images(self, images: Sequence[Image]) -> None:
        with _translated():
            pipeline = self._redis.pipeline(transaction=True)
            for image in images:
                record = msgspec.json.encode({**msgspec.to_builtins(image), "owner": image.owner or ""})
                pipeline.set(f"image:{image.id}", record, exat=int(image.expires_at.timestamp()))
            pipeline.execute()

    def _write(self, job: Job, *, token: str, lease_ms: int, request: str) -> bool:
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
        with _translated():
            answer = self._save(
                keys=_keys(job.job_id), args=[token, lease_ms, self._life(job.status), request, *values.values()]
            )
        if answer == "lost":
            raise LeaseLost(job.job_id)
        if answer == "cancel":
            raise CancelAsked(job.job_id)
        return bool(answer == "saved")

    def _request(self, job_id: str) -> VideoRequest | None:
        with _translated():
            kept = self._redis.get(f"job:{job_id}:request")
        return VideoRequest.from_json(kept) if kept else None

    def _life(self, status: JobStatus) -> int:
        """Seconds until the keys go: a day after the job's end, or after the moment it would read as ended."""
        waiting = {
            JobStatus.QUEUED: QUEUED_AT_MOST_SECONDS,
            JobStatus.PROCESSING: STALLED_AFTER_SECONDS + self._lease_ms // 1000,
        }
        return RETENTION_SECONDS + waiting.get(status, 0)


def _keys(job_id: str) -> list[str]:
    return [f"job:{job_id}:{field}" for field in FIELDS]


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
    )


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except redis.RedisError as error:
        raise Unavailable("The service's memory does not answer. Try again in a moment.") from error
