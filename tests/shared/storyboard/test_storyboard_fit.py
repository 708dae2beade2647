"""Which scenes are kept when the post is longer than the film may be."""

from dataclasses import replace
from itertools import pairwise

import pytest

from shared.storyboard import Scene, Word, build, choose, estimate_seconds

LONG = "This is the hook.\n\n" + "\n\n".join(
    f"Thought number {place} needs a few words to be told well." for place in range(40)
)


def scenes_of(*texts: str, items: dict[int, int] | None = None, announcing: int | None = None) -> list[Scene]:
    """One scene a text; a text that begins with `+` goes on with the sentence before it."""
    return [
        Scene(
            words=tuple(Word(shown=word, spoken=word) for word in text.lstrip("+").split()),
            kind="body",
            starts=() if text.startswith("+") else (0,),
            item=(items or {}).get(place, 0),
            announces=place == announcing,
        )
        for place, text in enumerate(texts)
    ]


def same(count: int) -> list[Scene]:
    return scenes_of(*["Quite ordinary words"] * count)


def test_everything_is_kept_when_it_fits():
    assert choose(same(3), [5.0, 5.0, 5.0], 15.0) == (0, 1, 2)


def test_hook_and_close_stay_and_no_part_of_the_post_is_left_out():
    kept = choose(same(12), [5.0] * 12, 25.0)
    assert {0, 11} <= set(kept) and len(kept) == 5
    assert max(after - before for before, after in pairwise(kept)) <= 5


def test_what_is_left_is_filled_with_what_fits():
    kept = choose(same(6), [5.0, 9.0, 9.0, 1.0, 9.0, 5.0], 20.0)
    assert {0, 3, 5} <= set(kept)


def test_the_hook_stays_when_hook_and_close_are_too_long():
    assert choose(same(3), [8.0, 3.0, 8.0], 10.0) == (0,)
    assert choose(same(3), [8.0, 2.0, 8.0], 10.0) == (0, 1)


def test_another_scene_stands_in_for_a_hook_that_is_too_long():
    assert choose(same(3), [20.0, 5.0, 20.0], 10.0) == (1,)
    assert choose(same(3), [20.0, 5.0, 6.0], 10.0) == (2,)


def test_one_giant_sentence_is_kept_whole():
    assert choose(same(1), [90.0], 60.0) == (0,)
    assert choose(same(2), [90.0, 80.0], 60.0) == (0,)
    assert choose(scenes_of("A long", "+one", "End"), [50.0, 40.0, 80.0], 60.0) == (0, 1)


def test_a_sentence_in_parts_is_kept_whole_or_not_at_all():
    assert choose(scenes_of("One", "Two", "+three", "Four"), [5.0, 6.0, 6.0, 5.0], 16.0) == (0, 3)


def test_items_of_a_list_are_kept_evenly_with_the_line_that_announces_them():
    texts = ["The hook", "Here is what I learned:", *["A thing that was learned"] * 9, "The close"]
    scenes = scenes_of(*texts, items={place: place - 1 for place in range(2, 11)}, announcing=1)
    assert choose(scenes, [4.0] * 12, 24.0) == (0, 1, 2, 5, 8, 11)
    assert choose(scenes, [4.0] * 12, 12.0) == (0, 11)  # no announcement of nothing
    assert choose(scenes, [4.0] * 12, 16.0) == (0, 1, 2, 11)


def test_what_the_hook_promises_comes_first():
    texts = [
        "Three rules:",
        "But then profit fell by 40%",
        "Because rules are rules",
        "Rule one",
        "Rule two",
        "The close",
    ]
    scenes = scenes_of(*texts, items={3: 1, 4: 2})
    scenes = [replace(scenes[0], announces=True), scenes[3], scenes[4], scenes[1], scenes[2], scenes[5]]
    assert 1 in choose(scenes, [5.0] * 6, 15.0)


@pytest.mark.parametrize(
    "telling",
    ["Then revenue fell by 40%", "Because of it we lost our biggest client", "The promotion was not what I wanted"],
)
def test_sentences_that_carry_the_story_are_kept(telling):
    texts = [
        "I turned down a promotion",
        *["Some more words about it here"] * 4,
        telling,
        "Ordinary words again, and more",
    ]
    texts += ["Some more words about it here"] * 4 + ["Would you have taken the promotion?"]
    assert 5 in choose(scenes_of(*texts), [5.0] * 12, 20.0)


def test_asides_and_calls_to_repost_go_first():
    texts = ["I turned down a promotion", "(Yes, that one)", "My boss was silent for a while", "The end"]
    assert choose(scenes_of(*texts), [5.0] * 4, 15.0) == (0, 2, 3)
    texts = ["I turned down a promotion", "Silence is an answer too", "♻️ Repost if this helps somebody"]
    assert choose(scenes_of(*texts), [5.0] * 3, 10.0) == (0, 1)


def test_a_question_stays_with_its_answer():
    texts = [
        "I left today",
        "Ordinary words of it",
        "Ordinary words of it",
        "What comes after this?",
        "A break and a lot of sleep",
    ]
    assert choose(scenes_of(*texts), [5.0] * 5, 15.0) == (0, 3, 4)


def test_what_was_left_out_is_told_in_the_order_of_the_post():
    board = build(LONG, max_seconds=60)
    shorter, _ = board.fitted([6.0] * len(board.scenes), 30)
    places = [int(sentence.split()[2]) for sentence in shorter.left_out]
    assert places == sorted(places)
    assert len(shorter.left_out) > len(board.left_out)


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
