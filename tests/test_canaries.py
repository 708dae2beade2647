"""Words that nobody but their owner may read, planted everywhere, and looked for in all that our processes say."""

import hashlib
import io
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import jwt
import pytest
import redis
import requests
from PIL import Image
from requests.adapters import HTTPAdapter

from shared import log
from shared.config import Settings, WrongSettings
from shared.errors import Unavailable
from shared.ids import new_id
from shared.jobs import now
from shared.signature import HEADER, TaskSigner
from tests.conftest import NO_REDIS
from tests.service import ROOT, eventually

PASSWORD = "tamarillo-of-redis"  # in the environment, from here on
SECRET = "pangolin-signs-the-tokens-of-users-with-this"
TASK_KEY = "narwhal-signs-every-task"
MODEL_KEY = "dugong-of-the-language-model"
IN_THE_ENVIRONMENT = {"redis": PASSWORD, "tokens": SECRET, "tasks": TASK_KEY, "model": MODEL_KEY}
POST = "axolotl"  # in what callers send, from here on
TITLE = "capybara"
FILE = "mongoose"
KEY = "lvk_okapi_of_the_server"
END_USER = "wombat@example.com"
SUBJECT = "quokka"
BAD_TOKEN = "numbat.numbat.numbat"
IDEMPOTENCY = "echidna-1"
QUERY = "bandicoot"
NETWORKS = ("203.0.113.77", "127.0.0.77")
AUTH = {
    "AUTH_SECRET": SECRET,
    "AUTH_ISSUER": "https://app.example.com",
    "AUTH_AUDIENCE": "linkedin-video",
    "API_KEYS": f"shop:{hashlib.sha256(KEY.encode()).hexdigest()}",
}


class FromAnotherAddress(HTTPAdapter):
    """Calls that come from the second of NETWORKS: all of 127/8 is this machine."""

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        super().init_poolmanager(*arguments, source_address=(NETWORKS[1], 0), **named)


@dataclass
class House:
    """`python -m local` with a Redis that wants a password, and somebody who calls it."""

    port: int
    functions: bool  # each below an address of its own
    output: Path
    redis_url: str
    folder: Path
    secrets: list[str] = field(default_factory=list)
    session: requests.Session = field(default_factory=requests.Session)

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        address = path if path.startswith("http") else self.address(path)
        headers = {"X-Forwarded-For": NETWORKS[0], "Fly-Client-IP": NETWORKS[0]} | options.pop("headers", {})
        return self.session.request(method, address, headers=headers, timeout=30, **options)

    def address(self, path: str) -> str:
        homes = (
            ("/api/video/generate", 1),
            ("/api/video", 2),
            ("/files", 2),
            ("/api/images", 3),
            ("/render", 4),
            ("", 1),
        )
        number = next(number for beginning, number in homes if path.startswith(beginning))
        return f"http://127.0.0.1:{self.port + number * self.functions}{path}"

    def order(self, headers: dict[str, str], **fields: Any) -> requests.Response:
        body = {"content": f"My {POST} sings.", "narration": "off", "quality": "preview", "aspect_ratio": "1:1"}
        return self.call("POST", "/api/video/generate", json=body | fields, headers=headers)

    def upload(self, headers: dict[str, str], data: bytes) -> requests.Response:
        return self.call("POST", "/api/images", files=[("images", (f"{FILE}.jpg", data))], headers=headers)

    def malformed(self, request: str) -> None:
        """What is no HTTP, which no code of ours ever sees."""
        port = int(urlsplit(self.address("")).port or 0)
        with socket.create_connection(("127.0.0.1", port), timeout=10, source_address=(NETWORKS[1], 0)) as line:
            line.sendall(request.encode())
            assert line.recv(100).startswith(b"HTTP/1.1 400")

    def finished(self, job_id: str, headers: dict[str, str]) -> dict[str, Any]:
        told: dict[str, Any] = {}

        def has_ended() -> bool:
            told.update(self.call("GET", f"/api/video/status/{job_id}", headers=headers).json())
            return told["status"] not in ("queued", "processing")

        eventually(has_ended, 60)
        return told

    def said(self) -> str:
        return self.output.read_text()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module", params=["one process", pytest.param("functions", marks=pytest.mark.long)])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("canaries")
    port = free_port()
    try:
        server = subprocess.Popen(
            ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--requirepass", PASSWORD],
            cwd=folder, stdout=subprocess.DEVNULL,
        )  # fmt: skip
    except FileNotFoundError:
        pytest.skip(NO_REDIS)
    with server:
        redis_url = f"redis://:{PASSWORD}@127.0.0.1:{port}/0"
        try:
            eventually(lambda: answers(redis_url), 10)
            yield from started(folder, redis_url, [] if request.param == "one process" else ["functions"])
        finally:
            server.terminate()


