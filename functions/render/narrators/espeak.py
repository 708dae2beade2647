"""The voice without a network: espeak-ng through ctypes, with the times of its words.

The library's state is global: it is set up once a process, and one thread at a time speaks.
Protocol: speak_lib.h of espeak-ng 1.52.
"""

import ctypes
import os
import re
import tempfile
import threading
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import espeakng_loader
import numpy as np

from ..audio import AudioUnreadable, Samples, as_wav, decode, levels, quiet_spans
from ..narration import Event, Narration, NarrationFailed, align

WORDS_PER_MINUTE: Final = 165  # its own 175 is hurried for a listener who also reads
VARIANT: Final = "+f3"  # the clearest of its timbres
LOUDNESS: Final = 100  # its own middle of 0..200: peaks at two thirds of full scale
LONGEST_DATA_PATH: Final = 150  # bytes; from about 160 on it looks for its data somewhere else
LONGEST_RUN: Final = 60  # characters without a space; no word is longer, and it is C that reads them
PAUSE: Final = 0.08  # seconds; a silence this long before a word's end is no longer the word

_SYNCHRONOUS, _DONT_EXIT, _RATE, _VOLUME = 2, 0x8000, 1, 2
_UTF8, _END_PAUSE = 1, 0x1000
_ENDED, _WORD, _CLAUSE_ENDED = 0, 1, 5
_PLAIN_SIGNS: Final = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u201c": '"', "\u201d": '"'})

_KANJI: Final = re.compile(r"[\u3400-\u9fff]")  # the library spells them out as "Chinese letter", three times as long
_ITS_OWN_NAMES: Final = {"zh": "cmn", "zh-hk": "yue"}

_lock = threading.Lock()


class _Identifier(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),  # characters, from 1
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),  # milliseconds
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Identifier),
    ]


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class EspeakNarrator:
    """`rate` and `volume` are factors; `language` is a BCP 47 tag ("en-US").

    It refuses a language that it does not know: read by another's rules, a text is noise.
    """

    name = "espeak"
    voice = None

    def __init__(self, *, rate: float, volume: float, sample_rate: int, language: str = "en-US") -> None:
        self._words_per_minute = round(min(450.0, max(80.0, WORDS_PER_MINUTE * rate)))  # the library's own limits
        self._loudness = round(min(200.0, max(0.0, LOUDNESS * volume)))
        self._sample_rate = sample_rate
        self._language = language
        self._voices = _voices(language)

    def narrate(self, words: Sequence[str]) -> Narration:
        text = " ".join(words)
        if self._language.startswith("ja") and _KANJI.search(text):
            raise NarrationFailed("no kanji", public="The built-in voice cannot read Japanese characters.")
        plain, origin = _plain(text)
        with _lock:
            library = _loaded()
            raw, marks = library.speak(plain, self._voices, self._words_per_minute, self._loudness)
        if not len(raw):
            raise _failed(f"no sound for {len(plain)} characters")
        try:
            audio = decode(as_wav(raw, library.sample_rate), sample_rate=self._sample_rate, input_format="wav")
        except AudioUnreadable as error:
            raise _failed(str(error)) from error
        duration = len(audio) / self._sample_rate
        events = _events(marks, origin, quiet_spans(levels(audio, self._sample_rate)), duration)
        return Narration(
            audio=audio, sample_rate=self._sample_rate, words=align(words, text, events, duration=duration)
        )


