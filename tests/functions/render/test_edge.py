"""The true edge-tts client against a server with the true protocol, in each way that the service fails."""

import os
import subprocess
import sys
import textwrap
import threading
import time

import pytest

from functions.render.audio import levels, quiet_spans
from functions.render.narration import Narration, NarrationFailed, speak
from functions.render.narrators.edge import EdgeNarrator, located
from functions.render.narrators.silent import SilentNarrator
from shared.breakers import OwnBreakers
from tests.fake_edge import FakeEdge

WORDS = ["Yesterday", "I", "don’t", "know", "why", "but", "we", "paid", "$1,200", "for", "R&D", "and", "won."]


def voice(
    breakers: OwnBreakers | None = None,
    *,
    name: str = "en-US-JennyNeural",
    rate: str = "+0%",
    try_deadline: float = 5.0,
    total_deadline: float = 10.0,
) -> EdgeNarrator:
    return EdgeNarrator(
        voice=name, rate=rate, volume="+0%", sample_rate=44100, breakers=breakers or OwnBreakers(),
        try_deadline=try_deadline, total_deadline=total_deadline, backoff=0.02,
    )  # fmt: skip


def onsets(narration: Narration) -> list[float]:
    quiet = quiet_spans(levels(narration.audio, narration.sample_rate))
    return [end for start, end in quiet if end - start > 0.015 and end < narration.duration]


def test_word_times_are_where_the_words_sound() -> None:
    with FakeEdge() as edge:
        narration = voice().narrate(WORDS)
    assert [word.text for word in narration.words] == WORDS
    assert narration.sample_rate == 44100
    assert [word.start for word in narration.words] == pytest.approx(onsets(narration), abs=0.015)
    assert edge.asked[0].text == " ".join(WORDS)
    assert "JennyNeural" in edge.asked[0].voice
    assert edge.asked[0].word_boundary


def test_rate_and_volume_reach_the_service() -> None:
    with FakeEdge() as edge:
        slow, fast = voice().narrate(WORDS), voice(rate="+50%").narrate(WORDS)
    assert [asked.rate for asked in edge.asked] == ["+0%", "+50%"]
    assert edge.asked[0].volume == "+0%"
    assert fast.duration < slow.duration


def test_a_film_comes_back_in_scenes_from_at_most_three_calls_at_a_time() -> None:
    scenes = [f"Scene number {number} tells what it tells in words.".split() * 12 for number in range(5)]
    with FakeEdge(delay=0.05) as edge:
        spoken = speak(scenes, [voice()], sample_rate=44100)
    assert len(edge.asked) == 5
    assert 2 <= edge.most_at_a_time <= 3
    for words, narration in zip(scenes, spoken.scenes, strict=True):
        assert [word.text for word in narration.words] == words
        heard = onsets(narration)
        assert [word.start for word in narration.words] == pytest.approx(heard, abs=0.015)


@pytest.mark.parametrize(
    ("mode", "opens"),
    [("noaudio", False), ("drop_start", False), ("drop_mid", False), ("403", True), ("429", True), ("503", True)],
)
def test_three_tries_and_then_a_failure(mode: str, opens: bool) -> None:
    breaker = OwnBreakers()
    with FakeEdge(mode) as edge, pytest.raises(NarrationFailed) as caught:
        voice(breaker).narrate(WORDS)
    tries = 6 if mode == "403" else 3  # after a 403 the client itself asks again, with the server's time
    assert edge.connections == tries
    assert breaker.is_open("edge") is opens
    assert "127.0.0.1" not in caught.value.public


@pytest.mark.parametrize("mode", ["noaudio", "drop_start", "drop_mid", "429", "503"])
def test_one_failed_try_is_made_good_by_the_next(mode: str) -> None:
    breaker = OwnBreakers()
    with FakeEdge([mode, "ok"]) as edge:
        narration = voice(breaker).narrate(WORDS)
    assert edge.connections == 2
    assert [word.text for word in narration.words] == WORDS
    assert not breaker.is_open("edge")


def test_a_clock_that_is_wrong_is_corrected() -> None:
    with FakeEdge("403_once") as edge:
        voice().narrate(WORDS)
    assert edge.connections == 2


def test_a_service_that_never_answers_fails_at_the_deadline_of_each_try() -> None:
    breaker = OwnBreakers()
    began = time.monotonic()
    with FakeEdge("hang") as edge, pytest.raises(NarrationFailed):
        voice(breaker, try_deadline=0.2).narrate(WORDS)
    assert edge.connections == 3
    assert time.monotonic() - began < 5
    assert breaker.is_open("edge")


def test_the_total_deadline_ends_all_tries() -> None:
    breaker = OwnBreakers()
    with FakeEdge("hang") as edge, pytest.raises(NarrationFailed):
        voice(breaker, total_deadline=0.3).narrate(WORDS)
    assert edge.connections == 1
    assert breaker.is_open("edge")


def test_a_refused_connection_is_not_tried_again_and_spares_the_next_film_the_wait() -> None:
    breaker = OwnBreakers()
    with FakeEdge("refuse"), pytest.raises(NarrationFailed):
        voice(breaker).narrate(WORDS)
    assert breaker.is_open("edge")
    with FakeEdge() as edge, pytest.raises(NarrationFailed):
        voice(breaker).narrate(WORDS)
    assert edge.connections == 0


