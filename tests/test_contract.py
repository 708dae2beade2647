"""The contract with our callers, line by line. What is not live yet stands in the lists here, and they only shrink."""

from typing import Any

import pytest
from werkzeug.test import Client

from shared import errors
from shared.ids import new_id

ID = new_id()
ROUTES = [
    ("POST", "/api/video/generate", 400),
    ("POST", "/api/video/plan", 400),
    ("POST", "/api/post/generate", 400),
    ("GET", "/api/styles", 0),
    ("GET", "/api/voices", 200),
    ("GET", "/test", 200),
    ("GET", "/test/app.js", 200),
    ("GET", "/test/app.css", 200),
    ("GET", "/openapi.json", 200),
    ("GET", "/docs", 200),
    ("GET", f"/api/video/status/{ID}", 404),
    ("GET", f"/api/video/{ID}", 404),
    ("POST", f"/api/video/{ID}/cancel", 404),
    ("DELETE", f"/api/video/{ID}", 404),
    ("DELETE", f"/api/images/{ID}", 404),
    ("GET", "/health", 200),
    ("POST", "/api/images", 400),
    ("POST", "/render", 403),
    ("GET", "/files/videos/none", 403),
]
ROUTES_NOT_LIVE = {
    ("GET", "/api/styles"),
}
FIELDS: dict[str, list[Any]] = {
    "content": ["The post, as written"],
    "style": ["professional", "casual", "educational", "entertaining", "dynamic"],
    "user_image_ids": [[]],
    "aspect_ratio": ["4:5", "1:1", "9:16", "16:9"],
    "max_duration_seconds": [60],
    "voice": ["en-US-JennyNeural"],
    "rate": ["+0%"],
    "language": ["en"],
    "lexicon": [{"SQL": "sequel"}],
    "narration": ["auto", "off"],
    "captions": [{"enabled": True, "style": "highlight", "position": "bottom"}],
    "quality": ["preview", "standard", "high"],
    "motion": ["auto", "none", "zoom_in", "zoom_out", "pan"],
    "transition": ["auto", "none", "fade", "slide", "zoom"],
    "music": [{"mood": "none", "volume": 0.15}],
    "brand": [{"primary_color": "#0a66c2", "handle": "@name"}],
    "scenes": [None],
    "metadata": [{"any": "thing up to 1 KB, echoed in the status"}],
}
FIELDS_NOT_LIVE = {"music", "brand"}
VALUES_NOT_LIVE = {("transition", "slide"), ("transition", "zoom")}
CODES = {
    "invalid_request": 400, "unauthenticated": 401, "forbidden": 403, "not_found": 404, "method_not_allowed": 405,
    "not_ready": 409, "too_many_files": 400, "file_too_large": 413, "unsupported_type": 415, "image_unreadable": 422,
    "image_too_small": 422, "image_too_large": 422, "nothing_to_narrate": 422, "image_not_found": 422,
    "idempotency_conflict": 422, "rate_limited": 429, "budget_exhausted": 429, "unavailable": 503,
}  # fmt: skip
CODES_NOT_LIVE: set[str] = set()


@pytest.mark.parametrize(("method", "path", "status"), ROUTES)
def test_every_route_answers(client: Client, method: str, path: str, status: int) -> None:
    answer = client.open(path, method=method)
    if (method, path) in ROUTES_NOT_LIVE:
        assert answer.status_code in (404, 405), "it is live: take it off the list"
    else:
        assert answer.status_code == status
    if answer.status_code >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
        problem = answer.json
        assert problem and {"type", "title", "status", "detail", "code", "request_id"} <= set(problem)
        assert problem["status"] == answer.status_code


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in FIELDS.items() for value in values])
def test_every_field_is_accepted(client: Client, field: str, value: Any) -> None:
    answer = client.post("/api/video/generate", json={"content": "The post, as written", field: value})
    if field in FIELDS_NOT_LIVE:
        assert answer.status_code == 400 and answer.json and answer.json["errors"][0]["code"] == "unknown_field"
    elif (field, str(value)) in VALUES_NOT_LIVE:
        assert answer.status_code == 400 and answer.json and answer.json["errors"][0]["field"] == field
    else:
        assert answer.status_code == 202


def test_every_code_has_its_http_status() -> None:
    told: dict[str, int] = {}

    def collect(problem: type[errors.Problem]) -> None:
        for kind in problem.__subclasses__():
            if kind.__module__ == "shared.errors":
                told[kind.code] = kind.status
                collect(kind)

    collect(errors.Problem)
    assert {code: status for code, status in CODES.items() if code not in CODES_NOT_LIVE}.items() <= told.items()
    assert not CODES_NOT_LIVE & set(told), "it is live: take it off the list"


def test_the_snippets_of_the_description_read_our_answers(client: Client) -> None:
    """`body: JSON.stringify({content, style})` without a Content-Type, then `job_id`, `status`, `video_url`."""
    promised = client.post(
        "/api/video/generate",
        data='{"content":"Hello from the front end","style":"professional"}',
        content_type="text/plain",
    )
    assert promised.status_code == 202 and promised.json
    polled = client.get(f"/api/video/status/{promised.json['job_id']}").json
    assert polled and (polled["status"], polled["progress"], polled["video_url"]) == ("queued", 0, None)
