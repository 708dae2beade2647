"""Files in a bucket of Cloud Storage, read through signed addresses (v4) that expire."""

import functools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import google.auth
import requests
from google.api_core.exceptions import GoogleAPIError
from google.api_core.exceptions import NotFound as NoSuchObject
from google.auth import iam
from google.auth.credentials import Signing
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import Request
from google.cloud.storage import Client
from google.cloud.storage.exceptions import DataCorruption
from google.cloud.storage.retry import DEFAULT_RETRY
from google.oauth2.service_account import Credentials as KeyFileCredentials

from shared.blobs import Blob, Link
from shared.errors import NotFound, Unavailable
from shared.jobs import now

SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"
KEY_FILE_LINKS: Final = timedelta(days=7)  # the longest that v4 knows
IAM_LINKS: Final = timedelta(hours=12)  # Google changes the key that IAM signs with, and old signatures go with it
READ_TIMEOUT: Final = (3, 10)  # seconds to connect, and for each read
WRITE_TIMEOUT: Final = (5, 60)
READ_RETRY: Final = DEFAULT_RETRY.with_timeout(15)  # the library's 120 s are too long for somebody who polls
WRITE_RETRY: Final = DEFAULT_RETRY.with_timeout(120)
SIGN_TIMEOUT: Final = 10
CACHE_CONTROL: Final = "private, max-age=3600"  # a signed address is for one person's browser, not for a proxy


class GcsBlobs:
    """`lifetime`: how old an object may get before it reads as gone, even where the bucket's lifecycle is late."""

    def __init__(self, client: Client, bucket: str, *, signing: Signing, lifetime: timedelta | None = None) -> None:
        self._bucket = client.bucket(bucket)
        self._signing = signing
        self._longest_link = KEY_FILE_LINKS if isinstance(signing, KeyFileCredentials) else IAM_LINKS
        self._lifetime = lifetime

    @classmethod
    def connect(cls, bucket: str, *, project: str | None, lifetime: timedelta | None) -> "GcsBlobs":
        """With the credentials of the environment; raises Unavailable where there are none."""
        with _translated():
            credentials, _ = google.auth.default(scopes=[SCOPE])
            signing = credentials if isinstance(credentials, Signing) else SigningByIam(credentials)
            client = Client(project=project, credentials=credentials)
        return cls(client, bucket, signing=signing, lifetime=lifetime)

    def put(self, name: str, source: bytes | Path, *, content_type: str, metadata: Mapping[str, str]) -> Blob:
        blob = self._named(name)
        blob.metadata = dict(metadata)
        blob.cache_control = CACHE_CONTROL
        options = {"content_type": content_type, "timeout": WRITE_TIMEOUT, "retry": WRITE_RETRY}
        try:
            with _translated():
                if isinstance(source, bytes):
                    blob.upload_from_string(source, **options)
                else:
                    blob.upload_from_filename(str(source), **options)
        except NotFound as error:  # then it is the bucket that is not there
            raise Unavailable("The file store does not take files.") from error
        return _told(blob)

    def find(self, name: str) -> Blob:
        blob = self._named(name)
        with _translated():
            blob.reload(timeout=READ_TIMEOUT, retry=READ_RETRY)
        if self._lifetime and now() - blob.time_created > self._lifetime:
            raise NotFound("There is no such file.")
        return _told(blob)

    def get(self, name: str) -> bytes:
        if self._lifetime:
            self.find(name)
        with _translated():
            return bytes(self._named(name).download_as_bytes(timeout=READ_TIMEOUT, retry=READ_RETRY))

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

    def delete(self, name: str) -> None:
        blob = self._named(name)
        try:
            with _translated():
                blob.delete(timeout=READ_TIMEOUT, retry=READ_RETRY)
        except NotFound:
            return  # also where a first try deleted it, and its answer was lost

    def _named(self, name: str) -> Any:
        if not all(part not in ("", ".", "..") for part in name.split("/")):
            raise NotFound("There is no such file.")  # a path to the library, which would leave the bucket's address
        return self._bucket.blob(name)


class SigningByIam(Signing):
    """Signs where there is no private key: by IAM's signBlob, one call a signature, as the service account itself.

    The account needs roles/iam.serviceAccountTokenCreator on itself.
    """

    def __init__(self, credentials: Any, request: Request | None = None) -> None:
        if not hasattr(credentials, "service_account_email"):
            raise GoogleAuthError("A person's own credentials cannot sign.")  # type: ignore[no-untyped-call]
        self._credentials = credentials
        self._request = functools.partial(request or Request(), timeout=SIGN_TIMEOUT)

    @property
    def signer_email(self) -> str:
        """Who signs. The metadata server's credentials call themselves "default" until they were refreshed."""
        if not self._credentials.valid or self._credentials.service_account_email == "default":
            self._credentials.refresh(self._request)
        return str(self._credentials.service_account_email)

    @property
    def signer(self) -> iam.Signer:
        return iam.Signer(self._request, self._credentials, self.signer_email)  # type: ignore[no-untyped-call]

    def sign_bytes(self, message: bytes) -> bytes:
        return bytes(self.signer.sign(message))


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
