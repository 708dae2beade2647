"""Whole posts, as people write them, and the scenes that they become."""

from contextlib import suppress
from time import process_time

import pytest

from shared.errors import NothingToNarrate
from shared.storyboard import Storyboard, build

LAUNCH = """🚀 𝗪𝗲 𝗷𝘂𝘀𝘁 𝗰𝗹𝗼𝘀𝗲𝗱 𝗼𝘂𝗿 $𝟱𝗠 𝗦𝗲𝗲𝗱 𝗥𝗼𝘂𝗻𝗱!!!

Three years ago, I was in a café in Berlin with Dr. A. Smith, no money, no team...

Today we serve 10k+ customers & grew revenue 3x YoY — from $1.2M → $3.8M (that's +217%).

Here's what I learned:

✅ Hire slow, fire fast
✅ Talk to 5-10 users a week
✅ Your 1st product will be wrong. That's okay.

1️⃣ Focus
2️⃣ Ship

Thanks to @Jane Doe and @john_smith for believing in us 🙏

Read more: https://example.com/blog?x=1
👉 Full story here: www.example.com/a_b

hashtag#Startup hashtag#FutureOfWork #AI"""


def told(post: str) -> Storyboard:
    return build(post, max_seconds=10_000)


def spoken(post: str) -> list[str]:
    return [scene.spoken for scene in told(post).scenes]


def shown(post: str) -> list[str]:
    return [scene.shown for scene in told(post).scenes]


def test_a_launch_post_is_said_as_a_human_would_say_it():
    assert spoken(LAUNCH) == [
        "We just closed our 5 million dollar Seed Round!",
        "Three years ago, I was in a café in Berlin with Dr. A. Smith, no money, no team…",
        "Today we serve 10 thousand plus customers and grew revenue 3 times YoY, from 1.2 million dollars to "
        "3.8 million dollars (that's plus 217 percent).",
        "Here's what I learned:",
        "Hire slow, fire fast.",
        "Talk to 5 to 10 users a week.",
        "Your 1st product will be wrong. That's okay.",
        "Focus.",
        "Ship.",
        "Thanks to Jane Doe and john smith for believing in us.",
    ]


def test_a_launch_post_is_shown_as_its_author_wrote_it():
    assert shown(LAUNCH) == [
        "🚀 We just closed our $5M Seed Round!",
        "Three years ago, I was in a café in Berlin with Dr. A. Smith, no money, no team…",
        "Today we serve 10k+ customers & grew revenue 3x YoY — from $1.2M → $3.8M (that's +217%).",
        "Here's what I learned:",
        "✅ Hire slow, fire fast",
        "✅ Talk to 5-10 users a week",
        "✅ Your 1st product will be wrong. That's okay.",
        "1. Focus",
        "2. Ship",
        "Thanks to @Jane Doe and @john_smith for believing in us 🙏",
    ]


def test_scenes_know_what_they_are_for():
    kinds = [scene.kind for scene in told(LAUNCH).scenes]
    assert kinds == ["hook", "body", "body", "body", "point", "point", "point", "point", "point", "close"]


def test_short_sentences_of_a_paragraph_share_a_scene_and_know_where_each_begins():
    scene = told(
        "A hook stands alone.\n\nWe tried. We failed. We tried again.\n\nThat is how it was for all of us then."
    ).scenes[1]
    assert scene.shown == "We tried. We failed. We tried again."
    assert scene.starts == (0, 2, 4)
    assert not scene.continues


def test_fifteen_lines_make_a_sensible_number_of_scenes():
    post = "\n\n".join(f"This is the thought of paragraph {place}, told in one line." for place in range(15))
    assert len(told(post).scenes) == 15
    fragments = "\n\n".join(["I quit my job."] + ["No plan.", "No money.", "No idea.", "Just hope."] * 4)
    assert 3 <= len(told(fragments).scenes) <= 6


