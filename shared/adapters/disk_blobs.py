"""Files in a folder, read through signed addresses that expire: what stands in for Cloud Storage on a laptop."""

import fcntl
import hashlib
import hmac
import json
import shutil
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from shared.blobs import Blob, BlobStore, Link
from shared.errors import Forbidden, NotFound, Unavailable
from shared.jobs import now

SWEEP_EVERY_SECONDS = 3600
FRESH = ".fresh"  # the folder of what is being written


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
            self._write(about, json.dumps(record).encode())  # first, so that a file is never there without it
            self._write(path, source)
            size = path.stat().st_size
        except OSError as error:
            raise Unavailable("The file store does not take files.") from error
        self._sweep()
        return Blob(name=name, size=size, content_type=content_type, created_at=created_at, metadata=dict(metadata))

    def find(self, name: str) -> Blob:
        blob = self._seen(name)
        if self._lifetime and now() - blob.created_at > self._lifetime:
            raise NotFound("There is no such file.")
        return blob

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

    def copy(self, name: str, to: BlobStore) -> Blob:
        if not isinstance(to, DiskBlobs):
            raise TypeError("Files are copied between stores of one kind.")
        blob = self._seen(name)
        try:
            return to.find(name)
        except NotFound:
            return to.put(name, self.path(name), content_type=blob.content_type, metadata=blob.metadata)

    def delete(self, name: str) -> None:
        try:
            for path in self._paths(name):
                path.unlink(missing_ok=True)
        except OSError as error:
            raise Unavailable("The file store does not let go of a file.") from error

    def _seen(self, name: str) -> Blob:
        """The file, however old it is; raises NotFound, Unavailable."""
        path, about = self._paths(name)
        try:
            size = path.stat().st_size
            record = json.loads(about.read_bytes())
        except FileNotFoundError:
            raise NotFound("There is no such file.") from None
        except OSError as error:
            raise Unavailable("The file store does not answer.") from error
        return Blob(
            name=name,
            size=size,
            content_type=record["content_type"],
            created_at=datetime.fromisoformat(record["created_at"]),
            metadata=record["metadata"],
        )

    def _mac(self, name: str, expires: int, download_name: str) -> str:
        told = f"{self._folder.name}\n{name}\n{expires}\n{download_name}".encode()
        return hmac.new(self._key, told, hashlib.sha256).hexdigest()

    def _paths(self, name: str) -> tuple[Path, Path]:
        path = (self._folder / name).resolve()
        if not path.is_relative_to(self._folder) or name.startswith((".about", FRESH)):
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

    def _write(self, path: Path, source: bytes | Path) -> None:
        """Whole or not at all. A writer that lives holds a lock on what it writes, which dies with it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        desk = self._folder / FRESH
        desk.mkdir(exist_ok=True)
        for left_over in desk.iterdir():
            _remove_unless_in_use(left_over)
        while not self._written(desk / f".{uuid.uuid4().hex}.part", path, source):
            pass

    def _written(self, fresh: Path, path: Path, source: bytes | Path) -> bool:
        """Whether it could be done: between its making and its lock a fresh file may be taken for a left-over."""
        with fresh.open("xb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if not fresh.exists():
                return False
            try:
                if isinstance(source, bytes):
                    file.write(source)
                    file.flush()
                else:
                    shutil.copyfile(source, fresh)
                fresh.replace(path)
            finally:
                fresh.unlink(missing_ok=True)
        return True


def _remove_unless_in_use(path: Path) -> None:
    """Remove a file whose writer is gone."""
    with suppress(OSError), path.open("rb") as file:  # its writer has just finished, or somebody else removed it
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
