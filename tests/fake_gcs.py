"""Cloud Storage on 127.0.0.1, for the true client: its JSON API, signed addresses, and the doors that give out tokens.

It refuses what Google refuses: a call without a token, a wrong checksum, a precondition that does not hold, a piece of
an upload that does not fit, a signature that is not right or too old. `fail` makes it fail as a network does.
Not played: compose, lists, lifecycle, ranges. A condition that is not played is refused, not ignored.
"""

import base64
import hashlib
import json
import re
import socket
import struct
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import google_crc32c
from google.auth.transport.requests import Request

from tests.fake_iam import EMAIL, FakeIam, Refused, is_signed, transport, write_key_file

OBJECT = re.compile(r"(?:/download)?/storage/v1/b/([^/]+)/o/([^/]+)")
UPLOAD = re.compile(r"/(?:resumable/)?upload/storage/v1/b/([^/]+)/o")
REWRITE = re.compile(r"/storage/v1/b/([^/]+)/o/([^/]+)/rewriteTo/b/([^/]+)/o/([^/]+)")
RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")
# What the libraries ask for in the background, for their own statistics and routing; they live without an answer.
BESIDE = re.compile(r"/storage/v1/b/[^/]+|/.*/allowedLocations")
CONDITIONS = {"ifGenerationMatch", "ifSourceGenerationMatch"}
SEVEN_DAYS = 604_800
QUANTUM = 256 * 1024  # pieces of an upload are multiples of it, but for the last


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


@dataclass(kw_only=True, slots=True)
class Session:
    """An upload in pieces: what was said of the object, the conditions, and what has come so far."""

    bucket: str
    resource: dict[str, Any]
    content_type: str
    query: dict[str, str]
    data: bytearray = field(default_factory=bytearray)
    stored: Stored | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """What becomes of the next call that `call` fits: see FakeGcs.fail."""

    call: re.Pattern[str]
    status: int = 0
    lost: bool = False
    cut_after: int | None = None
    keeps: int | None = None
    late: float = 0
    always: bool = False


