"""The service as a person starts it, in processes of its own, and a caller who uses it over HTTP."""

import io
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from PIL import Image

from tests.fake_edge import FakeEdge

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Service:
    """Where the functions answer, and what stands behind them."""

    generate: str
    status: str
    film: str
    upload: str
    folder: Path

    def upload_pictures(self, *colours: tuple[int, int, int]) -> list[str]:
        files = []
        for number, colour in enumerate(colours):
            file = io.BytesIO()
            Image.new("RGB", (1200, 900), colour).save(file, "JPEG", quality=90)
            files.append(("images", (f"{number}.jpg", file.getvalue(), "image/jpeg")))
        answer = requests.post(self.upload, files=files, timeout=10)
        assert answer.status_code == 201, answer.text
        ids: list[str] = answer.json()["user_image_ids"]
        return ids

    def make(self, body: dict[str, Any]) -> dict[str, Any]:
        """The finished job, and under `seen` each poll's progress and stage on the way."""
        promised = requests.post(self.generate, json=body, timeout=10)
        assert promised.status_code == 202, promised.text
        job_id, address = promised.json()["job_id"], promised.json()["status_url"]
        assert address == f"{self.status}/{job_id}"
        seen: list[tuple[int, str | None]] = []
        ends = time.monotonic() + 120
        while time.monotonic() < ends:
            job: dict[str, Any] = requests.get(address, timeout=10).json()
            seen.append((job["progress"], job["stage"]))
            if job["status"] not in ("queued", "processing"):
                break
            time.sleep(0.1)
        assert job["status"] == "completed", job
        progress = [percent for percent, _ in seen]
        assert progress == sorted(progress) and progress[-1] == 100
        return job | {"seen": seen}

    def download(self, address: str, name: str) -> Path:
        answer = requests.get(address, timeout=10)
        assert answer.status_code == 200
        path = self.folder / name
        path.write_bytes(answer.content)
        return path


@contextmanager
def running(arguments: list[str], port: int, edge: FakeEdge, folder: Path) -> Iterator[None]:
    """`python -m local` until the block ends; it must start, and stop cleanly."""
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PORT": str(port),
        "DATA_DIR": str(folder / "var"),
        "NARRATORS": "edge",  # nothing may stand in for the voice here
        **edge.environment(),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "local", *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        assert any("To stop" in line for line in process.stdout), "it did not start"
        yield
    finally:
        process.terminate()
        code = process.wait(15)
    assert code == 0


def eventually(condition: Callable[[], bool], seconds: float) -> None:
    """Waits until the condition holds."""
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.05)
