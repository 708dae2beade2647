"""Passages, one voice for the whole film, cuts between scenes, word times that move with them, and stopping."""

import threading
import time
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from functions.render.audio import levels, quiet_spans
from functions.render.narration import Event, Narration, NarrationFailed, WordTiming, align, speak
from tests.fake_edge import bursts

RATE = 24_000


class Bursts:
    """A voice that says a tone a word, between silences of 0.3 and 0.9 s."""

    name = "bursts"
    voice = None

    def __init__(self, fails: Callable[[int], bool] = lambda _: False) -> None:
        self.passages: list[list[str]] = []
        self._fails = fails
        self._lock = threading.Lock()

    def narrate(self, words: Sequence[str]) -> Narration:
        with self._lock:
            self.passages.append(list(words))
            count = len(self.passages)
        if self._fails(count):
            raise NarrationFailed("as told", public="It broke off.")
        audio, timings = bursts(words)
        lead, tail = np.zeros(int(0.3 * RATE), np.int16), np.zeros(int(0.9 * RATE), np.int16)
        moved = tuple(WordTiming(text=w.text, start=w.start + 0.3, end=w.end + 0.3) for w in timings)
        return Narration(audio=np.concatenate([lead, audio, tail]), sample_rate=RATE, words=moved)


def sounding(narration: Narration) -> list[tuple[float, float]]:
    """Where each burst is heard, from the samples alone."""
    quiet = quiet_spans(levels(narration.audio, RATE))
    edges = [0.0, *(edge for span in quiet for edge in span), narration.duration]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 0.02]


def test_each_scene_has_its_own_words_at_the_times_they_sound() -> None:
    scenes = [["I", "got", "fired"], ["Then", "it", "got", "better."], ["Really..."], ["Slow...", "words"]]
    spoken = speak(scenes, [Bursts()], sample_rate=RATE)
    assert spoken.engine == "bursts"
    assert spoken.failures == ()
    for words, narration in zip(scenes, spoken.scenes, strict=True):
        assert [word.text for word in narration.words] == words
        heard = sounding(narration)
        assert [word.start for word in narration.words] == pytest.approx([a for a, _ in heard], abs=0.015)
        assert [word.end for word in narration.words] == pytest.approx([b for _, b in heard], abs=0.015)


def test_silence_around_a_scene_and_long_pauses_inside_are_shortened() -> None:
    first, second = speak([["One", "two."], ["Three...", "four."]], [Bursts()], sample_rate=RATE).scenes
    for narration in (first, second):
        assert narration.words[0].start <= 0.13
        assert narration.duration - narration.words[-1].end <= 0.27
    assert second.words[1].start - second.words[0].end == pytest.approx(0.3, abs=0.02)


def test_no_sound_of_the_voice_is_lost_by_the_cuts() -> None:
    voice = Bursts()
    scenes = [["Wait...", "what?"], ["Yes."], ["It", "was", "so."]]
    spoken = speak(scenes, [voice], sample_rate=RATE)
    before = voice.narrate([word for words in scenes for word in words]).audio
    after = np.concatenate([narration.audio for narration in spoken.scenes])
    assert np.abs(after.astype(float)).sum() == pytest.approx(np.abs(before.astype(float)).sum(), rel=1e-3)


def test_passages_end_at_scene_ends_near_600_bytes() -> None:
    voice = Bursts()
    scenes = [[f"w{number}"] * 40 for number in range(12)]
    speak(scenes, [voice], sample_rate=RATE)
    sizes = [len(" ".join(words).encode()) for words in voice.passages]
    assert max(sizes) <= 600
    assert len(sizes) == 3
    assert all(words[-1].endswith(".") for words in voice.passages)


def test_a_giant_scene_is_cut_at_word_ends_and_comes_back_whole() -> None:
    voice = Bursts()
    words = ["длинное"] * 250
    (narration,) = speak([words], [voice], sample_rate=RATE).scenes
    assert len(voice.passages) > 1
    assert all(len(" ".join(passage).encode()) <= 2500 for passage in voice.passages)
    assert [word.text for word in narration.words] == words
    times = [edge for word in narration.words for edge in (word.start, word.end)]
    assert times == sorted(times)
    assert times[-1] <= narration.duration


def test_a_word_too_long_for_any_passage_is_spoken_in_parts_and_timed_as_one() -> None:
    voice = Bursts()
    scene = ["Ok", "字" * 3000, "so."]
    (narration,) = speak([scene], [voice], sample_rate=RATE).scenes
    assert all(len(" ".join(passage).encode()) <= 2500 for passage in voice.passages)
    assert [word.text for word in narration.words] == scene
    assert narration.words[0].end <= narration.words[1].start < narration.words[1].end <= narration.words[2].start


