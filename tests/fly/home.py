"""Fly on this machine: web and worker as processes of their own, started with the commands and settings of fly.toml."""

import json
import os
import signal
import socket
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import psutil
import requests

from shared.config import Settings
from shared.ids import new_id
from shared.jobs import Job, now
from shared.services import Services
from shared.video_request import VideoRequest
from tests.service import eventually

ROOT = Path(__file__).parents[2]
FLY: dict[str, Any] = tomllib.loads((ROOT / "fly.toml").read_text())
SHORT = "I turned down a promotion last year. Everyone thought I was mad."
LONG = f"{SHORT} Time to think is not a perk. It is the work, and nobody will give it to you. " * 2


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Process:
    """One machine of a process group, and what it has said so far."""

    popen: subprocess.Popen[bytes]
    log: Path

    def lines(self) -> list[dict[str, Any]]:
        """Its log, as Fly would see it: every line must be JSON."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def has_said(self, message: str) -> bool:
        """Whether this stands in the log; also while its last line is being written."""
        return f'"message": "{message}"' in self.log.read_text()

    def end(self, number: signal.Signals) -> int:
        """Send it a signal; its exit code."""
        self.popen.send_signal(number)
        return self.popen.wait(30)

    def children(self) -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(self.popen.pid).children(recursive=True)
        return []


@dataclass
class Home:
    """A Redis, a folder for the files, and whatever was started on them. Ends it all with the test."""

    folder: Path
    redis_url: str
    port: int = field(default_factory=free_port)
    settings: Mapping[str, str] = field(default_factory=dict)
    started: list[Process] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "REDIS_URL": self.redis_url,
            "TASK_HMAC_KEYS": "a key of the tests",
            "DATA_DIR": str(self.folder / "var"),
            "PUBLIC_BASE_URL": f"http://127.0.0.1:{self.port}",
            "PORT": str(self.port),
            "NARRATORS": "espeak",
            "LEASE_SECONDS": "2",
            "TMPDIR": str(self.folder),
        }
        declared = {name: value for name, value in FLY["env"].items() if name != "GOOGLE_APPLICATION_CREDENTIALS"}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return {**declared, **own, **self.settings, "PATH": path}

    @cached_property
    def services(self) -> Services:
        return Services(Settings.from_env(self.environment))

    def start(self, group: str) -> Process:
        """One process of this group, and wait until it is ready."""
        log = self.folder / f"{group}-{len(self.started)}.log"
        with log.open("wb") as file:
            popen = subprocess.Popen(FLY["processes"][group].split(), cwd=ROOT, env=self.environment, stderr=file)
        process = Process(popen, log)
        self.started.append(process)
        ready = self._web_answers if group == "web" else lambda: process.has_said("worker_ready")
        eventually(lambda: ready() or popen.poll() is not None, 30)
        assert popen.poll() is None, log.read_text()
        return process

    def order(self, content: str = SHORT, quality: str = "preview") -> VideoRequest:
        """A job in the queue, as generate leaves it there."""
        job = Job(job_id=new_id(), created_at=now(), updated_at=now())
        request = VideoRequest(
            content=content, job_id=job.job_id, created_at=now().isoformat(), quality=quality, aspect_ratio="1:1"
        )
        self.services.jobs.put(job, request)
        self.services.queue.enqueue(request)
        return request

    def job(self, request: VideoRequest) -> Job:
        return self.services.jobs.get(request.job_id)

    def wait_for(self, request: VideoRequest, condition: Callable[[Job], bool], seconds: float = 60) -> Job:
        try:
            eventually(lambda: condition(self.job(request)), seconds)
        except AssertionError:
            said = "\n".join(process.log.read_text() for process in self.started)
            raise AssertionError(f"{self.job(request)}\n{said}") from None
        return self.job(request)

    def films(self) -> list[Path]:
        return sorted((self.folder / "var" / "videos").rglob("*.mp4"))

    def leftovers(self) -> list[Path]:
        """Temporary folders of films."""
        return sorted(self.folder.glob("film-*"))

    def _web_answers(self) -> bool:
        with suppress(requests.ConnectionError):
            return requests.get(f"http://127.0.0.1:{self.port}/health", timeout=5).ok
        return False


@contextmanager
def running_redis(folder: Path, port: int) -> Iterator[str]:
    """A redis-server of one's own, to be stopped and started; empty each time."""
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            eventually(lambda: _listens(port), 10)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def stop_all(home: Home) -> None:
    for process in home.started:
        for child in process.children():
            with suppress(psutil.NoSuchProcess):
                child.kill()
        if process.popen.poll() is None:
            process.popen.kill()
            process.popen.wait()
