"""`make bench-scaling`: what a film costs when it is longer, larger, of more pictures, or made on less machine.

Writes its table into docs/performance.md and its picture to docs/scaling.svg. Takes several minutes.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.limits import Footprint, NoLimits, inside, processor_share
from benchmarks.measure import AS_DEPLOYED
from benchmarks.photographs import photographs

ROOT: Final = Path(__file__).parent.parent
PAGE: Final = ROOT / "docs" / "performance.md"
PLOT: Final = ROOT / "docs" / "scaling.svg"
BEGIN: Final = "<!-- The table is written by `make bench-scaling`. -->"
END: Final = "<!-- End of the table. -->"
SIZE: Final = (1080, 1350)


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One film; `processors` is how much of the machine it gets, None for all."""

    size: tuple[int, int] = SIZE
    seconds: int = 30
    pictures: int = 6
    processors: float | None = None

    @property
    def megapixels(self) -> float:
        return self.size[0] * self.size[1] / 1e6


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """Seconds on the clock and of processor, MB of memory at most, bytes of the film."""

    wall: float
    cpu: float
    peak: float
    bytes: int


DURATIONS: Final = tuple(Case(seconds=seconds) for seconds in (15, 30, 60, 120))
SIZES: Final = tuple(
    Case(size=size, seconds=15) for size in ((540, 676), (1080, 1080), SIZE, (1080, 1920), (1920, 1080))
)
PICTURES: Final = tuple(Case(pictures=pictures) for pictures in (3, 6, 12))
MACHINES: Final = tuple(Case(processors=processors) for processors in (1.0, 0.5))


def main() -> None:
    costs: dict[Case, Cost | None] = {}
    with TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        pictures = sorted(photographs(folder)[0].glob("*.jpg"))
        load = os.getloadavg()[0]
        for case in dict.fromkeys((*DURATIONS, *SIZES, *PICTURES, *MACHINES)):
            costs[case] = cost = _measured(case, pictures, folder / "film.mp4")
            print(_row(case, cost), file=sys.stderr, flush=True)
        load = (load + os.getloadavg()[0]) / 2
    measured = {case: cost for case, cost in costs.items() if cost}
    PAGE.write_text(_with_table(PAGE.read_text(), table(costs, os.cpu_count() or 1, load)))
    PLOT.write_text(
        plot(
            (
                ("seconds of film", [(case.seconds, measured[case].cpu) for case in DURATIONS]),
                ("megapixels of a frame, 15 s", [(case.megapixels, measured[case].cpu) for case in SIZES]),
                ("pictures, 30 s", [(case.pictures, measured[case].cpu) for case in PICTURES]),
            )
        )
    )


def _measured(case: Case, pictures: Sequence[Path], target: Path) -> Cost | None:
    """None where this machine lets us take no processor away."""
    command = [sys.executable, "-m", "benchmarks.peers.ours", f"{case.size[0]}x{case.size[1]}", str(case.seconds)]
    command += [str(target), *map(str, islice(cycle(pictures), case.pictures))]
    try:
        with processor_share(case.processors) if case.processors else nullcontext() as folder:
            limited = inside(folder, command) if folder else command
            environment = {**os.environ, **AS_DEPLOYED}
            process = subprocess.Popen(limited, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
            with Footprint(process.pid) as footprint:
                output, _ = process.communicate()
            if process.returncode:
                raise subprocess.CalledProcessError(process.returncode, command)
    except NoLimits as reason:
        print(f"not measured: {reason}", file=sys.stderr)
        return None
    told = json.loads(output)
    return Cost(wall=told["wall"], cpu=told["cpu"], peak=footprint.peak, bytes=told["bytes"])


def table(costs: dict[Case, Cost | None], cores: int, load: float) -> str:
    """Markdown: one row a film, in groups."""
    groups = (("longer", DURATIONS), ("larger", SIZES), ("more pictures", PICTURES), ("less machine", MACHINES))
    rows = [
        f"| *{name}* | | | | | | | | |\n" + "\n".join(_row(case, costs[case]) for case in cases)
        for name, cases in groups
    ]
    return (
        f"{cores} processors, one film at a time. The machine's load was {load:.1f}; one film alone makes 2.\n\n"
        "| frame | film, s | pictures | processors | CPU, s | a film second | clock, s | memory, MB | file, MB |\n"
        "|---|---|---|---|---|---|---|---|---|\n" + "\n".join(rows)
    )


def _row(case: Case, cost: Cost | None) -> str:
    film = f"{case.size[0]}x{case.size[1]} | {case.seconds} | {case.pictures} | {case.processors or 'all'}"
    if cost is None:
        return f"| {film} | not measured | | | | |"
    rate = cost.cpu / case.seconds
    return f"| {film} | {cost.cpu:.1f} | {rate:.2f} | {cost.wall:.1f} | {cost.peak:.0f} | {cost.bytes / 1e6:.1f} |"


def _with_table(page: str, made: str) -> str:
    before, found, rest = page.partition(BEGIN)
    _, also, after = rest.partition(END)
    if not (found and also):
        raise ValueError(f"{PAGE.name} has no place for the table: {BEGIN} … {END}")
    return f"{before}{BEGIN}\n\n{made}\n\n{END}{after}"


def plot(panels: Sequence[tuple[str, Sequence[tuple[float, float]]]]) -> str:
    """An SVG of CPU seconds, a panel each, and a line through the first and the last point: straight is linear."""
    width, height, pad = 270, 200, 40
    drawn = []
    for place, (name, points) in enumerate(panels):
        points = sorted(points)
        most_x, most_y = max(x for x, _ in points) * 1.1, max(y for _, y in points) * 1.2
        spots = [(pad + x / most_x * (width - pad), height - pad - y / most_y * (height - 2 * pad)) for x, y in points]
        (x1, y1), (x2, y2) = spots[0], spots[-1]
        marks = "".join(
            f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4" fill="#14589b"/>'
            f'<text x="{x + 5:.0f}" y="{y + 15:.0f}">{value:.0f}</text>'
            f'<text x="{x:.0f}" y="{height - pad + 15}" text-anchor="middle" fill="#666">{round(wide, 1):g}</text>'
            for (x, y), (wide, value) in zip(spots, points, strict=True)
        )
        drawn.append(
            f'<g transform="translate({place * width},0)">'
            f'<path d="M{pad} {pad // 2}V{height - pad}H{width}" fill="none" stroke="#999"/>'
            f'<path d="M{x1:.0f} {y1:.0f}L{x2:.0f} {y2:.0f}" stroke="#6fb1ee" stroke-width="2"/>{marks}'
            f'<text x="{(width + pad) // 2}" y="{height - 6}" text-anchor="middle">{name}</text></g>'
        )
    full = width * len(panels) + 10
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {full} {height + 16}" font-family="sans-serif" '
        f'font-size="11"><rect width="{full}" height="{height + 16}" fill="#fff"/>'
        f'<text x="{pad}" y="12">CPU seconds</text>{"".join(drawn)}</svg>\n'
    )


if __name__ == "__main__":
    main()
