"""Whether what a process needs is there. Each check runs by itself, so that one that hangs holds up nothing."""

import logging
import time
from collections.abc import Callable, Mapping
from threading import Thread
from typing import Final

from shared import log
from shared.errors import Problem

PATIENCE: Final = 2.5  # seconds for all checks together


def examine(checks: Mapping[str, Callable[[], object]]) -> dict[str, str]:
    """For each name "ok" or "failed", and nothing else: why, the log tells."""
    well: set[str] = set()
    faults: dict[str, str] = {}

    def run(name: str, check: Callable[[], object]) -> None:
        try:
            check()
            well.add(name)
        except (Problem, OSError, ImportError, RuntimeError) as error:
            faults[name] = repr(error)

    threads = [Thread(target=run, args=item, name="health", daemon=True) for item in checks.items()]
    ends_at = time.monotonic() + PATIENCE
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, ends_at - time.monotonic()))
    told = {name: "ok" if name in well else "failed" for name in checks}
    for name, state in told.items():
        if state == "failed":
            error = faults.get(name, "no answer in time")
            log.event("health_check_failed", level=logging.WARNING, check=name, error=error)
    return told
