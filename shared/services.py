"""The composition root: which class stands behind each port. Every vendor is imported when it is first asked for.

This is the one file whose imports are not at its top: a poll of a job in work must not pay for Cloud Storage.
"""

import os
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from shared.blobs import UPLOAD_LIFETIME, BlobStore
from shared.config import Settings, WrongSettings
from shared.signature import TaskSigner
from shared.video_request import TaskQueue

if TYPE_CHECKING:
    from shared.adapters.redis_jobs import RedisJobs

DEFAULT_LOCAL_QUEUE_PORT = 8085


class Services:
    """One of each, built on first use: after functions-framework has forked its workers."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def jobs(self) -> "RedisJobs":
        """Jobs and pictures; both are known to one store, so that a request needs one round trip."""
        from shared.adapters.redis_jobs import RedisJobs

        return RedisJobs.connect(
            self.settings.redis_url,
            lease_seconds=self.settings.lease_seconds,
            max_attempts=self.settings.max_attempts,
        )

    @cached_property
    def signer(self) -> TaskSigner:
        return TaskSigner(self.settings.task_hmac_keys or (self._local_key(),))

    @cached_property
    def queue(self) -> TaskQueue:
        url = self.settings.task_queue_url
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
    fresh = data_dir / f".hmac.key.{os.getpid()}"
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
