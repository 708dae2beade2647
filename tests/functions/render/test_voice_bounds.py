"""What a film's voice may take: time, calls at once, the engines that are named; and no pause that is too long."""

import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Sequence

import pytest

from functions.render.audio import levels, quiet_spans
from functions.render.narration import IN_ALL, PATIENCE_A_PASSAGE, Narration, speak
from functions.render.narrators.edge import EdgeNarrator
from functions.render.narrators.silent import SilentNarrator
from shared.breakers import OwnBreakers
from tests.fake_edge import FakeEdge

RATE = 44_100


def edge(deadline: float = 60.0) -> EdgeNarrator:
    return EdgeNarrator(
        voice="en-US-JennyNeural", rate="+0%", volume="+0%", sample_rate=RATE, breakers=OwnBreakers(),
        try_deadline=deadline, total_deadline=deadline,
    )  # fmt: skip


def silent() -> SilentNarrator:
    return SilentNarrator(rate=1.0, sample_rate=RATE)


def test_a_film_has_a_deadline_of_its_own_beside_those_of_its_calls() -> None:
    began = time.monotonic()
    with FakeEdge("hang") as service:
        spoken = speak([["Hello."]], [edge(), silent()], sample_rate=RATE, patience=0.3 - PATIENCE_A_PASSAGE)
    assert (spoken.engine, spoken.failures) == ("silent", (("edge", "The voice service took too long."),))
    assert service.connections == 1 and time.monotonic() - began < 30


def test_all_films_of_a_process_together_make_four_calls_at_once() -> None:
    now, most, lock = 0, 0, threading.Lock()

    class Service:
        name, voice = "edge", "en-US-JennyNeural"

        def narrate(self, words: Sequence[str]) -> Narration:
            nonlocal now, most
            with lock:
                now, most = now + 1, max(most, now + 1)
            time.sleep(0.05)
            with lock:
                now -= 1
            return silent().narrate(words)

    films = [
        threading.Thread(target=speak, args=([["w"] * 300] * 6, [Service()]), kwargs={"sample_rate": RATE})
        for _ in range(3)
    ]
    for film in films:
        film.start()
    for film in films:
        film.join()
    assert most == IN_ALL == 4


def test_a_long_pause_is_shortened_in_the_sound_and_every_later_word_moves_with_it() -> None:
    words = ["We", "waited...", "and", "waited...", "then", "it", "came."]  # 1.2 s after each "..."
    with FakeEdge():
        raw = edge().narrate(words)
        (told,) = speak([words], [edge()], sample_rate=RATE).scenes

    def quiet(narration: Narration) -> list[tuple[float, float]]:
        return [(a, b) for a, b in quiet_spans(levels(narration.audio, RATE)) if b - a > 0.015]

    assert sum(end - start > 1.0 for start, end in quiet(raw)) == 3  # two, and the end
    assert max(end - start for start, end in quiet(told)) < 0.6
    onsets = [end for _, end in quiet(told) if end < told.duration - 0.02]
    assert [word.start for word in told.words] == pytest.approx(onsets, abs=0.02)


def test_edge_is_not_even_imported_where_it_is_not_named() -> None:
    code = """
        import sys
        from functions.render.narrators import narrators
        from shared.breakers import OwnBreakers
        from shared.config import Settings
        settings = Settings.from_env({"NARRATORS": "google,openai,espeak", "SPEECH_BASE_URL": "http://127.0.0.1:9/v1"})
        voices = narrators(
            settings.narrators, settings=settings, voice="de-DE-KatjaNeural", rate="+0%", breakers=OwnBreakers()
        )
        print([voice.name for voice in voices], sorted({"edge_tts", "aiohttp"} & set(sys.modules)))
    """
    ran = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False)
    assert ran.stdout.strip() == "['google', 'openai', 'espeak'] []", ran.stderr
