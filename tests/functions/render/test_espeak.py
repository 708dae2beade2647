"""The voice without a network: words at the times they sound, whatever the text and wherever it is installed."""

import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import espeakng_loader
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.render.audio import levels
from functions.render.narration import Narration, NarrationFailed, speak
from functions.render.narrators.espeak import EspeakNarrator


def voice(rate: float = 1.0, volume: float = 1.0, language: str = "en-US") -> EspeakNarrator:
    return EspeakNarrator(rate=rate, volume=volume, sample_rate=44100, language=language)


def check_in_order(narration: Narration, words: list[str]) -> None:
    assert [word.text for word in narration.words] == words
    edges = [edge for word in narration.words for edge in (word.start, word.end)]
    assert edges == sorted(edges)
    assert edges[0] >= 0
    assert edges[-1] <= narration.duration


def test_every_word_sounds_between_its_start_and_its_end() -> None:
    words = ["I", "don’t", "like", "“surprises”", "—", "but", "$1,200", "for", "Café", "chairs?", "Never", "again."]
    narration = voice().narrate(words)
    check_in_order(narration, words)
    level = levels(narration.audio, 44100)
    for word in narration.words:
        if any(sign.isalnum() for sign in word.text):
            assert word.end - word.start > 0.05, word
            assert level[int(word.start * 100) : int(word.end * 100) + 1].max() > 300, word


def test_a_word_before_a_pause_ends_before_the_pause() -> None:
    narration = voice().narrate(["It", "ended", "here.", "Then", "it", "began."])
    assert narration.words[3].start - narration.words[2].end > 0.1


def test_speech_has_a_sensible_pace_and_loudness() -> None:
    sentence = "Three years later that company asked me to come back as a consultant, at four times my salary. "
    words = (sentence * 4).split()
    narration = voice().narrate(words)
    assert 140 < len(words) / narration.duration * 60 < 200
    assert 5_000 < np.abs(narration.audio.astype(int)).max() < 32_700


def test_rate_and_volume_change_what_is_heard() -> None:
    words = ["The", "quick", "brown", "fox", "jumps", "over", "the", "lazy", "dog", "every", "single", "day."]
    plain, fast, soft = voice().narrate(words), voice(rate=1.5).narrate(words), voice(volume=0.5).narrate(words)
    assert fast.duration < 0.8 * plain.duration
    assert np.abs(soft.audio.astype(int)).max() < 0.7 * np.abs(plain.audio.astype(int)).max()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de-DE", "Ich wurde gekündigt und es war gut so."),
        ("fr-FR", "Voilà ce que j’ai appris."),
        ("hi-IN", "यह एक परीक्षण है।"),
        ("ar-SA", "هذا اختبار بسيط."),
        ("zh-CN", "这是一个测试。"),
        ("zh-HK", "這是一個測試。"),
        ("ja-JP", "これはテストです。"),
        ("he-IL", "זה מבחן פשוט של הקול."),
        ("th-TH", "นี่คือการทดสอบเสียง"),
        ("ko-KR", "이것은 시험입니다."),
        ("ru-RU", "Это простой тест."),
    ],
)
def test_other_languages_are_spoken_by_their_own_rules(language: str, text: str) -> None:
    narration = voice(language=language).narrate(text.split())
    check_in_order(narration, text.split())
    assert 0.5 < narration.duration < 4, "an English voice spells foreign letters out, and takes five times as long"


@pytest.mark.parametrize(
    ("language", "text", "reason"),
    [
        ("fil-PH", "Magandang umaga sa inyong lahat.", "does not speak this language"),
        ("km-KH", "នេះគឺជាការសាកល្បង", "does not speak this language"),
        ("xx-YY", "No such language.", "does not speak this language"),
        ("../../../etc/passwd", "No such language.", "does not speak this language"),
        ("ja-JP", "私は昨日会社を辞めました。", "cannot read Japanese characters"),
    ],
)
def test_what_it_would_read_by_the_wrong_rules_is_left_to_the_next_voice(language: str, text: str, reason: str) -> None:
    with pytest.raises(NarrationFailed) as caught:
        voice(language=language).narrate(text.split())
    assert reason in caught.value.public


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(st.characters(), min_size=1, max_size=20), min_size=1, max_size=8))
def test_no_text_breaks_it(words: list[str]) -> None:
    words = ["so", *words]
    check_in_order(voice().narrate(words), words)


def test_a_word_of_thousands_of_letters_is_spoken() -> None:
    check_in_order(voice().narrate(["well", "a" * 2000, "yes"]), ["well", "a" * 2000, "yes"])


def test_threads_take_turns() -> None:
    words = ["Several", "threads", "speak", "at", "the", "same", "time", "here."]
    alone = voice().narrate(words).duration
    told: list[Narration] = []
    threads = [threading.Thread(target=lambda: told.append(voice().narrate(words))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [narration.duration for narration in told] == pytest.approx([alone] * 8, abs=0.05)


def test_scenes_are_cut_in_the_pauses() -> None:
    scenes = [["I", "lost", "my", "job", "on", "a", "Monday."], ["It", "changed", "everything"], ["Here", "is", "why."]]
    spoken = speak(scenes, [voice()], sample_rate=44100)
    for number, (words, narration) in enumerate(zip(scenes, spoken.scenes, strict=True)):
        check_in_order(narration, words)
        level = levels(narration.audio, 44100)
        assert level[-8:].max() < 60, "it ends in silence"
        if number:  # the library starts without a pause
            assert level[:8].max() < 60, "it begins in silence"


def test_it_speaks_from_a_very_deep_folder_too(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100) / ("e" * 100)
    deep.mkdir(parents=True)
    (deep / "espeakng_loader").symlink_to(Path(espeakng_loader.__file__).parent, target_is_directory=True)
    code = f"""
        import sys
        sys.path.insert(0, {str(deep)!r})
        import espeakng_loader
        assert len(espeakng_loader.get_data_path()) > 200
        from functions.render.narrators.espeak import EspeakNarrator
        narration = EspeakNarrator(rate=1.0, volume=1.0, sample_rate=44100).narrate(["Hello", "there."])
        print(narration.duration > 0.5, narration.audio.any())
    """
    answer = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False, timeout=60
    )
    assert answer.stdout.split() == ["True", "True"], answer.stderr


def test_a_missing_library_is_a_failure_not_a_crash() -> None:
    code = """
        import espeakng_loader
        espeakng_loader.get_data_path = lambda: "/nowhere/espeak-ng-data"
        from functions.render.narration import NarrationFailed
        from functions.render.narrators.espeak import EspeakNarrator
        try:
            EspeakNarrator(rate=1.0, volume=1.0, sample_rate=44100).narrate(["Hello"])
        except NarrationFailed as error:
            print("failed:", error.public)
    """
    answer = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False, timeout=60
    )
    assert answer.stdout.startswith("failed:"), (answer.returncode, answer.stderr)
