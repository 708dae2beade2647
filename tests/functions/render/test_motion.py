"""How a shot moves: softly, the same way each time, never past the picture's edges or away from what matters."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.render.motion import KINDS, Move, choose, ease, fade_weight

STEPS = [step / 50 for step in range(51)]
share = st.floats(0.15, 0.85)
unseen = st.floats(0, 0.45)  # what is filled shows at least 0.55 of the picture
slacks = st.one_of(st.tuples(unseen, st.just(0.0)), st.tuples(st.just(0.0), unseen))


def test_a_move_begins_and_ends_softly_and_never_turns_back() -> None:
    places = [ease(step) for step in STEPS]
    assert (places[0], places[-1]) == (0, 1)
    steps = [after - before for before, after in pairwise(places)]
    assert all(step > 0 for step in steps)
    assert steps[0] < max(steps) / 5 and steps[-1] < max(steps) / 5
    assert max(abs(after - before) for before, after in pairwise(steps)) < max(steps) / 5  # no jerk


def test_progress_outside_of_the_shot_stands_still() -> None:
    assert (ease(-1), ease(2)) == (0, 1)


@settings(deadline=None)
@given(st.sampled_from(["auto", "none", *KINDS]), st.integers(0, 40), st.floats(0.01, 0.1), share, share, slacks)
def test_every_view_stays_inside_the_picture_and_keeps_the_focus(
    kind: str, shot: int, travel: float, x: float, y: float, slack: tuple[float, float]
) -> None:
    move = choose(kind, shot=shot, seed="A post.", travel=travel, focus=(x, y), slack=slack)
    for step in STEPS:
        view = move.at(step)
        assert view.zoom >= 1
        for centre, focus, hidden in ((view.x, x, slack[0]), (view.y, y, slack[1])):
            half = (1 - hidden) / view.zoom / 2
            assert centre - half >= -1e-9 and centre + half <= 1 + 1e-9
            assert centre - half <= focus <= centre + half


@settings(deadline=None)
@given(st.integers(0, 40), st.text(max_size=20), st.sampled_from(["auto", *KINDS]))
def test_the_same_film_moves_the_same_way_each_time(shot: int, seed: str, kind: str) -> None:
    def chosen() -> Move:
        return choose(kind, shot=shot, seed=seed, travel=0.05, focus=(0.4, 0.5), slack=(0.2, 0.0))

    assert chosen() == chosen()


def test_no_motion_is_no_motion() -> None:
    move = choose("none", shot=3, seed="x", travel=0.09, focus=(0.3, 0.6), slack=(0.3, 0.0))
    assert move.begin == move.end and move.begin.zoom == 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_other_kind_moves_and_does_what_it_is_called(kind: str) -> None:
    move = choose(kind, shot=1, seed="x", travel=0.05, focus=(0.5, 0.5), slack=(0.3, 0.0))
    assert move.begin != move.end
    nearer = move.end.zoom - move.begin.zoom
    assert {"zoom_in": nearer > 0.05, "zoom_out": nearer < -0.05, "pan": nearer == 0}[kind]


def test_auto_uses_more_than_one_kind_in_a_film() -> None:
    zooms = set()
    for shot in range(8):
        move = choose("auto", shot=shot, seed="A post.", travel=0.05, focus=(0.5, 0.5), slack=(0.0, 0.0))
        zooms.add(move.end.zoom > move.begin.zoom)
    assert zooms == {True, False}


def test_a_cross_fade_is_even_and_never_wholly_one_picture() -> None:
    weights = [fade_weight(frame, 8) for frame in range(8)]
    assert weights[0] > 0 and weights[-1] < 1
    assert [after - before for before, after in pairwise(weights)] == pytest.approx([1 / 8] * 7)
    assert weights[0] + weights[-1] == pytest.approx(1)