class _Library:
    """The loaded library. Raises NarrationFailed where it cannot be set up."""

    def __init__(self) -> None:
        try:
            self._espeak: Any = ctypes.CDLL(espeakng_loader.get_library_path())
            data = self._data_path(Path(espeakng_loader.get_data_path()))
        except (OSError, RuntimeError) as error:
            raise _failed(f"espeak-ng does not load: {error}") from error
        self._espeak.espeak_Initialize.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_int]
        self._espeak.espeak_SetVoiceByName.argtypes = [ctypes.c_char_p]
        self._espeak.espeak_SetParameter.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int]
        self._espeak.espeak_SetSynthCallback.argtypes = [_Callback]
        self._espeak.espeak_SetSynthCallback.restype = None
        self._espeak.espeak_Synth.argtypes = [
            ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint,
            ctypes.c_void_p, ctypes.c_void_p,
        ]  # fmt: skip
        rate = self._espeak.espeak_Initialize(_SYNCHRONOUS, 0, data, _DONT_EXIT)  # else a missing file calls exit()
        if rate <= 0:
            raise _failed(f"espeak-ng does not start: {rate}")
        self.sample_rate = int(rate)
        self._sound: list[bytes] = []
        self._marks: list[tuple[int, int, int, float]] = []
        self._callback = _Callback(self._take)  # held here: the library keeps only a bare pointer
        self._espeak.espeak_SetSynthCallback(self._callback)

    def _data_path(self, data: Path) -> bytes:
        path = os.fsencode(data)
        if len(path) <= LONGEST_DATA_PATH:
            return path
        self._short = tempfile.TemporaryDirectory(prefix="es")  # lives as long as the library: voices load late
        link = Path(self._short.name) / "d"
        link.symlink_to(data, target_is_directory=True)
        return os.fsencode(link)

    def _take(self, sound: Any, count: int, events: Any) -> int:
        if sound and count > 0:
            self._sound.append(ctypes.string_at(sound, count * 2))
        index = 0
        while events[index].type != _ENDED:
            event = events[index]
            if event.type in (_WORD, _CLAUSE_ENDED):
                self._marks.append((event.type, event.text_position - 1, event.length, event.audio_position / 1000))
            index += 1
        return 0

    def speak(
        self, text: str, voices: Sequence[str], words_per_minute: int, loudness: int
    ) -> tuple[Samples, list[tuple[int, int, int, float]]]:
        self._sound.clear()
        self._marks.clear()
        if all(self._espeak.espeak_SetVoiceByName(voice.encode()) != 0 for voice in voices):
            raise NarrationFailed(f"no voice of {voices}", public="The built-in voice does not speak this language.")
        self._espeak.espeak_SetParameter(_RATE, words_per_minute, 0)
        self._espeak.espeak_SetParameter(_VOLUME, loudness, 0)
        data = text.encode("utf-8")
        result = self._espeak.espeak_Synth(data, len(data) + 1, 0, 1, 0, _UTF8 | _END_PAUSE, None, None)
        if result != 0 or self._espeak.espeak_Synchronize() != 0:
            raise _failed(f"espeak_Synth answers {result}")
        return np.frombuffer(b"".join(self._sound), dtype=np.int16), list(self._marks)


_library: _Library | None = None


def _loaded() -> _Library:
    global _library
    if _library is None:
        _library = _Library()
    return _library


def _failed(message: str) -> NarrationFailed:
    return NarrationFailed(message, public="The built-in voice could not speak.")


def _voices(language: str) -> tuple[str, ...]:
    """The library's names to try, in order: fr-FR → fr-fr, fr. None for what is no language."""
    tag = language.lower()
    if not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})?", tag):  # it becomes a file name in C
        return ()
    base = tag.split("-")[0]
    return (tag + VARIANT, _ITS_OWN_NAMES.get(tag, _ITS_OWN_NAMES.get(base, base)) + VARIANT)


def _plain(text: str) -> tuple[str, list[int]]:
    """The text as the library reads it well, and for each of its characters the position in `text`."""
    signs: list[str] = []
    origin: list[int] = []
    run = 0
    for position, sign in enumerate(text.translate(_PLAIN_SIGNS)):
        if unicodedata.category(sign)[0] == "C" and sign not in "\u200c\u200d":  # controls, halves of surrogates
            sign = " "
        run = 0 if sign.isspace() else run + 1
        if run > LONGEST_RUN:
            signs.append(" ")
            origin.append(position)
            run = 1
        signs.append(sign)
        origin.append(position)
    return "".join(signs), origin


def _events(
    marks: Sequence[tuple[int, int, int, float]],
    origin: Sequence[int],
    quiet: Sequence[tuple[float, float]],
    duration: float,
) -> list[Event]:
    """The library says when words begin; a word ends where the next thing begins, or the silence before it."""
    events: list[Event] = []
    for number, (kind, position, length, start) in enumerate(marks):
        if kind != _WORD or not 0 <= position < len(origin):
            continue
        end = marks[number + 1][3] if number + 1 < len(marks) else duration
        pause = next((a for a, b in quiet if b - a >= PAUSE and start < a < end <= b + PAUSE / 2), end)
        last = min(position + max(1, length), len(origin)) - 1
        reach = origin[last] + 1 - origin[position]
        events.append(Event(position=origin[position], length=reach, start=start, end=max(start, min(end, pause))))
    return events
