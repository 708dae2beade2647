"""One clock: words in order, shots without holes, pictures for equal times, fades in silence, sound with its words."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.render.narration import Narration, WordTiming
from functions.render.timeline import FADE, FPS, SHORTEST_FILM, SHORTEST_SHOT, TAIL, Timeline, lay_out

RATE = 8000
FRAME = 1 / FPS


def told(
    lengths: Sequence[float], *, pause: float = 0.05, lead: float = 0.0, tail: float = 0.0, noise: int = 0
) -> Narration:
    """A tone for each word, so many seconds long, `pause` between words, and silence (or noise) around them."""
    words, parts, at = [], [_tone(0, lead)], lead
    for number, length in enumerate(lengths):
        start = sum(map(len, parts)) / RATE
        parts += [_tone(300 + 100 * (number % 5), length), _tone(0, pause)]
        words.append(WordTiming(text=f"w{number}", start=start, end=start + len(parts[-2]) / RATE))
        at += length + pause
    audio = np.concatenate([*parts[:-1], _tone(0, tail)])
    if noise:
        audio = audio + np.random.default_rng(1).integers(-noise, noise, len(audio)).astype(np.int16)
    return Narration(audio=audio, sample_rate=RATE, words=tuple(words))


def _tone(frequency: int, seconds: float) -> np.ndarray:
    at = np.arange(round(seconds * RATE)) / RATE
    return (9000 * np.sin(2 * np.pi * frequency * at)).astype(np.int16)


def laid_out(
    narrations: Sequence[Narration],
    *,
    segment: float = 5.0,
    pictures: int | None = None,
    fades: bool = True,
    shows: Sequence[int] | None = None,
) -> Timeline:
    """Each scene's fourth word ends a clause, its last one a sentence."""
    shown = [
        [
            word.text + ("." if n == len(told.words) - 1 else "," if n % 4 == 3 else "")
            for n, word in enumerate(told.words)
        ]
        for told in narrations
    ]
    return lay_out(shown, narrations, segment_seconds=segment, pictures=pictures, fades=fades, shows=shows)


def words_of(film: Timeline) -> list[tuple[float, float]]:
    return [(word.start, word.end) for scene in film.scenes for word in scene]


def heard(film: Timeline) -> list[float]:
    """When each tone begins, from the samples alone: the first loud one after 20 ms of silence."""
    loud = np.flatnonzero(np.abs(film.voice.astype(int)) > 600)
    return [loud[0] / RATE, *(b / RATE for a, b in pairwise(loud) if b - a > 0.02 * RATE)]


def seconds_a_picture(film: Timeline, pictures: int) -> list[float]:
    return [sum(s.end - s.start for s in film.shots if s.number % pictures == n) for n in range(pictures)]


