"""No voice: silence as long as reading takes, words timed as if they were spoken. It never fails."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from ..narration import Narration, WordTiming
from ..passages import spoken_length

CHARACTERS_PER_SECOND: Final = 15.0  # an unhurried reader, spaces included


class SilentNarrator:
    """The narrator of last resort, and of films without a voice. `rate` is a factor: 1.1 is a tenth faster."""

    name = "silent"
    voice = None

    def __init__(self, *, rate: float, sample_rate: int) -> None:
        self._pace = CHARACTERS_PER_SECOND * rate
        self._sample_rate = sample_rate

    def narrate(self, words: Sequence[str]) -> Narration:
        timings: list[WordTiming] = []
        elapsed = 0.0
        for word in words:
            start, elapsed = elapsed, elapsed + spoken_length(word) / self._pace
            timings.append(WordTiming(text=word, start=start, end=min(elapsed, start + (len(word) + 1) / self._pace)))
        audio = np.zeros(round(elapsed * self._sample_rate), dtype=np.int16)
        return Narration(audio=audio, sample_rate=self._sample_rate, words=tuple(timings))
