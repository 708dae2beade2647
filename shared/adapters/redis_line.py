"""The line to Redis: few connections, short waits, one more try, and nothing told of where Redis is."""

import time
from collections.abc import Callable
from typing import Any, Final

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from shared.errors import Unavailable

TIMEOUT: Final = 1.0  # seconds for an answer, or until a connection of the pool is free
CONNECT_TIMEOUT: Final = 0.5  # seconds for each address of the host, of which a managed Redis has several
AGAIN_WITHIN: Final = 1.5  # seconds after which a failed command is not sent again: nobody is to wait five
CONNECTIONS: Final = 16  # of a process; a managed Redis counts them
# What a second connection may not meet. A server that has become a replica stays one as long as we hold on to it.
PASSING: Final = (redis.ConnectionError, redis.TimeoutError, redis.ReadOnlyError)


class RedisSaid(Exception):
    """What redis-py told of a failure, without where Redis is: the cause of an Unavailable, for the log."""


class RedisLine:
    """Every command that goes over it is safe to repeat, so that a lost answer is asked for again (`ask`)."""

    def __init__(self, client: "redis.Redis") -> None:
        self.client = client

    @classmethod
    def to(cls, url: str) -> "RedisLine":
        """Connects when first asked. With the library's own defaults a dead Redis blocks half a minute."""
        pool = redis.BlockingConnectionPool.from_url(
            url,
            decode_responses=True,
            socket_timeout=TIMEOUT,
            socket_connect_timeout=CONNECT_TIMEOUT,
            max_connections=CONNECTIONS,
            timeout=TIMEOUT,
            retry=Retry(NoBackoff(), 0, supported_errors=PASSING),  # it only closes; the library would nest its tries
            protocol=2,  # RESP3 and the driver's name cost a new connection five round trips
            driver_info=None,
        )
        return cls(redis.Redis.from_pool(pool))

    def ask(self, command: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """What Redis answers; asked once more where the line failed and there is time. Raises Unavailable."""
        began, is_second = time.monotonic(), False
        while True:
            try:
                return command(*arguments, **named)
            except redis.RedisError as error:
                is_late = time.monotonic() - began > AGAIN_WITHIN
                if is_second or is_late or not isinstance(error, PASSING):
                    raise Unavailable("The service's memory does not answer. Try again in a moment.") from RedisSaid(
                        self._without_secrets(error)
                    )
            is_second = True
            time.sleep(0.05)  # a server that starts again may be there by then

    def _without_secrets(self, error: redis.RedisError) -> str:
        said = f"{type(error).__name__}: {str(error).rpartition('caused error: ')[2]}"  # before it: a pipeline's values
        for secret in ("host", "path", "password"):
            if hidden := self.client.connection_pool.connection_kwargs.get(secret):
                said = said.replace(hidden, "…")
        return said[:200]
