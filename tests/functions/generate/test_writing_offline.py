"""Notes into the shape of a post, without a language model: nothing is added, nothing of it is markup."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.generate.writing.cleaning import sentences
from functions.generate.writing.offline import write
from functions.generate.writing.post_order import PostedNotes
from shared.errors import InvalidRequest
from shared.linkedin_post import character_count, hashtags

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


def test_a_language_that_nobody_knows_here_is_not_taken_for_english() -> None:
    notes = "Tulianza kampuni yetu mwaka jana. Wateja wetu wawili walikuwa jirani zetu. Leo tunao wateja mia moja."
    assert "?" not in write(parsed(notes=notes)).content
    assert write(parsed(notes="We shipped it. Nobody was paged.")).content.count("?") == 1


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


@pytest.mark.parametrize(
    ("notes", "lines"),
    [
        ("Dr. Meier hat am 24. März angefangen. Es lief z. B. sehr gut.",
         ["Dr. Meier hat am 24. März angefangen.", "Es lief z. B. sehr gut."]),
        ("migration done! took 14 months, e.g. for tests. costs fell by 40 %.",
         ["migration done!", "took 14 months, e.g. for tests.", "costs fell by 40 %."]),
        ("It was J. Smith at Acme Inc. who said no... and left. She asked: \"Why?\" and went.",
         ["It was J. Smith at Acme Inc. who said no... and left.", "She asked: \"Why?\" and went."]),
    ],
)  # fmt: skip
def test_a_sentence_ends_where_it_ends(notes: str, lines: list[str]) -> None:
    assert [one.strip() for one in sentences(notes)] == lines
    assert "".join(sentences(notes)) == notes


def test_lines_that_a_mail_program_broke_are_whole_again_and_names_keep_their_letters() -> None:
    notes = "We met at nine in the morning of a long day\nand left at ten. iPhone sales doubled."
    content = write(parsed(notes=notes, include_hashtags=False)).content
    assert content.startswith("We met at nine in the morning of a long day and left at ten.\n\niPhone sales doubled.")


def test_numbered_points_lose_their_numbers_and_dates_do_not() -> None:
    content = write(parsed(notes="1. Plan\n2. Build\n3. Ship", theme="How we work", include_hashtags=False)).content
    assert content.startswith("How we work\n\n→ Plan\n→ Build\n→ Ship")
    assert "24. März" in write(parsed(notes="24. März: wir beginnen mit dem Umbau.\nEs war nicht leicht.")).content


def test_a_question_inside_the_story_stays_where_it_stands() -> None:
    content = write(parsed(notes="I told my boss. Would she say yes? She did. I still work there.")).content
    assert "Would she say yes? She did." in content and content.count("?") == 2


def test_a_conclusion_does_not_open_and_a_label_is_no_sentence() -> None:
    content = write(parsed(notes="Notes for the post:\n- 31 of 40 never open it\nSo we stopped.")).content
    assert content.startswith("31 of 40 never open it\n\nSo we stopped.")


def test_what_announces_points_goes_with_them() -> None:
    notes = "We had a plan. What we did:\n- " + "\n- ".join(f"point {n} of the long list of things" for n in range(40))
    content = write(parsed(notes=notes, length="short", include_hashtags=False)).content
    assert "What we did:\n\n→ Point 0" in content
    too_long = write(parsed(notes=f"We had a plan. What we did:\n- {'more and ' * 40}", length=200)).content
    assert too_long.startswith("We had a plan.") and "What we did" not in too_long


def test_a_mention_an_address_and_arithmetic_survive() -> None:
    notes = "@[Ann Lee](urn:li:person:a_b-1) wrote 2**10 = 1024 on https://a.example/x_y_z (the *whole* of it)."
    content = write(parsed(notes=notes, include_hashtags=False)).content
    assert "@[Ann Lee](urn:li:person:a_b-1) wrote 2**10 = 1024 on https://a.example/x_y_z (the whole of it)." in content


@pytest.mark.parametrize(
    ("notes", "fields", "tags"),
    [
        ("Our onboarding took weeks. Every new hire waited for feedback.", {}, {"Onboarding", "Hiring", "Feedback"}),
        (
            "We cut meetings. The roadmap got better.",
            {"theme": "Deep work"},
            {"DeepWork", "Meetings", "ProductManagement", "Productivity"},
        ),
        ("Die Führungskraft sprach mit dem Team über die Gehälter.", {}, {"Führungskraft", "Gehälter", "Team"}),
        ("Le télétravail change notre équipe et nos réunions.", {}, {"Télétravail", "Équipe", "Réunions"}),
        (
            "The sensor failed. We replaced the sensor, and every sensor since. It uses GitHub.",
            {},
            {"GitHub", "Sensor"},
        ),
        ("Sarah and Tom came. Sarah left early, Tom later.", {}, set()),
    ],
)
def test_hashtags_are_subjects_names_and_words_of_the_notes(notes: str, fields: dict[str, Any], tags: set[str]) -> None:
    written = write(parsed(notes=notes, **fields))
    assert set(hashtags(written.content)) == tags
    assert ("no_hashtags" in [told.code for told in written.warnings]) == (not tags)


def test_never_more_than_five_hashtags() -> None:
    notes = "Hiring, sales, marketing, pricing, onboarding, meetings, leadership and security. #One #Two"
    assert hashtags(write(parsed(notes=notes)).content)[:2] == ("One", "Two")
    assert len(hashtags(write(parsed(notes=notes)).content)) == 5


def test_nothing_is_translated_and_that_is_told() -> None:
    notes = "Wir haben das tägliche Treffen abgeschafft, und niemand von uns vermisst es wirklich."
    assert "language_missed" in [told.code for told in write(parsed(notes=notes, language="en")).warnings]
    assert "language_missed" not in [told.code for told in write(parsed(notes=notes, language="de-AT")).warnings]


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=300), st.sampled_from(["short", 200, 3000]))
@settings(max_examples=150, deadline=None)
def test_whatever_the_notes_are_it_is_a_post_or_refused(notes: str, length: Any) -> None:
    if not re.search(r"\w", notes):
        with pytest.raises(InvalidRequest):
            write(PostedNotes(notes=notes, length=length))
        return
    try:
        written = write(PostedNotes(notes=notes, length=length))
    except InvalidRequest:  # nothing was left of it but hashtags, marks or a heading
        return
    assert 0 < character_count(written.content) <= written_at_most(length)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e]", written.content)


def written_at_most(length: Any) -> int:
    return PostedNotes(notes="x", length=length).longest


def test_the_same_notes_make_the_same_post() -> None:
    assert write(parsed(notes=NOTES)) == write(parsed(notes=NOTES))
