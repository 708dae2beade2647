"""The page that `make bench-scaling` writes."""

from xml.etree import ElementTree

import pytest

from benchmarks import scaling
from benchmarks.scaling import DURATIONS, MACHINES, PICTURES, SIZES, Cost

COST = Cost(wall=4.0, cpu=7.5, peak=300.0, bytes=3_000_000)


def test_a_row_says_what_a_film_cost_or_that_it_was_not_measured() -> None:
    costs: dict[scaling.Case, Cost | None] = dict.fromkeys((*DURATIONS, *SIZES, *PICTURES), COST)
    made = scaling.table({**costs, **dict.fromkeys(MACHINES)}, 2, 1.5)
    rows = [line for line in made.splitlines() if line.startswith("|")]
    assert "| 1080x1350 | 15 | 6 | all | 7.5 | 0.50 | 4.0 | 300 | 3.0 |" in rows
    assert "| 1080x1350 | 30 | 6 | 0.5 | not measured | | | | |" in rows
    assert {row.count("|") for row in rows} == {10}


def test_only_the_table_of_the_page_is_replaced() -> None:
    page = f"before\n{scaling.BEGIN}\nold\n{scaling.END}\nafter\n"
    once = scaling._with_table(page, "new")
    assert once == f"before\n{scaling.BEGIN}\n\nnew\n\n{scaling.END}\nafter\n"
    assert scaling._with_table(once, "new") == once
    with pytest.raises(ValueError, match="no place"):
        scaling._with_table("a page without it", "new")


def test_the_plot_is_an_svg_with_every_point() -> None:
    drawn = ElementTree.fromstring(scaling.plot([("seconds", [(15, 4.0), (30, 8.0)]), ("pictures", [(3, 8.0)])]))
    assert len(drawn.findall(".//{http://www.w3.org/2000/svg}circle")) == 3
