"""Files in a bucket of Cloud Storage, read through signed addresses (v4) that expire."""

import base64
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import google.auth
import google_crc32c
import requests
from google.api_core.exceptions import GoogleAPICallError, GoogleAPIError, PreconditionFailed
from google.api_core.exceptions import NotFound as NoSuchObject
from google.api_core.retry import Retry
from google.auth.credentials import Signing
from google.auth.exceptions import GoogleAuthError
from google.cloud.storage import Client
from google.cloud.storage.exceptions import DataCorruption
from google.cloud.storage.retry import DEFAULT_RETRY
from google.oauth2.service_account import Credentials as KeyFileCredentials

from shared.adapters.iam_signing import SigningByIam
from shared.blobs import Blob, BlobStore, Link
from shared.errors import NotFound, Unavailable
from shared.jobs import now

SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"
KEY_FILE_LINKS: Final = timedelta(days=7)  # the longest that v4 knows
IAM_LINKS: Final = timedelta(hours=12)  # Google changes the key that IAM signs with, and old signatures go with it
CACHE_CONTROL: Final = "private, max-age=3600"  # a signed address is for one person's browser, not for a proxy
PIECE_BYTES: Final = 8 * 1024 * 1024  # of a large file; the library's own 100 MB are held in memory whole
TRIES: Final = 3  # of a write that finds something else than it was told
NOTHING: Final = 0  # the generation of an object that is not there
BEGIN_AGAIN: Final = (404, 410)  # what Cloud Storage says of an upload in pieces that it has forgotten


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How long an answer may take, in seconds. After `total` no further try begins."""

    send: float  # to connect, and to send a whole piece: the library sends under the timeout for connecting
    read: float
    total: float
    pause: float = 1  # before the second try, at most; twice that before the next

    @property
    def timeout(self) -> tuple[float, float]:
        return self.send, self.read

    @property
    def retry(self) -> Retry:
        retry: Retry = DEFAULT_RETRY.with_delay(initial=self.pause).with_timeout(self.total)
        return retry


READING: Final = Patience(send=3, read=4, total=5, pause=0.3)  # somebody polls
WRITING_A_PICTURE: Final = Patience(send=10, read=8, total=8)  # somebody has sent it, and waits
WRITING_A_FILM: Final = Patience(send=40, read=60, total=120)  # nobody waits, and to make it again takes longer


class GcsBlobs:
    """`lifetime`: how old an object may get before it reads as gone, even where the bucket's lifecycle is late."""

    def __init__(
        self,
        client: Client,
        bucket: str,
        *,
        signing: Signing,
        lifetime: timedelta | None = None,
        reading: Patience = READING,
        writing: Patience = WRITING_A_FILM,
    ) -> None:
        self._bucket = client.bucket(bucket)
        self._signing = signing
        self._longest_link = KEY_FILE_LINKS if isinstance(signing, KeyFileCredentials) else IAM_LINKS
        self._lifetime = lifetime
        self._reading = {"timeout": reading.timeout, "retry": reading.retry}
        self._writing = {"timeout": writing.timeout, "retry": writing.retry}

    @classmethod
    def connect(cls, bucket: str, *, project: str | None, lifetime: timedelta | None) -> "GcsBlobs":
        """With the credentials of the environment; raises Unavailable where there are none."""
        with _translated():
            credentials, _ = google.auth.default(scopes=[SCOPE])
            signing = credentials if isinstance(credentials, Signing) else SigningByIam(credentials)
            client = Client(project=project, credentials=credentials)
        writing = WRITING_A_PICTURE if lifetime else WRITING_A_FILM
        return cls(client, bucket, signing=signing, lifetime=lifetime, writing=writing)

    def put(self, name: str, source: bytes | Path, *, content_type: str, metadata: Mapping[str, str]) -> Blob:
        """Created where nothing is, else put in the place of the very object that was seen there.

        So a try whose answer was lost finds its own work, and takes it for done.
        """
        replaced = NOTHING
        reason: Exception | None = None
        with _translated():
            for _ in range(TRIES):
                try:
                    return _told(self._uploaded(name, source, content_type, metadata, replaced))
                except PreconditionFailed as error:
                    reason, there = error, self._seen(name)
                    if there and _is_this(there, source, content_type, metadata):
                        return _told(there)
                    replaced = there.generation if there else NOTHING
                except GoogleAPICallError as error:
                    if error.code not in BEGIN_AGAIN:
                        raise
                    reason = error
                except ValueError as error:  # the library's word where less of a piece was kept than was sent
                    reason = error
        raise Unavailable("The file store does not take files.") from reason

    def find(self, name: str) -> Blob:
        with _translated():
            blob = self._named(name)
            blob.reload(**self._reading)
        if self._lifetime and now() - blob.time_created > self._lifetime:
            raise NotFound("There is no such file.")
        return _told(blob)

    def get(self, name: str) -> bytes:
        if self._lifetime:
            self.find(name)
        with _translated():
            return bytes(self._named(name).download_as_bytes(**self._reading))

    def sign(self, name: str, lifetime: timedelta, *, download_name: str | None = None) -> Link:
        with _translated():
            url = self._named(name).generate_signed_url(
                version="v4",  # the library's default is v2
                expiration=min(lifetime, self._longest_link),
                response_disposition=f'inline; filename="{download_name}"' if download_name else None,
                credentials=self._signing,
            )
        query = parse_qs(urlsplit(url).query)
        signed_at = datetime.strptime(query["X-Goog-Date"][0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return Link(url=url, expires_at=signed_at + timedelta(seconds=int(query["X-Goog-Expires"][0])))

    def copy(self, name: str, to: BlobStore) -> Blob:
        if not isinstance(to, GcsBlobs):
            raise TypeError("Files are copied between stores of one kind.")
        source, target = self._named(name), to._named(name)
        with _translated():
            source.reload(**self._reading)
            # All of it, or Cloud Storage takes what is sent for all there is to know of the new object.
            target.content_type, target.cache_control = source.content_type, source.cache_control
            target.metadata = source.metadata
            same = {"if_generation_match": NOTHING, "if_source_generation_match": source.generation}
            try:
                token, _, _ = target.rewrite(source, **same, **to._writing)
                while token:
                    token, _, _ = target.rewrite(source, token=token, **same, **to._writing)
            except PreconditionFailed:  # it is there already
                target.reload(**to._reading)
        return _told(target)

    def delete(self, name: str) -> None:
        with _translated():
            for _ in range(TRIES):
                try:
                    if there := self._seen(name):
                        self._bucket.delete_blob(name, if_generation_match=there.generation, **self._reading)
                    return
                except NoSuchObject:
                    return  # a first try deleted it, and its answer was lost
                except PreconditionFailed:
                    continue  # somebody has replaced it since it was seen
        raise Unavailable("The file store does not let go of a file.")

    def _uploaded(
        self, name: str, source: bytes | Path, content_type: str, metadata: Mapping[str, str], replaced: int
    ) -> Any:
        blob = self._named(name, chunk_size=PIECE_BYTES)
        blob.metadata = dict(metadata)
        blob.cache_control = CACHE_CONTROL
        options = {"content_type": content_type, "if_generation_match": replaced, **self._writing}
        if isinstance(source, bytes):
            blob.upload_from_string(source, **options)
        else:
            blob.upload_from_filename(str(source), **options)
        return blob

    def _seen(self, name: str) -> Any:
        """The object as it is now, or None."""
        blob = self._named(name)
        try:
            blob.reload(**self._reading)
        except NoSuchObject:
            return None
        return blob

    def _named(self, name: str, **options: Any) -> Any:
        if not all(part not in ("", ".", "..") for part in name.split("/")):
            raise NotFound("There is no such file.")  # a path to the library, which would leave the bucket's address
        return self._bucket.blob(name, **options)


def _is_this(there: Any, source: bytes | Path, content_type: str, metadata: Mapping[str, str]) -> bool:
    """Whether the object is what was to be written."""
    about = (there.content_type, there.metadata or {})
    return about == (content_type, dict(metadata)) and there.crc32c == _crc32c(source)


def _crc32c(source: bytes | Path) -> str:
    """As Cloud Storage tells it."""
    checksum = 0
    with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
        while piece := file.read(1024 * 1024):
            checksum = google_crc32c.extend(checksum, piece)
    return base64.b64encode(checksum.to_bytes(4, "big")).decode()


def _told(blob: Any) -> Blob:
    return Blob(
        name=blob.name,
        size=blob.size,
        content_type=blob.content_type,
        created_at=blob.time_created,
        metadata=blob.metadata or {},
    )


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except NoSuchObject as error:
        raise NotFound("There is no such file.") from error
    except (GoogleAPIError, GoogleAuthError, DataCorruption, requests.RequestException) as error:
        raise Unavailable("The file store does not answer. Try again in a moment.") from error
