"""Limits on both kinds of Redis: exact under concurrency, in sliding windows, and counted once however often asked."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from shared.adapters.redis_limits import RedisLimits
from shared.adapters.redis_line import RedisLine
from shared.errors import BudgetExhausted, Paused, RateLimited
from shared.ids import new_id
from shared.limits import DAY, HOUR, Standing, Use, Window, windows


@pytest.fixture
def limits(any_redis: str) -> RedisLimits:
    return RedisLimits(RedisLine.to(any_redis), ceiling_seconds=100)


@pytest.fixture
def keys(any_redis: str) -> Iterator["redis.Redis"]:
    with redis.Redis.from_url(any_redis, decode_responses=True) as client:
        yield client


def use(use_id: str, *, per_hour: int = 3, per_day: int = 5, who: str = "ada", film_seconds: float = 0.0) -> Use:
    return Use(
        what="generate",
        counted_as=who,
        use_id=use_id,
        windows=windows(per_hour=per_hour, per_day=per_day),
        job_id=new_id(),
        film_seconds=film_seconds,
    )


def hours_pass(keys: "redis.Redis", hours: float, what: str = "generate", who: str = "ada") -> None:
    """Everything in the log happened so much earlier: the clock is Redis' own, and cannot be turned."""
    log = f"uses:{what}:{who}"
    for member, score in keys.zrange(log, 0, -1, withscores=True):
        keys.zadd(log, {member: score - hours * HOUR * 1000})


def test_of_a_hundred_at_the_same_moment_exactly_the_allowed_number_passes(limits: RedisLimits) -> None:
    def passes(number: int) -> bool:
        try:
            limits.admit(use(str(number), per_hour=10, per_day=50))
        except RateLimited:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(passes, range(100))) == 10


def test_the_standing_counts_down_and_tells_when_one_is_free_again(limits: RedisLimits, keys: "redis.Redis") -> None:
    first = limits.admit(use("1"))
    assert first == Standing(limit=3, remaining=2, reset_seconds=HOUR)
    hours_pass(keys, 0.5)
    second = limits.admit(use("2"))
    assert second and (second.remaining, second.reset_seconds) == (1, pytest.approx(HOUR / 2, abs=2))


def test_a_window_slides_and_is_not_a_calendar(limits: RedisLimits, keys: "redis.Redis") -> None:
    limits.admit(use("1"))
    hours_pass(keys, 0.9)
    limits.admit(use("2"))
    limits.admit(use("3"))
    with pytest.raises(RateLimited) as refused:
        limits.admit(use("4"))
    assert refused.value.retry_after_seconds == pytest.approx(0.1 * HOUR, abs=2)
    hours_pass(keys, 0.11)  # the first is out of the hour, the others are not
    limits.admit(use("4"))
    with pytest.raises(RateLimited):
        limits.admit(use("5"))


def test_the_tighter_window_is_the_one_that_is_told(limits: RedisLimits, keys: "redis.Redis") -> None:
    for number in range(5):
        hours_pass(keys, 2)
        standing = limits.admit(use(str(number)))
    assert standing and (standing.limit, standing.remaining) == (5, 0)
    hours_pass(keys, 2)
    with pytest.raises(RateLimited, match="At most 5 in a day") as refused:
        limits.admit(use("6"))
    assert refused.value.retry_after_seconds == pytest.approx(DAY - 10 * HOUR, abs=2)
    assert refused.value.headers["RateLimit-Limit"] == "5" and refused.value.headers["RateLimit-Remaining"] == "0"


def test_who_is_refused_does_not_push_the_end_further_away(limits: RedisLimits, keys: "redis.Redis") -> None:
    for number in range(3):
        limits.admit(use(str(number)))
    for number in range(20):
        with pytest.raises(RateLimited):
            limits.admit(use(f"again {number}"))
    assert keys.zcard("uses:generate:ada") == 3


