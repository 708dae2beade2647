"""Notes into the shape of a post, without a language model: nothing is added, nothing of it is markup."""

import json
import re
from typing import Any

import pytest

from functions.generate.writing.offline import write
from functions.generate.writing.post_order import PostedNotes
from shared.errors import InvalidRequest
from shared.linkedin_post import hashtags

NOTES = (
    "- shipped v2\n- latency down from 900ms to 120ms\n- nobody was paged\nWe fixed in six weeks what took us a year."
)


def parsed(**fields: Any) -> PostedNotes:
    return PostedNotes.parse(json.dumps(fields).encode())


def test_points_stay_points_and_the_sentence_comes_first() -> None:
    written = write(parsed(notes=NOTES, include_hashtags=False))
    assert written.content == (
        "We fixed in six weeks what took us a year.\n\n→ Shipped v2\n→ Latency down from 900ms to 120ms\n"
        "→ Nobody was paged\n\nWhat is your experience with this?"
    )
    assert written.engine == "offline" and [told.code for told in written.warnings] == ["length_missed"]


def test_every_word_is_the_authors_but_for_the_question() -> None:
    content = write(parsed(notes=NOTES, include_hashtags=False)).content.removesuffix(
        "What is your experience with this?"
    )
    assert {word.lower() for word in content.split()} - {"→"} <= {word.lower() for word in NOTES.split()}


@pytest.mark.parametrize(
    ("notes", "question"),
    [
        ("Unser Team hat das getan. Es war nicht leicht.", "Welche Erfahrungen habt ihr damit gemacht?"),
        ("L'équipe a fait cela avec nous. Ce n'est pas facile pour les clients.", "Quelle est votre expérience"),
        ("What a year. We did it. What helped you most?", "What helped you most?"),
    ],
)
def test_the_question_is_the_authors_own_or_in_the_language_of_the_notes(notes: str, question: str) -> None:
    assert question in write(parsed(notes=notes)).content


def test_no_english_word_is_added_in_a_language_without_phrases() -> None:
    assert write(parsed(notes="生産性は下がりませんでした。病欠は減りました。")).content.isascii() is False
    assert "What" not in write(parsed(notes="生産性は下がりませんでした。病欠は減りました。")).content


def test_long_notes_are_shortened_by_whole_sentences_and_that_is_told() -> None:
    notes = " ".join(f"Sentence number {n} tells what happened that day." for n in range(60))
    written = write(parsed(notes=notes, length="short"))
    assert len(written.content) <= 550 and "text_shortened" in [told.code for told in written.warnings]
    told = re.findall(r"Sentence number [^.]*\.", written.content)
    assert len(told) > 5 and all(sentence in notes for sentence in told)


def test_markup_and_hashtags_of_the_notes_are_cleaned_and_the_tags_kept() -> None:
    content = write(parsed(notes="**Never** again, I said.\nhashtag#AI #jobsearch")).content
    assert content.startswith("Never again, I said.") and hashtags(content) == ("AI", "jobsearch")
    assert hashtags(write(parsed(notes="I use #AI daily.", include_hashtags=False)).content) == ()


def test_a_theme_alone_is_refused_with_what_to_send() -> None:
    with pytest.raises(InvalidRequest) as told:
        write(parsed(theme="Leadership"))
    assert told.value.errors[0].field == "notes" and told.value.hint


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, ["notes"]),
        ({"notes": " "}, ["notes"]),
        ({"note": "x"}, ["note"]),
        ({"notes": "x", "tone": "angry", "length": 199, "language": "english"}, ["tone", "length", "language"]),
        ({"notes": "x" * 6001, "theme": "y" * 301}, ["theme", "notes"]),
        ({"notes": "x", "length": True}, ["length"]),
    ],
)
def test_every_mistake_is_told_at_once(fields: dict[str, Any], wrong: list[str]) -> None:
    with pytest.raises(InvalidRequest) as told:
        parsed(**fields)
    assert [error.field for error in told.value.errors] == wrong


def test_the_same_notes_make_the_same_post() -> None:
    assert write(parsed(notes=NOTES)) == write(parsed(notes=NOTES))
