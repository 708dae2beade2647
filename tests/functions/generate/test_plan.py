"""The plan: what a film would tell, for nothing; and a film that tells exactly what its caller chose."""

from typing import Any

import pytest
from werkzeug.test import Client

from shared.ids import new_id

POST = """I said no to a $1.2M contract last year. 🚀

Here is what I learned:
→ Sleep beats speed.
→ SQL is a love language.
→ Nobody remembers your slides.

What would you have done? #leadership #startup https://lnkd.in/abc"""


def planned(client: Client, **order: Any) -> dict[str, Any]:
    answer = client.post("/api/video/plan", json={"content": POST, **order})
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    return answer.json


def test_a_plan_shows_what_the_author_wrote_and_what_the_voice_says(client: Client) -> None:
    plan = planned(client)
    first = plan["scenes"][0]
    assert (first["kind"], first["text"]) == ("hook", "I said no to a $1.2M contract last year. 🚀")
    assert first["spoken"] == "I said no to a 1.2 million dollar contract last year."
    assert [scene["kind"] for scene in plan["scenes"]][-1] == "close"
    assert sum(scene["kind"] == "point" for scene in plan["scenes"]) >= 2
    assert (plan["language"], plan["voice"], plan["left_out"]) == ("en", "en-US-JennyNeural", [])
    assert plan["estimated_seconds"] == pytest.approx(
        sum(s["estimated_seconds"] for s in plan["scenes"]) + 0.8, abs=0.6
    )
    assert plan["estimated_render_seconds"] > 0
    assert not any("lnkd.in" in scene["spoken"] or "🚀" in scene["spoken"] for scene in plan["scenes"])


def test_a_plan_keeps_and_promises_nothing(client: Client, redis_url: str) -> None:
    import redis

    store = redis.Redis.from_url(redis_url)
    before = set(store.keys("job:*"))  # type: ignore[arg-type]
    planned(client)
    assert set(store.keys("job:*")) == before  # type: ignore[arg-type]


def test_a_plan_can_be_sent_back_as_it_came(client: Client) -> None:
    plan = planned(client)
    again = planned(client, scenes=plan["scenes"])
    assert [(s["text"], s["spoken"], s["kind"]) for s in again["scenes"]] == [
        (s["text"], s["spoken"], s["kind"]) for s in plan["scenes"]
    ]
    answer = client.post("/api/video/generate", json={"content": POST, "scenes": plan["scenes"]})
    assert answer.status_code == 202


def test_what_does_not_fit_is_told(client: Client) -> None:
    plan = planned(client, max_duration_seconds=8)
    assert plan["left_out"]
    assert [warning["code"] for warning in plan["warnings"]] == ["text_shortened"]
    assert plan["estimated_seconds"] <= 9
    told = " ".join(scene["text"] for scene in plan["scenes"])
    assert not any(sentence in told for sentence in plan["left_out"])


def test_an_edited_scene_is_told_as_it_was_edited(client: Client) -> None:
    plan = planned(client)
    scenes = plan["scenes"][:2]
    scenes[1] = {"text": "Rest is work, too.", "image_id": None}
    again = planned(client, scenes=scenes)
    assert [scene["text"] for scene in again["scenes"]] == [scenes[0]["text"], "Rest is work, too."]
    assert again["scenes"][1]["spoken"] == "Rest is work, too."


def test_what_is_to_be_spoken_is_spoken_and_what_is_written_is_shown(client: Client) -> None:
    again = planned(
        client, scenes=[{"text": "We grew 40% in Q3.", "spoken": "We grew forty percent in the third quarter."}]
    )
    (scene,) = again["scenes"]
    assert scene["text"] == "We grew 40% in Q3."
    assert scene["spoken"] == "We grew forty percent in the third quarter."


