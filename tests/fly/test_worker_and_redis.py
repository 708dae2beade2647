"""What a worker does when Redis is away, empty or slow to count, and when it hangs itself."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import redis

from functions.render.worker import Shift
from shared.jobs import JobStatus, Stage
from shared.signature import HEADER
from tests.faulty_redis import FaultyRedis
from tests.fly.home import LONG, ROOT, Home, Process, free_port, running_redis, stop_all
from tests.service import eventually


@pytest.fixture
def home(real_redis: str, tmp_path: Path) -> Iterator[Home]:
    redis.Redis.from_url(real_redis).flushall()
    home = Home(tmp_path, real_redis)
    yield home
    stop_all(home)


def test_a_task_that_cannot_be_put_back_waits_until_it_can(home: Home) -> None:
    """dramatiq's own retries would acknowledge it: the task would be gone."""
    order = home.order()
    body = order.to_json()
    signature = home.services.signer.headers(order.job_id, body)[HEADER]
    client = redis.Redis.from_url(home.redis_url)
    with FaultyRedis(home.redis_url) as line:
        shift = Shift(replace(home, redis_url=line.url).services)
        line.hang_up()
        delivery = threading.Thread(target=shift.work, args=(body.decode(), signature))
        delivery.start()
        delivery.join(3)
        assert delivery.is_alive() and client.hlen("dramatiq:render.DQ.msgs") == 0
        line.listen()
        delivery.join(10)
    assert not delivery.is_alive()
    assert client.hlen("dramatiq:render.DQ.msgs") == 1
    assert home.job(order).status is JobStatus.QUEUED


@pytest.mark.long
def test_a_redis_that_comes_back_empty_costs_no_film_in_work(tmp_path: Path) -> None:
    port = free_port()
    home = Home(tmp_path, f"redis://127.0.0.1:{port}/0")
    try:
        with running_redis(tmp_path, port):
            worker = home.start("worker")
            order = home.order(LONG, "standard")
            home.wait_for(order, lambda job: job.stage is Stage.COMBINING_MEDIA)
        time.sleep(6)
        with running_redis(tmp_path, port):
            eventually(lambda: worker.has_said("job_ended"), 60)
            assert home.job(order).status is JobStatus.COMPLETED
            again = home.order()
            assert home.wait_for(again, lambda job: job.status.ended).status is JobStatus.COMPLETED
            assert worker.end(signal.SIGTERM) == 0
    finally:
        stop_all(home)
    assert len(home.films()) == 2


@pytest.mark.long
def test_a_worker_begins_before_its_redis_and_ends_without_it(tmp_path: Path) -> None:
    port = free_port()
    home = Home(tmp_path, f"redis://127.0.0.1:{port}/0")
    try:
        worker = home.start("worker")
        eventually(lambda: worker.has_said("dramatiq"), 10)
        with running_redis(tmp_path, port):
            order = home.order()
            assert home.wait_for(order, lambda job: job.status.ended).status is JobStatus.COMPLETED
            home.services.broker.put({"body": "later", "signature": ""}, pause_seconds=600)
            time.sleep(2)  # the worker holds it now
        assert worker.end(signal.SIGTERM) == 0
    finally:
        stop_all(home)


@pytest.mark.long
def test_a_worker_that_hangs_ends_itself_and_another_takes_over(home: Home) -> None:
    program = "import os, threading, functions.render.worker as w; from shared.services import from_environment as f; "
    program += "from shared import log; log.start('tests'); "
    program += "os._exit(w.Shift(f(), hangs_after=1.5).run(threading.Event()))"
    with (home.folder / "hangs.log").open("wb") as file:
        popen = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, env=home.environment, stderr=file)
    home.started.append(Process(popen, home.folder / "hangs.log"))
    order = home.order(LONG, "standard")
    assert popen.wait(60) == 1
    assert home.started[0].has_said("worker_ends_itself")
    home.start("worker")
    job = home.wait_for(order, lambda job: job.status.ended)
    assert job.status is JobStatus.COMPLETED and job.attempt == 2


@pytest.mark.long
def test_an_idle_worker_asks_redis_for_less_than_one_command_a_second(tmp_path: Path) -> None:
    port = free_port()
    with running_redis(tmp_path, port) as url:
        home = Home(tmp_path, url, settings={"LEASE_SECONDS": "60"})
        try:
            home.start("worker")
            time.sleep(15)  # it looks often at first
            before, seconds = calls(url), 60
            time.sleep(seconds)
            assert calls(url) - before < 0.8 * seconds
        finally:
            stop_all(home)


def calls(url: str) -> int:
    """What a metered Redis has counted: commands that came over the line. Those within a script are not among them."""
    return int(redis.Redis.from_url(url).info("commandstats").get("cmdstat_evalsha", {}).get("calls", 0))
