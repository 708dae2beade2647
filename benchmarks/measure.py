"""A film in a fresh process, so that nothing of one measurement counts into another; and how much memory it takes."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

SAMPLE_EVERY: Final = 0.05  # seconds; a shorter peak may be missed
AS_DEPLOYED: Final = {"MALLOC_MMAP_THRESHOLD_": "1048576"}  # as in the Dockerfile, which has the reason


class MeasuringFailed(Exception):
    """The measured process ended with an error; it has said which."""


def run(what: str, size: tuple[int, int], pictures: Path, frames: Path) -> dict[str, Any]:
    """What `python -m benchmarks.film` tells about its work."""
    with _started(what, size, pictures, frames) as process:
        return _told(process)


def peak_pss(what: str, size: tuple[int, int], pictures: Path, frames: Path) -> float:
    """The most memory, in MB, that the process and its children hold at the same time.

    Proportional set size: a page that several processes share is counted once in all. Reading it stops a process for
    milliseconds, so the times of such a run are worth nothing.
    """
    peak = 0
    with _started(what, size, pictures, frames) as process:
        while process.poll() is None:
            peak = max(peak, sum(map(pss, family(process.pid))))
            time.sleep(SAMPLE_EVERY)
        _told(process)
    return peak / 1024


def _started(what: str, size: tuple[int, int], pictures: Path, frames: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.film", what, f"{size[0]}x{size[1]}", str(pictures), str(frames)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **AS_DEPLOYED})


def _told(process: subprocess.Popen[str]) -> dict[str, Any]:
    output, _ = process.communicate()
    if process.returncode:
        raise MeasuringFailed(f"exit code {process.returncode}")
    told: dict[str, Any] = json.loads(output)
    return told


def family(process: int) -> list[int]:
    """The process and all that it and its threads have started."""
    found = [process]
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        found += [member for child in _read(children).split() for member in family(int(child))]
    return found


def pss(process: int) -> int:
    """Kilobytes; 0 for a process that has just ended."""
    lines = _read(Path(f"/proc/{process}/smaps_rollup")).splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _read(file: Path) -> str:
    try:
        return file.read_text("ascii")
    except (FileNotFoundError, ProcessLookupError):
        return ""
