"""A worker that is told to end gives its job back at once: what SIGTERM does to a render under functions-framework."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from functions.render import job as job_module
from functions.render import stopping
from functions.render.job import Attempt, run_job
from shared.adapters.redis_jobs import RedisJobs
from shared.errors import StoppedEarly
from shared.ids import new_id
from shared.jobs import Film, Job, JobStatus, Links, Stage, Verdict, now
from shared.signature import TaskSigner
from shared.video_request import VideoRequest
from tests.functions.render.test_job import FILM, LINKS
from tests.service import ROOT, eventually

KEY = "a-key-of-the-tests"
LONG = "Half of what I know about my work I learned from people who disagreed with me. " * 8
SHORT = "Two words."


@contextmanager
def worker(redis_url: str, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The render function as it runs on Google; its address. Ends with the block, whatever happened in it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    (folder / "tmp").mkdir(parents=True, exist_ok=True)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "REDIS_URL": redis_url,
        "DATA_DIR": str(folder / "var"),
        "TMPDIR": str(folder / "tmp"),
        "XDG_RUNTIME_DIR": str(folder / "tmp"),
        "NARRATORS": "espeak",
        "TASK_HMAC_KEYS": KEY,
    }
    command = [sys.executable, "-m", "functions_framework", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--source", "functions/render/main.py", "--target", "render"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            eventually(lambda: answers(address), 30)
            yield process, address
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/health", timeout=5).ok
    except requests.ConnectionError:
        return False


def ordered(jobs: RedisJobs, content: str, **options: Any) -> VideoRequest:
    request = VideoRequest(content=content, job_id=new_id(), created_at=now().isoformat(), **options)
    jobs.put(Job(job_id=request.job_id, created_at=now(), updated_at=now()), request)
    return request


def deliver(address: str, request: VideoRequest) -> requests.Response:
    body = request.to_json()
    headers: Mapping[str, str] = TaskSigner([KEY]).headers(request.job_id, body)
    return requests.post(f"{address}/render", data=body, headers=headers, timeout=120)


def test_sigterm_in_mid_render_gives_the_job_back_and_another_worker_makes_the_film(
    real_redis: str, tmp_path: Path
) -> None:
    jobs = RedisJobs.connect(real_redis, lease_seconds=60, max_attempts=3)
    request = ordered(jobs, LONG)
    with ThreadPoolExecutor(1) as pool, worker(real_redis, tmp_path) as (process, address):
        answer = pool.submit(deliver, address, request)
        eventually(lambda: jobs.get(request.job_id).progress > 42, 60)
        assert [child for child in psutil.Process(process.pid).children(recursive=True) if "ffmpeg" in child.name()]
        told = time.monotonic()
        process.terminate()
        refused = answer.result(10)
        assert time.monotonic() - told < 5
        assert refused.status_code == 500 and refused.json()["code"] == "stopped_early"  # so the queue comes again
        assert process.wait(10) == 0
    assert not list((tmp_path / "tmp").glob("film-*"))
    given_back = jobs.get(request.job_id)
    assert (given_back.status, given_back.attempt) == (JobStatus.PROCESSING, 0)
    assert given_back.lease_expires_at is None  # nobody has to wait for it
    with worker(real_redis, tmp_path) as (_, address):
        assert deliver(address, request).status_code == 200
    ended = jobs.get(request.job_id)
    assert (ended.status, ended.progress, ended.attempt) == (JobStatus.COMPLETED, 100, 1)


def test_a_worker_that_has_made_the_film_publishes_it_although_it_was_told_to_end(
    jobs: RedisJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_module, "told_to_stop", lambda: True)

    def publishing(request: VideoRequest, attempt: Attempt) -> tuple[Film, Links]:
        attempt.report(Stage.UPLOADING)
        attempt.check()
        return FILM, LINKS

    request = ordered(jobs, SHORT)
    assert run_job(request, jobs, publishing, lease_seconds=2, max_attempts=3) is Verdict.RUN
    assert jobs.get(request.job_id).status is JobStatus.COMPLETED


def test_being_told_to_end_is_no_attempt_but_a_crash_is(jobs: RedisJobs, monkeypatch: pytest.MonkeyPatch) -> None:
    request = ordered(jobs, SHORT)

    def drawing(request: VideoRequest, attempt: Attempt) -> tuple[Film, Links]:
        attempt.report(Stage.COMBINING_MEDIA, 0.5)
        attempt.check()
        raise OSError("a disk that is full")

    monkeypatch.setattr(job_module, "told_to_stop", lambda: True)
    for _ in range(5):  # more often than there are attempts
        with pytest.raises(StoppedEarly):
            run_job(request, jobs, drawing, lease_seconds=2, max_attempts=2)
        assert jobs.get(request.job_id).attempt == 0
    monkeypatch.setattr(job_module, "told_to_stop", lambda: False)
    with pytest.raises(OSError, match="a disk"):
        run_job(request, jobs, drawing, lease_seconds=2, max_attempts=2)
    assert run_job(request, jobs, drawing, lease_seconds=2, max_attempts=2) is Verdict.RUN
    ended = jobs.get(request.job_id)
    assert (ended.status, ended.attempt) == (JobStatus.ERROR, 2)


def test_a_process_without_gunicorn_says_itself_that_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping, "_told", stopping.threading.Event())
    assert not stopping.told_to_stop()
    stopping.tell()
    assert stopping.told_to_stop()
