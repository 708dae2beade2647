"""A folder for one film's files: gone when the film is done, and, if its worker was killed, before the next film.

On Google a temporary file is memory of the instance: what a killed worker leaves behind would be missed by the next.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

PREFIX: Final = "film-"


@contextmanager
def workspace() -> Iterator[Path]:
    """A fresh folder. A worker that lives holds a lock on its own, which dies with it."""
    for left_over in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        remove_unless_in_use(left_over)
    with tempfile.TemporaryDirectory(prefix=PREFIX) as name:
        lock = os.open(name, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield Path(name)
        finally:
            os.close(lock)


def remove_unless_in_use(folder: Path) -> None:
    """Remove a folder whose process is gone: one that lives holds a lock on it."""
    with suppress(OSError):  # another worker has just removed it, or it is not ours
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(lock)