scenes = st.lists(
    st.builds(
        told,
        st.lists(st.floats(0.08, 0.9), min_size=1, max_size=14),
        pause=st.sampled_from([0.0, 0.02, 0.08, 0.3]),
        lead=st.sampled_from([0.0, 0.12]),
        tail=st.sampled_from([0.0, 0.25]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=120, deadline=None)
@given(scenes, st.floats(2, 10), st.sampled_from([None, 1, 2, 3]), st.booleans())
def test_whatever_is_told_the_clock_holds(
    narrations: list[Narration], segment: float, pictures: int | None, fades: bool
) -> None:
    film = laid_out(narrations, segment=segment, pictures=pictures, fades=fades)

    times = [moment for word in words_of(film) for moment in word]
    assert all(after - before > -1e-9 for before, after in pairwise(times))
    assert times[0] >= 0 and times[-1] <= film.duration - TAIL + FRAME
    assert [len(scene) for scene in film.scenes] == [len(narration.words) for narration in narrations]

    assert film.duration >= SHORTEST_FILM
    assert film.shots[0].start == 0 and film.shots[-1].end == film.duration
    assert all(before.end == after.start for before, after in pairwise(film.shots))
    assert [shot.number for shot in film.shots] == list(range(len(film.shots)))
    for shot in film.shots:
        assert shot.start * FPS == pytest.approx(round(shot.start * FPS))
        assert shot.end - shot.start > 1 - FRAME
    assert film.frame_count == pytest.approx(film.duration * FPS)
    assert len(film.voice) == round(film.duration * RATE)

    if pictures:
        assert len(film.shots) % pictures == 0  # each equally often
        shortest = min(shot.end - shot.start for shot in film.shots)
        assert shortest >= SHORTEST_SHOT - 4 * FRAME
    assert film.shots[0].fade == 0
    for shot in film.shots:
        if not fades:
            assert shot.fade == 0
        if shot.fade:
            begin, end = shot.start - shot.fade / 2 + 1e-6, shot.start + shot.fade / 2 - 1e-6
            assert not [word for word in words_of(film) if word[0] < end and word[1] > begin]
            before = max(word[1] for word in words_of(film) if word[1] <= begin)
            after = min([word[0] for word in words_of(film) if word[0] >= end], default=film.duration)
            assert after - before >= 0.35


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.floats(0.1, 0.6), min_size=4, max_size=14), min_size=1, max_size=6),
    st.integers(2, 3),
    st.floats(2, 8),
)
def test_each_picture_is_shown_for_about_as_long_as_the_others(
    lengths: list[list[float]], pictures: int, segment: float
) -> None:
    film = laid_out([told(scene, lead=0.12, tail=0.25) for scene in lengths], segment=segment, pictures=pictures)
    seconds = seconds_a_picture(film, pictures)
    assert max(seconds) / min(seconds) < 2.2  # the worst of what words allow; usually far nearer
    assert sum(seconds) == pytest.approx(film.duration)


def test_in_ordinary_films_three_pictures_differ_by_a_fifth_and_most_changes_still_fade() -> None:
    chance = np.random.default_rng(7)
    ratios, fades = [], []
    for _ in range(20):
        scenes = [told(chance.uniform(0.12, 0.5, chance.integers(5, 14)), tail=0.25) for _ in range(8)]
        film = laid_out(scenes, pictures=3)
        seconds = seconds_a_picture(film, 3)
        ratios.append(max(seconds) / min(seconds))
        fades += [bool(shot.fade) for shot in film.shots[1:]]
    assert np.mean(ratios) < 1.2 and max(ratios) < 1.5
    assert np.mean(fades) > 0.85


def test_a_film_lasts_as_long_as_its_voice_and_a_short_tail() -> None:
    scenes = [told([0.4] * 10, tail=0.25), told([0.4] * 10, tail=0.25)]
    film = laid_out(scenes, fades=False)
    spoken = sum(scene.duration for scene in scenes)
    assert spoken + TAIL <= film.duration <= spoken + TAIL + 0.2


def test_the_shortest_post_still_makes_a_film_of_three_seconds() -> None:
    assert laid_out([told([0.2])]).duration == 3.0


def test_with_little_text_three_pictures_get_their_time_after_the_words() -> None:
    film = laid_out([told([0.3, 0.3])], pictures=3)
    lengths = [shot.end - shot.start for shot in film.shots]
    assert len(lengths) == 3
    assert min(lengths) >= SHORTEST_SHOT - FRAME
    assert max(lengths) < 1.5
    assert film.duration > 3.0 + 2 * FRAME


def test_many_rounds_show_the_pictures_in_order_again_and_again() -> None:
    film = laid_out([told([0.4] * 12, tail=0.25) for _ in range(6)], pictures=3, segment=3)
    assert len(film.shots) in (9, 12)
    assert all(1.4 < shot.end - shot.start < 5 for shot in film.shots)


def test_tones_are_heard_when_the_words_say_so_with_gaps_put_in_between() -> None:
    scenes = [told([0.2] * 30), told([0.3] * 20, lead=0.12), told([0.15] * 25, tail=0.25)]
    film = laid_out(scenes, segment=2.0)
    without = laid_out(scenes, segment=2.0, fades=False)
    assert film.duration > without.duration + 1  # gaps were put in
    assert heard(film) == pytest.approx([start for start, _ in words_of(film)], abs=0.01)
    assert heard(without) == pytest.approx([start for start, _ in words_of(without)], abs=0.01)


