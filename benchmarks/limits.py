"""Less machine than there is: control groups (version 1, as root) for processor and memory; and what processes hold."""

import contextlib
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from benchmarks.measure import family, pss

GROUPS: Final = Path("/sys/fs/cgroup")
PERIOD: Final = 100_000  # microseconds; the kernel's own


class NoLimits(Exception):
    """This machine lets us set no such limit: no control groups of version 1, or no right to make one."""


@contextmanager
def group(controller: str, values: Mapping[str, int]) -> Iterator[Path]:
    """A control group with these values; what runs in it must have ended before the block does. Raises NoLimits."""
    folder = GROUPS / controller / f"benchmark-{os.getpid()}"
    try:
        folder.mkdir()
    except OSError as error:
        raise NoLimits(f"{controller}: {error.strerror}") from error
    try:
        for name, value in values.items():
            (folder / name).write_text(str(value))
        yield folder
    finally:
        folder.rmdir()


def processor_share(share: float) -> contextlib.AbstractContextManager[Path]:
    """A group that gets `share` of one processor. Raises NoLimits."""
    return group("cpu", {"cpu.cfs_period_us": PERIOD, "cpu.cfs_quota_us": round(share * PERIOD)})


def inside(folder: Path, command: Sequence[str]) -> list[str]:
    """The command that runs `command` within a group from its first moment."""
    return ["/bin/sh", "-c", 'echo $$ > "$0/cgroup.procs" && exec "$@"', str(folder), *command]


class Footprint:
    """Watches how much memory a process and its children hold together: `peak`, in MB, of their proportional sets.

    Looking stops a process for some milliseconds, so it is done only four times a second; a shorter peak may be missed.
    """

    EVERY: Final = 0.25  # seconds

    def __init__(self, process: int) -> None:
        self.peak = 0.0
        self._root = process
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="footprint", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(self.EVERY):
            self.peak = max(self.peak, sum(map(pss, family(self._root))) * 1024 / 1e6)
