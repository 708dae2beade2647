"""Workers killed at random while films are made: is a film lost, made twice, or anything left lying about?

`python -m benchmarks.faults [KILLS]` prints one line of JSON. Three render functions under functions-framework, each a
process tree of its own, take the queue's deliveries, one at a time each, as on Google. Twenty jobs are open at a time,
from `generate`'s own door. At random moments a tree that is at work is killed (kill -9 of the whole group, ffmpeg with
it) and started again. A voice on this machine, which answers at once, plays the voice service and counts. Needs
redis-server.
"""

import contextlib
import http.client
import itertools
import json
import logging
import os
import queue
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Self

import psutil
from werkzeug.test import Client

import functions.generate.main as generate
import functions.status.main as status
from benchmarks.outside import redis_server
from functions.render.inspection import inspect
from local.run import NO_LIMITS
from local.task_queue import RetrySettings, TaskQueueServer
from shared.config import Settings
from shared.http import one_process
from shared.services import Services
from tests.fake_edge import FakeEdge

ROOT: Final = Path(__file__).parent.parent
KILLS: Final = 200
WORKERS: Final = 3
OPEN_JOBS: Final = 20
LEASE_SECONDS: Final = 2
MAX_ATTEMPTS: Final = 20  # a job may be unlucky often: here every attempt but the last is ended by a kill
RETRY: Final = RetrySettings(min_backoff=0.2, max_backoff=2, max_doublings=3, max_attempts=1000)
KILL_EVERY: Final = 1.2  # seconds between two kills, on average
PATIENCE: Final = 300.0  # seconds after the last kill in which every job must end
POST: Final = "Nothing is lost. We kill every worker, and the film is made."


def main() -> None:
    print(json.dumps(faults(int(sys.argv[1]) if len(sys.argv) > 1 else KILLS)))


def faults(kills: int, *, open_jobs: int = OPEN_JOBS, kill_every: float = KILL_EVERY) -> Mapping[str, object]:
    """Kill so often, let all jobs end, and count what is not as it should be."""
    began = time.monotonic()
    with contextlib.ExitStack() as running:
        folder = Path(running.enter_context(TemporaryDirectory(prefix="faults-")))
        edge = running.enter_context(FakeEdge())
        redis_url = running.enter_context(redis_server(folder))
        temporary = folder / "tmp"
        temporary.mkdir()
        front = running.enter_context(Front())
        tasks = running.enter_context(TaskQueueServer(retry=RETRY, max_concurrent=WORKERS + 1))
        environment = {
            "PATH": os.environ["PATH"],
            "REDIS_URL": redis_url,
            "DATA_DIR": str(folder / "var"),
            "TMPDIR": str(temporary),
            "XDG_RUNTIME_DIR": str(folder),
            "TASK_QUEUE_URL": f"local:{tasks.port}",
            "TASK_HMAC_KEYS": "a-key-for-this-run",
            "RENDER_URL": front.url,
            "NARRATORS": "edge",
            "LEASE_SECONDS": str(LEASE_SECONDS),
            "MAX_ATTEMPTS": str(MAX_ATTEMPTS),
            **NO_LIMITS,
            **edge.environment(),
        }
        services = Services(Settings.from_env(environment))
        client = one_process(generate.endpoint, status.endpoint, services=services).test_client()
        logging.getLogger("linkedin_video").setLevel(logging.WARNING)
        workers = [running.enter_context(Worker(environment)) for _ in range(WORKERS)]
        for worker in workers:
            front.has(worker)
        watched = Watched(client)
        chance = random.Random(kills)
        killed = 0
        while killed < kills:
            watched.look(open_jobs)
            next_kill = time.monotonic() + chance.expovariate(1 / kill_every)
            while time.monotonic() < next_kill:
                watched.look(open_jobs)
            if at_work := [worker for worker in workers if worker.is_at_work]:
                chance.choice(at_work).kill()
                killed += 1
        give_up_at = time.monotonic() + PATIENCE
        while watched.open and time.monotonic() < give_up_at:
            watched.look(0)
        time.sleep(LEASE_SECONDS)  # what still runs by mistake would show itself
        films = [path for path in (folder / "var" / "videos").rglob("*.mp4") if ".about" not in path.parts]
        completed = [job for job in watched.jobs.values() if job.last.get("status") == "completed"]
        told = {job.last["job_id"]: job.last for job in completed}
        return {
            "kills": killed,
            "jobs": len(watched.jobs),
            "completed": len(completed),
            "lost": len(watched.jobs) - len(completed),
            "double": _not_the_one_film(films, told),
            "leftovers": len(_left_over(folder)),
            "progress_fell": sum(job.fell for job in watched.jobs.values()),
            "voices_per_job": round(len(edge.asked) / len(watched.jobs), 3),
            "most_attempts": max(job.last.get("attempt", 0) for job in watched.jobs.values()),
            "seconds": round(time.monotonic() - began),
        }