def test_without_fades_the_voice_has_no_more_silence_than_it_came_with() -> None:
    scene = told([0.3] * 40)
    film = laid_out([scene], segment=2.0, fades=False)
    assert np.array_equal(film.voice[: len(scene.audio)], _with_soft_ends(scene.audio))


def test_a_gap_put_into_noise_does_not_click() -> None:
    film = laid_out([told([0.4] * 30, noise=400)], segment=2.0)
    steps = np.abs(np.diff(film.voice.astype(int)))
    silent = np.flatnonzero(np.all(np.lib.stride_tricks.sliding_window_view(film.voice, 80) == 0, axis=1))
    begins = [a for a, b in pairwise([-100, *silent]) if b - a > 1 and a > 0] + [silent[0]]
    assert begins
    for edge in begins[:-1]:
        assert steps[max(0, edge - 2) : edge + 2].max() < 60


def test_words_that_leave_no_silence_between_them_can_still_be_cut() -> None:
    film = laid_out([told([0.3] * 40, pause=0.0)], segment=2.0)
    assert any(shot.fade for shot in film.shots)
    assert film.shots[1].fade == FADE


def test_chinese_clauses_get_their_fades_too() -> None:
    shown = [["今天，", "天气", "很好。", "我们", "出去，", "走走。"] * 3]
    film = lay_out(shown, [told([0.5] * 18)], segment_seconds=3.0, pictures=None, fades=True)
    assert any(shot.fade for shot in film.shots)


def _with_soft_ends(audio: np.ndarray) -> np.ndarray:
    from functions.render.audio import kept

    return kept(audio, RATE, [(0, len(audio) / RATE)])


@settings(max_examples=80, deadline=None)
@given(scenes, st.data())
def test_a_picture_chosen_for_a_scene_stands_exactly_as_long_as_the_scene(
    told: list[Narration], data: st.DataObject
) -> None:
    shows = [data.draw(st.integers(0, 2)) for _ in told]
    film = laid_out(told, pictures=3, shows=shows)
    assert all(shot.picture == shows[shot.scene] for shot in film.shots)
    for scene, words in enumerate(film.scenes):
        for word in words:
            seen = next(shot for shot in reversed(film.shots) if shot.start <= (word.start + word.end) / 2 + 1e-6)
            assert seen.picture == shows[scene]
    assert film.shots[0].start == 0 and film.shots[-1].end == film.duration
    assert all(a.end == b.start and a.number + 1 == b.number for a, b in pairwise(film.shots))


def test_a_chosen_picture_that_stands_long_changes_its_view() -> None:
    film = laid_out([told([0.5] * 40), told([0.5] * 4)], pictures=2, shows=[0, 1])
    assert [shot.picture for shot in film.shots] == [0] * (len(film.shots) - 1) + [1]
    assert len(film.shots) >= 4


def test_a_shot_knows_the_scene_in_which_it_begins() -> None:
    film = laid_out([told([0.5] * 8), told([0.5] * 8), told([0.5] * 8)])
    for shot in film.shots[1:]:
        first = next(word for scene in film.scenes for word in scene if word.end > shot.start)
        assert first in film.scenes[shot.scene]


def test_no_picture_changes_before_the_last_words_of_a_scene() -> None:
    for segment in (2.0, 2.5, 3.0, 4.0):
        made = lay_out(
            [["word"] * 9 + ["end."]],
            [told([0.75] * 10)],
            segment_seconds=segment,
            pictures=None,
            fades=True,
        )
        assert len(made.shots) > 1
        for shot in made.shots[1:]:
            after = sum(word.start >= shot.start for word in made.scenes[0])
            assert 3 <= after <= 7


def test_no_picture_changes_between_a_title_and_a_name() -> None:
    words = ["word", "word", "word", "word", "Dr.", "A.", "word", "word", "word", "word", "word", "end."]
    for segment in (2.0, 2.5, 3.0, 4.0):
        made = lay_out([words], [told([0.5] * 12)], segment_seconds=segment, pictures=None, fades=True)
        before = {sum(word.start < shot.start for word in made.scenes[0]) for shot in made.shots[1:]}
        assert before and not before & {5, 6}