def test_a_lexicon_changes_what_is_spoken_and_nothing_else(client: Client) -> None:
    plain, said = planned(client), planned(client, lexicon={"SQL": "sequel"})
    assert [scene["text"] for scene in plain["scenes"]] == [scene["text"] for scene in said["scenes"]]
    spoken = " ".join(scene["spoken"] for scene in said["scenes"])
    assert "sequel is a love language" in spoken and "SQL" not in spoken


def test_a_german_post_gets_a_german_voice(client: Client) -> None:
    content = (
        "Ich habe letztes Jahr eine Beförderung abgelehnt. Alle dachten, ich sei verrückt. Was hättet ihr gemacht?"
    )
    plan = planned(client, content=content)
    assert plan["language"] == "de" and plan["voice"].startswith("de-DE-")


def test_chinese_in_traditional_letters_gets_a_voice_of_taiwan(client: Client) -> None:
    told = [
        planned(client, content=text)["voice"]
        for text in ("我學到了，時間比金錢更重要。", "我学到了，时间比金钱更重要。")
    ]
    assert [voice[:5] for voice in told] == ["zh-TW", "zh-CN"]


def test_a_plan_warns_of_letters_that_cannot_be_drawn(client: Client) -> None:
    warnings = planned(client, content="We opened in Chennai. நன்றி everyone, it was a good year.")["warnings"]
    assert [warning["code"] for warning in warnings] == ["letters_left_out"]
    assert "ந" in warnings[0]["message"]


def test_a_voice_of_another_language_is_warned_of(client: Client) -> None:
    plan = planned(client, voice="de-DE-KatjaNeural")
    assert [warning["code"] for warning in plan["warnings"]] == ["voice_of_another_language"]


@pytest.mark.parametrize(
    ("order", "field"),
    [
        ({"scenes": []}, "scenes"),
        ({"scenes": [{"text": " "}]}, "scenes[0].text"),
        ({"scenes": [{"spoken": "hi"}]}, "scenes[0].text"),
        ({"scenes": ["hi"]}, "scenes[0]"),
        ({"scenes": [{"text": "Hi.", "picture": "x"}]}, "scenes[0].picture"),
        ({"scenes": [{"text": "Hi.", "image_id": "x"}]}, "scenes[0].image_id"),
        ({"scenes": [{"text": "Hi."}] * 61}, "scenes"),
        ({"scenes": [{"text": "A quite long sentence that is told again and again. " * 4}] * 12}, "scenes"),
        ({"lexicon": {"two words": "x"}}, "lexicon.two words"),
        ({"lexicon": {"a": ""}}, "lexicon.a"),
        ({"lexicon": {str(n): "x" for n in range(51)}}, "lexicon"),
        ({"language": "german"}, "language"),
        ({"language": "xx"}, "language"),
    ],
)
@pytest.mark.parametrize("path", ["/api/video/plan", "/api/video/generate"])
def test_what_cannot_be_planned_is_refused_by_its_name(
    client: Client, path: str, order: dict[str, Any], field: str
) -> None:
    answer = client.post(path, json={"content": POST, **order})
    assert answer.status_code == 400 and answer.json
    assert field in [error["field"] for error in answer.json["errors"]]


@pytest.mark.parametrize("path", ["/api/video/plan", "/api/video/generate"])
def test_a_picture_that_is_not_there_is_named(client: Client, path: str) -> None:
    image_id = new_id()
    answer = client.post(path, json={"content": POST, "scenes": [{"text": "Hi there.", "image_id": image_id}]})
    assert answer.status_code == 422 and answer.json and answer.json["code"] == "image_not_found"
    assert image_id in answer.json["errors"][0]["message"]


@pytest.mark.parametrize("path", ["/api/video/plan", "/api/video/generate"])
def test_a_scene_with_nothing_to_say_is_named(client: Client, path: str) -> None:
    answer = client.post(path, json={"content": POST, "scenes": [{"text": "Hi there."}, {"text": "🎉🎉"}]})
    assert answer.status_code == 422 and answer.json and answer.json["code"] == "nothing_to_narrate"
    assert "2" in answer.json["detail"]
