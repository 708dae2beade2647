"""The composition root: which class stands behind each port. Every vendor is imported when it is first asked for.

This is the one file whose imports are not at its top: a poll of a job in work must not pay for Cloud Storage.
"""

import gc
import os
import threading
import warnings
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from shared import tracing
from shared.blobs import UPLOAD_LIFETIME, BlobStore
from shared.callers import Callers, TokenVerifier
from shared.config import Settings, WrongSettings
from shared.late import late, without
from shared.signature import TaskSigner
from shared.video_request import TaskQueue

if TYPE_CHECKING:
    from shared.adapters.redis_jobs import RedisJobs
    from shared.adapters.redis_line import RedisLine
    from shared.adapters.redis_queue import TaskBroker
    from shared.breakers import Breakers
    from shared.limits import Limits
    from shared.stock import PhotoService

DEFAULT_LOCAL_QUEUE_PORT = 8085
# A tenth of what Google's clients take to load: the classes of certificates, for credentials that nobody here has.
NEVER_USED = "cryptography.x509"
# Redis' client and Cloud Storage's make metrics and spans of their own, where they find it. Ours need it only when a
# collector is named, and then it is loaded before.
UNLESS_TRACED = "opentelemetry"
# requests guesses the letters of texts that do not say theirs; what we ask for is JSON, or says it. Without it: UTF-8.
NEVER_GUESSED = ("charset_normalizer", "chardet")


