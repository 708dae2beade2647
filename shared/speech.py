"""What a voice may be asked for: its name, its language, and how much faster or slower than its own pace."""

import re
from typing import Final

SLOWEST, FASTEST = -50, 100  # percent; beyond it nobody follows, or stays
EXAMPLE_VOICE: Final = "en-US-JennyNeural"
_VOICE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){1,2}-[A-Za-z]{2,40}Neural")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_PERCENT: Final = re.compile(r"[+-][0-9]{1,3}%")


def is_voice(text: str) -> bool:
    """Whether `text` looks like the name of a voice of Edge: `en-US-JennyNeural`."""
    return _VOICE.fullmatch(text) is not None


def is_language(text: str) -> bool:
    """Whether `text` looks like a language, with or without a region: `en`, `pt-BR`."""
    return _LANGUAGE.fullmatch(text) is not None


def is_rate(text: str) -> bool:
    """Whether `text` is a change of speed, or of volume, from `-50%` to `+100%`."""
    return _PERCENT.fullmatch(text) is not None and SLOWEST <= int(text[:-1]) <= FASTEST
