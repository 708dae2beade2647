"""`POST /api/post/generate` at the real door: with a language model, without one, and when it fails."""

import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import redis
from werkzeug.test import Client, TestResponse

from functions.generate.openapi import Deployment, document
from functions.generate.writing.post_order import PostedNotes
from shared.config import Settings, WrongSettings
from shared.errors import InvalidRequest
from tests.conftest import Made
from tests.fake_llm import KEY, FakeLlm, Said, post
from tests.fuzzing import Contract

ROOT = Path(__file__).parents[3]
NOTES = "We dropped the daily stand-up. Everybody writes three lines in the morning. Nobody misses it."
PATH = "/api/post/generate"


def with_model(service: FakeLlm) -> dict[str, str]:
    return {"LLM_BASE_URL": service.url, "LLM_MODEL": "m-1", "LLM_API_KEY": KEY}


def ask(client: Client, **fields: Any) -> TestResponse:
    return client.post(PATH, data=json.dumps(fields), content_type="text/plain")


def uses(redis_url: str) -> int:
    kept = redis.Redis.from_url(redis_url)
    return sum(kept.zcard(key) for key in kept.keys("*") if kept.type(key) == b"zset")


def test_notes_become_a_post_without_a_model(client: Client) -> None:
    answer = ask(client, notes=NOTES)
    assert answer.status_code == 200 and answer.json
    told = answer.json
    assert told["engine"] == "offline" and told["content"].startswith("We dropped the daily stand-up.")
    assert told["character_count"] == len(told["content"]) and told["hashtags"] == ["Meetings"]
    assert told["fold_preview"]["mobile"].endswith("…") and told["commentary"].startswith("We dropped")
    Contract(document(Deployment.of(Settings.from_env({})))).check("post", PATH, 200, answer.headers, answer.data)


def test_a_bare_theme_without_a_model_is_told_what_to_set(client: Client) -> None:
    answer = ask(client, theme="Leadership")
    assert answer.status_code == 400 and answer.json
    assert answer.json["errors"] == [{"field": "notes", "code": "required", "message": answer.json["detail"]}]
    assert "notes" in answer.json["detail"]
    assert "LLM_BASE_URL" in answer.json["hint"] and "LLM_MODEL" in answer.json["hint"]


def test_every_mistake_is_told_at_once_with_the_nearest_name(client: Client) -> None:
    answer = ask(client, note="x", tone="angry", length=5)
    assert answer.status_code == 400 and answer.json
    assert [error["field"] for error in answer.json["errors"]] == ["note", "tone", "length"]
    assert "Did you mean notes?" in answer.json["errors"][0]["message"]


def test_a_theme_is_enough_with_a_model(made: Made) -> None:
    with FakeLlm([post()]) as service:
        answer = ask(made(**with_model(service))[0], theme="Fewer meetings", tone="casual", language="en")
        assert answer.status_code == 200 and answer.json and answer.json["engine"] == "llm"
        material = json.loads(service.asked[0]["messages"][1]["content"])
        assert material["theme"] == "Fewer meetings" and material["tone"] == "casual" and material["characters"] == 1200
    assert answer.headers["RateLimit-Limit"] == "30" and answer.headers["RateLimit-Remaining"] == "29"


def test_with_notes_a_failure_falls_back_to_them_and_says_so(made: Made, caplog: pytest.LogCaptureFixture) -> None:
    with FakeLlm([Said(status=401, body=KEY.encode())]) as service, caplog.at_level(logging.INFO, "linkedin_video"):
        answer = ask(made(**with_model(service))[0], notes=NOTES)
    assert answer.status_code == 200 and answer.json and answer.json["engine"] == "offline"
    first = answer.json["warnings"][0]
    assert first["code"] == "written_offline" and "LLM_API_KEY" in first["message"]
    events = {record.msg: getattr(record, "fields", {}) for record in caplog.records}
    assert events["writing_failed"] == {"detail": "status 401"} and events["post_written"]["engine"] == "offline"
    assert KEY not in answer.text + caplog.text + str(events) and "stand-up" not in str(events)


def test_without_notes_a_failure_is_a_503_that_counts_nothing(made: Made, redis_url: str) -> None:
    with FakeLlm([Said(status=429, headers={"Retry-After": "90"}, body=b"{}")]) as service:
        client, _ = made(**with_model(service))
        for theme in ({"theme": "Leadership"}, {"theme": "Leadership", "notes": "🎉"}):
            answer = ask(client, **theme)
            assert answer.status_code == 503 and answer.json and answer.json["code"] == "unavailable"
            assert "send notes" in answer.json["detail"] and answer.headers["Retry-After"] == "90"
    assert uses(redis_url) == 0


def test_posts_are_counted_by_themselves_and_only_so_many_are_written(made: Made) -> None:
    client, _ = made(GENERATE_LIMIT_HOUR="2")
    assert [ask(client, notes=NOTES).status_code for _ in range(3)] == [200, 200, 429]
    assert client.post("/api/video/generate", json={"content": "A post."}).status_code == 202
    assert ask(client, notes="").status_code == 400, "what is wrong is told without a count"


