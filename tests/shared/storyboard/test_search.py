"""What a scene is pictured by: things that can be seen, and no words that only look alike."""

from itertools import pairwise

import pytest
import regex

from shared.storyboard import build
from shared.storyboard.frequent_words import WORDS
from shared.storyboard.search import CHOSEN, MOST, NEUTRAL, search_terms
from shared.storyboard.visible import IDEAS, THINGS, looks


def first(text: str, language: str = "en") -> str:
    scenes = build(text, max_seconds=60, language=language).scenes
    return search_terms(scenes[-1], scenes, language)[0]


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("en", "Our customers loved it.", "customer at counter"),
        ("en", "My daughter was born.", "father and daughter"),
        ("en", "We hired three engineers.", "job interview"),
        ("en", "I read it every morning.", "sunrise window"),
        ("en", "The revenue doubled.", "coins and calculator"),
        ("en", "Burnout is not a badge.", "tired person desk"),
        ("en", "AI will not take your job.", "robot hand human hand"),
        ("de", "Die Bewerbungen kamen per Post.", "job interview"),
        ("de", "Ich habe gekündigt.", "packing desk box"),
        ("de", "Wir haben zwei Meetings gestrichen.", "team meeting table"),  # borrowed
        ("fr", "J'ai appris une leçon.", "open notebook pen"),
        ("es", "Mi jefa me llamó.", "person presenting to team"),
        ("pt", "O meu chefe saiu de férias.", "person presenting to team"),
        ("it", "I clienti hanno ragione.", "customer at counter"),
        ("nl", "Mijn collega's zijn mijn vrienden.", "friends talking bench"),
    ],
)
def test_a_scene_looks_like_what_it_speaks_of(language: str, text: str, query: str) -> None:
    assert first(text, language) == query


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Leadership begins in the kitchen.", "home kitchen"),
        ("My manager asked me twice over coffee.", "coffee cup table"),
        ("We learned it on a mountain.", "mountain path"),
        ("Our growth strategy was written by a nurse.", "nurse at work"),
    ],
)
def test_what_has_a_body_wins_over_what_has_none(text: str, query: str) -> None:
    assert first(text) == query


@pytest.mark.parametrize(
    "text",
    [
        "Are you ready?", "You broke my heart.", "It is essential.", "He was merciless.", "I am restless.", "Ideal.",
        "We run the show.", "It rose.", "Watch this.",
        "It is kind of odd.", "Train them well.", "This drives me.", "We present it.", "The rest is easy.",
    ],
)  # fmt: skip
def test_words_that_only_look_alike_are_not_taken(text: str) -> None:
    assert first(text) in NEUTRAL


@pytest.mark.parametrize(
    ("language", "text"),
    [("fr", "Son avis compte."), ("de", "Die Kür war gut."), ("es", "Habla sobre eso."), ("nl", "Nog meer van dit.")],
)
def test_words_of_another_language_are_not_read_as_english_ones(language: str, text: str) -> None:
    assert first(text, language) in NEUTRAL


def test_neighbours_do_not_begin_alike_and_every_scene_has_something_to_look_for() -> None:
    scenes = build("\n\n".join(f"Meeting number {n} was very long indeed." for n in range(6)), max_seconds=60).scenes
    terms = [search_terms(scene, scenes) for scene in scenes]
    assert all(1 <= len(queries) <= MOST and len(set(queries)) == len(queries) for queries in terms)
    assert all(before[0] != after[0] for before, after in pairwise(terms))


def test_a_scene_that_says_nothing_visible_shows_what_the_post_speaks_of() -> None:
    scenes = build("The nurse was tired.\n\nThe nurse went home.\n\nSo what?", max_seconds=60).scenes
    assert "nurse at work" in search_terms(scenes[-1], scenes)


@pytest.mark.parametrize("language", ["ja", "ar", "xx", "ru"])
def test_a_post_in_any_language_has_something_to_look_for(language: str) -> None:
    scenes = build("これは仕事の話です。", max_seconds=60).scenes
    assert search_terms(scenes[0], scenes, language)


def test_no_query_says_a_word_of_the_post_or_names_anybody() -> None:
    scenes = build("Maximiliane Musterfrau of Acme bought coffee.", max_seconds=60).scenes
    assert "muster" not in " ".join(search_terms(scenes[0], scenes)).lower()


def test_queries_are_one_to_five_plain_words_and_no_reference() -> None:
    entries = (THINGS + IDEAS).strip().replace("\n    ", " ").splitlines()
    queries = {entry.partition(": ")[0] for entry in entries if entry}
    assert len(queries) > 100
    assert all(regex.fullmatch(r"[a-z-]+( [a-z-]+){1,4}", query) and not CHOSEN.fullmatch(query) for query in queries)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "pt", "it", "nl"])
def test_words_that_every_sentence_has_stand_for_nothing(language: str) -> None:
    frequent = WORDS[language].split()[:60]
    things, ideas = looks(language)
    assert len(things) + len(ideas) > 150
    assert not [word for word in frequent if word in things or word in ideas]
