"""Ids of jobs and pictures: UUIDv7, which tell when they were made and cannot be guessed."""

import os
import time
import uuid
from datetime import UTC, datetime

_END_OF_TIME = 253_402_300_800_000  # ms: the year 10000, which no datetime can hold


def new_id(at: float | None = None) -> str:
    """A UUIDv7 (RFC 9562): 48 bits of milliseconds, then chance; `at` in seconds since 1970."""
    milliseconds = int((time.time() if at is None else at) * 1000)
    value = milliseconds << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


def is_id(text: str) -> bool:
    """Whether `text` is a canonical UUIDv7, as we make them, of a time that has a date."""
    try:
        parsed = uuid.UUID(text)
    except ValueError:
        return False
    return str(parsed) == text and parsed.version == 7 and parsed.int >> 80 < _END_OF_TIME


def made_at(identifier: str) -> datetime:
    """When the id was made: the first 48 bits of a UUIDv7."""
    return datetime.fromtimestamp((uuid.UUID(identifier).int >> 80) / 1000, UTC)
