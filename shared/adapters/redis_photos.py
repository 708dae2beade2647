"""What is remembered of stock services, in Redis: answers, who is to be left alone, and which uses were reported.

`stock:{service}:{hash of the question}`, `stock:{service}:rests`, `stock:reported:{hash of film and photograph}`. No
words that anybody searched for stand there.
"""

import time
import uuid
from collections.abc import Callable
from typing import Any, Final

from shared.errors import Unavailable
from shared.stock import Recalled

from .redis_line import RedisLine

KEPT: Final = 24 * 3600  # seconds
REPORTED: Final = 7 * 24 * 3600  # seconds: for so long a queue may bring a film again
AWAY: Final = 30.0  # seconds without a question after one that Redis did not answer: a film waits for it once


class RedisPhotoMemory:
    """`PhotoMemory` on Redis. While that does not answer, this process knows what it has found out itself."""

    def __init__(self, line: RedisLine, clock: Callable[[], float] = time.monotonic) -> None:
        self._line = line
        self._clock = clock
        self._ask_after = 0.0
        self._rests_until: dict[str, float] = {}

    def recall(self, service: str, question: str) -> Recalled:
        answer, rests = self._asked(lambda client: client.mget(_key(service, question), _rests(service)), (None, None))
        own = self._clock() < self._rests_until.get(service, 0.0)
        return Recalled(answer=answer.encode() if answer else None, rests=bool(rests) or own)

    def remember(self, service: str, question: str, answer: bytes) -> None:
        self._asked(lambda client: client.set(_key(service, question), answer, ex=KEPT), None)

    def rest(self, service: str, seconds: float) -> None:
        self._rests_until[service] = self._clock() + seconds
        self._asked(lambda client: client.set(_rests(service), "1", px=round(seconds * 1000)), None)

    def is_first(self, mark: str) -> bool:
        name, mine = f"stock:reported:{mark}", uuid.uuid4().hex  # who asks again after a lost answer finds its own
        return bool(
            self._asked(lambda client: client.set(name, mine, nx=True, ex=REPORTED) or client.get(name) == mine, True)
        )

    def _asked(self, command: Callable[[Any], Any], otherwise: Any) -> Any:
        if self._clock() < self._ask_after:
            return otherwise
        try:
            return self._line.ask(command, self._line.client)
        except Unavailable:
            self._ask_after = self._clock() + AWAY
            return otherwise
        except UnicodeDecodeError:  # nothing that we wrote
            return otherwise


def _key(service: str, question: str) -> str:
    return f"stock:{service}:{question}"


def _rests(service: str) -> str:
    return f"stock:{service}:rests"
