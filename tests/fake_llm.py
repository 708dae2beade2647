"""A language model's service on 127.0.0.1 that speaks OpenAI's `/v1/chat/completions`, and fails as it is told."""

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self

KEY: Final = "sk-marsupial-of-the-language-model"


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One answer. `body` is sent as it is; without one, `content` as a service sends it. `drip`: seconds between two
    bytes, of the head too where `slow_head`; `cut`: only half of it is sent; `announced`: its length is told.
    """

    content: Any = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    finish: str = "stop"
    wait: float = 0.0
    drip: float = 0.0
    slow_head: bool = False
    cut: bool = False
    announced: bool = True


class FakeLlm:
    """`with FakeLlm(answers) as llm:`: each request gets the next answer, a text, a `Said`, or what a function makes of
    the request; the last one for ever. `asked` are the bodies that came, `heard` their headers.
    """

    def __init__(
        self, answers: Sequence["str | Said | Callable[[dict[str, Any]], str]"], *, key: str | None = KEY
    ) -> None:
        self.answers = list(answers)
        self.key = key
        self.asked: list[dict[str, Any]] = []
        self.heard: list[dict[str, str]] = []
        self._closing = threading.Event()
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service._answer(self, json.loads(body))
                self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients hang up, as they should
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def _answer(self, call: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
        with self._lock:
            self.asked.append(asked)
            self.heard.append({name.lower(): value for name, value in call.headers.items()})
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if not isinstance(answer, str | Said):
            answer = answer(asked)
        said = Said(content=answer) if isinstance(answer, str) else answer
        if call.path != "/v1/chat/completions":
            said = Said(status=404, body=b"{}")
        elif self.key and call.headers.get("Authorization") != f"Bearer {self.key}":
            said = Said(status=401, body=json.dumps({"error": {"message": call.headers.get("Authorization")}}).encode())
        elif not isinstance(asked.get("model"), str) or not all(
            isinstance(one["content"], str) and one["role"] in ("system", "user", "assistant")
            for one in asked["messages"]
        ):
            said = Said(status=400, body=b"{}")
        self._closing.wait(said.wait)
        body = said.body if said.body is not None else _completion(said)
        names = {"Content-Type": "application/json", **said.headers}
        if said.announced:
            names["Content-Length"] = str(len(body))
        head = (
            f"HTTP/1.1 {said.status} X\r\n" + "".join(f"{name}: {value}\r\n" for name, value in names.items()) + "\r\n"
        )
        sent = body[: len(body) // 2] if said.cut else body
        if said.slow_head:
            self._dripped(call, head.encode() + sent, said.drip)
            return
        call.wfile.write(head.encode())
        if said.drip:
            self._dripped(call, sent, said.drip)
        else:
            call.wfile.write(sent)

    def _dripped(self, call: BaseHTTPRequestHandler, data: bytes, seconds: float) -> None:
        until = time.monotonic() + 30
        for at in range(len(data)):
            if self._closing.wait(seconds) or time.monotonic() > until:
                return
            call.wfile.write(data[at : at + 1])


def _completion(said: Said) -> bytes:
    message = {"role": "assistant", "content": said.content}
    choice = {"index": 0, "message": message, "finish_reason": said.finish}
    return json.dumps({"id": "chatcmpl-1", "object": "chat.completion", "choices": [choice]}).encode()


def post(
    *, characters: int = 1200, hashtags: Sequence[str] = ("Leadership", "Teamwork", "Meetings"), **more: Any
) -> str:
    """The object that is asked for, its post as long as that."""
    hook, question = "We stopped meeting every day.", "What would you stop doing?"
    fixed = len("\n\n".join([hook, question, " ".join(f"#{tag}" for tag in hashtags)])) + 2
    sentence = "Everybody writes three lines in the morning and then works in peace. "
    body = (sentence * (characters // len(sentence) + 1))[: max(characters - fixed - 1, 20)].rstrip() + "."
    return json.dumps({"hook": hook, "body": [body], "question": question, "hashtags": list(hashtags), **more})
