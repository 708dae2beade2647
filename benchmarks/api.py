"""How many polls a second one process answers, against a bare function that asks Redis the same and does nothing else.

`python -m benchmarks.api [ROUNDS]`; the last line is JSON. What is measured stands in benchmarks/README.md.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks import outside
from benchmarks.cold_start import cpu_seconds, job_in_work
from benchmarks.measure import family
from benchmarks.staged import ROOT, Staged, StagingFailed, alone, booted, first_answer, free_port, staged
from shared.adapters.redis_scripts import FIELDS

ROUNDS: Final = 5
CALLERS: Final = 8
SECONDS: Final = 2.0
ORIGIN: Final = "http://localhost:3000"  # a browser's poll: with CORS
LIMIT: Final = 0.75
BARE: Final = """import os

import functions_framework
import redis

client = redis.Redis.from_url(os.environ["REDIS_URL"])
fields = os.environ["FIELDS"].split(",")


@functions_framework.http
def bare(request):
    job_id = request.path[1:]
    values = client.mget([f"job:{job_id}:{field}" for field in fields])
    return b"\\n".join(value or b"" for value in values)
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """Answers in a second, processor seconds for one, the slowest of a hundred in ms, bytes of the last."""

    rate: float
    cpu: float
    p99_ms: float
    status: int
    bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Served:
    """A function that answers, at a port of its own."""

    port: int
    process: subprocess.Popen[bytes]

    def polled(self, request: bytes, *, callers: int = CALLERS, seconds: float = SECONDS, pace: float = 0) -> Pace:
        """What callers in another process see; raises StagingFailed where the answers are not all alike."""
        before = self._cpu()
        told = _pollers(self.port, callers, seconds, pace, request)
        if len(told["statuses"]) != 1:
            raise StagingFailed(f"answers of several kinds: {told['statuses']}")
        return Pace(
            rate=told["answers"] / told["seconds"],
            cpu=(self._cpu() - before) / told["answers"],
            p99_ms=told["p99_ms"],
            status=told["statuses"][0],
            bytes=told["bytes"],
        )

    def _cpu(self) -> float:
        return sum(map(cpu_seconds, family(self.process.pid)))


def main(rounds: int) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        redis_url = stack.enter_context(outside.redis_server(folder))
        job_id = job_in_work(redis_url)
        environment = {"REDIS_URL": redis_url, "FIELDS": ",".join(FIELDS), "DATA_DIR": str(folder)}
        status = _served(stack, staged("status"), environment, job_id)
        bare = _served(stack, alone("bare", BARE, "functions-framework>=3.8,<4\nredis>=6,<9\n"), environment, job_id)
        full = _request(job_id)
        unchanged = _request(job_id, **{"If-None-Match": _tag(status, job_id)})
        paces: dict[str, list[Pace]] = {"bare": [], "status": [], "unchanged": []}
        for _ in range(rounds):
            paces["bare"].append(bare.polled(full))
            paces["status"].append(status.polled(full))
            paces["unchanged"].append(status.polled(unchanged))
        crowd = status.polled(full, callers=100, seconds=10, pace=1)
    print(json.dumps(summary(paces, crowd)))


def _served(stack: ExitStack, function: Staged, environment: Mapping[str, str], job_id: str) -> Served:
    port = free_port()
    process = stack.enter_context(booted(function, environment, port))
    answer = first_answer(process, port, "GET", f"/{job_id}")
    if answer.status != 200:
        raise StagingFailed(f"{function.name} answered {answer.status}: {answer.body[:500]!r}")
    return Served(port=port, process=process)


def _request(job_id: str, **headers: str) -> bytes:
    lines = [f"GET /{job_id} HTTP/1.1", "Host: localhost", "Accept: */*", f"Origin: {ORIGIN}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _tag(served: Served, job_id: str) -> str:
    return first_answer(served.process, served.port, "GET", f"/{job_id}").headers["ETag"]


def _pollers(port: int, callers: int, seconds: float, pace: float, request: bytes) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.pollers", *map(str, (port, callers, seconds, pace))]
    done = subprocess.run(command, cwd=ROOT, input=request, stdout=subprocess.PIPE, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def summary(paces: Mapping[str, list[Pace]], crowd: Pace) -> dict[str, Any]:
    def ratio(name: str, to: str, value: str) -> float:
        pairs = zip(paces[name], paces[to], strict=True)
        ratios: list[float] = [getattr(one, value) / getattr(other, value) for one, other in pairs]
        return round(statistics.median(ratios), 2)

    return {
        "status_vs_bare_mget": ratio("status", "bare", "rate"),
        "status_vs_bare_mget_cpu": ratio("status", "bare", "cpu"),
        "unchanged_poll_vs_full": ratio("unchanged", "status", "rate"),
        "unchanged_poll_vs_full_cpu": ratio("unchanged", "status", "cpu"),
        "p99_ms_100_pollers": round(crowd.p99_ms, 1),
        "polls_a_second": {name: round(statistics.median(pace.rate for pace in each)) for name, each in paces.items()},
        "bytes": {name: each[-1].bytes for name, each in paces.items()},
        "limit": LIMIT,
    }


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
