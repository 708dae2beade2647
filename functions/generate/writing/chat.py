"""A conversation with any language model that speaks OpenAI's `/v1/chat/completions`, within one deadline."""

import json
import random
import re
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

CONNECT_TIMEOUT: Final = 5.0  # seconds
READ_TIMEOUT: Final = 60.0  # seconds without a byte; the deadline is mostly sooner
DEADLINE: Final = 45.0  # seconds for all that is asked for one post: the function itself has 60
WORTH_IT: Final = 3.0  # seconds that must be left for another try
MOST_BYTES: Final = 1_000_000  # of one answer, thoughts of the model included

Message = Mapping[str, str]


class ChatFailed(Exception):
    """The text is for the log, `public` for the caller. `wait`: seconds after which it is worth asking once more."""

    def __init__(self, detail: str, *, public: str, wait: float | None = None) -> None:
        super().__init__(detail)
        self.public = public
        self.wait = wait


@dataclass(frozen=True, kw_only=True, slots=True)
class Chat:
    """`base_url` ends in /v1 or whatever stands before `/chat/completions`; a model of one's own may need no key."""

    base_url: str
    model: str
    key: str | None = field(default=None, repr=False)
    seconds: float = DEADLINE

    def ask(self, messages: Sequence[Message], until: float) -> str:
        """What the model says; `until` by time.monotonic(). Raises ChatFailed."""
        try:
            return self._asked(messages, until)
        except ChatFailed as failed:
            if failed.wait is None or time.monotonic() + failed.wait + WORTH_IT > until:
                raise
            time.sleep(failed.wait)
        return self._asked(messages, until)

    def _asked(self, messages: Sequence[Message], until: float) -> str:
        left = until - time.monotonic()
        if left <= 0:
            raise _too_slow()
        # No temperature, no limit of tokens, no format: each of them is refused by some of the services.
        body = {"model": self.model, "messages": list(messages), "stream": False}
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        line = _Line()
        end = threading.Timer(left, line.cut)
        end.daemon = True
        end.start()
        try:
            with requests.Session() as session:
                session.trust_env = False  # no proxy and no password file of this machine
                session.mount("http://", line)
                session.mount("https://", line)
                with session.post(
                    f"{self.base_url}/chat/completions", json=body, headers=headers, stream=True, allow_redirects=False,
                    timeout=(min(CONNECT_TIMEOUT, left), min(READ_TIMEOUT, left)),
                ) as answer:  # fmt: skip
                    read = _whole(answer)
        except requests.RequestException as error:
            if isinstance(error, requests.ReadTimeout) or time.monotonic() >= until:
                raise _too_slow() from error
            public = "The language model's service cannot be reached."
            broken = isinstance(error, requests.ConnectionError | requests.exceptions.ChunkedEncodingError)
            wait = random.uniform(0.3, 0.8) if broken else None
            raise ChatFailed(type(error).__name__, public=public, wait=wait) from error
        finally:
            end.cancel()
            line.let_go()
        if time.monotonic() >= until:  # it was cut, and what has no announced length seems whole
            raise _too_slow()
        return _said(read)


class _Line(HTTPAdapter):
    """Connections that can be cut from another thread: the timeouts of requests begin anew with each byte."""

    def __init__(self) -> None:
        self._ends: list[socket.socket] = []
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        super().init_poolmanager(*arguments, **named)
        ends = self._ends

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                made = super()._new_conn()
                ends.append(made.dup())  # TLS will take the first away
                return made

        class Secured(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                made = super()._new_conn()
                ends.append(made.dup())
                return made

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecuredPool(HTTPSConnectionPool):
            ConnectionCls = Secured

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecuredPool}

    def cut(self) -> None:
        for end in self._ends:
            with suppress(OSError):  # it has ended by itself
                end.shutdown(socket.SHUT_RDWR)

    def let_go(self) -> None:
        while self._ends:
            self._ends.pop().close()


def _whole(answer: requests.Response) -> bytes:
    """The body of a good answer. Raises ChatFailed."""
    status = answer.status_code
    if status != 200:
        raise _refused(status, _seconds(answer.headers.get("Retry-After")))
    read = bytearray()
    for piece in answer.iter_content(65_536):
        read += piece
        if len(read) > MOST_BYTES:
            raise ChatFailed("too much", public="The language model's service sent more than it was asked for.")
    return bytes(read)


def _refused(status: int, retry_after: float | None) -> ChatFailed:
    reasons = {
        401: "The language model's service does not accept the key (LLM_API_KEY).",
        403: "The language model's service refuses the key (LLM_API_KEY).",
        404: "The language model's service does not know the model or the address (LLM_MODEL, LLM_BASE_URL).",
        429: "The language model's service takes no more requests at the moment.",
    }
    passing = status == 429 or status >= 500
    public = "The language model's service has a fault." if status >= 500 else reasons.get(status)
    wait = (retry_after if retry_after is not None else random.uniform(0.5, 1.0)) if passing else None
    return ChatFailed(
        f"status {status}", public=public or "The language model's service did not accept the request.", wait=wait
    )


def _said(body: bytes) -> str:
    """The text in an answer of OpenAI's form; some services send it in parts. Raises ChatFailed."""
    try:
        choice = json.loads(body)["choices"][0]
        content = choice["message"]["content"]
        cut_off = choice.get("finish_reason") == "length"
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        public = "The language model's service sent what cannot be read."
        raise ChatFailed("not an answer of OpenAI's form", public=public) from None
    if isinstance(content, list):
        content = "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    if not isinstance(content, str) or not content.strip():
        raise ChatFailed("no text", public="The language model wrote nothing.")
    if cut_off:
        public = "The language model stopped in the middle: its service allows too few tokens."
        raise ChatFailed("cut off", public=public)
    return content


def _seconds(retry_after: str | None) -> float | None:
    """`Retry-After`, in either of its two forms."""
    told = (retry_after or "").strip()
    if re.fullmatch(r"[0-9]{1,6}", told):
        return float(told)
    try:
        at = parsedate_to_datetime(told)
    except (ValueError, OverflowError):
        return None
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _too_slow() -> ChatFailed:
    return ChatFailed("deadline", public="The language model did not answer in time.")
