"""From the POST to the finished film, through the whole service as `make run` starts it: against the film's length.

`python -m benchmarks.end_to_end` prints one line of JSON. A voice on this machine, which answers at once, plays the
voice service; what it takes to speak is in the figure.
"""

import json
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

import requests

from benchmarks.film import POST
from benchmarks.photographs import photographs
from tests.fake_edge import FakeEdge
from tests.service import running

ROUNDS: Final = 3
PICTURES: Final = 3
POLL_EVERY: Final = 0.1  # seconds


def main() -> None:
    with TemporaryDirectory(prefix="benchmark-") as name, FakeEdge(sound="speech") as edge:
        folder = Path(name)
        pictures, synthetic = photographs(folder)
        port = _free_port()
        with running([], port, edge, folder):
            rounds = [_film(f"http://localhost:{port}/api", pictures) for _ in range(ROUNDS)]
    print(
        json.dumps(
            {
                "vs_film_length": round(median(film["waited"] / film["length"] for film in rounds), 3),
                "seconds": round(median(film["waited"] for film in rounds), 2),
                "film_seconds": round(rounds[0]["length"], 2),
                "synthetic": synthetic,
            }
        )
    )


def _film(api: str, pictures: Path) -> Mapping[str, float]:
    """Seconds from the POST until the status says `completed`; and the film's length."""
    files = sorted(pictures.glob("*.jpg"), key=lambda file: file.stat().st_size)[:PICTURES]
    parts = [("images", (file.name, file.read_bytes(), "image/jpeg")) for file in files]
    uploaded = requests.post(f"{api}/images", files=parts, timeout=30)
    uploaded.raise_for_status()
    began = time.monotonic()
    body = {"content": POST, "user_image_ids": uploaded.json()["user_image_ids"]}
    promised = requests.post(f"{api}/video/generate", json=body, timeout=30)
    promised.raise_for_status()
    while (job := requests.get(promised.json()["status_url"], timeout=30).json())["status"] in ("queued", "processing"):
        time.sleep(POLL_EVERY)
    waited = time.monotonic() - began
    if job["status"] != "completed" or job["degraded"]:
        raise RuntimeError(f"not the film that was to be measured: {job['error'] or job['warnings']}")
    return {"waited": waited, "length": job["duration_seconds"]}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
