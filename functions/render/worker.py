"""`python -m functions.render.worker` takes tasks out of Redis (TASK_QUEUE_URL=redis:) and makes one film at a time.

dramatiq holds the queue; how often a task comes again is decided here, as Cloud Tasks decides it on Google.
"""

import logging
import os
import random
import signal
import sys
import threading
import time
import uuid
from typing import Final

import dramatiq
import imageio_ffmpeg
import redis
from dramatiq.worker import ConsumerThread, WorkerThread

from shared import log, tracing
from shared.errors import Forbidden, InvalidRequest, Problem
from shared.services import Services, from_environment

from .delivery import deliver
from .fonts import fonts_are_there
from .job import DEADLINE
from .stopping import tell, told_to_stop

LOOK_EVERY: Final = 5.0  # seconds at most between two looks into an empty queue: each look is a command that costs
AGAIN_AFTER: Final = (5.0, 60.0)  # seconds: the first pause before another delivery, which doubles up to the second
HANGS_AFTER: Final = DEADLINE + 120  # seconds; a film ends itself at DEADLINE, and one that does not never will
STOPS_WITHIN: Final = 20.0  # seconds


class Shift:
    """One process's work, from the first task to the signal that ends it."""

    def __init__(self, services: Services, *, hangs_after: float = HANGS_AFTER) -> None:
        self._services = services
        self._broker = services.broker
        self._hangs_after = hangs_after
        self._began: float | None = None
        name = self._broker.TASKS
        dramatiq.actor(broker=self._broker, actor_name=name, queue_name=name)(self.work)
        # Seldom enough to be cheap, often enough that a worker is not taken for dead.
        look_every = min(LOOK_EVERY, services.settings.lease_seconds / 4)
        self._worker = dramatiq.Worker(self._broker, worker_threads=1, worker_timeout=int(look_every * 1000))
        self._worker.queue_prefetch = 1  # what waits behind a film could be made by another worker

    def work(self, body: str, signature: str, deliveries: int = 1, traceparent: str = "", **_newer: object) -> None:
        """One delivery. Returning is to say that this message is done: a failure that may pass is put back before."""
        self._began = time.monotonic()
        with tracing.continued({tracing.HEADER: str(traceparent)}, uuid.uuid4().hex, "run"):
            try:
                deliver(self._services, str(signature), str(body).encode())
            except (Forbidden, InvalidRequest) as problem:
                log.event("task_dropped", level=logging.ERROR, code=problem.code)
            except Problem as problem:
                self._again(body, signature, deliveries, problem.code)
            except Exception:  # the border: whatever it was, the task must not be lost
                log.failure("task_failed")
                self._again(body, signature, deliveries, "internal")
            finally:
                self._began = None

    def _again(self, body: str, signature: str, deliveries: int, code: str) -> None:
        """Put the task back, however long Redis is away: this message is acknowledged afterwards, and gone."""
        pause = 0 if told_to_stop() else _pause(deliveries)
        task = {"body": body, "signature": signature, "deliveries": deliveries + 1, **tracing.carrier()}
        log.event("task_comes_again", code=code, deliveries=deliveries, seconds=round(pause))
        while True:
            try:
                self._broker.put(task, pause_seconds=pause)
                return
            except redis.RedisError:
                log.event("task_not_put_back", level=logging.WARNING)
                time.sleep(1)

    def run(self, told: threading.Event) -> int:
        """Work until `told`; the exit code. Whoever started us starts us again when we end by ourselves."""
        self._worker.start()
        log.event("worker_ready")
        while not told.wait(1):
            if fault := self._fault():
                log.event("worker_ends_itself", level=logging.CRITICAL, fault=fault)
                return 1
        tell()
        try:
            self._worker.stop(timeout=int(STOPS_WITHIN * 1000))
        except redis.RedisError:
            log.event("tasks_not_given_back", level=logging.WARNING)  # they come back when we count as dead
        log.event("worker_stopped")
        return 0

    def _fault(self) -> str | None:
        began = self._began
        if began and time.monotonic() > began + self._hangs_after:
            return "a film hangs"
        threads: list[WorkerThread | ConsumerThread] = [*self._worker.workers, *self._worker.consumers.values()]
        return None if all(thread.is_alive() for thread in threads) else "a thread has ended"


class _Relay(logging.Handler):
    """What dramatiq has to say goes into our log, without the tasks, which hold whole posts, and Redis' address."""

    def emit(self, record: logging.LogRecord) -> None:
        parts = tuple(
            type(part).__name__ if isinstance(part, Exception) else getattr(part, "message_id", part)
            for part in record.args or ()
        )
        fields = {"text": record.msg % parts if parts else record.msg}
        if record.exc_info and record.exc_info[0]:
            fields["error"] = record.exc_info[0].__name__
        log.event("dramatiq", level=record.levelno, **fields)


def _pause(deliveries: int) -> float:
    """Seconds until the next delivery: doubling, with some chance, so that tasks that failed together part."""
    first, longest = AGAIN_AFTER
    return float(min(longest, first * 2 ** min(deliveries - 1, 10)) * random.uniform(0.8, 1.0))


def main() -> int:
    services = from_environment()
    settings = services.settings
    log.start(settings.environment, settings.google_cloud_project, settings.secrets)
    services.start_tracing("worker")
    if not settings.queue_in_redis:
        sys.exit("A worker is for TASK_QUEUE_URL=redis: only; other queues deliver over HTTP.")
    logging.getLogger("dramatiq").addHandler(_Relay(logging.WARNING))
    logging.getLogger("dramatiq").propagate = False
    imageio_ffmpeg.get_ffmpeg_exe()  # a worker that lacks something ends here, where it is seen
    fonts_are_there()
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    return Shift(services).run(told)


if __name__ == "__main__":
    os._exit(main())  # a film that hangs would keep the interpreter from ending