def test_what_is_refused_is_not_counted(made: Made) -> None:
    client, _ = made(GENERATE_LIMIT_HOUR="1")
    assert [ask(client, theme="x").status_code for _ in range(3)] == [400] * 3
    assert ask(client, notes=NOTES).status_code == 200


def test_an_operator_can_pause_it(made: Made, redis_url: str) -> None:
    redis.Redis.from_url(redis_url).set("paused:post", "Back at nine.")
    answer = ask(made()[0], notes=NOTES)
    assert answer.status_code == 503 and answer.json and answer.json["detail"] == "Back at nine."


def test_who_calls_must_be_known_where_callers_are(made: Made) -> None:
    client, _ = made(API_KEYS=f"a:{'0' * 64}")
    assert ask(client, notes=NOTES).status_code == 401


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("theme", ["x", "x" * 300, "x" * 301, None, 1]),
        ("notes", ["x", "x" * 6000, "x" * 6001, None]),
        ("tone", ["casual", "inspirational", "dynamic", None, ""]),
        ("length", ["short", "medium", "long", "tiny", 200, 199, 3000, 3001, True, None]),
        ("language", ["de", "pt-BR", "german", "", None]),
        ("target_audience", ["x" * 300, "x" * 301, None]),
        ("include_hashtags", [True, False, 1, None]),
        ("anything", [1]),
    ],
)
def test_the_description_takes_what_is_taken_and_refuses_what_is_refused(field: str, values: list[Any]) -> None:
    described = document(Deployment.of(Settings.from_env({})))
    schema = described["components"]["schemas"]["PostedNotes"]
    assert tuple(schema["properties"]) == PostedNotes.__struct_fields__ and schema["additionalProperties"] is False
    whole = {"$ref": "#/components/schemas/PostedNotes", "components": described["components"]}
    validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    for value in values:
        order = {"notes": "A note.", "theme": "A theme.", field: value}
        try:
            PostedNotes.parse(json.dumps(order).encode())
            taken = True
        except InvalidRequest:
            taken = False
        assert validator.is_valid(order) == taken, order


def test_the_page_for_readers_tells_both_ways_to_say_a_length(client: Client) -> None:
    page = client.get("/docs").text
    assert "<code>short</code>, <code>medium</code>, <code>long</code> or integer, 200 to 3000" in page


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"LLM_BASE_URL": "https://x.example/v1"}, "LLM_MODEL"),
        ({"LLM_MODEL": "m"}, "LLM_BASE_URL"),
        ({"LLM_API_KEY": KEY}, "LLM_BASE_URL"),
        ({"LLM_BASE_URL": "http://x.example/v1", "LLM_MODEL": "m"}, "https"),
        ({"LLM_BASE_URL": "http://localhost.example/v1", "LLM_MODEL": "m"}, "https"),
        ({"LLM_BASE_URL": f"https://me:{KEY}@x.example/v1", "LLM_MODEL": "m"}, "password"),
        ({"LLM_BASE_URL": f"https://x.example/v1?key={KEY}", "LLM_MODEL": "m"}, "question mark"),
        ({"LLM_BASE_URL": "https://x.example", "LLM_MODEL": "m", "LLM_API_KEY": f"{KEY}\nX: y"}, "LLM_API_KEY"),
    ],
)
def test_a_wrong_setting_is_told_without_the_key(environment: dict[str, str], told: str) -> None:
    with pytest.raises(WrongSettings, match=told) as wrong:
        Settings.from_env(environment)
    assert KEY not in str(wrong.value)


@pytest.mark.parametrize(
    "url", ["https://x.example/v1/", "http://localhost:11434/v1", "http://127.0.0.1:1/v1", "http://[::1]:1"]
)
def test_a_model_may_be_on_this_machine(url: str) -> None:
    settings = Settings.from_env({"LLM_BASE_URL": url, "LLM_MODEL": "m", "LLM_API_KEY": KEY})
    assert settings.llm_base_url == url.rstrip("/")
    assert KEY in settings.secrets and KEY not in repr(settings)


def test_who_orders_no_post_loads_nothing_of_it() -> None:
    program = "import sys, functions.generate.main; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(ran.stdout.split())
    assert not {"requests", "urllib3", "regex", "shared.storyboard.language"} & loaded
    assert not [name for name in loaded if name.startswith("functions.generate.writing")]


def test_without_a_model_nothing_is_loaded_that_could_ask_one() -> None:
    program = """
import sys
from functions.generate.writing import desk
from functions.generate.writing.post_order import PostedNotes
from shared.config import Settings
assert desk.write(PostedNotes(notes="We dropped the stand-up."), Settings.from_env({})).engine == "offline"
print(*sys.modules)
"""
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"requests", "urllib3"} & set(ran.stdout.split())
