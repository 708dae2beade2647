"""Two speech services on 127.0.0.1, for the true `requests` and google-auth: OpenAI's `/v1/audio/speech`, and Google's
`text:synthesize` with the door that gives out its tokens. Both say a tone a word, and fail as they are told.
"""

import base64
import json
import re
import threading
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self
from xml.etree import ElementTree

import numpy as np

from functions.render.alignment import WordTiming
from functions.render.audio import Samples, as_wav
from tests.fake_edge import RATE, bursts, mp3_of
from tests.fake_iam import FakeIam, Refused

MOST_SSML: Final = 5000  # bytes that Google takes as input
MOST_TEXT: Final = 4096  # characters that OpenAI takes
LEAD: Final = 0.2  # seconds of silence before the first word
SYNTHESIZE: Final = "/v1beta1/text:synthesize"


class FakeSpeech:
    """`with FakeSpeech() as speech:`. `failures`: what the next calls get, each a status with headers, "drop" (in
    mid-sound) or "garbage"; then all goes well. `key`: the only one that is accepted. `marks`: whether Google's voice
    takes marks.
    """

    def __init__(
        self,
        failures: Sequence[tuple[int, Mapping[str, str]] | str] = (),
        *,
        key: str | None = None,
        marks: bool = True,
    ) -> None:
        self.failures = list(failures)
        self._key, self._marks = key, marks
        self.iam = FakeIam()
        self.asked: list[dict[str, Any]] = []
        self.words: list[tuple[WordTiming, ...]] = []  # the true times, of each answer
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service._answer(self, body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="fake-speech", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def _answer(self, call: BaseHTTPRequestHandler, body: bytes) -> None:
        headers = {name.lower(): value for name, value in call.headers.items()}
        if call.path == "/token":
            _send(call, 200, json.dumps(self.iam.answer("/token", headers, body)).encode())
            return
        asked = json.loads(body)
        with self._lock:
            self.asked.append(asked)
            failure = self.failures.pop(0) if self.failures else None
        if isinstance(failure, tuple):
            told = {"error": {"message": f"You sent {headers.get('authorization')}.", "status": "SOMETHING"}}
            _send(call, failure[0], json.dumps(told).encode(), failure[1])
        elif call.path == SYNTHESIZE:
            self._google(call, headers, asked, failure)
        elif call.path == "/v1/audio/speech":
            self._openai(call, headers, asked, failure)
        else:
            _send(call, 404, b"{}")

    def _openai(
        self, call: BaseHTTPRequestHandler, headers: Mapping[str, str], asked: dict[str, Any], failure: str | None
    ) -> None:
        if self._key and headers.get("authorization") != f"Bearer {self._key}":
            _send(call, 401, json.dumps({"error": {"message": headers.get("authorization", "")}}).encode())
            return
        if (
            len(asked["input"]) > MOST_TEXT
            or not 0.25 <= asked["speed"] <= 4
            or asked["response_format"] not in ("mp3", "wav")
        ):
            _send(call, 400, b"{}")
            return
        spoken = self._spoken(asked["input"].split(), asked["speed"])
        sound = as_wav(spoken, RATE) if asked["response_format"] == "wav" else mp3_of(spoken)
        if failure == "garbage":
            sound = b"<html>It works!</html>"
        _send(call, 200, sound, cut=failure == "drop")

    def _google(
        self, call: BaseHTTPRequestHandler, headers: Mapping[str, str], asked: dict[str, Any], failure: str | None
    ) -> None:
        try:
            self.iam.check(headers)
        except Refused as refused:
            _send(call, refused.status, b"{}")
            return
        text = asked["input"].get("ssml") or asked["input"]["text"]
        marked = "ssml" in asked["input"]
        if len(text.encode()) > MOST_SSML or (marked and not self._marks):
            _send(call, 400, json.dumps({"error": {"code": 400, "status": "INVALID_ARGUMENT"}}).encode())
            return
        names, words = _marked(text) if marked else ([], text.split())
        sound = self._spoken(words, asked["audioConfig"].get("speakingRate", 1.0))
        points = [
            {"markName": name, "timeSeconds": word.start} for name, word in zip(names, self.words[-1], strict=False)
        ]
        answer: dict[str, Any] = {"audioContent": base64.b64encode(as_wav(sound, RATE)).decode()}
        if marked and asked.get("enableTimePointing") == ["SSML_MARK"]:
            answer["timepoints"] = points
        if failure == "garbage":
            answer = {"audioContent": "!!"}
        _send(call, 200, json.dumps(answer).encode(), cut=failure == "drop")

    def _spoken(self, words: Sequence[str], speed: float) -> Samples:
        audio, timings = bursts(words, speed)
        moved = tuple(WordTiming(text=w.text, start=w.start + LEAD, end=w.end + LEAD) for w in timings)
        with self._lock:
            self.words.append(moved)
        return np.concatenate([np.zeros(round(LEAD * RATE), np.int16), audio])


def _marked(ssml: str) -> tuple[list[str], list[str]]:
    """The names of the marks and the word after each; anything but marks and text is no SSML of ours."""
    speak = ElementTree.fromstring(ssml)
    assert speak.tag == "speak" and all(element.tag == "mark" for element in speak), ssml
    return [str(mark.get("name")) for mark in speak], [re.sub(r"\s+", "", mark.tail or "") for mark in speak]


def _send(
    call: BaseHTTPRequestHandler,
    status: int,
    body: bytes,
    headers: Mapping[str, str] | None = None,
    *,
    cut: bool = False,
) -> None:
    call.send_response(status)
    for name, value in (headers or {}).items():
        call.send_header(name, value)
    call.send_header("Content-Length", str(len(body)))
    call.end_headers()
    call.wfile.write(body[: len(body) // 2] if cut else body)
    call.close_connection = cut