def answers(redis_url: str) -> bool:
    with suppress(redis.RedisError):
        return bool(redis.Redis.from_url(redis_url).ping())
    return False


def started(folder: Path, redis_url: str, arguments: list[str]) -> Iterator[House]:
    port, output = free_port(), folder / "output.txt"
    environment = {
        "PATH": os.environ["PATH"],
        "PORT": str(port),
        "REDIS_URL": redis_url,
        "DATA_DIR": str(folder / "var"),
        "NARRATORS": "espeak,silent",
        "TASK_HMAC_KEYS": TASK_KEY,
        "LLM_BASE_URL": "http://127.0.0.1:1/v1",  # nobody is there
        "LLM_MODEL": "m",
        "LLM_API_KEY": MODEL_KEY,
        **AUTH,
    }
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "local", *arguments], cwd=ROOT, env=environment, stdout=file, stderr=file
        )
    try:
        eventually(lambda: "To stop" in output.read_text(), 60)
        house = House(port, bool(arguments), output, redis_url, folder)
        house.session.mount("http://", FromAnotherAddress())
        yield house
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def token() -> str:
    claims = {"sub": SUBJECT, "iss": AUTH["AUTH_ISSUER"], "aud": AUTH["AUTH_AUDIENCE"], "exp": int(time.time()) + 600}
    return jwt.encode(claims, SECRET, "HS256")


def jpeg() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (300, 300), (190, 40, 40)).save(file, "JPEG")
    return file.getvalue()


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def succeed(house: House, user: dict[str, str]) -> None:
    """Everything that goes well: pictures, a film, its links, and its end."""
    ids = house.upload(user, jpeg()).json()["user_image_ids"]
    headers = user | {"Idempotency-Key": IDEMPOTENCY}
    promised = house.order(headers, user_image_ids=ids, metadata={"title": TITLE})
    assert promised.status_code == 202, promised.text
    assert house.order(headers, user_image_ids=ids, metadata={"title": TITLE}).headers["Idempotent-Replayed"] == "true"
    job = house.finished(promised.json()["job_id"], user)
    assert job["status"] == "completed", job
    for name in ("video_url", "poster_url", "captions_url", "vtt_url"):
        house.secrets += parse_qs(urlsplit(job[name]).query)["signature"]
        assert house.call("GET", job[name]).status_code == 200
    assert house.call("GET", f"/api/video/{job['job_id']}?redirect=1&{QUERY}={QUERY}", headers=user).status_code == 200
    assert house.call("DELETE", f"/api/video/{job['job_id']}", headers=user).status_code == 204
    written = house.call("POST", "/api/post/generate", json={"notes": f"My {POST} sings."}, headers=user)
    assert written.json()["warnings"][0]["code"] == "written_offline"
    server = {"Authorization": f"Bearer {KEY}", "X-End-User": END_USER}
    spoken = house.order(server, narration="auto").json()["job_id"]
    assert house.finished(spoken, server)["narration"]["engine"] == "espeak"