def test_if_a_voice_fails_late_the_next_one_speaks_the_whole_film() -> None:
    failing, other = Bursts(fails=lambda count: count == 4), Bursts()
    failing.name = "first"
    scenes = [[f"w{number}"] * 150 for number in range(5)]
    spoken = speak(scenes, [failing, other], sample_rate=RATE)
    assert spoken.engine == "bursts"
    assert spoken.failures == (("first", "It broke off."),)
    assert sum(len(passage) for passage in other.passages) == 5 * 150


def test_no_voice_left_is_a_failure_with_the_last_reason() -> None:
    with pytest.raises(NarrationFailed) as caught:
        speak([["Hello"]], [Bursts(fails=lambda _: True)], sample_rate=RATE)
    assert caught.value.public == "It broke off."
    with pytest.raises(NarrationFailed):
        speak([["Hello"]], [], sample_rate=RATE)


def test_at_most_three_passages_are_spoken_at_a_time() -> None:
    now, most, lock = 0, 0, threading.Lock()

    class Counting(Bursts):
        def narrate(self, words: Sequence[str]) -> Narration:
            nonlocal now, most
            with lock:
                now += 1
                most = max(most, now)
            time.sleep(0.02)
            with lock:
                now -= 1
            return super().narrate(words)

    reached: list[float] = []
    speak([["w"] * 300 for _ in range(7)], [Counting()], sample_rate=RATE, progress=reached.append)
    assert most == 3
    assert reached == sorted(reached)
    assert reached[-1] == 1.0


def test_check_stops_the_waiting_at_once_and_what_waits_is_never_begun() -> None:
    class Stop(Exception):
        pass

    released = threading.Event()

    class Stuck(Bursts):
        def narrate(self, words: Sequence[str]) -> Narration:
            released.wait(30)
            return super().narrate(words)

    voice = Stuck()
    looks = 0

    def check() -> None:
        nonlocal looks
        looks += 1
        if looks == 2:
            raise Stop

    began = time.monotonic()
    with pytest.raises(Stop):
        speak([["w"] * 300 for _ in range(9)], [voice], sample_rate=RATE, check=check)
    assert time.monotonic() - began < 5
    released.set()
    for thread in threading.enumerate():
        if thread.name.startswith("narrate"):
            thread.join(5)
    assert len(voice.passages) <= 3


def event(position: int, length: int, start: float, end: float) -> Event:
    return Event(position=position, length=length, start=start, end=end)


def times(words: Sequence[str], events: Sequence[Event], duration: float) -> list[tuple[float, float]]:
    timings = align(words, " ".join(words), events, duration=duration)
    assert [timing.text for timing in timings] == list(words)
    edges = [edge for timing in timings for edge in (timing.start, timing.end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= duration for edge in edges)
    return [(timing.start, timing.end) for timing in timings]


def test_a_word_takes_the_first_start_and_the_last_end_of_its_events() -> None:
    events = [event(0, 1, 0.1, 0.3), event(1, 2, 0.3, 0.6), event(3, 3, 0.6, 1.0), event(7, 4, 1.2, 1.5)]
    assert times(["$1,200", "cash"], events, 2.0) == [(0.1, 1.0), (1.2, 1.5)]


def test_words_without_events_share_the_time_between_their_neighbours_by_length() -> None:
    (_, a, b, _) = times(["so", "what", "nevertheless", "on"], [event(0, 2, 0, 0.2), event(21, 2, 2.0, 2.3)], 2.5)
    assert a[0] == pytest.approx(0.2)
    assert b[1] == pytest.approx(2.0)
    assert b[1] - b[0] > 2 * (a[1] - a[0])


def test_a_word_without_events_and_without_room_shares_its_neighbours_time() -> None:
    (first, dash, last) = times(["one", "—", "two"], [event(0, 3, 0.1, 0.9), event(6, 3, 0.9, 1.4)], 1.5)
    assert first[0] == 0.1
    assert dash[1] - dash[0] > 0.05
    assert last == (0.9, 1.4)


def test_without_any_event_the_words_are_spread_over_the_sound() -> None:
    spans = times(["all", "of", "it."], [], 3.0)
    assert spans[0][0] == 0.0
    assert spans[-1][1] == pytest.approx(3.0)


def test_events_that_overlap_or_leave_the_audio_are_put_in_order() -> None:
    events = [event(0, 1, 0.0, 1.5), event(2, 1, 1.0, 5.0), event(4, 1, 0.5, 9.0)]
    times(["a", "b", "c"], events, 2.0)
