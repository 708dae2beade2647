"""How long until the first real answer: each function from the start of its process, against an empty function.

`python -m benchmarks.cold_start [ROUNDS]`; the last line is JSON. What is measured stands in benchmarks/README.md.
"""

import io
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PIL import Image

from benchmarks import outside
from benchmarks.measure import family
from benchmarks.staged import FUNCTIONS, Staged, StagingFailed, booted, empty, first_answer, free_port, staged
from shared.adapters.redis_jobs import RedisJobs
from shared.ids import new_id
from shared.jobs import Job, Stage, now
from shared.video_request import VideoRequest

ROUNDS: Final = 7
LIMITS: Final = {"status": 1.5, "upload": 2.4, "generate": 2.5, "render": 4.0}
POST: Final = json.dumps({"content": "I turned down a promotion last year.\n\nEveryone thought I was mad."}).encode()


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A request, and what its answer must be to count: the status, and a word in the body."""

    status: int
    holds: bytes
    method: str = "GET"
    path: str = "/"
    body: bytes = b""
    content_type: str = "application/json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Start:
    """Seconds from the start of the process to the whole answer: on the clock, and of processors."""

    wall: float
    cpu: float


def calls(job_id: str) -> dict[str, Call]:
    """What a caller wants of each function first. `job_id` is in work."""
    boundary = "----picture"
    form = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="images"; filename="a.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    ).encode()
    return {
        "empty": Call(status=200, holds=b"ok"),
        "status": Call(status=200, holds=b'"status":"processing"', path=f"/{job_id}"),
        "upload": Call(
            status=201,
            holds=b"user_image_ids",
            method="POST",
            body=form + _picture() + f"\r\n--{boundary}--\r\n".encode(),
            content_type=f"multipart/form-data; boundary={boundary}",
        ),
        "generate": Call(status=202, holds=b'"status":"queued"', method="POST", body=POST),
        "render": Call(status=200, holds=b'"status":"ok"', path="/health"),
    }


def start(function: Staged, call: Call, environment: Mapping[str, str]) -> Start:
    """One cold start. Raises StagingFailed where the answer is not the wanted one."""
    port = free_port()
    begun = time.perf_counter()
    with booted(function, environment, port) as process:
        headers = {"Content-Type": call.content_type}
        answer = first_answer(process, port, call.method, call.path, call.body, headers)
        wall = time.perf_counter() - begun
        cpu = sum(map(cpu_seconds, family(process.pid)))
    if answer.status != call.status or call.holds not in answer.body:
        raise StagingFailed(f"{function.name} answered {answer.status}: {answer.body[:500]!r}")
    return Start(wall=wall, cpu=cpu)


def job_in_work(redis_url: str) -> str:
    jobs = RedisJobs.connect(redis_url, lease_seconds=60, max_attempts=3)
    order = VideoRequest(content="A post.", job_id=new_id(), created_at=now().isoformat())
    jobs.put(Job(job_id=order.job_id, created_at=now(), updated_at=now()), order)
    jobs.save(jobs.claim(order, "t").job.advanced(Stage.COMBINING_MEDIA, 47), order, "t")
    return order.job_id


def environment_of(name: str, common: Mapping[str, str]) -> dict[str, str]:
    """What `name` is told: each function what deploy.sh tells it."""
    of_generate = ("TASK_QUEUE_URL", "TASK_SERVICE_ACCOUNT", "RENDER_URL", "STATUS_URL", "UPLOAD_URL", "GENERATE_URL")
    hidden = () if name == "generate" else of_generate
    return {key: value for key, value in common.items() if key not in hidden}


def _picture() -> bytes:
    """A small one: what a large one takes to be cleaned is no part of a start."""
    file = io.BytesIO()
    Image.linear_gradient("L").resize((640, 480)).convert("RGB").save(file, "JPEG")
    return file.getvalue()


def cpu_seconds(process: int) -> float:
    """Seconds that the threads of a process ran, by the scheduler's own count."""
    times = [path.read_text().split()[0] for path in Path(f"/proc/{process}/task").glob("*/schedstat")]
    return sum(map(int, times)) / 1e9


def main(rounds: int) -> None:
    everything = [empty(), *(staged(name) for name in FUNCTIONS)]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        redis_url = stack.enter_context(outside.redis_server(folder))
        common = stack.enter_context(outside.google(folder)).environment | {
            "REDIS_URL": redis_url,
            "TASK_HMAC_KEYS": "one-key-of-the-benchmark",
            "DATA_DIR": str(folder / "var"),
        }
        wanted = calls(job_in_work(redis_url))
        starts: dict[str, list[Start]] = {function.name: [] for function in everything}
        for number in range(-1, rounds):  # the first only brings the files into memory
            for function in everything:
                told = start(function, wanted[function.name], environment_of(function.name, common))
                if number >= 0:
                    starts[function.name].append(told)
    print(json.dumps(summary(starts)))


def summary(starts: Mapping[str, list[Start]]) -> dict[str, Any]:
    wall = {name: statistics.median(start.wall for start in each) for name, each in starts.items()}
    cpu = {name: statistics.median(start.cpu for start in each) for name, each in starts.items()}
    return {
        **{name: round(wall[name] / wall["empty"], 2) for name in FUNCTIONS},
        "cpu": {name: round(cpu[name] / cpu["empty"], 2) for name in FUNCTIONS},
        "ms": {name: round(seconds * 1000) for name, seconds in wall.items()},
        "cpu_ms": {name: round(seconds * 1000) for name, seconds in cpu.items()},
        "limits": LIMITS,
    }


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
