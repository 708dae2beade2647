"""How much longer a film takes when its voice and its pictures are slow to come, beside the slower of the two.

`python -m benchmarks.overlap` prints one line of JSON. `over_slowest` is (total - slowest input) / render alone: 1 is a
perfect overlap. Here a picture that was fetched once is near; `over_slowest_far` is the same where each fetch is slow.
"""

import io
import json
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from PIL import Image

from functions.render.job import run_job
from functions.render.pipeline import Studio
from local.redis_server import start
from shared.adapters.disk_blobs import DiskBlobs
from shared.adapters.redis_jobs import RedisJobs
from shared.blobs import image_name
from shared.config import Settings
from shared.ids import new_id
from shared.jobs import JobStatus, now
from shared.video_request import VideoRequest
from tests.fake_edge import FakeEdge

ROUNDS: Final = 3
DELAY: Final = 3.0  # seconds until the voice begins to answer, and until all pictures are there
COLOURS: Final = ("#be2828", "#283cbe")
POST: Final = """Two things at a time are faster than one after the other.

That is the whole trick, and it is an old one. Cooks know it, bakers know it, and everybody who waits for a train does.

What do you do while you wait?"""


class SlowBlobs(DiskBlobs):
    """A store far away: a `get` takes `delay` seconds; with `near` only the first one of each name."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, url="http://localhost/files", key="k")
        self._fetched: set[str] = set()
        self.delay, self.near, self.gets = 0.0, True, 0

    def get(self, name: str) -> bytes:
        if not (self.near and name in self._fetched):
            time.sleep(self.delay)
        self._fetched.add(name)
        self.gets += 1
        return super().get(name)


def main() -> None:
    server = start()
    try:
        with TemporaryDirectory(prefix="benchmark-") as name:
            jobs = RedisJobs.connect(server.url, lease_seconds=60, max_attempts=1)
            uploads = SlowBlobs(Path(name, "uploads"))
            studio = Studio(
                settings=Settings.from_env({"NARRATORS": "edge", "DATA_DIR": name}),
                videos=DiskBlobs(Path(name, "videos"), url="http://localhost/files", key="k"),
                uploads=uploads,
            )
            _seconds(studio, jobs, delay=0.0)  # imports, and fonts that are read once
            rounds = [_round(studio, jobs, uploads) for _ in range(ROUNDS)]
            gets = uploads.gets / (len(COLOURS) * (3 * ROUNDS + 1))
    finally:
        server.stop()
    alone, near, far = zip(*rounds, strict=True)
    result = {
        "render_alone": round(median(alone), 2),
        "slowest_input": DELAY,
        "total": round(median(near), 2),
        "over_slowest": round(median((n - DELAY) / a for a, n in zip(alone, near, strict=True)), 2),
        "over_slowest_far": round(median((f - DELAY) / a for a, f in zip(alone, far, strict=True)), 2),
        "gets_a_picture": gets,
    }
    print(json.dumps(result))


def _round(studio: Studio, jobs: RedisJobs, uploads: SlowBlobs) -> tuple[float, float, float]:
    """Seconds of a film whose inputs come at once, of one with slow inputs, and where every fetch is slow."""
    uploads.near = True
    alone = _seconds(studio, jobs, delay=0.0)
    near = _seconds(studio, jobs, delay=DELAY)
    uploads.near = False
    return alone, near, _seconds(studio, jobs, delay=DELAY)


def _seconds(studio: Studio, jobs: RedisJobs, *, delay: float) -> float:
    """How long a film takes from its delivery to its end."""
    assert isinstance(studio.uploads, SlowBlobs)
    studio.uploads.delay = delay / len(COLOURS)
    request = VideoRequest(
        content=POST,
        job_id=new_id(),
        created_at=now().isoformat(),
        owner=None,
        quality="preview",
        user_image_ids=tuple(_uploaded(studio, colour) for colour in COLOURS),
    )
    with FakeEdge(sound="tones", delay=delay):
        began = time.monotonic()
        run_job(request, jobs, studio.make_video, lease_seconds=60, max_attempts=1)
        took = time.monotonic() - began
    job = jobs.get(request.job_id)
    if job.status is not JobStatus.COMPLETED:
        sys.exit(f"no film: {job.error}")
    return took


def _uploaded(studio: Studio, colour: str) -> str:
    jpeg, image_id = io.BytesIO(), new_id()
    Image.new("RGB", (1200, 1500), colour).save(jpeg, "JPEG")
    studio.uploads.put(image_name(image_id), jpeg.getvalue(), content_type="image/jpeg", metadata={})
    return image_id


if __name__ == "__main__":
    main()
