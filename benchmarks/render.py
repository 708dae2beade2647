"""`make bench`: a film of half a minute, against encoding nothing but its finished frames, in the same run."""

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.measure import peak_pss, run
from benchmarks.photographs import photographs

SIZE: Final = (1080, 1350)
TALL: Final = (1080, 1920)  # the format that takes the most memory
ROUNDS: Final = 3
HELD_BYTES: Final = 2_000_000_000  # 750 frames of 2.2 MB, and some room
MEMORY: Final = Path("/dev/shm")


def main() -> None:
    with _room() as room:
        frames = room / "frames.yuv"
        pictures, synthetic = photographs(room)
        _say("drawing the frames that the encoder alone will get")
        run("draw", SIZE, pictures, frames)
        rounds = [_round(number, pictures, frames) for number in range(ROUNDS)]
        _say("measuring memory")
        peak, tall_peak = (peak_pss("whole", size, pictures, frames) for size in (SIZE, TALL))
    whole = rounds[0][0]
    result = {
        "vs_encode_only_wall": round(median(film["wall"] / encoding["wall"] for film, encoding in rounds), 3),
        "vs_encode_only_cpu": round(median(film["cpu"] / encoding["cpu"] for film, encoding in rounds), 3),
        "peak_pss_mb": round(peak),
        "peak_pss_mb_tall": round(tall_peak),
        "seconds_per_video_second": round(median(film["wall"] for film, _ in rounds) / whole["seconds"], 3),
        "bytes": whole["bytes"],
        "synthetic": synthetic,
    }
    print(json.dumps(result))


def _round(number: int, pictures: Path, frames: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The whole film and the encoding alone; which comes first takes turns, for a machine that gets busier."""
    order = ("whole", "encode") if number % 2 == 0 else ("encode", "whole")
    told = {what: run(what, SIZE, pictures, frames) for what in order}
    whole, encoding = told["whole"], told["encode"]
    _say(
        f"round {number + 1}: whole film {whole['wall']:.2f} s wall, {whole['cpu']:.2f} s CPU; "
        f"encoding alone {encoding['wall']:.2f} s wall, {encoding['cpu']:.2f} s CPU"
    )
    return whole, encoding


@contextmanager
def _room() -> Iterator[Path]:
    """A folder for the finished frames, in memory where there is room for them."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > HELD_BYTES
    with TemporaryDirectory(prefix="benchmark-", dir=MEMORY if roomy else None) as folder:
        yield Path(folder)


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
