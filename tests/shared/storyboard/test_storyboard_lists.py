"""Which scenes are items of a list, how they were numbered, and which line announces them."""

import pytest

from shared.storyboard import Storyboard, build, from_scenes
from shared.video_request import PlannedScene


def told(post: str) -> Storyboard:
    return build(post, max_seconds=10_000)


NUMBERED = """I asked 40 founders what they would do again.

Three answers came up over and over:

1️⃣ Hire slowly.
2️⃣ Talk to users every week, even when it hurts. Nobody regretted a single call that they made in those years of work.
3. Say no.

That is the whole secret of it."""


def test_items_of_a_list_know_their_number_and_their_place():
    scenes = told(NUMBERED).scenes
    assert [(scene.number, scene.item) for scene in scenes] == [
        ("", 0), ("", 0), ("1", 1), ("2", 2), ("", 2), ("3", 3), ("", 0)
    ]  # fmt: skip
    assert scenes[2].shown == "1. Hire slowly."


def test_the_line_before_a_list_announces_it():
    assert [scene.announces for scene in told(NUMBERED).scenes] == [False, True] + [False] * 5


def test_numbers_go_on_behind_what_is_said_about_an_item():
    post = "My rules.\n\n1. Focus\nI say no to nearly everything that people ask of me.\n\n2. Ship\nEvery Friday."
    assert [(scene.number, scene.item) for scene in told(post).scenes] == [
        ("", 0), ("1", 1), ("", 0), ("2", 2), ("", 0)
    ]  # fmt: skip


def test_a_new_list_is_counted_anew():
    post = "Two lists.\n\nGood:\n- Apples are good for you\n- Pears\n\nAnd bad:\n- Sugar\n- Salt\n\nThat is all of it."
    assert [scene.item for scene in told(post).scenes] == [0, 0, 1, 2, 0, 1, 2, 0]
    assert [scene.announces for scene in told(post).scenes] == [False, True, False, False, True, False, False, False]


@pytest.mark.parametrize(
    ("before", "announces"),
    [
        ("Here is what I learned", True),
        ("Here's what I learned.", True),
        ("What changed?", True),
        ("Was mir geholfen hat:", True),
        ("学んだこと：", True),
        ("My three rules 👇🏽", True),
        ("My three rules", True),
        ("We never looked back.", False),
        ("We did it!", False),
    ],
)
def test_a_line_announces_a_list_if_it_leads_to_it(before, announces):
    assert told(f"The hook is here.\n\n{before}\n\n- One\n- Two").scenes[1].announces is announces


def test_a_hook_announces_only_where_it_says_so():
    assert told("Five rules I live by:\n- One\n- Two").scenes[0].announces
    assert not told("I quit my job 🎉\n- One\n- Two").scenes[0].announces
    assert not told("Here is the truth.\n\nNothing came of it.").scenes[0].announces


def test_scenes_that_somebody_chose_know_the_same():
    board = told(NUMBERED)
    again = from_scenes([PlannedScene(text=scene.shown, kind=scene.kind) for scene in board.scenes])
    assert [scene.number for scene in again.scenes] == [scene.number for scene in board.scenes]
    assert [scene.announces for scene in again.scenes] == [scene.announces for scene in board.scenes]
