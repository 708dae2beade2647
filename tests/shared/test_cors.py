"""What a page of another origin is allowed: exactly what the list says, and to nobody else anything."""

import re
from dataclasses import replace

import pytest

from functions.status import main as status
from shared.cors import Cors
from shared.http import one_process
from shared.services import Services

FRONT_END = "http://localhost:3000"
CORS = Cors([FRONT_END, "https://app.example.com"])
ANSWER = {
    "Access-Control-Allow-Origin": FRONT_END,
    "Access-Control-Allow-Credentials": "true",
    "Access-Control-Expose-Headers": "Idempotent-Replayed, Location, RateLimit-Limit, RateLimit-Remaining, "
    "RateLimit-Reset, Retry-After, X-Request-Id",
}


def headers(origin: str, method: str = "GET", **asked: str) -> dict[str, str]:
    return dict(CORS.headers({"REQUEST_METHOD": method, "HTTP_ORIGIN": origin, **asked}))


def preflight(method: str, names: str = "") -> dict[str, str]:
    asked = {"HTTP_ACCESS_CONTROL_REQUEST_METHOD": method}
    return headers(FRONT_END, "OPTIONS", **asked, HTTP_ACCESS_CONTROL_REQUEST_HEADERS=names)


def test_an_answer_names_the_origin_that_asked() -> None:
    assert headers(FRONT_END) == ANSWER
    assert headers("https://app.example.com")["Access-Control-Allow-Origin"] == "https://app.example.com"


@pytest.mark.parametrize(
    "origin", ["", "null", "http://localhost:3000.evil.example", "http://localhost", "https://localhost:3000", "*"]
)
def test_another_origin_gets_nothing(origin: str) -> None:
    assert headers(origin) == {}
    assert headers(origin, "OPTIONS", HTTP_ACCESS_CONTROL_REQUEST_METHOD="POST") == {}


def test_a_request_without_an_origin_gets_nothing() -> None:
    assert CORS.headers({"REQUEST_METHOD": "GET"}) == []


def test_a_preflight_is_told_the_methods_and_those_of_its_headers_that_are_allowed() -> None:
    assert preflight("POST", "content-type, X-Other,Idempotency-Key") == ANSWER | {
        "Access-Control-Allow-Headers": "Idempotency-Key, content-type",
        "Access-Control-Allow-Methods": "DELETE, GET, HEAD, OPTIONS, POST",
        "Access-Control-Max-Age": "3600",
    }
    assert "Access-Control-Allow-Headers" not in preflight("DELETE", "x-other")


def test_an_options_request_that_is_no_preflight_for_us_is_answered_as_any_other() -> None:
    assert headers(FRONT_END, "OPTIONS") == ANSWER
    assert preflight("PATCH", "content-type") == ANSWER


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost:30000",
        "http://localhost:3000/",
        "http://localhost:3000 ",
        " http://localhost:3000",
        "http://localhost:3000.",
        "http://localhost.:3000",
        "http://localhost:03000",
        "http://LOCALHOST:3000",
        "HTTP://localhost:3000",
        "http://localhost:3000,http://localhost:3000",
        "http://localhost:3000\n",
        "http://evil.example#http://localhost:3000",
        "http://app.example.com",
        "https://app.example.com:443",
        "https://app.example.com.",
        "https://app.example.com.evil.example",
        "https://evil-app.example.com",
        "https://evil.app.example.com",
        "https://app.example.co",
        "https://appXexample.com",
        "https://app.example.com@evil.example",
        "https://user@app.example.com",
        "https://App.example.com",
        "https://\u0430pp.example.com",
        "https://app.example\u3002com",
        "https://app.example.com\x00",
        "app.example.com",
        "//app.example.com",
        "file://",
        "NULL",
    ],
)
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_what_only_looks_like_a_known_origin_gets_nothing(origin: str, method: str) -> None:
    assert headers(origin, method, HTTP_ACCESS_CONTROL_REQUEST_METHOD="POST") == {}


PREVIEWS = Cors(["https://app.example.com"], re.compile(r"https://shop-[a-z0-9-]+\.previews\.example"))


def previewed(origin: str, method: str = "GET") -> dict[str, str]:
    asked = {"HTTP_ACCESS_CONTROL_REQUEST_METHOD": "POST", "HTTP_ACCESS_CONTROL_REQUEST_HEADERS": "authorization"}
    return dict(PREVIEWS.headers({"REQUEST_METHOD": method, "HTTP_ORIGIN": origin, **asked}))


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_a_preview_is_let_in_without_credentials_and_an_exact_origin_with_them(method: str) -> None:
    preview = previewed("https://shop-fix-12.previews.example", method)
    assert preview["Access-Control-Allow-Origin"] == "https://shop-fix-12.previews.example"
    assert "Access-Control-Allow-Credentials" not in preview
    assert previewed("https://app.example.com", method)["Access-Control-Allow-Credentials"] == "true"


@pytest.mark.parametrize(
    "origin",
    [
        "https://shop-fix.previews.example.evil.example",
        "https://evil.example/https://shop-fix.previews.example",
        "https://evil-shop-fix.previews.example",
        "https://shop-fix.evil.previews.example",
        "https://shop-.previews.example\n",
        "https://shop-fix.previews.example:8443",
        "http://shop-fix.previews.example",
        "https://SHOP-fix.previews.example",
        "https://shop-fixXpreviewsXexample",
        "https://shop-fix.previews.example.",
        "null",
        "",
    ],
)
def test_a_pattern_fits_a_whole_origin_or_none(origin: str) -> None:
    assert previewed(origin) == {} == previewed(origin, "OPTIONS")


def test_a_pattern_that_takes_anything_in_the_middle_still_takes_origins_only() -> None:
    wide = Cors([], re.compile(r"https://shop-.*\.previews\.example"))
    asked = {"REQUEST_METHOD": "GET", "HTTP_ORIGIN": "https://shop-@evil.example/.previews.example"}
    assert wide.headers(asked) == []
    assert wide.headers(asked | {"HTTP_ORIGIN": "https://shop-a.previews.example"})


def test_the_pattern_of_the_environment_reaches_every_answer(services: Services) -> None:
    pattern = re.compile(r"https://shop-[a-z]+\.previews\.example")
    with_previews = Services(replace(services.settings, cors_preview_pattern=pattern))
    client = one_process(status.endpoint, services=with_previews).test_client()
    for origin, expected in (("https://shop-a.previews.example", True), ("https://shop-a.previews.example.x", False)):
        for path in ("/nowhere", "/health"):
            answer = client.get(path, headers={"Origin": origin})
            assert (answer.headers.get("Access-Control-Allow-Origin") == origin) is expected
            assert "Access-Control-Allow-Credentials" not in answer.headers
            assert "Origin" in answer.headers["Vary"]
