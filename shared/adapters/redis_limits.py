"""Limits in Redis: one script a use, for all windows at once, exact however many call at the same moment."""

from collections.abc import Callable
from typing import Any, Final

from shared.errors import BudgetExhausted, Paused, RateLimited
from shared.ids import made_at
from shared.limits import HOUR, Standing, Use

from .redis_line import RedisLine

PAUSE_SECONDS: Final = 60  # after which a caller may look again whether the pause is over
_CLOCK: Final = "local t = redis.call('TIME'); local now = t[1] * 1000 + math.floor(t[2] / 1000)\n"

# KEYS: the caller's log of uses (a sorted set by time), the pause switch, the day's film seconds (a hash by job).
# ARGV: the use's id, the job's id, its film seconds in ms, the day's ceiling in ms (0: none), then limit and seconds of
# each window. A use that is in the log already is let through and not counted again: its answer was lost.
ADMIT: Final = (
    _CLOCK
    + """
local paused = redis.call('GET', KEYS[2])
if paused then return {'paused', paused} end
local longest, tight, left, wait = 0, 0, math.huge, 0
local known = redis.call('ZSCORE', KEYS[1], ARGV[1])
for i = 5, #ARGV, 2 do
  local limit, span = tonumber(ARGV[i]), tonumber(ARGV[i + 1]) * 1000
  longest = math.max(longest, span)
  local since = '(' .. (now - span)
  local used = redis.call('ZCOUNT', KEYS[1], since, '+inf')
  local first = redis.call('ZRANGEBYSCORE', KEYS[1], since, '+inf', 'WITHSCORES', 'LIMIT', math.max(0, used - limit), 1)
  local frees = (first[2] and tonumber(first[2]) or now) + span - now
  local free = limit - used - (known and 0 or 1)
  if free < left or (free == left and frees > wait) then tight, left, wait = limit, free, frees end
end
if left < 0 and not known then return {'limited', tight, wait} end
local taken, ceiling = tonumber(ARGV[3]), tonumber(ARGV[4])
if ceiling > 0 and redis.call('HEXISTS', KEYS[3], ARGV[2]) == 0 then
  if tonumber(redis.call('HGET', KEYS[3], 'total') or 0) + taken > ceiling then
    return {'exhausted', '', 86400000 - now % 86400000}
  end
  redis.call('HSET', KEYS[3], ARGV[2], taken)
  redis.call('HINCRBY', KEYS[3], 'total', taken)
  redis.call('EXPIRE', KEYS[3], 172800)
end
if longest == 0 then return {'open'} end
if not known then redis.call('ZADD', KEYS[1], now, ARGV[1]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - longest)
redis.call('PEXPIRE', KEYS[1], longest)
return {'admitted', tight, math.max(0, left), wait}
"""
)

# KEYS: the caller's log of uses. ARGV: the use's id
WITHDRAW: Final = "redis.call('ZREM', KEYS[1], ARGV[1])"

# KEYS: the day's film seconds. ARGV: the job's id, what it really took in ms
SETTLE: Final = """
local before = redis.call('HGET', KEYS[1], ARGV[1])
if before then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
  redis.call('HINCRBY', KEYS[1], 'total', tonumber(ARGV[2]) - tonumber(before))
end
"""


class RedisLimits:
    """`Limits` on Redis. `ceiling_seconds`: of film, in one day of UTC; 0 is none."""

    def __init__(self, line: RedisLine, *, ceiling_seconds: int) -> None:
        self._ask = line.ask
        self._ceiling_ms = ceiling_seconds * 1000
        self._admit: Callable[..., Any] = line.client.register_script(ADMIT)
        self._withdraw: Callable[..., Any] = line.client.register_script(WITHDRAW)
        self._settle: Callable[..., Any] = line.client.register_script(SETTLE)

    def admit(self, use: Use) -> Standing | None:
        ceiling = self._ceiling_ms if use.film_seconds else 0
        answer, *told = self._ask(
            self._admit,
            keys=[_log(use), f"paused:{use.what}", _day(use.job_id) if ceiling else "film_seconds"],
            args=[
                use.use_id,
                use.job_id,
                round(use.film_seconds * 1000),
                ceiling,
                *(number for window in use.windows for number in (window.limit, window.seconds)),
            ],
        )
        if answer == "paused":
            raise Paused(told[0] or "This is paused for now. Try again later.", retry_after_seconds=PAUSE_SECONDS)
        if answer == "open":
            return None
        if answer == "exhausted":
            wait = _seconds(told[1])
            raise BudgetExhausted(
                "The service has made as many films as it may in one day. Try again tomorrow.", retry_after_seconds=wait
            )
        limit, *left, wait = (int(number) for number in told)
        standing = Standing(limit=limit, remaining=left[0] if left else 0, reset_seconds=_seconds(wait))
        if answer == "limited":
            window = next(window for window in use.windows if window.limit == limit)
            span = "an hour" if window.seconds == HOUR else "a day"
            raise RateLimited(
                f"At most {limit} in {span}. Try again in {_spoken(standing.reset_seconds)}.",
                retry_after_seconds=standing.reset_seconds,
                headers=standing.headers(),
            )
        return standing

    def withdraw(self, use: Use) -> None:
        self._ask(self._withdraw, keys=[_log(use)], args=[use.use_id])
        if use.film_seconds:
            self.settle(use.job_id, 0)

    def settle(self, job_id: str, film_seconds: float) -> None:
        if self._ceiling_ms:
            self._ask(self._settle, keys=[_day(job_id)], args=[job_id, round(film_seconds * 1000)])


def _log(use: Use) -> str:
    return f"uses:{use.what}:{use.counted_as}"


def _day(job_id: str) -> str:
    """The day that a job's film seconds count for: the one on which it was promised, whenever it ends."""
    return f"film_seconds:{made_at(job_id):%Y-%m-%d}"


def _seconds(milliseconds: int) -> int:
    return max(1, -(-int(milliseconds) // 1000))


def _spoken(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} seconds"
    return f"{-(-seconds // 60)} minutes" if seconds < 2 * HOUR else f"{-(-seconds // HOUR)} hours"