class FakeGcs:
    """Buckets at `url`, while the `with` block lasts. `refusals` are answered first; `ahead` sets its clock."""

    def __init__(self, *buckets: str) -> None:
        self.objects: dict[tuple[str, str], Stored] = {}
        self.calls: list[str] = []  # "GET /path", without the query
        self.written: list[str] = []  # the name of each object that was created or replaced
        self.unconditional: list[str] = []  # calls that changed something, whatever was there
        self.refusals: list[int] = []
        self.ahead = timedelta()
        self.iam = FakeIam()
        self.bytes_a_rewrite = 1 << 40
        self.over = threading.Event()
        self.failures: list[Failure] = []  # planned, and still to come
        self._buckets = buckets
        self._sessions: dict[str, Session] = {}
        self._rewrites: dict[str, int] = {}
        self._lock = threading.RLock()
        self._number = count(1)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _door(self))
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # answers nobody waits for
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()

    def fail(
        self,
        call: str,
        *,
        status: int = 0,
        lost: bool = False,
        cut_after: int | None = None,
        keeps: int | None = None,
        late: float = 0,
        always: bool = False,
    ) -> None:
        """The next call that `call` fits ("PUT .*"), or every one, is answered `status`; or done and its answer `lost`;
        or the connection is reset after so many bytes of its body; or so few bytes of its piece are kept; or its answer
        is `late` by so many seconds.
        """
        self.failures.append(
            Failure(
                call=re.compile(call),
                status=status,
                lost=lost,
                cut_after=cut_after,
                keeps=keeps,
                late=late,
                always=always,
            )
        )

    def forget_uploads(self) -> None:
        """As if every upload in pieces had been left alone for a week."""
        self._sessions.clear()

    def failure_of(self, call: str) -> Failure:
        """What was planned for this call; if it was planned once, it is no more."""
        with self._lock:
            for failure in self.failures:
                if failure.call.fullmatch(call):
                    if not failure.always:
                        self.failures.remove(failure)
                    return failure
        return Failure(call=re.compile(""))

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def write_key_file(self, path: Path) -> Path:
        """A service account's key file, as one downloads it; its tokens are given out here."""
        return write_key_file(path, self.url)

    def transport(self) -> Request:
        """What google-auth sends with, where IAM and the metadata server are here."""
        return transport(self.url)

    def answer(
        self, method: str, target: str, headers: dict[str, str], body: bytes, keeps: int | None = None
    ) -> Answer:
        path, query = urlsplit(target).path, dict(parse_qsl(urlsplit(target).query, keep_blank_values=True))
        if BESIDE.fullmatch(path):
            raise Refused(403, "storage.buckets.get is not among what an object's user may do.")
        with self._lock:
            self.calls.append(f"{method} {path}")
            if self.refusals:
                raise Refused(self.refusals.pop(0), "told to refuse")
            if (told := self.iam.answer(path, headers, body)) is not None:
                return Answer.json(told)
            if method == "GET" and "X-Goog-Signature" in query:
                return self._signed_get(target, query, headers["host"])
            if method == "PUT" and UPLOAD.fullmatch(path):
                return self._piece(query["upload_id"], headers, body, keeps)  # the upload's id is its own ticket
            self.iam.check(headers)
            if unknown := {name for name in query if name.startswith("if")} - CONDITIONS:
                raise Refused(501, f"This fake does not know {unknown}.")
            if method in ("POST", "DELETE") and "ifGenerationMatch" not in query:
                self.unconditional.append(f"{method} {path}")
            if match := UPLOAD.fullmatch(path):
                return self._upload(match[1], query, headers, body)
            if match := REWRITE.fullmatch(path):
                source, target_name = (match[1], unquote(match[2])), (match[3], unquote(match[4]))
                return self._rewrite(source, target_name, query, json.loads(body or b"{}"))
            if match := OBJECT.fullmatch(path):
                return self._object(method, match[1], unquote(match[2]), query)
        raise Refused(404, "No such method.")

    def cut_off(self, method: str, target: str, headers: dict[str, str], body: bytes) -> None:
        """What came of a call before its connection broke: a piece of an upload is kept as far as it came."""
        query = dict(parse_qsl(urlsplit(target).query))
        with self._lock:
            self.calls.append(f"{method} {urlsplit(target).path}")
            session = self._sessions.get(query.get("upload_id", ""))
            place = RANGE.fullmatch(headers.get("content-range", ""))
            if session and place and place[1]:
                kept = body[len(session.data) - int(place[1]) :]
                session.data += kept[: len(kept) // QUANTUM * QUANTUM]

    def _object(self, method: str, bucket: str, name: str, query: dict[str, str]) -> Answer:
        stored = self._find(bucket, name)
        if query.get("generation", str(stored.generation)) != str(stored.generation):
            raise Refused(404, f"No such object: {bucket}/{name}#{query['generation']}")
        _check_generation(stored, query)
        if method == "DELETE":
            del self.objects[bucket, name]
            return Answer(status=204)
        if method != "GET":
            raise Refused(405, "No such method.")
        return stored.media() if query.get("alt") == "media" else Answer.json(stored.message())

    def _upload(self, bucket: str, query: dict[str, str], headers: dict[str, str], body: bytes) -> Answer:
        if bucket not in self._buckets:
            raise Refused(404, "The specified bucket does not exist.")
        if query.get("uploadType") == "multipart":
            boundary = headers["content-type"].partition("boundary=")[2].strip('"').encode()
            about, media = [part[2:-2].partition(b"\r\n\r\n") for part in body.split(b"--" + boundary)[1:-1]]
            content_type = media[0].decode().partition(": ")[2]
            return Answer.json(self._store(bucket, json.loads(about[2]), content_type, media[2], query).message())
        if query.get("uploadType") == "resumable":
            resource = json.loads(body)
            _check_generation(self.objects.get((bucket, resource["name"])), query)
            number = str(next(self._number))
            self._sessions[number] = Session(
                bucket=bucket, resource=resource, content_type=headers["x-upload-content-type"], query=query
            )
            return Answer(headers=(("Location", f"{self.url}/upload/storage/v1/b/{bucket}/o?upload_id={number}"),))
        raise Refused(400, "No such uploadType.")

    def _piece(self, number: str, headers: dict[str, str], body: bytes, keeps: int | None) -> Answer:
        """Source: "Perform resumable uploads" of Cloud Storage's documentation."""
        session = self._sessions.get(number)
        if session is None:
            raise Refused(410, "The upload has expired.")
        if session.stored:
            return Answer.json(session.stored.message())
        place = RANGE.fullmatch(headers.get("content-range", ""))
        if place is None or (place[1] and int(place[2]) - int(place[1]) + 1 != len(body)):
            raise Refused(400, "Content-Range does not fit the body.")
        start = int(place[1] or len(session.data))
        is_last = place[3] != "*" and start + len(body) == int(place[3])
        if start > len(session.data) or (not is_last and len(body) % QUANTUM):
            raise Refused(400, "Bytes are missing before this piece, or it is no multiple of 256 KiB.")
        session.data += body[len(session.data) - start :][:keeps]  # what has come before is not looked at again
        if place[3] == "*" or len(session.data) < int(place[3]):
            kept = len(session.data)
            return Answer(status=308, headers=(("Range", f"bytes=0-{kept - 1}"),) if kept else ())
        hashes = dict(part.strip().split("=", 1) for part in headers.get("x-goog-hash", "").split(",") if part)
        resource = session.resource | ({"crc32c": hashes["crc32c"]} if "crc32c" in hashes else {})
        data = bytes(session.data)
        session.stored = self._store(session.bucket, resource, session.content_type, data, session.query)
        return Answer.json(session.stored.message())

    def _store(
        self, bucket: str, resource: dict[str, Any], content_type: str, data: bytes, query: dict[str, str]
    ) -> Stored:
        _check_generation(self.objects.get((bucket, resource["name"])), query)
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
        self.written.append(stored.name)
        return stored

    def _rewrite(
        self, source: tuple[str, str], target: tuple[str, str], query: dict[str, str], resource: dict[str, Any]
    ) -> Answer:
        """Source: the reference of `objects.rewrite`. What is said of the new object stands for all that was known."""
        stored = self._find(*source)
        if target[0] not in self._buckets:
            raise Refused(404, "The specified bucket does not exist.")
        for name in ("sourceGeneration", "ifSourceGenerationMatch"):
            if query.get(name, str(stored.generation)) != str(stored.generation):
                raise Refused(412, "At least one of the pre-conditions you specified did not hold.")
        _check_generation(self.objects.get(target), query)
        if resource and "contentType" not in resource:
            raise Refused(400, "You must specify the content type of the destination object.")
        token = query.get("rewriteToken", "")
        done = self._rewrites.pop(token, 0) + self.bytes_a_rewrite
        answer = {
            "kind": "storage#rewriteResponse",
            "totalBytesRewritten": str(min(done, len(stored.data))),
            "objectSize": str(len(stored.data)),
            "done": done >= len(stored.data),
        }
        if not answer["done"]:
            token = f"rewrite-{next(self._number)}"
            self._rewrites[token] = done
            return Answer.json(answer | {"rewriteToken": token})
        new = replace(
            stored,
            bucket=target[0],
            name=target[1],
            resource=resource or stored.resource,
            content_type=resource.get("contentType", stored.content_type),
            generation=next(self._number),
            created_at=self.now(),
        )
        self.objects[target] = new
        self.written.append(new.name)
        return Answer.json(answer | {"resource": new.message()})

    def _find(self, bucket: str, name: str) -> Stored:
        if bucket not in self._buckets or (bucket, name) not in self.objects:
            raise Refused(404, f"No such object: {bucket}/{name}")
        return self.objects[bucket, name]

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
        if not is_signed(told, query["X-Goog-Signature"]):
            raise Refused(403, "SignatureDoesNotMatch")
        signed_at = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if lasts > SEVEN_DAYS or self.now() > signed_at + timedelta(seconds=lasts):
            raise Refused(400, "ExpiredToken")
        bucket, _, name = unquote(path).removeprefix("/").partition("/")
        disposition = query.get("response-content-disposition")
        return self._find(bucket, name).media(*([("Content-Disposition", disposition)] if disposition else []))


def crc32c(data: bytes) -> str:
    return base64.b64encode(google_crc32c.value(data).to_bytes(4)).decode()


def _check_generation(stored: Stored | None, query: dict[str, str]) -> None:
    wanted = query.get("ifGenerationMatch")
    if wanted is not None and int(wanted) != (stored.generation if stored else 0):
        raise Refused(412, "At least one of the pre-conditions you specified did not hold.")


def _door(fake: FakeGcs) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            length = int(headers.get("content-length", 0))
            failure = fake.failure_of(f"{self.command} {urlsplit(self.path).path}")
            if failure.cut_after is not None:
                fake.cut_off(self.command, self.path, headers, self.rfile.read(min(length, failure.cut_after)))
                self._hang_up()
                return
            body = self.rfile.read(length)
            try:
                if failure.status:
                    raise Refused(failure.status, "told to fail")
                answer = fake.answer(self.command, self.path, headers, body, failure.keeps)
            except (Refused, KeyError, ValueError) as wrong:
                status = wrong.status if isinstance(wrong, Refused) else 400
                rpc_status = wrong.rpc_status if isinstance(wrong, Refused) else ""
                error = {"error": {"code": status, "message": str(wrong), "status": rpc_status}}
                answer = Answer(status=status, body=json.dumps(error).encode())
            if failure.late:
                fake.over.wait(failure.late)
            if failure.lost:
                self._hang_up()
                return
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_POST = do_PUT = do_DELETE = do_GET

        def _hang_up(self) -> None:
            """Without a goodbye: the other end is told of a connection that was reset."""
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.shutdown(socket.SHUT_RD)
            self.close_connection = True
            self.connection.close()

        def log_message(self, format: str, *args: Any) -> None: ...

    return Door
