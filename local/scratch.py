"""A folder for what a run leaves lying about; gone after the run, or, if the run was killed, before the next one."""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from types import TracebackType

from functions.render.workspace import remove_unless_in_use


class Scratch:
    """`with Scratch(parent) as folder:`; a run that lives holds a lock on its folder, which dies with it."""

    def __init__(self, parent: Path) -> None:
        self._parent = parent

    def __enter__(self) -> Path:
        self._parent.mkdir(parents=True, exist_ok=True)
        for left_over in self._parent.glob("run-*"):
            remove_unless_in_use(left_over)
        self._folder = Path(tempfile.mkdtemp(prefix="run-", dir=self._parent))
        self._lock = os.open(self._folder, os.O_RDONLY)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        return self._folder

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        os.close(self._lock)
