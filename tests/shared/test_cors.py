"""What a page of another origin is allowed: exactly what the list says, and to nobody else anything."""

import pytest

from shared.cors import Cors

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
