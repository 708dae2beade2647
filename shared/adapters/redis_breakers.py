"""Breakers that all processes share: one key in Redis for each service that is left alone, gone when it is over."""

import threading
import time
from collections.abc import Callable
from typing import Any, Final

from shared import log
from shared.breakers import COOLDOWN, OwnBreakers
from shared.errors import Unavailable

from .redis_line import RedisLine

PATIENCE: Final = 0.25  # seconds that a film waits for Redis here; what this process knows itself is good enough
AWAY: Final = 30.0  # seconds without a question after one that was not answered in time
KNOWN_FOR: Final = 1.0  # seconds: several calls of one film ask once


class RedisBreakers:
    """`Breakers` on Redis: `breaker:{service}`. Without an answer this process's own memory decides."""

    def __init__(self, line: RedisLine, clock: Callable[[], float] = time.monotonic) -> None:
        self._line = line
        self._clock = clock
        self._own = OwnBreakers(clock)
        self._ask_after: dict[str, float] = {}
        self._lock = threading.Lock()

    def is_open(self, service: str) -> bool:
        if self._own.is_open(service):
            return True
        with self._lock:
            if self._clock() < self._ask_after.get(service, 0.0):
                return False
            self._ask_after[service] = self._clock() + AWAY  # others do not wait for the same answer
        answer = threading.Event()
        self._begin(self._look, service, answer)
        answer.wait(PATIENCE)
        return self._own.is_open(service)

    def trip(self, service: str) -> None:
        self._own.trip(service)
        self._begin(self._tell, service)

    def _look(self, service: str, answer: threading.Event) -> None:
        client = self._line.client
        try:
            left = int(self._line.ask(client.pttl, _key(service)))
        except Unavailable:
            return
        if left > 0:
            self._own.hold(service, left / 1000)
        with self._lock:
            self._ask_after[service] = self._clock() + KNOWN_FOR
        answer.set()

    def _tell(self, service: str) -> None:
        client = self._line.client
        try:
            self._line.ask(client.set, _key(service), "1", px=round(COOLDOWN * 1000))
        except Unavailable:
            log.event("breaker_not_shared", service=service)

    def _begin(self, work: Callable[..., None], *arguments: Any) -> None:
        threading.Thread(target=work, args=arguments, name="breakers", daemon=True).start()


def _key(service: str) -> str:
    return f"breaker:{service}"
