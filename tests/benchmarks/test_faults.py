"""Workers that are killed at random lose no film: the short version of `python -m benchmarks.faults`."""

import shutil

import pytest

from benchmarks.faults import faults
from tests.conftest import NO_REDIS


def test_ten_kills_lose_nothing_and_leave_nothing() -> None:
    if shutil.which("redis-server") is None:
        pytest.skip(NO_REDIS)
    seen = faults(10, open_jobs=6, kill_every=0.8)
    assert (seen["kills"], seen["completed"]) == (10, seen["jobs"])
    assert [seen[fault] for fault in ("lost", "double", "leftovers", "progress_fell")] == [0, 0, 0, 0]