def test_after_the_cooldown_the_service_is_asked_again() -> None:
    now = 0.0
    breaker = OwnBreakers(clock=lambda: now)
    breaker.trip("edge")
    now = 301.0
    with FakeEdge() as edge:
        voice(breaker).narrate(WORDS)
    assert len(edge.asked) == 1


def test_a_voice_without_sound_gives_way_to_another_of_its_language() -> None:
    first, second = voice(), voice(name="en-US-AriaNeural")
    with FakeEdge(["noaudio", "noaudio", "noaudio", "ok"]) as edge:
        spoken = speak([["Hello", "there."]], [first, second], sample_rate=44100)
    assert (spoken.engine, spoken.voice) == ("edge", "en-US-AriaNeural")
    assert spoken.failures[0][1] == "The voice service sent no sound; perhaps it lacks this voice."
    assert edge.connections == 4


def test_an_engine_that_refuses_is_not_asked_with_another_voice() -> None:
    first, second = voice(), voice(name="en-US-AriaNeural")
    with FakeEdge("403") as edge, pytest.raises(NarrationFailed):
        speak([["Hello", "there."]], [first, second], sample_rate=44100)
    assert edge.connections <= 6  # three tries, each of which the client repeats after it has set its clock


@pytest.mark.parametrize("name", ["Jenny", "", "en-US-Jenny' foo='"])
def test_a_voice_that_cannot_be_is_refused_without_a_call(name: str) -> None:
    breaker = OwnBreakers()
    with FakeEdge() as edge, pytest.raises(NarrationFailed):
        voice(breaker, name=name).narrate(WORDS)
    assert edge.connections == 0
    assert not breaker.is_open("edge")


def test_if_one_passage_fails_the_next_voice_speaks_the_whole_film() -> None:
    scenes = [f"Scene number {number} tells what it tells in words.".split() * 12 for number in range(5)]
    with FakeEdge(["ok", "ok", "ok", "503"]):
        spoken = speak(scenes, [voice(), SilentNarrator(rate=1.0, sample_rate=44100)], sample_rate=44100)
    assert spoken.engine == "silent"
    assert [engine for engine, _ in spoken.failures] == ["edge"]
    assert not any(narration.audio.any() for narration in spoken.scenes)


def test_a_stop_ends_the_calls_in_flight() -> None:
    class Stop(Exception):
        pass

    with FakeEdge("hang") as edge:

        def check() -> None:
            if edge.asked:
                raise Stop

        began = time.monotonic()
        with pytest.raises(Stop):
            speak([["word"] * 200], [voice(try_deadline=60, total_deadline=60)], sample_rate=44100, check=check)
        for thread in threading.enumerate():
            if thread.name.startswith("narrate"):
                thread.join(10)
                assert not thread.is_alive()
        assert time.monotonic() - began < 8


def test_words_that_the_service_changed_are_skipped_and_the_rest_is_found() -> None:
    text = "I paid $5 a day, and a dog’s friend."
    spoken = ["I", "paid", "five", "dollars", "a", "day", "AND", "a", "dog's", "friend"]
    events = located(text, [(float(i), i + 1.0, word) for i, word in enumerate(spoken)])
    found = [(text[e.position : e.position + e.length], e.start) for e in events]
    assert found == [("I", 0), ("paid", 1), ("a", 4), ("day", 5), ("and", 6), ("a", 7), ("dog’s", 8), ("friend", 9)]


def test_words_without_spaces_are_found_in_order() -> None:
    text = "我有一只小毛驴，我从来也不骑。"
    spoken = ["我", "有", "一", "只", "小", "毛驴", "我", "从来", "也", "不", "骑"]
    events = located(text, [(float(i), i + 1.0, word) for i, word in enumerate(spoken)])
    assert [text[e.position : e.position + e.length] for e in events] == spoken


def test_a_voice_that_gives_no_times_is_timed_by_its_pauses() -> None:
    scenes = [
        ["We", "lost", "our", "best", "client."],
        ["Nobody", "had", "asked", "them", "why", "they", "stayed."],
        ["Ask", "them."],
    ]
    with FakeEdge("timeless"):
        spoken = speak(scenes, [voice()], sample_rate=44100)
    with FakeEdge():
        timed = speak(scenes, [voice()], sample_rate=44100)
    for guessed, known in zip(spoken.scenes, timed.scenes, strict=True):
        assert guessed.duration == pytest.approx(known.duration, abs=0.05)
        assert [word.start for word in guessed.words] == pytest.approx([word.start for word in known.words], abs=0.3)


def test_times_that_are_all_the_same_are_no_times() -> None:
    assert located("one two three", [(0.0, 0.0, word) for word in ("one", "two", "three")]) == []


def test_a_child_process_can_be_pointed_at_the_fake_without_importing_the_client_early() -> None:
    code = """
        import sys
        assert "edge_tts" not in sys.modules and "aiohttp" not in sys.modules
        from functions.render.narrators import narrators
        from shared.breakers import OwnBreakers
        from shared.config import Settings
        edge, _ = narrators(
            ("edge",), settings=Settings.from_env({}), voice="en-US-JennyNeural", rate="+0%", breakers=OwnBreakers()
        )
        print(len(edge.narrate(["Hello", "there."]).words))
    """
    with FakeEdge() as edge:
        answer = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code)],
            capture_output=True, text=True, check=False, timeout=60, env=os.environ | edge.environment(),
        )  # fmt: skip
    assert answer.stdout.strip() == "2", answer.stderr
    assert len(edge.asked) == 1
