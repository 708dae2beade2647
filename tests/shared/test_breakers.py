"""A service that refuses is left alone for five minutes: by one process, and by all that share a Redis."""

import time

import pytest

from shared.adapters.redis_breakers import RedisBreakers
from shared.adapters.redis_line import RedisLine
from shared.breakers import OwnBreakers


def test_a_tripped_breaker_is_open_until_its_time_has_passed() -> None:
    now = 0.0
    breakers = OwnBreakers(clock=lambda: now)
    assert not breakers.is_open("edge")
    breakers.trip("edge")
    assert breakers.is_open("edge") and not breakers.is_open("google")
    now = 299.0
    assert breakers.is_open("edge")
    now = 300.0
    assert not breakers.is_open("edge")


def test_what_one_process_found_out_the_others_know(any_redis: str) -> None:
    here, there = (RedisBreakers(RedisLine.to(any_redis)) for _ in range(2))
    service = f"edge{time.monotonic_ns()}"
    here.trip(service)
    give_up_at = time.monotonic() + 10
    while not there.is_open(service) and time.monotonic() < give_up_at:
        there = RedisBreakers(RedisLine.to(any_redis))
        time.sleep(0.05)
    assert there.is_open(service) and here.is_open(service)


def test_without_redis_a_process_goes_by_what_it_knows_and_does_not_wait() -> None:
    breakers = RedisBreakers(RedisLine.to("redis://127.0.0.1:1/0"))
    began = time.monotonic()
    assert not breakers.is_open("edge")
    breakers.trip("edge")
    assert breakers.is_open("edge")
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("service", ["edge", "google"])
def test_services_are_left_alone_one_by_one(service: str) -> None:
    breakers = OwnBreakers()
    breakers.trip(service)
    assert [name for name in ("edge", "openai", "google") if breakers.is_open(name)] == [service]