class Worker:
    """One render function in a process group of its own, started again after each kill. One delivery at a time."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._environment = environment
        self._since = 0.0
        self.is_at_work = False

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "functions_framework", "--host", "127.0.0.1", "--port", str(self.port)]
        command += ["--source", "functions/render/main.py", "--target", "render"]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**self._environment, "PYTHONPATH": os.pathsep.join([str(ROOT), self._environment["PYTHONPATH"]])},
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return self

    def __exit__(self, *exception: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def kill(self) -> None:
        self.__exit__()
        self.__enter__()

    def deliver(self, path: str, headers: Mapping[str, str], body: bytes) -> int:
        """The status it answers; raises OSError when it is killed meanwhile, or is not up yet."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request("POST", path, body, dict(headers))
            self.is_at_work = True
            response = connection.getresponse()
            response.read()
            return response.status
        finally:
            self.is_at_work = False
            connection.close()


class Front:
    """The one address of all workers, as a cloud gives it: hands each delivery to a free one, or says 429."""

    def __init__(self) -> None:
        self._free: queue.Queue[Worker] = queue.Queue()
        front = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                front.handle(self)

            def log_message(self, *_: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def has(self, worker: Worker) -> None:
        self._free.put(worker)

    def handle(self, door: BaseHTTPRequestHandler) -> None:
        body = door.rfile.read(int(door.headers["Content-Length"]))
        try:
            worker = self._free.get(timeout=1)
        except queue.Empty:
            door.send_error(429)
            return
        try:
            door.send_response(worker.deliver(door.path, dict(door.headers), body))
            door.end_headers()
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)  # it is starting, or was killed just now
            door.send_error(502)
        finally:
            self._free.put(worker)


@dataclass(slots=True)
class WatchedJob:
    last: dict[str, Any] = field(default_factory=dict)
    fell: int = 0


class Watched:
    """Every job there is: promised at the door, polled until it ends."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._number = itertools.count()
        self.jobs: dict[str, WatchedJob] = {}
        self.open: set[str] = set()

    def look(self, wanted: int) -> None:
        """Poll the open jobs once, and see to it that so many are open."""
        while len(self.open) < wanted:
            content = f"{POST} This is number {next(self._number)}."
            wish = {"content": content, "quality": "preview", "aspect_ratio": "1:1"}
            promised = json.loads(self._client.post("/api/video/generate", json=wish).text)
            self.jobs[promised["job_id"]] = WatchedJob()
            self.open.add(promised["job_id"])
        for job_id in list(self.open):
            told = json.loads(self._client.get(f"/api/video/status/{job_id}").text)
            job = self.jobs[job_id]
            job.fell += told["progress"] < job.last.get("progress", 0)
            job.last = told
            if told["status"] not in ("queued", "processing"):
                self.open.remove(job_id)
        time.sleep(0.1)


def _not_the_one_film(films: list[Path], told: Mapping[str, Mapping[str, Any]]) -> int:
    """Films of no job, jobs without their one film, and films that are not the one that the job tells of."""
    found = {path.stem: path for path in films}
    wrong = len(films) - len(found) + len(found.keys() ^ told.keys())
    for job_id in found.keys() & told.keys():
        seen = inspect(found[job_id])
        wrong += (seen.size, seen.duration) != (told[job_id]["size_bytes"], told[job_id]["duration_seconds"])
    return wrong


def _left_over(folder: Path) -> list[str]:
    """Temporary files, half-written ones, and encoders that still run. Voices are kept for a day on purpose."""
    stored = folder / "var"
    files = [path for path in (folder / "tmp").rglob("*") if path.is_file() and "gunicorn" not in path.name]
    files += [path for path in (stored / "videos").rglob(".*.*") if path.is_file()]
    files += [path for path in (stored / "uploads").rglob("*") if path.is_file() and "voices" not in path.parts]
    encoders = [process for process in psutil.process_iter(["name", "cmdline"]) if _is_ours(process, folder)]
    return [str(path) for path in files] + [str(process.pid) for process in encoders]


def _is_ours(process: psutil.Process, folder: Path) -> bool:
    return "ffmpeg" in (process.info["name"] or "") and str(folder) in " ".join(process.info["cmdline"] or ())


if __name__ == "__main__":
    main()