class Services:
    """One of each, built on first use: after functions-framework has forked its workers."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def _redis(self) -> "RedisLine":
        from shared.adapters.redis_line import RedisLine

        return RedisLine.to(self.settings.redis_url)

    @cached_property
    def jobs(self) -> "RedisJobs":
        """Jobs and pictures; both are known to one store, so that a request needs one round trip."""
        from shared.adapters.redis_jobs import RedisJobs

        return RedisJobs(
            self._redis, lease_seconds=self.settings.lease_seconds, max_attempts=self.settings.max_attempts
        )

    @cached_property
    def limits(self) -> "Limits":
        from shared.adapters.redis_limits import RedisLimits

        return RedisLimits(self._redis, ceiling_seconds=self.settings.daily_film_seconds)

    @cached_property
    def breakers(self) -> "Breakers":
        """Which voice services are left alone for a while, by all processes."""
        from shared.adapters.redis_breakers import RedisBreakers

        return RedisBreakers(self._redis)

    @cached_property
    def photos(self) -> "tuple[PhotoService, ...]":
        """Who is asked for photographs, in this order: those of which there is a key."""
        settings = self.settings
        if not (settings.unsplash_access_key or settings.pexels_api_key):
            return ()
        from shared.adapters.pexels import Pexels
        from shared.adapters.redis_photos import RedisPhotoMemory
        from shared.adapters.stock_photos import StockPhotos
        from shared.adapters.unsplash import Unsplash

        memory = RedisPhotoMemory(self._redis)
        keys = ((Unsplash(), settings.unsplash_access_key), (Pexels(), settings.pexels_api_key))
        return tuple(StockPhotos(vendor, key, memory) for vendor, key in keys if key)

    @cached_property
    def callers(self) -> Callers:
        settings = self.settings

        @cache
        def verifier() -> TokenVerifier:
            from shared.adapters.jwt_tokens import JwtTokens

            return JwtTokens(
                secret=settings.auth_secret,
                jwks_url=settings.auth_jwks_url,
                issuer=settings.auth_issuer,
                audience=settings.auth_audience,
            )

        with_tokens = settings.auth_secret or settings.auth_jwks_url
        return Callers(
            api_keys=settings.api_keys, verifier=verifier if with_tokens else None, platform=settings.platform
        )

    def start_tracing(self, process: str) -> None:
        """Record spans, where a collector is named; `process` is what this one is, such as `generate`."""
        if self.settings.otlp_endpoint:
            from shared.adapters.otlp import OtlpTracer

            service = self.settings.otel_service_name or f"linkedin-video-{process}"
            tracing.use(OtlpTracer(self.settings.otlp_endpoint, service, self.settings.environment))

    def load(self, *functions: str) -> None:
        """Import what every request of these functions will need, before functions-framework forks. Nothing connects.

        Meanwhile without the garbage collector, which would walk over all of it several times; and what is there at
        the end it leaves alone for good, so that the forked worker need not copy it (see gc.freeze).
        """
        adapters = ["redis_jobs", "redis_limits"] if {"generate", "upload"} & set(functions) else ["redis_jobs"]
        if "generate" in functions and self.settings.task_queue_url.startswith("projects/"):
            adapters.append("cloud_tasks")
        if self.settings.video_bucket and {"upload", "render"} & set(functions):
            adapters.append("gcs_blobs")
        gc.disable()
        with late(NEVER_USED), without(UNLESS_TRACED, *NEVER_GUESSED), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Unable to find acceptable character detection")
            for name in adapters:
                import_module(f"shared.adapters.{name}")
        gc.freeze()
        gc.enable()

    @cached_property
    def signer(self) -> TaskSigner:
        return TaskSigner(self.settings.task_hmac_keys or (self._local_key(),))

    @cached_property
    def queue(self) -> TaskQueue:
        url = self.settings.task_queue_url
        if self.settings.queue_in_redis:
            from shared.adapters.redis_queue import RedisQueue

            return RedisQueue(self.broker, self.signer)
        render_url = self.settings.render_url or self.settings.address_of("render", "/render", "/")
        if url.startswith("projects/"):
            from shared.adapters.cloud_tasks import CloudTasksQueue

            return CloudTasksQueue.connect(
                url, render_url, self.signer, service_account=self.settings.task_service_account or ""
            )
        from shared.adapters.local_queue import LocalQueue

        port = url.removeprefix("local:") or DEFAULT_LOCAL_QUEUE_PORT
        return LocalQueue(f"http://127.0.0.1:{port}", render_url, self.signer)

    @cached_property
    def broker(self) -> "TaskBroker":
        """Where the queue `redis:` keeps its tasks: generate puts them in, the worker takes them out."""
        from shared.adapters.redis_queue import TaskBroker

        return TaskBroker.connect(self.settings.redis_url, silent_seconds=self.settings.lease_seconds)

    @cached_property
    def videos(self) -> BlobStore:
        """The permanent store: films, and the pictures that a film used."""
        return self._blobs("videos", self.settings.video_bucket)

    @cached_property
    def uploads(self) -> BlobStore:
        """The temporary store: what is in it is dead after a day, whether it is still there or not."""
        return self._blobs("uploads", self.settings.upload_bucket)

    def _blobs(self, name: str, bucket: str | None) -> BlobStore:
        lifetime = UPLOAD_LIFETIME if name == "uploads" else None
        if bucket:
            from shared.adapters.gcs_blobs import GcsBlobs

            return GcsBlobs.connect(bucket, project=self.settings.google_cloud_project, lifetime=lifetime)
        from shared.adapters.disk_blobs import DiskBlobs

        return DiskBlobs(
            self.settings.data_dir / name,
            url=self.settings.address_of("status", "/files", "/files") + f"/{name}",
            key=self._local_key(),
            lifetime=lifetime,
        )

    def _local_key(self) -> str:
        """The key that signs on a laptop: made once, kept beside the files."""
        return local_key(self.settings.data_dir)


def local_key(data_dir: Path) -> str:
    """The secret in `data_dir/hmac.key`; made on first use, by whichever process comes first."""
    path = data_dir / "hmac.key"
    data_dir.mkdir(parents=True, exist_ok=True)
    fresh = data_dir / f".hmac.key.{os.getpid()}.{threading.get_ident()}"
    if not path.exists():
        fresh.touch(mode=0o600)
        fresh.write_text(os.urandom(32).hex())
        try:
            os.link(fresh, path)  # never over one that another process has just made
        except FileExistsError:
            path.stat()
        finally:
            fresh.unlink()
    return path.read_text()


@cache
def from_environment() -> Services:
    """The services of this process. A wrong environment ends it, with every mistake in one message."""
    try:
        return Services(Settings.from_env(os.environ))
    except WrongSettings as error:
        raise SystemExit(f"The environment is not right:\n{error}") from None
