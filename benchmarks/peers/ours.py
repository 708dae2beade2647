"""Our own film of a wished length, in a process of its own: made of the product's parts, as `make bench` makes its own.

`python -m benchmarks.peers.ours WIDTHxHEIGHT SECONDS TARGET PICTURE...` prints one line of JSON.
"""

import json
import os
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.film import Film
from benchmarks.peers.material import spoken


class Cut(Film):
    """The film of `make bench`, with another voice, another length and any number of pictures."""

    def __init__(self, size: tuple[int, int], pictures: Sequence[Path], seconds: float, folder: Path) -> None:
        for number, picture in enumerate(pictures):
            (folder / f"{number:03}.jpg").symlink_to(picture.resolve())
        super().__init__(size, folder)
        self.timeline = spoken(seconds, len(pictures))


def main(size: tuple[int, int], seconds: float, target: Path, pictures: Sequence[Path]) -> None:
    with TemporaryDirectory(prefix="benchmark-") as given, TemporaryDirectory(prefix="benchmark-") as made:
        film = Cut(size, pictures, seconds, Path(given))
        # The clock stands while Python and OpenCV are loaded: a service does that once, not for each film.
        cpu, wall = _cpu_seconds(), time.monotonic()
        finished = film.whole(Path(made))
        told = {"wall": time.monotonic() - wall, "cpu": _cpu_seconds() - cpu, "bytes": finished.stat().st_size}
        shutil.move(finished, target)
    print(json.dumps(told))


def _cpu_seconds() -> float:
    """Of this process and of all its children that have ended, in user and system."""
    return sum(os.times()[:4])


if __name__ == "__main__":
    width, height = map(int, sys.argv[1].split("x"))
    main((width, height), float(sys.argv[2]), Path(sys.argv[3]), [Path(name) for name in sys.argv[4:]])
