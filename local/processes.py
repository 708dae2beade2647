"""Child processes that end when this process does, however it ends, and their own children with them."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

GRACE_SECONDS = 2.0
# Waits on a pipe that only we hold open. When we are gone, even by kill -9, the wait ends, and so does the whole group:
# PR_SET_PDEATHSIG would reach the first generation only (not gunicorn's worker, nor its ffmpeg), and only on Linux.
GUARD = "trap '' HUP INT TERM; read _; kill -KILL 0"


class ProcessGroup:
    """A process group of its own, so that Ctrl-C reaches us alone and we end the others in order."""

    def __enter__(self) -> Self:
        lifeline, self._held_open = os.pipe()
        self._guard = subprocess.Popen(["/bin/sh", "-c", GUARD], stdin=lifeline, process_group=0)
        os.close(lifeline)
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        return self

    def start(self, name: str, command: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> None:
        self._children[name] = subprocess.Popen(
            command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, process_group=self._guard.pid
        )

    def ended(self) -> tuple[str, int] | None:
        """Name and exit code of a child that has ended on its own; None while all are well."""
        for name, child in self._children.items():
            if (code := child.poll()) is not None:
                return name, code
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """A word first, then the axe, also for grandchildren that outlived their parent."""
        deadline = time.monotonic() + GRACE_SECONDS
        self._signal(signal.SIGTERM)
        for child in self._children.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, deadline - time.monotonic()))
        self._signal(signal.SIGKILL)
        for child in [*self._children.values(), self._guard]:
            child.wait()
        os.close(self._held_open)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):  # nobody is left
            os.killpg(self._guard.pid, number)
