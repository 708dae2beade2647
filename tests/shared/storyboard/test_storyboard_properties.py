"""What holds for any text at all."""

import re
import unicodedata

import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import NothingToNarrate
from shared.storyboard import Scene, Storyboard, Word, build, choose, from_scenes, unstyle
from shared.video_request import PlannedScene

PIECES = st.one_of(
    st.text(min_size=1, max_size=40),
    st.text(
        alphabet="aA1.…!?,-–—:#@&$€%+/()[]*_~`'\"→•✅🚀🇺🇸👩\u200d\ufe0f\u20e3\u0301½²™𝗔ａ时代あกहे\n \t",
        min_size=1,
        max_size=30,
    ),
    st.sampled_from(
        [
            "https://a.b/c",
            "www.x.com",
            "me@x.io",
            "#AiFor",
            "hashtag#x",
            "@Jo_Hn",
            "$5M",
            "1. ",
            "- ",
            "\n\n",
            "1️⃣ ",
            "👩‍👩‍👧 ",
            "2-3x",
            " and ",
            "e.g. ",
            ": ",
        ]
    ),
)
POSTS = st.lists(PIECES, min_size=1, max_size=25).map("".join).filter(lambda text: 1 <= len(text) <= 3000)
PLAIN_WORDS = st.text(alphabet="bcdfghjklmnpqrstvwxyz", min_size=2, max_size=12).filter(
    lambda word: word not in {"url", "vs", "pp"}
)
GAPS = st.sampled_from(
    [
        " ",
        ". ",
        ", ",
        "! ",
        " 🚀 ",
        "\n",
        "\n\n",
        "\n- ",
        "\n✅ ",
        "\n1. ",
        " — ",
        "\n\nhttps://x.io/y.\n\n",
        " #\n",
        "; ",
    ]
)
EMOJI = regex.compile(r"[\p{Extended_Pictographic}\p{RI}\u20e3]")


def told(post: str, *, max_seconds: float = 100_000) -> Storyboard | None:
    try:
        return build(post, max_seconds=max_seconds)
    except NothingToNarrate:
        return None


@settings(max_examples=250, deadline=None)
@given(POSTS)
def test_any_text_becomes_scenes_that_can_be_said_and_shown(post):
    board = told(post)
    for scene in board.scenes if board else ():
        assert scene.words
        for word in scene.words:
            assert regex.search(r"[\p{L}\p{N}&]", word.spoken)
            assert not EMOJI.search(word.spoken)
            assert "://" not in word.spoken
            assert word.shown.strip() == word.shown != ""
            for character in word.shown + word.spoken:
                assert unicodedata.category(character) not in {"Cc", "Cs", "Co", "Zl", "Zp"}
                assert character not in "\u200b\u200e\u200f\u202a\u202e\u2066\ufeff\x00"


@settings(max_examples=60, deadline=None)
@given(POSTS, st.floats(min_value=1, max_value=60))
def test_a_shorter_film_tells_some_of_the_same_scenes_in_the_same_order(post, max_seconds):
    whole, short = told(post), told(post, max_seconds=max_seconds)
    if whole is None or short is None:
        assert whole is short
        return
    everything = iter(scene.words for scene in whole.scenes)
    assert all(scene.words in everything for scene in short.scenes)


@settings(max_examples=200, deadline=None)
@given(POSTS)
def test_unstyling_twice_does_no_more_than_once(text):
    assert unstyle(unstyle(text)) == unstyle(text)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(PLAIN_WORDS, GAPS), min_size=1, max_size=60), st.sampled_from([5.0, 20.0, 10_000.0]))
def test_no_plain_word_is_lost_or_moved(parts, max_seconds):
    written = [word for word, _ in parts]
    board = told("".join(word + gap for word, gap in parts), max_seconds=max_seconds)
    assert board is not None
    shown = re.findall("[a-z]+", " ".join(scene.shown for scene in board.scenes))
    rest = iter(written)
    assert all(word in rest for word in shown)
    left_out = re.findall("[a-z]+", " ".join(board.left_out))
    assert sorted(shown + left_out) == sorted(written)


@given(
    st.lists(
        st.tuples(
            st.floats(min_value=0.1, max_value=30),
            st.sampled_from(["plain words", "But then it was 40%", "One", "This is it"]),
            st.booleans(),
            st.sampled_from([0, 0, 1, 2, 3]),
            st.booleans(),
        ),
        min_size=1,
        max_size=40,
    ),
    st.floats(min_value=1, max_value=120),
)
def test_a_choice_is_in_order_fits_is_stable_and_is_never_empty(drawn, max_seconds):
    seconds = [length for length, *_ in drawn]
    scenes = [
        Scene(
            words=tuple(Word(shown=word, spoken=word) for word in text.split()),
            kind="point" if item else "body",
            starts=(0,) if begins or not place else (),
            item=item,
            announces=announces and not item,
        )
        for place, (_, text, begins, item, announces) in enumerate(drawn)
    ]
    kept = choose(scenes, seconds, max_seconds)
    assert kept == choose(scenes, seconds, max_seconds)
    assert kept
    assert list(kept) == sorted(set(kept))
    sentences = [place for place in kept if not scenes[place].continues]
    assert sum(seconds[place] for place in kept) <= max_seconds + 1e-6 or len(sentences) == 1
    for place, scene in enumerate(scenes):
        if scene.continues:
            assert (place in kept) == (place - 1 in kept)  # a sentence is whole or not there


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(PLAIN_WORDS, GAPS), min_size=1, max_size=40))
def test_what_is_shown_makes_the_same_film_again(parts):
    board = told("".join(word + gap for word, gap in parts))
    planned = [PlannedScene(text=scene.shown, spoken=scene.spoken, kind=scene.kind) for scene in board.scenes]
    again = from_scenes(planned, language=board.language)
    assert [scene.spoken for scene in again.scenes] == [scene.spoken for scene in board.scenes]
    assert [scene.shown for scene in again.scenes] == [scene.shown for scene in board.scenes]


SCRIPTS = st.text(alphabet="abcАбвαβγالعربيةहिन्दी日本語は中文字한국어ไทยქარ ", min_size=1, max_size=20)
MARKS = st.sampled_from(
    [". ", "! ", "。", "। ", "؟ ", " 🚀 ", "\n", "\n\n- ", " 40 % ", " 3 € ", " #Tag ", " « ", " » ", ": "]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(SCRIPTS, MARKS), min_size=1, max_size=20))
def test_no_letter_of_any_script_is_lost_or_moved(parts):
    post = "".join(text + mark for text, mark in parts)
    board = told(post)
    written = regex.findall(r"[\p{L}--[Tag]]", unstyle(post), regex.V1)
    shown = regex.findall(r"[\p{L}--[Tag]]", "".join(scene.shown for scene in board.scenes) if board else "", regex.V1)
    assert shown == written
    for scene in board.scenes if board else ():
        assert not regex.search(r"[\p{Extended_Pictographic}--[0-9#*]]|\p{Cc}", scene.spoken, regex.V1)
