"""`make bench`: a film of half a minute against encoding nothing but its finished frames, and how good it is.

`python -m benchmarks.render --peers` also makes it in the ways that other programs do, which takes minutes more.
"""

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.film import Film
from benchmarks.measure import peak_pss, run
from benchmarks.photographs import photographs
from benchmarks.quality import feed_loss, likeness, step_jitter

SIZE: Final = (1080, 1350)
TALL: Final = (1080, 1920)  # the format that takes the most memory
PREVIEW: Final = (540, 676)
PARTS: Final = {"whole": SIZE, "plain": SIZE, "encode": SIZE, "preview": PREVIEW}
ROUNDS: Final = 3
HELD_BYTES: Final = 2_000_000_000  # 750 frames of 2.2 MB, and some room
MEMORY: Final = Path("/dev/shm")

Round = dict[str, dict[str, Any]]


def main(peers: bool) -> None:
    with _room() as room:
        frames = room / "frames.yuv"
        pictures, synthetic = photographs(room)
        _say("drawing the frames that the encoder alone will get")
        run("draw", SIZE, pictures, frames)
        rounds = [_round(number, pictures, frames) for number in range(ROUNDS)]
        _say("measuring quality")
        ours, plain = (likeness(room / f"{name}.mp4", frames, SIZE) for name in ("whole", "plain"))
        lost = feed_loss(room / "whole.mp4", frames, SIZE)
        jitter = step_jitter(room / "whole.mp4", frames, Film(SIZE, pictures).timeline, SIZE)
        _say("measuring memory")
        peak, tall_peak = (peak_pss("whole", size, pictures, frames) for size in (SIZE, TALL))
        others = _against_others(room, pictures) if peers else {}
    whole = rounds[0]["whole"]
    result = {
        "vs_plain_veryfast_cpu": _ratio(rounds, "cpu", "whole", "plain"),
        "vs_encode_only_wall": _ratio(rounds, "wall", "whole", "encode"),
        "vs_encode_only_cpu": _ratio(rounds, "cpu", "whole", "encode"),
        "vs_moviepy": others.get("vs_moviepy"),
        "vs_naive": others.get("vs_naive"),
        "vs_zoompan4": others.get("vs_zoompan4"),
        "seconds_per_video_second": round(median(told["whole"]["wall"] for told in rounds) / whole["seconds"], 3),
        "peak_pss_mb": round(peak),
        "peak_pss_mb_tall": round(tall_peak),
        "bytes": whole["bytes"],
        "bytes_plain": rounds[0]["plain"]["bytes"],
        "vmaf": round(ours.mean, 2),
        "vmaf_low": round(ours.low, 2),
        "vmaf_plain": round(plain.mean, 2),
        "vmaf_low_plain": round(plain.low, 2),
        "vmaf_lost_in_feed": round(lost, 2),
        "step_jitter_px": round(jitter, 4),
        "preview_times_faster": _ratio(rounds, "cpu", "whole", "preview"),
        "preview_times_faster_wall": _ratio(rounds, "wall", "whole", "preview"),
        "synthetic": synthetic,
    }
    print(json.dumps(result))


def _round(number: int, pictures: Path, frames: Path) -> Round:
    """Each part once; which comes first takes turns, for a machine that gets busier."""
    order = list(PARTS) if number % 2 == 0 else list(reversed(PARTS))
    told = {what: run(what, PARTS[what], pictures, frames) for what in order}
    _say(f"round {number + 1}, wall and CPU: ")
    _say("\n".join(f"  {what:8}{told[what]['wall']:6.2f} s {told[what]['cpu']:6.2f} s" for what in PARTS))
    return told


def _ratio(rounds: list[Round], of: str, part: str, reference: str) -> float:
    return round(float(median(told[part][of] / told[reference][of] for told in rounds)), 3)


def _against_others(room: Path, pictures: Path) -> dict[str, float]:
    from benchmarks.peers import measured  # needs packages of its own

    _say("making the film as other programs do")
    return measured(room, sorted(pictures.glob("*.jpg")))


@contextmanager
def _room() -> Iterator[Path]:
    """A folder for the finished frames, in memory where there is room for them."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > HELD_BYTES
    with TemporaryDirectory(prefix="benchmark-", dir=MEMORY if roomy else None) as folder:
        yield Path(folder)


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main("--peers" in sys.argv[1:])
