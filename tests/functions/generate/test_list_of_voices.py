"""The list of voices: by language, to be kept for an hour, and refused where the question makes no sense."""

from werkzeug.test import Client

from shared.voices import voices


def test_all_voices_are_listed_with_language_and_gender(client: Client) -> None:
    answer = client.get("/api/voices")
    assert answer.status_code == 200 and answer.json
    assert answer.json["default"] == "en-US-JennyNeural"
    assert len(answer.json["voices"]) == len(voices())
    assert {"name": "de-DE-KatjaNeural", "language": "de", "locale": "de-DE", "gender": "female"} in answer.json[
        "voices"
    ]


def test_a_language_and_a_region_narrow_the_list(client: Client) -> None:
    for asked, locales in (("de", {"de-DE", "de-AT", "de-CH"}), ("pt-BR", {"pt-BR"}), ("xx", set())):
        answer = client.get(f"/api/voices?language={asked}")
        assert answer.status_code == 200 and answer.json
        assert {voice["locale"] for voice in answer.json["voices"]} == locales


def test_what_is_no_language_is_refused_by_name(client: Client) -> None:
    answer = client.get("/api/voices?language=German")
    assert answer.status_code == 400 and answer.json
    assert answer.json["errors"][0]["field"] == "language"


def test_the_list_may_be_kept_for_an_hour(client: Client) -> None:
    first = client.get("/api/voices")
    assert first.headers["Cache-Control"] == "public, max-age=3600"
    again = client.get("/api/voices", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and not again.data
