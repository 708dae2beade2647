"""Voices for paid products: their true clients against services played on this machine, their failures included."""

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from functions.render.audio import as_wav
from functions.render.narration import NarrationFailed, speak
from functions.render.narrators import google, narrators
from functions.render.narrators.google import GoogleNarrator
from functions.render.narrators.openai import OpenaiNarrator
from shared.breakers import OwnBreakers
from shared.config import Settings, WrongSettings
from tests.fake_edge import FakeEdge, bursts

RATE = 24_000
WORDS = ["Sales", "<up>", "&", "away", "again."]
KEY = "a-key-that-nobody-may-see"


class Played:
    """A speech service: answers by its script, keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.script: list[tuple[int, dict[str, str], bytes]] = []
        self.url = ""

    def answer(self, path: str, body: bytes, key: str) -> tuple[int, dict[str, str], bytes]:
        if path == "/token":
            return 200, {}, json.dumps({"access_token": "t", "expires_in": 3600, "token_type": "Bearer"}).encode()
        asked = json.loads(body)
        self.asked.append(asked)
        self.keys.append(key)
        if self.script:
            return self.script.pop(0)
        if path == "/v1/audio/speech":
            audio, _ = bursts(asked["input"].split())
            return 200, {}, as_wav(audio, RATE)
        ssml = asked["input"].get("ssml", "")
        words = [unescape(word) for word in re.findall(r"/>([^<]*?)(?: <|</speak>)", ssml)]
        audio, timings = bursts(words or asked["input"]["text"].split())
        points = [{"markName": f"w{n}", "timeSeconds": word.start} for n, word in enumerate(timings)] if ssml else []
        told = {"audioContent": base64.b64encode(as_wav(audio, RATE)).decode(), "timepoints": points}
        return 200, {}, json.dumps(told).encode()


@contextmanager
def played() -> Iterator[Played]:
    service = Played()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, headers, answer = service.answer(self.path, body, self.headers.get("Authorization", ""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    service.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def service() -> Iterator[Played]:
    with played() as service:
        yield service


@pytest.fixture
def account(service: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A service account of this machine's, whose tokens the played service gives."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = tmp_path / "account.json"
    file.write_text(
        json.dumps(
            {
                "type": "service_account", "client_email": "film@project.iam.gserviceaccount.com",
                "private_key": private.decode(), "private_key_id": "1", "token_uri": f"{service.url}/token",
                "project_id": "project", "client_id": "1",
            }
        )
    )  # fmt: skip
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    monkeypatch.setattr(google, "URL", f"{service.url}/v1beta1/text:synthesize")
    google._session.cache_clear()
    yield
    google._session.cache_clear()


def openai(service: Played, breakers: OwnBreakers | None = None) -> OpenaiNarrator:
    return OpenaiNarrator(
        base_url=f"{service.url}/v1", key=KEY, model="tts-1", voice="alloy", rate=1.1, sample_rate=RATE,
        breakers=breakers or OwnBreakers(),
    )  # fmt: skip


def at_google(breakers: OwnBreakers | None = None, voice: str | None = None) -> GoogleNarrator:
    return GoogleNarrator(
        like="de-DE-ConradNeural", voice=voice, rate=1.0, sample_rate=RATE, breakers=breakers or OwnBreakers()
    )


def test_a_service_of_openais_kind_is_asked_as_it_wants_and_every_word_gets_its_time(service: Played) -> None:
    spoken = openai(service).narrate(["Hello", "there,", "old", "friend."])
    assert service.asked == [
        {
            "model": "tts-1",
            "input": "Hello there, old friend.",
            "voice": "alloy",
            "response_format": "wav",
            "speed": 1.1,
        }
    ]
    assert service.keys == [f"Bearer {KEY}"]
    assert [word.text for word in spoken.words] == ["Hello", "there,", "old", "friend."]
    starts = [word.start for word in spoken.words]
    _, true = bursts(["Hello", "there,", "old", "friend."])
    assert starts == sorted(starts) and spoken.size > 0
    assert starts == pytest.approx([word.start for word in true], abs=0.25)


@pytest.mark.usefixtures("account")
def test_google_marks_every_word_and_markup_in_a_post_stays_text(service: Played) -> None:
    spoken = at_google().narrate(WORDS)
    (asked,) = service.asked
    assert asked["input"]["ssml"].count("<mark ") == len(WORDS) and "<up>" not in asked["input"]["ssml"]
    assert asked["voice"] == {"languageCode": "de-DE", "ssmlGender": "MALE"}
    assert asked["enableTimePointing"] == ["SSML_MARK"]
    assert service.keys == ["Bearer t"]
    _, true = bursts(WORDS)
    assert [word.start for word in spoken.words] == pytest.approx([word.start for word in true], abs=0.01)


@pytest.mark.usefixtures("account")
def test_a_voice_of_google_that_takes_no_marks_gets_plain_text(service: Played) -> None:
    spoken = at_google(voice="de-DE-Chirp3-HD-Aoede").narrate(["Guten", "Morgen."])
    (asked,) = service.asked
    assert asked["input"] == {"text": "Guten Morgen."} and "enableTimePointing" not in asked
    assert asked["voice"]["name"] == "de-DE-Chirp3-HD-Aoede"
    assert len(spoken.words) == 2


@pytest.mark.parametrize(
    ("status", "says", "trips"),
    [(401, "SPEECH_API_KEY", False), (404, "SPEECH_MODEL", False), (403, "SPEECH_API_KEY", True),
     (429, "at the moment", True), (500, "fault", True), (503, "fault", True)],
)  # fmt: skip
def test_what_the_service_refuses_is_told_and_the_next_voice_speaks(
    service: Played, status: int, says: str, trips: bool, caplog: pytest.LogCaptureFixture
) -> None:
    breakers = OwnBreakers()
    service.script = [(status, {"Retry-After": "0"}, b"no " + KEY.encode())] * 2
    with pytest.raises(NarrationFailed) as failed:
        speak([["Hello", "there."]], [openai(service, breakers)], sample_rate=RATE)
    assert says in failed.value.public and breakers.is_open("openai") == trips
    assert KEY not in caplog.text + str(failed.value) + failed.value.public


def test_a_passing_refusal_is_tried_once_more(service: Played) -> None:
    service.script = [(429, {"Retry-After": "0"}, b"")]
    assert openai(service).narrate(["Hello"]).words
    assert len(service.asked) == 2


def test_a_service_that_is_away_or_sends_no_sound_fails_with_a_reason(service: Played) -> None:
    service.script = [(200, {}, b"<html>hello</html>")]
    with pytest.raises(NarrationFailed):
        openai(service).narrate(["Hello"])
    service.url = "http://127.0.0.1:1"
    with pytest.raises(NarrationFailed) as failed:
        openai(service).narrate(["Hello"])
    assert failed.value.public == "The voice service cannot be reached."


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize(
    ("status", "says", "trips"),
    [(400, "language", False), (401, "credentials", False), (403, "enabled", True), (429, "moment", True),
     (503, "fault", True)],
)  # fmt: skip
def test_what_google_refuses_is_told(service: Played, status: int, says: str, trips: bool) -> None:
    breakers = OwnBreakers()
    service.script = [(status, {}, b"{}")] * 3
    with pytest.raises(NarrationFailed) as failed:
        at_google(breakers).narrate(["Hallo"])
    assert says in failed.value.public and breakers.is_open("google") == trips


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"audioContent": "!"}', b'{"audioContent": "aGVsbG8="}'])
def test_an_answer_of_google_that_cannot_be_read_is_a_failure(service: Played, body: bytes) -> None:
    service.script = [(200, {}, body)]
    with pytest.raises(NarrationFailed):
        at_google().narrate(["Hallo"])


@pytest.mark.usefixtures("account")
def test_without_edge_among_the_narrators_nothing_ever_connects_to_it(service: Played) -> None:
    service.script = [(503, {}, b"")] * 9
    settings = Settings.from_env({"NARRATORS": "google,espeak", "AUDIO_SAMPLE_RATE": "44100"})
    with FakeEdge() as edge:
        voices = narrators(
            settings.narrators, settings=settings, voice="en-US-JennyNeural", rate="+0%", breakers=OwnBreakers()
        )
        spoken = speak([["Hello", "there."], ["And", "more."]], voices, sample_rate=44100)
    assert spoken.engine == "espeak" and spoken.failures[0][0] == "google"
    assert edge.connections == 0 and len(service.asked) >= 1


def test_half_of_a_setting_is_a_mistake() -> None:
    with pytest.raises(WrongSettings, match="SPEECH_BASE_URL"):
        Settings.from_env({"NARRATORS": "openai"})
    with pytest.raises(WrongSettings, match="SPEECH_API_KEY"):
        Settings.from_env({"SPEECH_API_KEY": KEY})
    known = Settings.from_env({"NARRATORS": "openai", "SPEECH_BASE_URL": "https://x.example/v1", "SPEECH_API_KEY": KEY})
    assert KEY not in repr(known) and KEY in known.secrets


def test_silence_in_the_sound_of_a_service_without_times_moves_the_words(service: Played) -> None:
    audio, _ = bursts(["One", "two."])
    pause = np.zeros(RATE // 2, np.int16)
    service.script = [(200, {}, as_wav(np.concatenate([pause, audio]), RATE))]
    assert openai(service).narrate(["One", "two."]).words[0].start >= 0.3