def test_the_same_use_is_counted_once_and_let_through_also_at_the_limit(limits: RedisLimits) -> None:
    for number in range(3):
        limits.admit(use(str(number)))
    again = limits.admit(use("2"))
    assert again and again.remaining == 0
    with pytest.raises(RateLimited):
        limits.admit(use("3"))


def test_callers_and_doors_are_counted_apart(limits: RedisLimits) -> None:
    for number in range(3):
        limits.admit(use(str(number)))
    limits.admit(use("1", who="bob"))
    other = Use(what="upload", counted_as="ada", use_id="1", windows=windows(per_hour=3, per_day=5))
    assert limits.admit(other)


def test_what_was_withdrawn_is_not_counted(limits: RedisLimits) -> None:
    wish = use("1", film_seconds=100)
    limits.admit(wish)
    limits.withdraw(wish)
    limits.withdraw(wish)
    standing = limits.admit(use("2", film_seconds=100))
    assert standing and standing.remaining == 2


def test_nought_is_no_limit(limits: RedisLimits, keys: "redis.Redis") -> None:
    assert windows(per_hour=0, per_day=0) == ()
    assert windows(per_hour=0, per_day=2) == (Window(limit=2, seconds=DAY),)
    assert limits.admit(use("1", per_hour=0, per_day=0)) is None
    assert not list(keys.scan_iter("uses:*"))


def test_a_log_lives_no_longer_than_its_longest_window(limits: RedisLimits, keys: "redis.Redis") -> None:
    limits.admit(use("1"))
    assert 0 < keys.pttl("uses:generate:ada") <= DAY * 1000


def test_the_days_film_seconds_are_exact_under_concurrency(limits: RedisLimits, keys: "redis.Redis") -> None:
    def fits(number: int) -> bool:
        try:
            limits.admit(use(str(number), per_hour=0, per_day=0, film_seconds=7.0))
        except BudgetExhausted:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(fits, range(100))) == 14  # 98 of 100 seconds
    (day,) = keys.scan_iter("film_seconds:*")
    assert keys.hget(day, "total") == "98000"
    assert 0 < keys.ttl(day) <= 2 * DAY


def test_what_a_job_did_not_take_is_given_back_once(limits: RedisLimits) -> None:
    failed, shorter = use("1", film_seconds=60), use("2", film_seconds=40)
    limits.admit(failed)
    limits.admit(shorter)
    with pytest.raises(BudgetExhausted) as refused:
        limits.admit(use("3", film_seconds=1, per_day=9, per_hour=9))
    assert refused.value.retry_after_seconds and 0 < refused.value.retry_after_seconds <= DAY
    for _ in range(3):
        limits.settle(failed.job_id, 0)
        limits.settle(shorter.job_id, 30.5)
    limits.admit(use("3", film_seconds=69.5))
    with pytest.raises(BudgetExhausted):
        limits.admit(use("4", film_seconds=0.1, per_day=9, per_hour=9))


def test_who_meets_the_ceiling_is_not_counted_in_the_windows_either(limits: RedisLimits, keys: "redis.Redis") -> None:
    with pytest.raises(BudgetExhausted):
        limits.admit(use("1", film_seconds=101))
    assert not list(keys.scan_iter("uses:*"))


def test_a_settled_job_that_nobody_reserved_for_changes_nothing(limits: RedisLimits, keys: "redis.Redis") -> None:
    limits.settle(new_id(), 60)
    assert not list(keys.scan_iter("film_seconds:*"))


def test_an_operators_pause_stops_one_door_at_once_with_the_operators_words(
    limits: RedisLimits, keys: "redis.Redis"
) -> None:
    keys.set("paused:generate", "We are back at nine.")
    with pytest.raises(Paused, match="We are back at nine") as refused:
        limits.admit(use("1"))
    assert refused.value.status == 503 and refused.value.retry_after_seconds
    assert limits.admit(Use(what="upload", counted_as="ada", use_id="1", windows=windows(per_hour=3, per_day=5)))
    keys.delete("paused:generate")
    assert limits.admit(use("1"))