def fail(house: House, user: dict[str, str]) -> set[int]:
    """Everything that is refused, and films that cannot be made: the statuses that were answered."""
    told = [
        house.order({}),
        house.order({"Authorization": f"Bearer {BAD_TOKEN}"}),
        house.order({"Authorization": f"Basic {BAD_TOKEN}"}),
        house.order(user | {"X-End-User": END_USER}),
        house.order(user | {"Idempotency-Key": f"{IDEMPOTENCY} with spaces"}),
        house.order(user, style=POST),
        house.order(user, **{POST: 1}),
        house.order(user, user_image_ids=[POST]),
        house.order(user, content=f"https://example.com/{POST}"),
        house.call("POST", "/api/video/generate", data=f'{{"content": "{POST}', headers=user),
        house.upload(user, POST.encode()),
        house.upload(user, b"\xff\xd8\xff" + POST.encode()),
        house.upload(user, POST.encode() * 350_000),
        house.call("POST", "/api/images", data=POST, headers=user),
        house.call("GET", f"/nowhere?{QUERY}={QUERY}", headers=user),
        house.call("POST", "/render", data=POST, headers={HEADER: f"v1.{new_id()}.9999999999.{'0' * 64}"}),
        house.call("GET", f"/files/videos/x?expires=9999999999&signature={QUERY}"),
    ]
    with suppress(requests.ConnectionError):  # it is refused unread, and whoever goes on sending may miss the answer
        requests.post(house.address("/api/video/generate"), data=POST * 200_000, headers=user, timeout=30)
    house.malformed(f"GET /{QUERY} HTTP/1.1\r\nHost: x\r\nA {QUERY}: {BAD_TOKEN}\r\n\r\n")
    house.malformed(f"{POST}\r\n\r\n")
    assert all(400 <= answer.status_code < 500 for answer in told), [answer.status_code for answer in told]
    image_id = house.upload(user, jpeg()).json()["user_image_ids"][0]
    for path in (house.folder / "var" / "uploads" / "images").rglob(image_id):
        path.write_bytes(jpeg()[:200] + POST.encode())
    broken = house.order(user, user_image_ids=[image_id]).json()["job_id"]
    assert house.finished(broken, user)["status"] == "error"
    return {answer.status_code for answer in told}


def break_down(house: House, user: dict[str, str]) -> list[int]:
    """Faults on our side: what Redis holds makes no sense, to status and to render."""
    kept = redis.Redis.from_url(house.redis_url)
    job_id = house.order(user | {"Idempotency-Key": "another"}).json()["job_id"]
    house.finished(job_id, user)
    told = []
    for name, value in (("status", POST), ("details", f'{{"metadata": "{POST}"}}'), ("times", POST)):
        before = kept.getset(f"job:{job_id}:{name}", value)
        told.append(house.call("GET", f"/api/video/status/{job_id}?{QUERY}", headers=user).status_code)
        body = json.dumps(
            {"content": f"{POST} {POST}", "job_id": job_id, "created_at": now().isoformat(), "schema_version": 1}
        ).encode()
        signed = TaskSigner([TASK_KEY]).headers(job_id, body)
        house.secrets.append(signed[HEADER].rpartition(".")[2])
        told.append(house.call("POST", "/render", data=body, headers=signed).status_code)
        kept.set(f"job:{job_id}:{name}", before or b"")
    image_id = house.upload(user, jpeg()).json()["user_image_ids"][0]
    kept.set(f"image:{image_id}", f"no JSON: {POST}")
    told.append(house.order(user, user_image_ids=[image_id]).status_code)
    return told


def test_none_of_it_is_in_what_our_processes_say(house: House) -> None:
    user = {"Authorization": f"Bearer {token()}"}
    succeed(house, user)
    assert fail(house, user) >= {400, 401, 403, 404, 413, 415, 422}
    statuses = break_down(house, user)
    assert statuses.count(500) >= 3 and 503 in statuses, statuses
    said = house.said()
    events = {line["message"] for line in lines(said)}
    assert {"job_accepted", "job_ended", "request_refused", "film_failed", "unexpected_error"} <= events
    assert "Traceback (most recent call last)" in said and "ValueError" in said
    planted = [
        POST,
        TITLE,
        FILE,
        KEY,
        END_USER,
        SUBJECT,
        BAD_TOKEN,
        IDEMPOTENCY,
        QUERY,
        *NETWORKS,
        user["Authorization"],
    ]
    assert house.secrets
    for canary in [*planted, *IN_THE_ENVIRONMENT.values(), *house.secrets]:
        assert canary.lower() not in said.lower(), (canary, where(said, canary))
        assert quote(canary, safe="") not in said, canary


