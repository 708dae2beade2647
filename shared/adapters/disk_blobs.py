"""Files in a folder, read through signed addresses that expire: what stands in for Cloud Storage on a laptop."""

import hashlib
import hmac
import json
import os
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from shared.blobs import Blob, Link
from shared.errors import Forbidden, NotFound, Unavailable
from shared.jobs import now

SWEEP_EVERY_SECONDS = 3600


class DiskBlobs:
    """A bucket that is a folder. What is known of a file stands beside it, in `.about/`."""

    def __init__(self, folder: Path, *, url: str, key: str, lifetime: timedelta | None = None) -> None:
        self._folder = folder.resolve()
        self._url = url
        self._key = key.encode()
        self._lifetime = lifetime
        self._swept_at = 0.0

    def put(self, name: str, source: bytes | Path, *, content_type: str, metadata: Mapping[str, str]) -> Blob:
        path, about = self._paths(name)
        created_at = now()
        record = {"content_type": content_type, "created_at": created_at.isoformat(), "metadata": dict(metadata)}
        try:
            _write(about, json.dumps(record).encode())  # first, so that a file is never there without it
            _write(path, source)
            size = path.stat().st_size
        except OSError as error:
            raise Unavailable("The file store does not take files.") from error
        self._sweep()
        return Blob(name=name, size=size, content_type=content_type, created_at=created_at, metadata=dict(metadata))

    def find(self, name: str) -> Blob:
        path, about = self._paths(name)
        try:
            size = path.stat().st_size
            record = json.loads(about.read_bytes())
        except FileNotFoundError:
            raise NotFound("There is no such file.") from None
        except OSError as error:
            raise Unavailable("The file store does not answer.") from error
        created_at = datetime.fromisoformat(record["created_at"])
        if self._lifetime and now() - created_at > self._lifetime:
            raise NotFound("There is no such file.")
        return Blob(
            name=name,
            size=size,
            content_type=record["content_type"],
            created_at=created_at,
            metadata=record["metadata"],
        )

    def get(self, name: str) -> bytes:
        self.find(name)
        try:
            return self.path(name).read_bytes()
        except FileNotFoundError:
            raise NotFound("There is no such file.") from None
        except OSError as error:
            raise Unavailable("The file store does not answer.") from error

    def path(self, name: str) -> Path:
        """Where the file is on disk."""
        return self._paths(name)[0]

    def sign(self, name: str, lifetime: timedelta, *, download_name: str | None = None) -> Link:
        expires = int(time.time() + lifetime.total_seconds())
        url = f"{self._url}/{quote(name)}?expires={expires}&signature={self._mac(name, expires, download_name or '')}"
        if download_name:
            url += f"&download={quote(download_name)}"
        return Link(url=url, expires_at=datetime.fromtimestamp(expires, UTC))

    def open_signed(self, name: str, query: Mapping[str, str]) -> tuple[Path, Blob]:
        """The file that a signed address names; raises Forbidden where the signature is wrong or too old."""
        expires, signature = query.get("expires", ""), query.get("signature", "")
        if not (expires.isascii() and expires.isdigit() and len(expires) < 12):
            raise Forbidden("This address is not signed.")
        expected = self._mac(name, int(expires), query.get("download", ""))
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            raise Forbidden("The signature of this address is not right.")
        if int(expires) < time.time():
            raise Forbidden("This address has expired. Ask for the film again to get a fresh one.")
        return self.path(name), self.find(name)

    def delete(self, name: str) -> None:
        for path in self._paths(name):
            path.unlink(missing_ok=True)

    def _mac(self, name: str, expires: int, download_name: str) -> str:
        told = f"{self._folder.name}\n{name}\n{expires}\n{download_name}".encode()
        return hmac.new(self._key, told, hashlib.sha256).hexdigest()

    def _paths(self, name: str) -> tuple[Path, Path]:
        path = (self._folder / name).resolve()
        if not path.is_relative_to(self._folder) or name.startswith(".about"):
            raise NotFound("There is no such file.")
        return path, self._folder / ".about" / f"{path.relative_to(self._folder)}.json"

    def _sweep(self) -> None:
        """Remove what has outlived its day; a bucket's lifecycle does this in the cloud."""
        if not self._lifetime or (time.monotonic() - self._swept_at < SWEEP_EVERY_SECONDS and self._swept_at):
            return
        self._swept_at = time.monotonic()
        dead = time.time() - self._lifetime.total_seconds()
        for path in self._folder.rglob("*"):
            with suppress(FileNotFoundError):  # another process sweeps as well
                if path.is_file() and path.stat().st_mtime < dead:
                    path.unlink()


def _write(path: Path, source: bytes | Path) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{time.monotonic_ns()}")
    try:
        if isinstance(source, bytes):
            fresh.write_bytes(source)
        else:
            shutil.copyfile(source, fresh)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
