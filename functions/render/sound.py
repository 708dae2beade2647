"""The film's voice → AAC: gently compressed, brought to the loudness of the feed by measuring, limited, not trimmed.

Measured gain and a limiter do what two-pass loudnorm does, for less than half of its CPU, and without pumping.
"""

import math
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

import imageio_ffmpeg
import numpy as np

from shared import log
from shared.errors import RenderFailed

from .audio import Samples
from .encoder import STOPPED_BY_SIGNAL

LOUDNESS: Final = -14.0  # LUFS, integrated: what phones' feeds are mixed for
CEILING: Final = -2.0  # dBFS of the limiter; AAC overshoots it by up to a decibel of true peak
SILENCE: Final = -60.0  # LUFS; below it there is nothing to make louder
GATE: Final = -70.0  # LUFS; what EBU R 128 does not count as sound, and ffmpeg's answer when all of it is silent
TOLERANCE: Final = 0.3  # LU
MOST_GAIN: Final = 36.0  # dB; a voice further down is noise
TRIES: Final = 3
BOTH_EARS: Final = "pan=stereo|c0=c0|c1=c0"  # as loud in each; ffmpeg's own way from mono would take 3 dB away
COMPRESSOR: Final = "acompressor=threshold=-18dB:ratio=2:attack=10:release=150"  # for speech already near its loudness
LIMITER: Final = (  # `latency` takes off the 4 ms that it looks ahead
    f"alimiter=limit={10 ** (CEILING / 20):.4f}:attack=4:release=60:level=false:latency=true"
)
TIMEOUT: Final = 300.0  # seconds; ten minutes of sound take a few
_INTEGRATED = re.compile(r"I:\s+(-?[\d.]+|-inf|nan) LUFS")


def master(
    voice: Samples,
    sample_rate: int,
    target: Path,
    *,
    coder: str = "twoloop",
    check: Callable[[], None] = lambda: None,
) -> float:
    """Write `voice` (mono) as stereo AAC, and return its loudness in LUFS (-inf for silence). Raises RenderFailed.

    `coder` is ffmpeg's: "twoloop", or "fast" for two thirds of the CPU.
    """
    data = voice.view(np.uint8).data  # not a copy: two minutes are 10 MB
    chain = "anull"
    loudness = _loudness(data, sample_rate, chain)
    if loudness > SILENCE:
        evened = f"volume={min(LOUDNESS - loudness, MOST_GAIN):.2f}dB,{COMPRESSOR}"
        gain = LOUDNESS - _loudness(data, sample_rate, evened)
        for _ in range(TRIES):  # the limiter takes a little of the gain away again
            check()
            chain = f"{evened},volume={gain:.2f}dB,"
            loudness = _loudness(data, sample_rate, chain + LIMITER)  # at its own rate: as loud, for a third of the CPU
            if abs(loudness - LOUDNESS) <= TOLERANCE:
                break
            gain += LOUDNESS - loudness
        chain += f"aresample={4 * sample_rate},{LIMITER},aresample={sample_rate}"  # where peaks between samples show
    check()
    _ffmpeg(
        data,
        sample_rate,
        f"{chain},{BOTH_EARS}",
        "-c:a", "aac",
        "-aac_coder", coder,
        "-b:a", "128k",
        "-y", str(target),
    )  # fmt: skip
    log.event("sound_mastered", loudness=loudness if math.isfinite(loudness) else None)
    return loudness


def _loudness(data: memoryview, sample_rate: int, chain: str) -> float:
    """Integrated loudness of `data` after `chain`, as two equal channels, by EBU R 128."""
    graph = f"{chain},ebur128=dualmono=true:framelog=quiet"
    told = _ffmpeg(data, sample_rate, graph, "-f", "null", "-")
    found = _INTEGRATED.findall(told)
    if not found:
        raise RenderFailed("The sound could not be measured.")
    value = float(found[-1])
    return value if value > GATE else -math.inf


def _ffmpeg(data: memoryview, sample_rate: int, chain: str, *output: str) -> str:
    """Run mono samples through a filter chain; what ffmpeg said."""
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-hide_banner", "-nostdin", "-nostats",
        "-f", "s16le",
        "-ar", str(sample_rate),
        "-ac", "1",
        "-i", "pipe:0",
        "-af", chain,
        *output,
    ]  # fmt: skip
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=TIMEOUT, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RenderFailed("The sound could not be made.") from error
    told = done.stderr.decode(errors="replace")
    if done.returncode:
        log.event("ffmpeg_failed", code=done.returncode, last_words=told[-2000:])
        killed = done.returncode < 0 or done.returncode == STOPPED_BY_SIGNAL  # by the machine, not by the film
        raise RenderFailed("The sound could not be made.", hint="Send the post again.", retryable=killed)
    return told