def written(secrets: tuple[str, ...] = (), **fields: str) -> dict[str, Any]:
    """A line of the log with these fields, as it is written, read again."""
    record = logging.makeLogRecord({"msg": "x", "fields": fields})
    line: dict[str, Any] = json.loads(log.JsonLines("tests", None, log.Secrets(secrets)).format(record))
    return line


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Authorization: Bearer abc.def-1", "Authorization: Bearer …"),
        ("{'Authorization': 'Basic Zm9vOmJhcg=='}", "{'Authorization': 'Basic …'}"),
        ("authorization=lvk_123", "authorization=…"),
        ("Authorization: Client-ID abc-def_1", "Authorization: Client-ID …"),
        ("a bearer lvk_123 and more", "a bearer … and more"),
        ("rediss://default:hunter2@h.example:6379/0", "rediss://default:…@h.example:6379/0"),
        ("https://h/o?X-Goog-Credential=a%40b&z=1", "https://h/o?X-Goog-Credential=…&z=1"),
        ("https://h/o?X-Goog-Signature=0a1b&z=1", "https://h/o?X-Goog-Signature=…&z=1"),
        ("/files/videos/x?expires=1&signature=0a1b&download=y", "/files/videos/x?expires=1&signature=…&download=y"),
        ("told eyJhbGci.eyJzdWIi.c2ln_-x again", "told … again"),
        (f"v1.{'0' * 8}-0000-7000-8000-{'0' * 12}.17.abcdef", f"v1.{'0' * 8}-0000-7000-8000-{'0' * 12}.17.…"),
        ("http://localhost:8080/a@b stays", "http://localhost:8080/a@b stays"),
    ],
)  # fmt: skip
def test_what_is_secret_by_its_form_is_not_written(text: str, left: str) -> None:
    assert written(text=text)["text"] == left


@pytest.mark.parametrize("secret", ['p@ss/w"ord\\9', "ünter-den-linden", "plain-and-long"])
def test_a_secret_of_the_environment_is_hidden_however_it_is_written(secret: str) -> None:
    line = written((secret,), plain=f"a {secret} b", address=f"p={quote(secret, safe='')}", other="stays")
    assert (line["plain"], line["other"]) == ("a … b", "stays")
    assert quote(secret, safe="") not in line["address"]


def test_the_environments_secrets_are_those_that_are_hidden() -> None:
    environment = {"REDIS_URL": f"redis://:{PASSWORD}@h", "TASK_HMAC_KEYS": f"{TASK_KEY},other-key", **AUTH}
    settings = Settings.from_env(environment)
    assert set(settings.secrets) == {PASSWORD, SECRET, TASK_KEY, "other-key"}
    assert not [secret for secret in settings.secrets if secret in repr(settings)]
    assert written(("of",), text="half of it")["text"] == "half of it"  # too short to be one


def test_a_wrong_environment_is_told_without_its_secrets() -> None:
    wrong = {"REDIS_URL": f"http://:{PASSWORD}@h", "AUTH_SECRET": "pangolin", "API_KEYS": KEY}
    with pytest.raises(WrongSettings) as told:
        Settings.from_env(wrong)
    assert "REDIS_URL" in str(told.value) and "API_KEYS" in str(told.value)
    assert not [secret for secret in (PASSWORD, "pangolin", KEY) if secret in str(told.value)]


def test_a_traceback_repeats_the_words_of_our_own_errors_only() -> None:
    def raised() -> tuple[Any, ...]:
        try:
            try:
                raise ValueError(POST)
            except ValueError as error:
                raise Unavailable("It does not answer.") from error
        except Unavailable:
            return sys.exc_info()

    record = logging.makeLogRecord({"msg": "x", "exc_info": raised()})
    trace = json.loads(log.JsonLines("tests", None, log.Secrets(())).format(record))["exception"]
    assert POST not in trace
    assert "\nValueError\n" in trace and "\nUnavailable: It does not answer.\n" in trace
    assert trace.index("ValueError") < trace.index("direct cause") < trace.index("Unavailable:")
    assert trace.count('File "') == 2


def where(said: str, canary: str) -> str:
    return next(line for line in said.splitlines() if canary.lower() in line.lower())[:2000]
