"""The queue on Fly: dramatiq's messages in the Redis that keeps the jobs, for functions/render/worker.py to take."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any, Final

import redis
from dramatiq import Consumer, Message
from dramatiq.brokers.redis import RedisBroker
from dramatiq.errors import DecodeError
from redis.backoff import NoBackoff
from redis.retry import Retry

from shared import log, tracing
from shared.signature import HEADER, TaskSigner
from shared.video_request import VideoRequest

from .redis_line import CONNECT_TIMEOUT, CONNECTIONS, TIMEOUT, RedisLine

EVERY_COMMAND: Final = 1_000_000  # dramatiq counts in millionths


class TaskBroker(RedisBroker):
    """dramatiq's broker, but for one thing: what a lost reply has taken out of the queue comes back.

    A fetched message is noted as its worker's. dramatiq gives back the messages of a worker that is silent for
    `heartbeat_timeout`; one whose reply was lost belongs to a worker that lives and has never seen it.
    """

    TASKS: Final = "render"  # the name of our one queue, and of its actor

    @classmethod
    def connect(cls, url: str, *, silent_seconds: float) -> "TaskBroker":
        """Connects when first asked. A worker counts as dead when nothing was heard of it for `silent_seconds`."""
        pool = redis.BlockingConnectionPool.from_url(  # as RedisLine's, but that dramatiq reads bytes
            url,
            socket_timeout=TIMEOUT,
            socket_connect_timeout=CONNECT_TIMEOUT,
            max_connections=CONNECTIONS,
            timeout=TIMEOUT,
            retry=Retry(NoBackoff(), 0),  # a repeated fetch would hide that the first one's messages were lost
            protocol=2,
            driver_info=None,
        )
        return cls(
            client=redis.Redis.from_pool(pool),
            middleware=[],  # dramatiq's own retries acknowledge a task that they could not put back
            heartbeat_timeout=int(silent_seconds * 1000),
            maintenance_chance=EVERY_COMMAND,  # with dramatiq's thousandth, a dead worker's task waits for minutes
        )

    def put(self, task: Mapping[str, Any], *, pause_seconds: float = 0) -> None:
        """Add a task to the queue, to be taken at once or after a pause. Raises redis.RedisError."""
        message: Message[None] = Message(
            queue_name=self.TASKS, actor_name=self.TASKS, args=(), kwargs=dict(task), options={}
        )
        self.enqueue(message, delay=int(pause_seconds * 1000) or None)

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 5000) -> Consumer:
        """What dramatiq calls at the start and after every failure. A task in work comes a second time: it is Busy."""
        if fetched := self.client.smembers(f"{self.namespace}:__acks__.{self.broker_id}.{queue_name}"):
            self._drop_unreadable(f"{self.namespace}:{queue_name}.msgs", fetched)
            self.do_requeue(queue_name, *fetched)
        return super().consume(queue_name, prefetch, timeout)

    def _drop_unreadable(self, messages: str, ids: Iterable[bytes | str]) -> None:
        """What dramatiq cannot read ends its consumer, and would do so again for ever."""
        for message_id in ids:
            kept = self.client.hget(messages, message_id)
            try:
                Message.decode(kept if isinstance(kept, bytes) else b"null")
            except DecodeError:
                self.client.hdel(messages, message_id)
                log.event("task_dropped", level=logging.ERROR, code="unreadable")


class RedisQueue:
    """Puts each task into the queue with the signature that Cloud Tasks would bring along."""

    def __init__(self, broker: TaskBroker, signer: TaskSigner) -> None:
        self._broker = broker
        self._line = RedisLine(broker.client)
        self._signer = signer

    def enqueue(self, request: VideoRequest, *, again: str = "") -> None:  # noqa: ARG002  # messages have no names
        """A lost reply is answered by a second message: the claim decides which of the two does the work."""
        body = request.to_json()
        signature = self._signer.headers(request.job_id, body)[HEADER]
        task = {"body": body.decode(), "signature": signature, **tracing.carrier()}
        self._line.ask(self._broker.put, task)
