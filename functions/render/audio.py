"""Sound as samples: decoded by ffmpeg, measured in frames of 10 ms, cut where it is quiet. Sound is int16, mono."""

import io
import subprocess
import wave
from collections.abc import Sequence
from typing import Final

import imageio_ffmpeg
import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]
Levels = npt.NDArray[np.float32]

FRAME: Final = 0.01  # seconds, whole samples at 24, 44.1 and 48 kHz; longer than a period of the deepest voice
FADE: Final = 0.005  # seconds at each cut, so that nothing clicks
DECODE_TIMEOUT: Final = 60.0  # an hour of MP3 takes less; only a stuck process gets here
MP3_DELAY: Final = 1105  # samples that encoder and decoder put before the first true one (LAME: 576 + 529)
MP3_HEADERS: Final = (b"Xing", b"Info", b"VBRI")  # with one of these ffmpeg drops the delay by itself
AUDIBLE: Final = 0.003  # of the loudest frame, -50 dB: below it is the room, not the voice
AUDIBLE_FLOOR: Final = 8.0  # of 32768, -72 dB: nobody hears it, whatever the loudest frame is


class AudioUnreadable(Exception):
    """The bytes are not sound that ffmpeg can decode."""


def decode(data: bytes, *, sample_rate: int, input_format: str) -> Samples:
    """Decode `data` (ffmpeg's name of its format: "mp3", "wav") to mono at `sample_rate`.

    An MP3 without a Xing or LAME header keeps 1105 samples of codec delay at its start when ffmpeg decodes it
    (measured: beeps come 46.1 ms late at 24 kHz); they are taken off at the stream's own rate. Raises AudioUnreadable.
    """
    bare_mp3 = input_format == "mp3" and not any(tag in data[:512] for tag in MP3_HEADERS)
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-hide_banner", "-nostdin",
        "-loglevel", "error",
        "-f", input_format,  # no guessing: the bytes come from outside
        "-i", "pipe:0",
        *(["-af", f"atrim=start_sample={MP3_DELAY},asetpts=PTS-STARTPTS"] if bare_mp3 else []),
        "-ac", "1",
        "-ar", str(sample_rate),
        "-f", "s16le",
        "pipe:1",
    ]  # fmt: skip
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=DECODE_TIMEOUT, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise AudioUnreadable(f"ffmpeg did not decode {len(data)} bytes of {input_format}: {error}") from error
    if done.returncode != 0 or len(done.stdout) < 2:
        last_words = done.stderr.decode("utf-8", "replace").strip()[-300:]
        raise AudioUnreadable(f"ffmpeg ended with {done.returncode} on {len(data)} bytes: {last_words}")
    return np.frombuffer(done.stdout, dtype="<i2").astype(np.int16)


def as_wav(audio: Samples, sample_rate: int) -> bytes:
    """Mono samples as the bytes of a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(sample_rate)
        writer.writeframes(audio.astype("<i2").tobytes())
    return file.getvalue()


def levels(audio: Samples, sample_rate: int) -> Levels:
    """The root mean square of each frame of 10 ms, the last one filled up with silence."""
    size = round(FRAME * sample_rate)
    padded = np.zeros(-(-len(audio) // size) * size, dtype=np.float32)
    padded[: len(audio)] = audio
    level: Levels = np.sqrt(np.mean(np.square(padded.reshape(-1, size)), axis=1, dtype=np.float32))
    return level


def quiet_spans(level: Levels) -> list[tuple[float, float]]:
    """Where nothing is audible, as (start, end) in seconds, in order; ends of the sound included."""
    if not len(level):
        return []
    quiet = level < max(AUDIBLE_FLOOR, AUDIBLE * float(level.max()))
    edges = np.flatnonzero(np.diff(np.concatenate(([0], quiet.astype(np.int8), [0]))))
    return [(float(start) * FRAME, float(end) * FRAME) for start, end in edges.reshape(-1, 2)]


def quietest(level: Levels, quiet: Sequence[tuple[float, float]], low: float, high: float) -> float:
    """Where to cut between `low` and `high`: in the middle of the longest silence, else in the quietest frame."""
    silences = [(max(low, start), min(high, end)) for start, end in quiet if start < high and end > low]
    if silences:
        start, end = max(silences, key=lambda span: span[1] - span[0])
        return (start + end) / 2
    first = int(low / FRAME)
    near = level[first : max(int(high / FRAME), first + 1)]
    return (first + int(near.argmin()) + 0.5) * FRAME if len(near) else high


def kept(audio: Samples, sample_rate: int, spans: Sequence[tuple[float, float]]) -> Samples:
    """The spans (seconds, in order) of `audio`, one after the other, each faded at its ends."""
    return np.concatenate([_faded(audio[_at(start, sample_rate) : _at(end, sample_rate)], sample_rate)
                           for start, end in spans])  # fmt: skip


def _at(seconds: float, sample_rate: int) -> int:
    return max(0, round(seconds * sample_rate))


def _faded(audio: Samples, sample_rate: int) -> Samples:
    size = min(round(FADE * sample_rate), len(audio) // 2)
    if not size:
        return audio
    ramp = np.linspace(0.0, 1.0, size, endpoint=False, dtype=np.float32)
    faded = audio.copy()
    faded[:size] = (audio[:size] * ramp).astype(np.int16)
    faded[-size:] = (audio[-size:] * ramp[::-1]).astype(np.int16)
    return faded
