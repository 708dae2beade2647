"""What takes long goes on at the same time: voice and pictures while they are fetched, sound and frames in ffmpeg."""

import itertools
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from functions.render.pipeline import Studio
from shared.adapters.disk_blobs import DiskBlobs
from shared.adapters.redis_jobs import RedisJobs
from shared.blobs import image_name
from shared.config import Settings
from shared.jobs import JobStatus
from tests.fake_edge import FakeEdge
from tests.functions.render.test_pipeline import House

POST = "Two things at a time are faster than one after the other.\n\nThat is the whole trick, and it is an old one."
COLOURS = ((190, 40, 40), (40, 60, 190))
numbers = itertools.count(2)
SLOW = 3.0  # seconds that the voice takes to begin, and all pictures together to come
NOISE = 2.0  # seconds that a busy machine may add; one after the other would be SLOW more


class SlowBlobs(DiskBlobs):
    """A store far away: to get a picture takes `delay` seconds, and nothing once it was fetched: then it is near."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, url="http://localhost/files", key="k")
        self.delay = 0.0
        self.came: dict[str, float] = {}  # when each file was there for the first time

    def get(self, name: str) -> bytes:
        if name not in self.came and not name.startswith("voices/"):
            time.sleep(self.delay)
            self.came[name] = time.monotonic()
        return super().get(name)


class Noted:
    """Looks in a thread for the moment `at` which something becomes true."""

    def __init__(self, true: Callable[[], bool]) -> None:
        self.at: float | None = None
        self._true = true
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="noted")

    def __enter__(self) -> "Noted":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.01):
            if self._true():
                self.at = time.monotonic()
                return


@pytest.fixture(scope="module")
def house(embedded_redis: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    var, temporary = tmp_path_factory.mktemp("var"), tmp_path_factory.mktemp("temporary")
    before, tempfile.tempdir = tempfile.tempdir, str(temporary)
    studio = Studio(
        settings=Settings.from_env({"NARRATORS": "edge,silent", "DATA_DIR": str(var)}),
        videos=DiskBlobs(var / "videos", url="http://localhost/files", key="k"),
        uploads=SlowBlobs(var / "uploads"),
    )
    jobs = RedisJobs.connect(embedded_redis, lease_seconds=60, max_attempts=3)
    yield House(studio=studio, jobs=jobs, temporary=temporary)
    tempfile.tempdir = before


def made(house: House, *, delay: float) -> float:
    """How long a film of two pictures and a voice takes, which both take `delay` seconds to come."""
    uploads = house.studio.uploads
    assert isinstance(uploads, SlowBlobs)
    ids = tuple(house.uploaded(colour) for colour in COLOURS)
    uploads.delay = delay / len(ids)
    with FakeEdge(sound="tones", delay=delay):
        began = time.monotonic()
        film = house.film(f"{POST} {next(numbers)}", user_image_ids=ids)  # else its voice would be there already
        took = time.monotonic() - began
    assert (film.job.status, film.job.degraded) == (JobStatus.COMPLETED, False)
    return took


def test_slow_pictures_and_a_slow_voice_are_waited_for_at_the_same_time(house: House) -> None:
    before, took, after = made(house, delay=0.0), made(house, delay=SLOW), made(house, delay=0.0)
    assert took <= SLOW + 1.2 * max(before, after) + NOISE


def test_the_voice_is_asked_before_the_first_picture_has_come(house: House) -> None:
    uploads = house.studio.uploads
    assert isinstance(uploads, SlowBlobs)
    picture, uploads.delay = house.uploaded(COLOURS[0]), 1.0
    with FakeEdge(sound="tones") as edge, Noted(lambda: bool(edge.asked)) as asked:
        house.film(f"{POST} {next(numbers)}", user_image_ids=(picture,))
    assert asked.at and asked.at < uploads.came[image_name(picture)]


def test_the_sound_is_made_while_frames_are_encoded(house: House) -> None:
    def both() -> bool:
        running = commands()
        return any("libx264" in one for one in running) and any("ebur128" in one for one in running)

    with Noted(both) as together:
        made(house, delay=0.0)
    assert together.at, "the one waited for the other"


def commands() -> list[str]:
    """The command lines of this process's children."""
    found = []
    for child in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):  # it has just ended
            found.append(" ".join(child.cmdline()))
    return found
