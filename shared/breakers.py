"""Which services are left alone for a while because they refused or did not answer: the port, and one for a process."""

import threading
import time
from collections.abc import Callable
from typing import Final, Protocol

COOLDOWN: Final = 300.0  # seconds; a service that refuses for too many calls forgives after about five minutes


class Breakers(Protocol):
    """Neither method fails or takes long: not to know whether a service answers is no reason for a film to wait."""

    def is_open(self, service: str) -> bool:
        """Whether the service is to be left alone now."""
        ...

    def trip(self, service: str) -> None:
        """It is to be left alone for `COOLDOWN` seconds from now."""
        ...


class OwnBreakers:
    """What this process has found out itself."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()

    def is_open(self, service: str) -> bool:
        with self._lock:
            return self._clock() < self._until.get(service, 0.0)

    def trip(self, service: str) -> None:
        self.hold(service, COOLDOWN)

    def hold(self, service: str, seconds: float) -> None:
        """Open for so long, if it is not for longer already."""
        with self._lock:
            self._until[service] = max(self._until.get(service, 0.0), self._clock() + seconds)