def test_lines_that_share_a_scene_are_told_apart_on_screen():
    assert (
        shown("We changed how we work.\n\nNo meetings\nNo slack 🎉\nNo email")[1] == "No meetings. No slack 🎉 No email"
    )


@pytest.mark.parametrize(
    ("post", "sentences"),
    [
        ("I met Dr. Smith at 9 a.m. in the U.S. office. It was fun.", 2),
        ("We grew 2.5 percent. Then 3.1 percent.", 2),
        ("J. R. Smith wrote it, e.g. on Node.js, etc. and so on.", 1),
        ("We moved to the U.S. They loved it.", 2),
        ('"Nobody reads this." That is what he said.', 2),
        ("P.S. I love you.", 1),
        ("So proud of the whole team 🎉 Thanks everyone for coming", 2),
        ("Last year we moved to 🇫🇷 France for good", 1),
        ("Wait… what is this? Oh! A sentence.", 3),
        ("No. 1 in Europe. No. 2 in Asia.", 2),
    ],
)
def test_sentences_end_where_they_end(post, sentences):
    assert sum(len(scene.starts) for scene in told(post).scenes) == sentences


def test_a_long_sentence_becomes_several_scenes_and_loses_no_word():
    sentence = (
        "When we started this company in a small garage with nothing but a laptop and a lot of coffee, we had no idea "
        "that five years later we would serve half a million people in thirty countries, and that the hardest part "
        "would not be the product but the patience that it takes to listen to every single customer."
    )
    scenes = told(f"A hook.\n\n{sentence}").scenes[1:]
    assert len(scenes) > 1
    assert [scene.continues for scene in scenes] == [False] + [True] * (len(scenes) - 1)
    assert " ".join(scene.shown for scene in scenes) == sentence
    assert all(len(scene.shown) <= 180 for scene in scenes)


def test_languages_without_spaces_become_words_of_reasonable_length():
    post = "これはテストです。私たちは新しい製品を発表しました！AI時代が来た。"
    board = told(post)
    words = [word.shown for scene in board.scenes for word in scene.words]
    assert "".join(words) == post
    assert max(map(len, words)) <= 9
    assert board.scenes[0].shown == "これはテストです。"


def test_other_languages_keep_their_numbers_and_their_sentence_ends():
    assert spoken("Hoy celebramos 5 años con el equipo.\n\n¿Qué sigue para nosotros? Crecer un 50%.") == [
        "Hoy celebramos 5 años con el equipo.",
        "¿Qué sigue para nosotros? Crecer un 50%.",
    ]
    assert len(told("यह एक परीक्षण है। हम बहुत खुश हैं।").scenes) == 2
    assert spoken("هل هذا اختبار؟ نعم، إنه اختبار.") == ["هل هذا اختبار؟", "نعم، إنه اختبار."]


def test_marks_that_french_sets_apart_stay_with_their_word():
    words = told("Bravo à toute notre équipe ! Quelle est la suite pour nous ?").scenes[0].words
    assert words[-1].shown == "équipe !"
    assert words[-1].spoken == "équipe!"


def test_no_text_keeps_the_machine_busy():
    for piece in (
        "#a ",
        "👩\u200d",
        "a\n",
        "1. ",
        "a--",
        "*a",
        "((",
        "https://",
        "$5M-",
        "a\u0301\u0334",
        "时代",
        "a@b.",
        ". ",
    ):
        began = process_time()
        with suppress(NothingToNarrate):
            told((piece * 3000)[:3000])
        assert process_time() - began < 2  # seconds; all take some hundredths


@pytest.mark.parametrize(
    "post", ["🚀🚀", "https://example.com", "#AI #ML", "#FutureOfWork", "---\n***", "👉 www.a.com 🎉\n#x", "a@b.com"]
)
def test_a_post_with_nothing_to_say_is_refused(post):
    with pytest.raises(NothingToNarrate):
        told(post)
