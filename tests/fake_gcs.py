"""Cloud Storage on 127.0.0.1, for the true client: its JSON API, signed addresses, and the doors that give out tokens.

It refuses what Google refuses: a call without a token, a wrong checksum, a precondition that does not hold, a signature
that is not right or too old. Not played: rewrite, compose, lists, lifecycle, ranges.
"""

import base64
import hashlib
import json
import re
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import google_crc32c
import requests
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from google.auth import jwt
from google.auth.transport.requests import Request
from requests.adapters import HTTPAdapter

EMAIL = "videos@test.iam.gserviceaccount.com"
TOKEN = "a-token"
TOKEN_AUDIENCE = "https://oauth2.googleapis.com/token"  # the library's, wherever it then sends the token
OBJECT = re.compile(r"(?:/download)?/storage/v1/b/([^/]+)/o/([^/]+)")
UPLOAD = re.compile(r"/(?:resumable/)?upload/storage/v1/b/([^/]+)/o")
# What the libraries ask for in the background, for their own statistics and routing; they live without an answer.
BESIDE = re.compile(r"/storage/v1/b/[^/]+|/.*/allowedLocations")
SEVEN_DAYS = 604_800


class Refused(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def json(cls, value: Any) -> "Answer":
        return cls(body=json.dumps(value).encode(), headers=(("Content-Type", "application/json"),))


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    bucket: str
    name: str
    data: bytes
    resource: dict[str, Any]  # what the uploader said of it
    content_type: str
    generation: int
    created_at: datetime

    def message(self) -> dict[str, Any]:
        return {
            "kind": "storage#object",
            "name": self.name,
            "bucket": self.bucket,
            "generation": str(self.generation),
            "metageneration": "1",
            "size": str(len(self.data)),
            "contentType": self.content_type,
            "timeCreated": self.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "crc32c": crc32c(self.data),
            **{key: self.resource[key] for key in ("metadata", "cacheControl") if key in self.resource},
        }

    def media(self, *extra: tuple[str, str]) -> Answer:
        headers = (
            ("Content-Type", self.content_type),
            ("Cache-Control", self.resource.get("cacheControl", "private, max-age=0")),
            ("X-Goog-Hash", f"crc32c={crc32c(self.data)}"),
            ("X-Goog-Generation", str(self.generation)),
        )
        return Answer(body=self.data, headers=headers + extra)


class FakeGcs:
    """Buckets at `url`, while the `with` block lasts. `refusals` are answered first; `ahead` sets its clock."""

    def __init__(self, *buckets: str) -> None:
        self.objects: dict[tuple[str, str], Stored] = {}
        self.calls: list[str] = []  # "GET /path", without the query
        self.refusals: list[int] = []
        self.ahead = timedelta()
        self._buckets = buckets
        self._sessions: dict[str, tuple[str, dict[str, Any], str]] = {}
        self._number = count(1)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _door(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def write_key_file(self, path: Path) -> Path:
        """A service account's key file, as one downloads it; its tokens are given out here."""
        pem = private_key().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        key = {"type": "service_account", "project_id": "test", "private_key_id": "1", "private_key": pem.decode()}
        path.write_text(json.dumps({**key, "client_email": EMAIL, "token_uri": f"{self.url}/token"}))
        return path

    def transport(self) -> Request:
        """What google-auth sends with, where IAM and the metadata server are here."""
        session = requests.Session()
        for elsewhere in ("https://iamcredentials.googleapis.com", "http://metadata.google.internal"):
            session.mount(elsewhere, _Detour(self.url))
        return Request(session)

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        path, query = urlsplit(target).path, dict(parse_qsl(urlsplit(target).query, keep_blank_values=True))
        if BESIDE.fullmatch(path):
            raise Refused(403, "storage.buckets.get is not among what an object's user may do.")
        self.calls.append(f"{method} {path}")
        if self.refusals:
            raise Refused(self.refusals.pop(0), "told to refuse")
        if path == "/token":
            return self._token(dict(parse_qsl(body.decode())))
        if path.startswith("/computeMetadata/"):
            return _metadata(path, headers)
        if method == "GET" and "X-Goog-Signature" in query:
            return self._signed_get(target, query, headers["host"])
        if headers.get("authorization") != f"Bearer {TOKEN}":
            raise Refused(401, "Anonymous caller.")
        if method == "POST" and path.endswith(f"/serviceAccounts/{EMAIL}:signBlob"):
            signature = _sign(base64.b64decode(json.loads(body)["payload"]))
            return Answer.json({"keyId": "1", "signedBlob": base64.b64encode(signature).decode()})
        if match := UPLOAD.fullmatch(path):
            return self._upload(method, match[1], query, headers, body)
        if match := OBJECT.fullmatch(path):
            return self._object(method, match[1], unquote(match[2]), query)
        raise Refused(404, "No such method.")

    def _object(self, method: str, bucket: str, name: str, query: dict[str, str]) -> Answer:
        stored = self._find(bucket, name)
        _check_generation(stored, query)
        if method == "DELETE":
            del self.objects[bucket, name]
            return Answer(status=204)
        if method != "GET":
            raise Refused(405, "No such method.")
        return stored.media() if query.get("alt") == "media" else Answer.json(stored.message())

    def _upload(self, method: str, bucket: str, query: dict[str, str], headers: dict[str, str], body: bytes) -> Answer:
        if method == "PUT":
            bucket, resource, content_type = self._sessions[query["upload_id"]]
            if headers.get("content-range") != f"bytes 0-{len(body) - 1}/{len(body)}":
                raise Refused(400, "This fake takes a resumable upload in one chunk.")
            promised = headers.get("x-goog-hash", "").removeprefix("crc32c=")
            return self._store(bucket, resource | ({"crc32c": promised} if promised else {}), content_type, body)
        if bucket not in self._buckets:
            raise Refused(404, "The specified bucket does not exist.")
        if query.get("uploadType") == "multipart":
            boundary = headers["content-type"].partition("boundary=")[2].strip('"').encode()
            about, media = [part[2:-2].partition(b"\r\n\r\n") for part in body.split(b"--" + boundary)[1:-1]]
            content_type = media[0].decode().partition(": ")[2]
            resource = json.loads(about[2])
            _check_generation(self.objects.get((bucket, resource["name"])), query)
            return self._store(bucket, resource, content_type, media[2])
        if query.get("uploadType") == "resumable":
            resource = json.loads(body)
            _check_generation(self.objects.get((bucket, resource["name"])), query)
            session = str(next(self._number))
            self._sessions[session] = (bucket, resource, headers["x-upload-content-type"])
            return Answer(headers=(("Location", f"{self.url}/upload/storage/v1/b/{bucket}/o?upload_id={session}"),))
        raise Refused(400, "No such uploadType.")

    def _store(self, bucket: str, resource: dict[str, Any], content_type: str, data: bytes) -> Answer:
        if "crc32c" in resource and resource["crc32c"] != crc32c(data):
            raise Refused(400, "Provided CRC32C does not match calculated CRC32C.")
        stored = Stored(
            bucket=bucket,
            name=resource["name"],
            data=data,
            resource=resource,
            content_type=content_type,
            generation=next(self._number),
            created_at=self.now(),
        )
        self.objects[bucket, stored.name] = stored
        return Answer.json(stored.message())

    def _find(self, bucket: str, name: str) -> Stored:
        if bucket not in self._buckets or (bucket, name) not in self.objects:
            raise Refused(404, f"No such object: {bucket}/{name}")
        return self.objects[bucket, name]

    def _token(self, form: dict[str, str]) -> Answer:
        pem = (
            private_key()
            .public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        )
        claims = jwt.decode(form["assertion"], certs=pem, audience=TOKEN_AUDIENCE)
        if claims["iss"] != EMAIL:
            raise Refused(400, "invalid_grant")
        return Answer.json({"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"})

    def _signed_get(self, target: str, query: dict[str, str], host: str) -> Answer:
        """Source: "Signatures" (V4) of Cloud Storage's documentation."""
        path = urlsplit(target).path
        date, lasts = query["X-Goog-Date"], int(query["X-Goog-Expires"])
        scope = f"{date[:8]}/auto/storage/goog4_request"
        if query["X-Goog-Credential"] != f"{EMAIL}/{scope}" or query["X-Goog-SignedHeaders"] != "host":
            raise Refused(403, "SignatureDoesNotMatch")
        signed = sorted((quote(k, safe="~"), quote(v, safe="~")) for k, v in query.items() if k != "X-Goog-Signature")
        canonical = "\n".join(
            ["GET", path, "&".join("=".join(pair) for pair in signed), f"host:{host}", "", "host", "UNSIGNED-PAYLOAD"]
        )
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        told = "\n".join(["GOOG4-RSA-SHA256", date, scope, digest]).encode()
        try:
            signature = bytes.fromhex(query["X-Goog-Signature"])
            private_key().public_key().verify(signature, told, padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, ValueError):
            raise Refused(403, "SignatureDoesNotMatch") from None
        signed_at = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if lasts > SEVEN_DAYS or self.now() > signed_at + timedelta(seconds=lasts):
            raise Refused(400, "ExpiredToken")
        bucket, _, name = unquote(path).removeprefix("/").partition("/")
        disposition = query.get("response-content-disposition")
        return self._find(bucket, name).media(*([("Content-Disposition", disposition)] if disposition else []))


@cache
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def crc32c(data: bytes) -> str:
    return base64.b64encode(google_crc32c.value(data).to_bytes(4)).decode()


def _sign(message: bytes) -> bytes:
    return private_key().sign(message, padding.PKCS1v15(), hashes.SHA256())


def _check_generation(stored: Stored | None, query: dict[str, str]) -> None:
    wanted = query.get("ifGenerationMatch")
    if wanted is not None and int(wanted) != (stored.generation if stored else 0):
        raise Refused(412, "At least one of the pre-conditions you specified did not hold.")


def _metadata(path: str, headers: dict[str, str]) -> Answer:
    """Google's metadata server, as a function sees it."""
    if headers.get("metadata-flavor") != "Google":
        raise Refused(403, "Missing Metadata-Flavor:Google header.")
    account = path.removeprefix("/computeMetadata/v1/instance/service-accounts/")
    if account == "default/":
        return Answer.json({"aliases": ["default"], "email": EMAIL, "scopes": []})
    if account in (f"{EMAIL}/token", "default/token"):
        return Answer.json({"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"})
    raise Refused(404, "not found")


class _Detour(HTTPAdapter):
    """Sends to `url` what was meant for another host."""

    def __init__(self, url: str) -> None:
        self._url = url
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        request.url = self._url + str(request.path_url)
        return super().send(request, *args, **options)


def _door(fake: FakeGcs) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            try:
                answer = fake.answer(self.command, self.path, headers, body)
            except (Refused, KeyError, ValueError) as wrong:
                status = wrong.status if isinstance(wrong, Refused) else 400
                error = {"error": {"code": status, "message": repr(wrong)}}
                answer = Answer(status=status, body=json.dumps(error).encode())
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_POST = do_PUT = do_DELETE = do_GET

        def log_message(self, format: str, *args: Any) -> None: ...

    return Door
