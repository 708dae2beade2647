"""A film of a minute from a real render function that has 512 MB: what it takes, and whether anything is killed.

`python -m benchmarks.small_machine [RATIO [MEGABYTES]]` prints one line of JSON; RATIO is 9:16 (the default), 4:5, 1:1
or 16:9. Its exit code is 1 where there was no film.
As on Google, files for a moment lie in memory too and count. The stores, Redis and the voice are outside the 512 MB.
"""

import contextlib
import itertools
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import requests

from benchmarks.film import POST
from benchmarks.limits import Footprint, NoLimits, group, inside
from benchmarks.measure import AS_DEPLOYED
from benchmarks.photographs import SIZE, photographs
from local.redis_server import start
from shared.blobs import UPLOAD_LIFETIME, image_name
from shared.config import Settings
from shared.ids import new_id
from shared.images import Image
from shared.jobs import Job, now
from shared.services import Services
from shared.video_request import VideoRequest
from tests.fake_edge import FakeEdge

ROOT: Final = Path(__file__).parent.parent
MEGABYTES: Final = 512
SECONDS: Final = 60
PICTURES: Final = 3
PATIENCE: Final = 900.0  # seconds for one film
MEMORY: Final = Path("/dev/shm")


def main(ratio: str, megabytes: int) -> None:
    in_memory = MEMORY if MEMORY.is_dir() else None
    with (
        TemporaryDirectory(prefix="benchmark-") as kept,
        TemporaryDirectory(prefix="benchmark-", dir=in_memory) as scratch,
        FakeEdge(sound="speech") as edge,
    ):
        redis = start()
        port = _free_port()
        own = {
            "REDIS_URL": redis.url,
            "DATA_DIR": kept,
            "NARRATORS": "edge",
            "TASK_HMAC_KEYS": "the key of a benchmark",
            "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        }
        services = Services(Settings.from_env(own))
        request = _ordered(services, ratio, Path(kept))
        environment = {
            "PATH": os.environ["PATH"],
            "TMPDIR": scratch,
            "XDG_RUNTIME_DIR": scratch,
            **AS_DEPLOYED,
        }
        try:
            told = _made(services, request, port, {**environment, **own, **edge.environment()}, megabytes)
        finally:
            redis.stop()
    print(json.dumps({"ratio": ratio, **told}))
    if told["film_seconds"] is None:
        sys.exit(1)


def _ordered(services: Services, ratio: str, folder: Path) -> VideoRequest:
    """A job as generate leaves it: in Redis, its pictures in the store. The post is longer than a minute."""
    pictures, _ = photographs(folder)
    ids = [_stored(services, file) for file in sorted(pictures.glob("*.jpg"))[:PICTURES]]
    body = {"content": f"{POST}\n\n" * 3, "aspect_ratio": ratio, "user_image_ids": ids}
    job = Job(job_id=new_id(), created_at=now(), updated_at=now())
    request = VideoRequest.parse(
        json.dumps(body).encode(), job_id=job.job_id, created_at=now().isoformat(), max_duration=SECONDS
    )
    services.jobs.put(job, request)
    return request


def _stored(services: Services, file: Path) -> str:
    """The picture as upload leaves it; returns its id."""
    image_id = new_id()
    services.uploads.put(image_name(image_id), file, content_type="image/jpeg", metadata={})
    width, height = SIZE
    image = Image(
        id=image_id,
        owner=None,
        name=image_name(image_id),
        content_type="image/jpeg",
        width=width,
        height=height,
        size=file.stat().st_size,
        expires_at=now() + UPLOAD_LIFETIME,
    )
    services.jobs.put_images([image])
    return image_id


def _made(
    services: Services, request: VideoRequest, port: int, environment: dict[str, str], megabytes: int
) -> dict[str, object]:
    command = [sys.executable, "-m", "functions_framework", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--source", "functions/render/main.py", "--target", "render"]
    body = request.to_json()
    with _small(megabytes) as folder:
        process = subprocess.Popen(inside(folder, command) if folder else command, cwd=ROOT, env=environment)
        try:
            _wait_for(port, process)
            began = time.monotonic()
            with Footprint(process.pid) as footprint:
                address, headers = f"http://127.0.0.1:{port}/", services.signer.headers(request.job_id, body)
                # A worker that is killed answers nothing: the queue would deliver again, here once is enough.
                with contextlib.suppress(requests.ConnectionError):
                    requests.post(address, data=body, headers=headers, timeout=PATIENCE)
            seconds = time.monotonic() - began
        finally:
            process.terminate()
            process.wait()
        film = services.jobs.get(request.job_id).film
        return {
            **_counted(folder, megabytes, footprint),
            "seconds": round(seconds, 1),
            "film_seconds": film.duration_seconds if film else None,
        }


@contextmanager
def _small(megabytes: int) -> Iterator[Path | None]:
    """A control group with so much memory; none where that is not to be had."""
    limits = {"memory.limit_in_bytes": megabytes * 2**20}
    with contextlib.ExitStack() as stack:
        try:
            folder: Path | None = stack.enter_context(group("memory", limits))
        except NoLimits as reason:
            print(f"No limit of memory here ({reason}): only watched.", file=sys.stderr)
            folder = None
        yield folder


def _counted(folder: Path | None, megabytes: int, footprint: Footprint) -> dict[str, object]:
    """What the kernel has counted for the group: the most bytes, files included, and how many processes it killed.

    Without a group `peak_mb` is what the processes held, and nothing could be killed.
    """
    held = round(footprint.peak)
    if folder is None:
        return {"peak_mb": held, "killed": None, "limit_mb": None, "peak_pss_mb": held}
    killed = re.search(r"^oom_kill (\d+)$", (folder / "memory.oom_control").read_text(), re.MULTILINE)
    most = int((folder / "memory.max_usage_in_bytes").read_text())
    return {
        "peak_mb": round(most / 2**20),
        "killed": int(killed[1]) if killed else None,
        "limit_mb": megabytes,
        "peak_pss_mb": held,
    }


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in itertools.count():
        with contextlib.suppress(requests.ConnectionError):
            requests.get(f"http://127.0.0.1:{port}/health", timeout=30).raise_for_status()
            return
        if process.poll() is not None:
            raise RuntimeError(f"the function has ended by itself: {process.returncode}")
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "9:16", int(sys.argv[2]) if len(sys.argv) > 2 else MEGABYTES)
