"""The environment is read once and whole: defaults, checks, and one message with every mistake."""

from pathlib import Path

import pytest

from shared.config import Settings, WrongSettings


def test_an_empty_environment_gives_the_defaults_of_the_contract() -> None:
    settings = Settings.from_env({})
    assert settings.cors_origins == ("http://localhost:3000", "http://localhost:8080")
    assert (settings.port, settings.segment_seconds, settings.max_video_seconds) == (8080, 5, 60)
    assert (settings.edge_voice, settings.edge_rate, settings.edge_volume) == ("en-US-JennyNeural", "+0%", "+0%")
    assert (settings.audio_sample_rate, settings.data_dir) == (44100, Path("var"))
    assert settings.narrators == ("edge", "espeak", "silent")
    assert (settings.max_attempts, settings.lease_seconds, settings.task_queue_url) == (3, 60, "local:")


def test_every_mistake_is_in_one_message() -> None:
    with pytest.raises(WrongSettings) as wrong:
        Settings.from_env(
            {
                "PORT": "http",
                "AUDIO_SAMPLE_RATE": "8000",
                "NARRATORS": "edge,siri",
                "CORS_ORIGINS": "https://*.example.com",
                "REDIS_URL": "http://:secret@host",
                "TASK_QUEUE_URL": "sqs:",
                "EDGE_TTS_RATE": "fast",
                "STATUS_URL": "status.example.com",
                "GOOGLE_CLOUD_STORAGE_BUCKET": "films",
            }
        )
    names = [line.split(":")[0] for line in str(wrong.value).splitlines()]
    assert set(names) == {
        "PORT", "AUDIO_SAMPLE_RATE", "NARRATORS", "CORS_ORIGINS", "REDIS_URL", "TASK_QUEUE_URL", "EDGE_TTS_RATE",
        "STATUS_URL", "GOOGLE_CLOUD_STORAGE_BUCKET and GOOGLE_CLOUD_STORAGE_TEMP_BUCKET go together",
    }  # fmt: skip
    assert "secret" not in str(wrong.value)


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"GOOGLE_CLOUD_STORAGE_BUCKET": "films"}, "GOOGLE_CLOUD_STORAGE_TEMP_BUCKET"),
        ({"GOOGLE_CLOUD_STORAGE_BUCKET": "a", "GOOGLE_CLOUD_STORAGE_TEMP_BUCKET": "a"}, "another bucket"),
        ({"TASK_QUEUE_URL": "projects/p/locations/l/queues/q"}, "TASK_HMAC_KEYS"),
        ({"TASK_QUEUE_URL": "redis:"}, "TASK_HMAC_KEYS"),
        ({"K_SERVICE": "status", "REDIS_URL": "redis://default:pw@fly-films.upstash.io:6379"}, "private to Fly"),
    ],
)
def test_half_of_a_pair_is_a_mistake(environment: dict[str, str], named: str) -> None:
    with pytest.raises(WrongSettings, match=named):
        Settings.from_env(environment)


def test_a_settings_in_a_traceback_tells_no_secret() -> None:
    settings = Settings.from_env({"REDIS_URL": "rediss://default:hush@db.example.com:6379", "TASK_HMAC_KEYS": "hush"})
    assert "hush" not in repr(settings)


@pytest.mark.parametrize("name", ["UNSPLASH_ACCESS_KEY", "PEXELS_API_KEY"])
def test_a_key_for_photographs_is_a_secret_and_a_wrong_one_is_refused_without_being_repeated(name: str) -> None:
    settings = Settings.from_env({name: " hush-hush-hush\n"})
    assert settings.secrets == ("hush-hush-hush",) and "hush" not in repr(settings)
    for wrong in ("hush hush hush", "hush-hush-hüsh"):
        with pytest.raises(WrongSettings, match=name) as caught:
            Settings.from_env({name: wrong})
        assert wrong not in str(caught.value)


def test_addresses_follow_one_host_or_four() -> None:
    one = Settings.from_env(
        {"PUBLIC_BASE_URL": "https://films.example.com/", "STATUS_URL": "https://status.example.com"}
    )
    four = Settings.from_env({"STATUS_URL": "https://status.example.com"})
    none = Settings.from_env({})
    told = [s.address_of("status", "/api/video/status/7", "/7") for s in (one, four, none)]
    assert told == [
        "https://films.example.com/api/video/status/7",
        "https://status.example.com/7",
        "/api/video/status/7",
    ]
