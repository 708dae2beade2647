"""Captions: what stands together, for how long, and the files made of them."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.render.captions import (
    FRAME,
    LEAD,
    LONGEST_LINE,
    TAIL,
    Caption,
    CaptionWord,
    active_word,
    captions,
    set_lines,
    srt,
    vtt,
)

WIDTH = 26.0


def measure(text: str) -> float:
    return float(len(text))


def spoken(text: str, start: float = 0.0, pause: float = 0.05) -> list[CaptionWord]:
    words = []
    for word in text.split():
        end = start + 0.1 + 0.05 * len(word)
        words.append(CaptionWord(text=word, start=start, end=end))
        start = end + pause
    return words


def shown(*texts: str) -> tuple[Caption, ...]:
    return captions(
        [spoken(text, start=10.0 * place) for place, text in enumerate(texts)], measure=measure, width=WIDTH
    )


WORDS = st.lists(
    st.tuples(
        st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=40),
        st.floats(0, 1.5),
        st.floats(0, 2),
    ),
    max_size=30,
)


@given(st.lists(WORDS, max_size=3))
def test_every_word_is_shown_once_in_order_on_lines_that_fit(scenes: list[list[tuple[str, float, float]]]) -> None:
    at = 0.0
    timed: list[list[CaptionWord]] = []
    for scene in scenes:
        timed.append([])
        for text, length, pause in scene:
            timed[-1].append(CaptionWord(text=text, start=at, end=at + length))
            at += length + pause
    made = captions(timed, measure=measure, width=WIDTH)

    assert [word for caption in made for word in caption.words] == [word for scene in timed for word in scene]
    for caption in made:
        assert [number for line in caption.lines for number in line] == list(range(len(caption.words)))
        assert len(caption.lines) <= 2
        assert any(set(caption.words) <= set(scene) for scene in timed)
        for line in caption.text.split("\n"):
            assert measure(line) <= WIDTH or len(caption.words) == 1
    for caption in made:
        assert caption.end >= caption.start + FRAME - 1e-9
    for before, after in pairwise(made):
        assert before.end <= after.start


@given(st.lists(st.tuples(st.text(), st.floats(0, 9), st.floats(0, 9)), max_size=20))
def test_files_are_well_formed_whatever_the_text_and_times(words: list[tuple[str, float, float]]) -> None:
    made = captions([[CaptionWord(text=t, start=s, end=e) for t, s, e in words]], measure=measure, width=WIDTH)
    for file, point in ((srt(made), ","), (vtt(made), ".")):
        file.encode("utf-8")
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", file)
        clock = rf"(\d\d):(\d\d):(\d\d)\{point}(\d\d\d)"
        cues = re.findall(rf"^(\d+)\n{clock} --> {clock}\n(.+(?:\n.+)*)$", file, re.M)
        assert [int(cue[0]) for cue in cues] == list(range(1, file.count("-->") + 1))
        times = [
            (((int(c[i]) * 60 + int(c[i + 1])) * 60 + int(c[i + 2])) * 1000 + int(c[i + 3]))
            for c in cues
            for i in (1, 5)
        ]
        assert times == sorted(times)
        assert all(start < end for start, end in zip(times[::2], times[1::2], strict=True))


def test_lines_and_captions_end_where_the_sense_does() -> None:
    assert shown("It failed badly. We learned a lot.")[0].text == "It failed badly.\nWe learned a lot."
    ends = [
        caption.words[-1].text for caption in shown("I left my job, then I moved to Lisbon, and started from zero.")
    ]
    assert ends[-1] == "zero."
    assert ends[0].endswith(",")


def test_no_word_is_left_alone_when_that_can_be_avoided() -> None:
    for text in (
        "Nobody tells you that growth feels a lot like losing it all.",
        "The best time to plant a tree was twenty years ago today ok.",
        "We doubled revenue in six months without hiring a single person.",
    ):
        made = shown(text)
        assert all(len(caption.words) > 1 for caption in made)
        assert all(len(caption.lines[-1]) > 1 or len(caption.lines) == 1 for caption in made)


def test_lines_are_balanced_and_break_after_punctuation() -> None:
    assert set_lines(["one", "two", "three", "four", "five"], measure=measure, width=20) == ((0, 1, 2), (3, 4))
    assert set_lines(["Stop", "now,", "read", "this", "one"], measure=measure, width=14) == ((0, 1), (2, 3, 4))


def test_a_line_keeps_to_its_longest_even_where_the_frame_is_wide() -> None:
    made = captions([spoken("word " * 60)], measure=measure, width=500)
    assert max(len(line) for caption in made for line in caption.text.split("\n")) <= LONGEST_LINE


def test_captions_never_mix_two_scenes() -> None:
    assert [caption.text for caption in shown("One.", "Two.")] == ["One.", "Two."]


def test_a_word_wider_than_the_line_stands_alone_and_whole() -> None:
    long = "Donaudampfschifffahrtsgesellschaft"
    made = shown(f"die {long} fährt")
    assert [caption.text for caption in made if long in caption.text] == [long]


def test_a_caption_comes_a_moment_early_into_silence_but_never_over_a_word() -> None:
    first, second = captions(
        [
            [CaptionWord(text="One.", start=1.0, end=2.0)],
            [CaptionWord(text="Two.", start=2.02, end=3.0)],
        ],
        measure=measure,
        width=WIDTH,
    )
    assert first.start == pytest.approx(1.0 - LEAD)
    assert second.start == pytest.approx(2.0)
    assert first.end == second.start
    assert second.end == pytest.approx(3.0 + TAIL)


def test_a_word_stays_marked_until_the_next_one_starts() -> None:
    words = (CaptionWord(text="a", start=1, end=1.2), CaptionWord(text="b", start=2, end=2.2))
    assert [active_word(words, at) for at in (0.5, 0.95, 1.0, 1.9, 2.0, 2.3, 2.9)] == [None, 0, 0, 0, 1, 1, None]
    assert active_word((), 1.0) is None


def test_captions_change_less_often_than_words_are_fast() -> None:
    made = captions([spoken("so we go on and on and up we go to it as is", pause=0.0)], measure=measure, width=WIDTH)
    assert len(made) == 1


def test_the_srt_and_vtt_files_read_as_the_players_expect() -> None:
    made = captions([[CaptionWord(text="R&D <b>", start=3661.5, end=3662.0)]], measure=measure, width=WIDTH)
    assert srt(made) == "1\n01:01:01,420 --> 01:01:02,600\nR&D <b>\n"
    assert vtt(made) == "WEBVTT\n\n1\n01:01:01.420 --> 01:01:02.600\nR&amp;D &lt;b&gt;\n"
    assert srt(()) == ""
    assert vtt(()) == "WEBVTT\n"


def test_text_cannot_forge_a_cue() -> None:
    made = captions([[CaptionWord(text="a\n\n2\n00:00 --> 9", start=0, end=1)]], measure=measure, width=WIDTH)
    assert srt(made).count("-->") == 1
    assert "\n\n" not in srt(made)


def test_words_without_usable_times_still_make_a_valid_file() -> None:
    made = captions([[CaptionWord(text="word", start=5.0, end=5.0)] * 40], measure=measure, width=WIDTH)
    assert len(made) > 1
    assert all(after.start - before.start >= FRAME - 1e-9 for before, after in pairwise(made))
    assert all(caption.end > caption.start for caption in made)


@given(
    st.lists(st.tuples(st.text("abc", min_size=1, max_size=9), st.floats(0.1, 0.9), st.floats(0, 0.8)), min_size=2),
    st.data(),
)
def test_no_caption_stands_across_a_cut(words: list[tuple[str, float, float]], data: st.DataObject) -> None:
    at, timed = 0.0, []
    for text, length, pause in words:
        timed.append(CaptionWord(text=text, start=at, end=at + length))
        at += length + pause
    places = data.draw(st.sets(st.integers(1, len(timed) - 1), max_size=4))
    cuts = [(timed[place - 1].end + timed[place].start) / 2 for place in sorted(places)]
    made = captions([timed], measure=measure, width=WIDTH, cuts=cuts)
    assert [word for caption in made for word in caption.words] == timed
    for caption in made:
        assert not any(caption.start < cut - 1e-6 and caption.end > cut + 1e-6 for cut in cuts)
    for before, after in pairwise(made):
        assert before.end <= after.start + 1e-9


@pytest.mark.parametrize("kept", ["Dr. Weber", "A. Smith", "z. B.", "24. April"])
def test_what_is_shortened_stands_with_what_follows(kept: str) -> None:
    made = shown(f"We met in Berlin with our friends and {kept} told us all about it, which was good.")
    assert any(kept in line for caption in made for line in caption.text.split("\n"))
