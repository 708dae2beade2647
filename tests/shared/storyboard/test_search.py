"""What a scene is pictured by: things that can be seen, and no words that only look alike."""

from itertools import pairwise

import pytest

from shared.storyboard import build
from shared.storyboard.search import MOST, NEUTRAL, search_terms


def first(text: str) -> str:
    scenes = build(f"Hello there, my friends of old.\n\n{text}", max_seconds=60).scenes
    return search_terms(scenes[-1], scenes)[0]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Our customers loved it.", "handshake in shop"),
        ("My daughter was born.", "family at table"),
        ("We hired three engineers.", "job interview"),
        ("I read it every morning.", "sunrise window"),
        ("Die Bewerbungen kamen per Post.", "job interview"),
        ("The revenue doubled.", "coins and calculator"),
    ],
)
def test_a_scene_looks_like_what_it_speaks_of(text: str, query: str) -> None:
    assert first(text) == query


@pytest.mark.parametrize(
    "text",
    ["Are you ready?", "You broke my heart.", "It is essential.", "He was merciless.", "I am restless.", "Ideal."],
)
def test_words_that_only_begin_alike_are_not_taken(text: str) -> None:
    assert first(text) in (*NEUTRAL, "friends talking bench")


def test_neighbours_do_not_begin_alike_and_every_scene_has_something_to_look_for() -> None:
    scenes = build("\n\n".join(f"Meeting number {n} was very long indeed." for n in range(6)), max_seconds=60).scenes
    terms = [search_terms(scene, scenes) for scene in scenes]
    assert all(1 <= len(queries) <= MOST and len(set(queries)) == len(queries) for queries in terms)
    assert all(before[0] != after[0] for before, after in pairwise(terms))
