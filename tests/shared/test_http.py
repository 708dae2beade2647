"""CORS, problem documents and the body guard hold on every answer, whatever went wrong."""

import io
import logging
import socket
import time

import flask
import pytest
from werkzeug.test import Client

from shared.http import Endpoint, one_process
from shared.services import Services

FRONT_END = "http://localhost:3000"


@pytest.fixture
def app(services: Services) -> flask.Flask:
    endpoint = Endpoint("sample")

    @endpoint.route("GET", "/test/broken")
    def broken(services: Services, request: flask.Request) -> flask.Response:
        raise ValueError("a secret in the traceback")

    @endpoint.route("POST", "/api/echo")
    def echo(services: Services, request: flask.Request) -> dict[str, int]:
        return {"bytes": len(request.get_data())}

    @endpoint.route("GET", "/api/things/{thing}")
    def thing(services: Services, request: flask.Request, thing: str) -> dict[str, str]:
        return {"thing": thing}

    @endpoint.route("GET", "/api/things/special")
    def special(services: Services, request: flask.Request) -> dict[str, str]:
        return {"special": "yes"}

    return one_process(endpoint, services=services)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/health", 200), ("GET", "/nowhere", 404), ("PUT", "/api/echo", 405), ("GET", "/test/broken", 500)],
)
def test_every_answer_carries_the_cors_headers(client: Client, method: str, path: str, status: int) -> None:
    answer = client.open(path, method=method, headers={"Origin": FRONT_END})
    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == FRONT_END
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    exposed = {name.strip() for name in answer.headers["Access-Control-Expose-Headers"].split(",")}
    assert {"Retry-After", "Location", "X-Request-Id", "Idempotent-Replayed", "RateLimit-Remaining"} <= exposed
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize("path", ["/api/echo", "/api/things/special", "/nowhere"])
def test_a_preflight_is_answered(client: Client, path: str) -> None:
    asked = {
        "Origin": FRONT_END,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,authorization,idempotency-key,x-other",
    }
    answer = client.options(path, headers=asked)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == FRONT_END
    allowed = {name.strip().lower() for name in answer.headers["Access-Control-Allow-Headers"].split(",")}
    assert allowed == {"content-type", "authorization", "idempotency-key"}
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert int(answer.headers["Access-Control-Max-Age"]) > 0


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://localhost:3001",
        "http://localhost:3000.evil.example",
        "null",
        "https://localhost:3000",
    ],
)
def test_a_foreign_origin_gets_no_permission(client: Client, origin: str) -> None:
    for answer in (
        client.get("/health", headers={"Origin": origin}),
        client.options("/health", headers={"Origin": origin}),
    ):
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_an_unexpected_error_tells_nothing_but_a_request_id(client: Client, capfd: pytest.CaptureFixture[str]) -> None:
    answer = client.get("/test/broken")
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
    assert answer.json and answer.json["code"] == "internal" and answer.json["request_id"]
    assert "secret" not in answer.text and "Traceback" not in answer.text


def test_a_literal_path_wins_and_a_wrong_method_names_the_right_one(client: Client) -> None:
    assert client.get("/api/things/special").json == {"special": "yes"}
    assert client.get("/api/things/other").json == {"thing": "other"}
    assert client.get("/api/things/other/").json == {"thing": "other"}
    wrong = client.post("/api/things/special")
    assert wrong.status_code == 405 and "GET" in wrong.headers["Allow"]
    assert wrong.json and wrong.json["code"] == "method_not_allowed"


def test_head_is_get_without_a_body(client: Client) -> None:
    answer = client.head("/api/things/special")
    assert (answer.status_code, answer.data) == (200, b"")


def test_a_body_is_refused_by_its_length_before_it_is_read(client: Client) -> None:
    class Unread(io.RawIOBase):
        def read(self, _size: int = -1) -> bytes:
            raise AssertionError("nobody should read this")

    environ = {"CONTENT_LENGTH": "200000000", "wsgi.input": Unread()}
    answer = client.post("/api/echo", environ_overrides=environ, headers={"Origin": FRONT_END})
    assert answer.status_code == 413 and answer.json and answer.json["code"] == "file_too_large"
    assert answer.headers["Access-Control-Allow-Origin"] == FRONT_END


def test_a_body_that_does_not_arrive_is_refused_and_holds_no_thread(client: Client) -> None:
    ours, theirs = socket.socketpair()
    theirs.sendall(b'{"co')
    with ours, theirs, pytest.MonkeyPatch.context() as patch:
        patch.setattr("shared.body_guard.LONGEST_PAUSE", 0.2)
        environ = {"CONTENT_LENGTH": "50", "wsgi.input": ours.makefile("rb"), "gunicorn.socket": ours}
        began = time.monotonic()
        answer = client.post("/api/echo", environ_overrides=environ)
        assert ours.gettimeout() is None
    assert (answer.status_code, answer.json and answer.json["code"]) == (400, "invalid_request")
    assert time.monotonic() - began < 2


def test_an_unknown_method_is_answered_by_what_the_address_takes(client: Client) -> None:
    refused = client.open("/api/things/special", method="PROPFIND")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert client.open("/nowhere", method="TRACE").status_code == 404


def test_a_callers_mistake_is_no_error_in_the_log(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("linkedin_video").propagate = True
    with caplog.at_level(logging.INFO, "linkedin_video"):
        client.get("/nowhere")
    logging.getLogger("linkedin_video").propagate = False
    assert {(record.levelname, record.getMessage()) for record in caplog.records} == {("INFO", "request_refused")}


@pytest.mark.parametrize("encoding", ["chunked", "Chunked", "gzip, chunked", "identity,chunked"])
def test_a_chunked_body_is_counted(client: Client, encoding: str) -> None:
    def chunked(size: int) -> dict[str, object]:
        return {
            "HTTP_TRANSFER_ENCODING": encoding,
            "CONTENT_LENGTH": "",
            "wsgi.input": io.BytesIO(b"x" * size),
            "wsgi.input_terminated": True,  # as gunicorn says; without it Flask would see no body at all
        }

    assert client.post("/api/echo", environ_overrides=chunked(1000)).json == {"bytes": 1000}
    assert client.post("/api/echo", environ_overrides=chunked(70_000)).status_code == 413


def test_health_says_what_is_there_and_what_is_not(client: Client, services: Services) -> None:
    assert client.get("/health").json == {"status": "ok", "version": "0.1.0", "checks": {"redis": "ok"}}
    from shared.adapters.redis_jobs import RedisJobs

    services.jobs = RedisJobs.connect("redis://127.0.0.1:1", lease_seconds=2, max_attempts=3)
    began = time.monotonic()
    degraded = client.get("/health")
    assert degraded.status_code == 200 and degraded.json
    assert (degraded.json["status"], degraded.json["checks"]) == ("degraded", {"redis": "failed"})
    assert time.monotonic() - began < 5
