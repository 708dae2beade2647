"""Which scenes are kept when the post is longer than the film may be."""

import pytest

from shared.storyboard import Scene, Word, build, choose, estimate_seconds

LONG = "This is the hook.\n\n" + "\n\n".join(
    f"Thought number {place} needs a few words to be told well." for place in range(40)
)


def test_everything_is_kept_when_it_fits():
    assert choose([5.0, 5.0, 5.0], 15.0) == (0, 1, 2)


def test_hook_and_close_stay_and_the_rest_is_spread_evenly():
    assert choose([5.0] * 10, 25.0) == (0, 1, 3, 6, 9)


def test_what_is_left_is_filled_with_what_fits():
    kept = choose([5.0, 9.0, 9.0, 1.0, 9.0, 5.0], 20.0)
    assert {0, 3, 5} <= set(kept)


def test_the_hook_alone_stays_when_hook_and_close_are_too_long():
    assert choose([8.0, 3.0, 8.0], 10.0) == (0,)


def test_another_scene_stands_in_for_a_hook_that_is_too_long():
    assert choose([20.0, 5.0, 20.0], 10.0) == (1,)


def test_one_giant_sentence_is_kept_whole():
    assert choose([90.0], 60.0) == (0,)
    assert choose([90.0, 80.0], 60.0) == (0,)
    assert choose([50.0, 40.0, 80.0], 60.0, continued={1}) == (0, 1)


def test_a_sentence_in_parts_is_kept_whole_or_not_at_all():
    assert choose([5.0, 6.0, 6.0, 5.0], 16.0, continued={2}) == (0, 3)


def test_a_long_post_is_shortened_with_a_warning_and_nothing_lost():
    board = build(LONG, max_seconds=30)
    assert sum(estimate_seconds(scene, rate="+0%") for scene in board.scenes) <= 30
    assert len(board.left_out) + sum(len(scene.starts) for scene in board.scenes) == 41
    (warning,) = board.warnings
    assert warning.code == "text_shortened"
    assert f"{len(board.left_out)} sentences were left out" in warning.message
    assert "30 seconds" in warning.message
    assert board.scenes[0].kind == "hook"
    assert board.scenes[-1].kind == "close"
    assert "39" in board.scenes[-1].shown


def test_true_durations_shorten_it_once_more_with_one_warning():
    board = build(LONG, max_seconds=30)
    shorter, kept = board.fitted([6.0] * len(board.scenes), 30)
    assert len(kept) == len(shorter.scenes) == 5
    assert [warning.code for warning in shorter.warnings] == ["text_shortened"]
    assert len(shorter.left_out) + len(shorter.scenes) == 41


def test_a_sentence_longer_than_the_film_is_kept_and_told_about():
    board = build("and then " * 200, max_seconds=10)
    assert [warning.code for warning in board.warnings] == ["text_too_long"]
    assert "left out" not in board.warnings[0].message
    assert len(board.scenes) > 1


def test_a_faster_voice_says_more():
    slow, fast = build(LONG, max_seconds=30, rate="-20%"), build(LONG, max_seconds=30, rate="+40%")
    assert len(fast.scenes) > len(slow.scenes)


def test_an_estimate_counts_characters_and_a_pause():
    scene = Scene(words=(Word(shown="x", spoken="x" * 29),), kind="body")
    assert estimate_seconds(scene, rate="+0%") == pytest.approx(2.45)
    assert estimate_seconds(scene, rate="+100%") == pytest.approx(1.45)
