"""The description of the API: right by the standard, complete, true to real answers, and readable as a page."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import flask
import jsonschema_rs
import pytest
import schemathesis
from playwright.sync_api import Browser
from werkzeug.serving import make_server
from werkzeug.test import Client

from functions.generate.openapi import Deployment, codes, document
from shared import errors, speech
from shared.config import Settings
from shared.cors import EXPOSED_HEADERS
from shared.errors import RateLimited, Unauthenticated, Unavailable
from shared.ids import new_id
from shared.problems import problem_document
from shared.services import Services
from shared.video_request import PostedVideo, VideoRequest
from tests.browser import browser, faults_of
from tests.fuzzing import Contract, tightened
from tests.nasty_files import FORM, multipart
from tests.picture_parts import jpeg

__all__ = ["browser"]  # a fixture: pytest finds it here

API_PAGE = Path(__file__).parents[3] / "docs" / "api.md"
NOT_FOR_CALLERS = {
    "/render",
    "/files/{store}/{name}",
    "/test",
    "/test/{name}",
    "/docs",
    "/docs/{name}",
    "/openapi.json",
}
SEPARATE = {"STATUS_URL": "https://status.example", "UPLOAD_URL": "https://upload.example/upload"}


def of(**environment: str) -> dict[str, Any]:
    return document(Deployment.of(Settings.from_env(environment)))


@pytest.fixture
def described(client: Client) -> dict[str, Any]:
    told = client.get("/openapi.json").json
    assert told
    return told


def test_it_is_right_by_the_standard(described: dict[str, Any]) -> None:
    schemathesis.openapi.from_dict(described).validate()
    assert described["openapi"] == "3.1.0"


def test_every_route_that_callers_have_is_described_and_no_other(app: flask.Flask, described: dict[str, Any]) -> None:
    live = set()
    for route in app.extensions["routes"]:
        path = re.sub(r"\(\?P<(\w+)>[^)]+\)", r"{\1}", route.pattern.pattern.removesuffix("/?")).replace("\\", "")
        if path.startswith(("/api/", "/render", "/files/", "/test", "/docs", "/openapi", "/health")):
            live.add((route.method.lower(), path))
    told = {(method, path) for path, item in described["paths"].items() for method in item if method != "servers"}
    assert {(method, path) for method, path in live if path not in NOT_FOR_CALLERS} == told


def test_the_fields_are_those_that_are_validated(described: dict[str, Any]) -> None:
    order = described["components"]["schemas"]["PostedVideo"]
    assert tuple(order["properties"]) == PostedVideo.__struct_fields__
    assert order["required"] == ["content"] and order["additionalProperties"] is False
    assert order["properties"]["max_duration_seconds"]["maximum"] == 60
    assert all(field["description"] for field in order["properties"].values())


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("content", ["", "   ", "a", "a" * 3000, "a" * 3001]),
        ("style", ["professional", "dynamic", "Professional", "", None]),
        ("user_image_ids", [[], [new_id()], [new_id()] * 2, ["a"], [new_id() for _ in range(4)], None]),
        ("aspect_ratio", ["4:5", "16:9", "5:4", None]),
        ("max_duration_seconds", [3, 60, 2.99, 60.01, None, "10", True]),
        ("voice", ["en-US-JennyNeural", "zh-CN-liaoning-XiaobeiNeural", "Jenny", "en-US-JennyNeural ", None]),
        ("rate", [f"{sign}{number}%" for sign in ("+", "-", "") for number in (*range(0, 130, 5), "007", "0050")]),
        ("captions", [{}, {"enabled": False}, {"enabled": 1}, {"size": 1}, None, {"position": "left"}]),
        ("metadata", [{}, {"a": [1, None]}, [], None]),
        ("narration", ["auto", "off", False]),
        ("anything", [1]),
    ],
)
def test_the_schema_takes_what_is_taken_and_refuses_what_is_refused(
    described: dict[str, Any], field: str, values: list[Any]
) -> None:
    whole = {"$ref": "#/components/schemas/PostedVideo", "components": described["components"]}
    validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    for value in values:
        order = {"content": "A post.", field: value}
        try:
            VideoRequest.parse(json.dumps(order).encode(), job_id="", created_at="", max_duration=60)
            taken = True
        except errors.InvalidRequest:
            taken = False
        assert validator.is_valid(order) == taken, order


def test_every_voice_by_the_schema_is_one_for_the_service(described: dict[str, Any]) -> None:
    pattern = described["components"]["schemas"]["PostedVideo"]["properties"]["voice"]["pattern"]
    assert pattern == f"^{speech._VOICE.pattern}$"


def test_every_code_stands_there_with_its_status(described: dict[str, Any]) -> None:
    told = {error["code"]: error["status"] for error in described["x-error-codes"]}
    assert told == codes()
    assert all(error["when"] for error in described["x-error-codes"])
    assert {kind.code for kind in tree()} | {"internal"} == set(told)


def tree(kind: type[errors.Problem] = errors.Problem) -> list[type[errors.Problem]]:
    children = [child for child in kind.__subclasses__() if child.__module__ == "shared.errors"]
    return children + [deeper for child in children for deeper in tree(child)]


def test_every_header_that_a_page_may_read_is_described(described: dict[str, Any]) -> None:
    assert set(EXPOSED_HEADERS) <= set(described["components"]["headers"])


def test_the_headers_of_each_problem_are_those_that_come_with_it(app: flask.Flask, described: dict[str, Any]) -> None:
    limits = {"RateLimit-Limit": "30", "RateLimit-Remaining": "0", "RateLimit-Reset": "9"}
    closed = of(API_KEYS=f"a:{'0' * 64}")
    for problem, foreseen in [
        (Unavailable("No answer."), described),
        (RateLimited("Too many.", retry_after_seconds=9, headers=limits), described),
        (Unauthenticated("No token."), closed),
    ]:
        with app.test_request_context():
            answer = app.make_response(app.handle_user_exception(problem))
        contract = Contract(foreseen)
        body = json.dumps(problem_document(problem, "0" * 32)).encode()
        headers = {**answer.headers, "X-Request-Id": "0" * 32}
        contract.check("post", "/api/video/generate", problem.status, headers, body)


def test_the_examples_keep_to_the_schemas(described: dict[str, Any]) -> None:
    strict = tightened(described)
    shown = 0
    for item in strict["paths"].values():
        for operation in (value for key, value in item.items() if key != "servers"):
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for content in (content for body in bodies for content in body.get("content", {}).values()):
                named = [example["value"] for example in content.get("examples", {}).values()]
                for example in [*named, *([content["example"]] if "example" in content else [])]:
                    schema = {**content["schema"], "components": strict["components"]}
                    jsonschema_rs.Draft202012Validator(schema, validate_formats=True).validate(example)
                    shown += 1
    assert shown >= 10


def test_the_examples_are_those_of_the_page_for_readers(described: dict[str, Any]) -> None:
    """Where the page breaks off a long text with "…", the example has the rest."""
    text = API_PAGE.read_text()
    blocks = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)]
    blocks += [json.loads(block) for block in re.findall(r"-d '(\{.*?\})'", text, re.DOTALL)]
    examples = list(examples_in(described))
    assert len(blocks) >= 8
    for block in blocks:
        assert any(is_like(block, example) for example in examples), block


def test_the_codes_of_a_job_are_those_of_the_page_for_readers(described: dict[str, Any]) -> None:
    failed, warned = re.findall(r"\n\n\| code \| means \|\n\|---\|---\|\n(.*?)\n\n", API_PAGE.read_text(), re.DOTALL)
    fields = described["components"]["schemas"]["JobAnswer"]["properties"]
    for rows, field in ((failed, "error_detail"), (warned, "warnings")):
        codes = re.findall(r"^\| `(\w+)` \|", rows, re.MULTILINE)
        assert codes == [code for code in re.findall(r"`(\w+)`", fields[field]["description"]) if code != "code"]


def examples_in(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "example":
                yield inner
            elif key == "examples":
                yield from (example["value"] for example in inner.values())
            else:
                yield from examples_in(inner)


def is_like(short: Any, whole: Any) -> bool:
    if isinstance(short, dict) and isinstance(whole, dict):
        return all(key in whole and is_like(value, whole[key]) for key, value in short.items())
    if isinstance(short, list) and isinstance(whole, list):
        return len(short) == len(whole) and all(map(is_like, short, whole))
    if isinstance(short, str) and isinstance(whole, str) and "…" in short:
        return re.match(".*".join(map(re.escape, re.sub(r"… ?", "…", short).split("…"))), whole) is not None
    return bool(short == whole)


def test_real_answers_hold_nothing_that_is_not_described(client: Client, described: dict[str, Any]) -> None:
    contract = Contract(described)

    def ask(method: str, path: str, template: str, **more: Any) -> Any:
        answer = client.open(path, method=method, **more)
        contract.check(method.lower(), template, answer.status_code, answer.headers, answer.data)
        return answer

    promised = ask("POST", "/api/video/generate", "/api/video/generate", json={"content": "A whole post of mine."})
    job_id = promised.json["job_id"]
    status = ask("GET", f"/api/video/status/{job_id}", "/api/video/status/{job_id}")
    held = {"If-None-Match": status.headers["ETag"]}
    assert ask("GET", f"/api/video/status/{job_id}", "/api/video/status/{job_id}", headers=held).status_code == 304
    assert ask("GET", f"/api/video/{job_id}", "/api/video/{job_id}").status_code == 409
    assert ask("POST", f"/api/video/{job_id}/cancel", "/api/video/{job_id}/cancel").status_code == 202
    assert ask("DELETE", f"/api/video/{job_id}", "/api/video/{job_id}").status_code == 204
    form = {"data": multipart([("a.jpg", jpeg())]), "content_type": FORM}
    [image_id] = ask("POST", "/api/images", "/api/images", **form).json["user_image_ids"]
    assert ask("DELETE", f"/api/images/{image_id}", "/api/images/{image_id}").status_code == 204
    assert ask("GET", "/health", "/health").status_code == 200


def test_a_field_that_nobody_described_is_noticed(described: dict[str, Any]) -> None:
    """What the other tests stand on."""
    body = b'{"job_id": "%s", "status": "queued", "poll_after_ms": 1000, "more": 1}' % new_id().encode()
    with pytest.raises(jsonschema_rs.ValidationError):
        Contract(described).check(
            "post",
            "/api/video/{job_id}/cancel",
            202,
            {"Content-Type": "application/json", "X-Request-Id": "a"},
            body,
        )


def test_it_names_the_host_of_each_function() -> None:
    one = of(PUBLIC_BASE_URL="https://films.example")
    assert one["servers"] == [{"url": "https://films.example"}]
    assert not [path for path, item in one["paths"].items() if "servers" in item]
    apart = of(GENERATE_URL="https://generate.example", **SEPARATE)
    hosts = {path: [server["url"] for server in item["servers"]] for path, item in apart["paths"].items()}
    assert hosts["/api/video/generate"] == ["https://generate.example"]
    assert hosts["/api/video/{job_id}"] == ["https://status.example"]
    assert hosts["/api/images"] == ["https://upload.example/upload"]
    assert len(hosts["/health"]) == 3
    assert of()["servers"] == [{"url": "/"}]


def test_a_token_is_asked_for_only_where_the_service_does() -> None:
    open_to_all, closed = of(), of(API_KEYS=f"a:{'0' * 64}")
    assert {} in open_to_all["security"] and {} not in closed["security"]
    generate = closed["paths"]["/api/video/generate"]["post"]
    assert {"401", "403"} <= set(generate["responses"])
    assert "X-End-User" in [parameter["name"] for parameter in generate["parameters"]]
    assert closed["paths"]["/health"]["get"]["security"] == []
    assert "401" not in open_to_all["paths"]["/api/video/generate"]["post"]["responses"]


def test_it_is_asked_for_again_but_sent_once(client: Client) -> None:
    first = client.get("/openapi.json")
    assert first.headers["Content-Type"] == "application/json"
    assert client.get("/openapi.json", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_the_page_loads_nothing_but_its_own_style(client: Client) -> None:
    answer = client.get("/docs")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'") and "script-src" not in policy
    assert "<script" not in answer.text and "style=" not in answer.text and "{{" not in answer.text
    assert client.get("/docs/docs.css").content_type.startswith("text/css")
    assert client.get("/docs/docs.html").status_code == 404
    assert client.get("/docs/").headers["Location"] == "../docs"


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_the_page_is_readable_on_a_phone_and_on_a_desk(
    browser: Browser, app: flask.Flask, services: Services, width: int, scheme: str
) -> None:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    try:
        page = context.new_page()
        faults = faults_of(page)
        page.goto(f"http://127.0.0.1:{server.server_port}/docs")
        assert page.evaluate("document.documentElement.scrollWidth") == width  # nothing hangs over the edge
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == (
            "rgb(245, 245, 242)" if scheme == "light" else "rgb(14, 16, 21)"
        )
        headings = page.locator("h2").all_inner_texts()
        assert headings[0] == "Promise a film" and headings[-2:] == ["Errors", "Headers of answers"]
        page.get_by_role("navigation", name="Contents").get_by_text("/cancel").click()
        assert page.url.endswith("#cancel")
        assert faults == []  # before the JSON: it names no icon, and a browser may ask for one that is not there
        page.get_by_role("link", name="openapi.json").click()
        assert page.url.endswith("/openapi.json")
    finally:
        context.close()
        server.shutdown()
        thread.join()
