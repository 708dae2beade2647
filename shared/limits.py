"""How much somebody may ask for: sliding windows for each caller, and the service's own ceiling for a day."""

from dataclasses import dataclass
from typing import Final, Protocol

HOUR: Final = 3600
DAY: Final = 24 * HOUR


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """At most `limit` in any `seconds`."""

    limit: int
    seconds: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Use:
    """One wish to use `what` ("generate", "upload"). The same `use_id` of a caller is the same use, and counted once.

    `job_id` and `film_seconds` are what it takes of the day's ceiling, where there is one.
    """

    what: str
    counted_as: str
    use_id: str
    windows: tuple[Window, ...]
    job_id: str = ""
    film_seconds: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How a caller stands with the tighter window after a use. `reset_seconds`: until one more is free."""

    limit: int
    remaining: int
    reset_seconds: int

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
        }


def windows(*, per_hour: int, per_day: int) -> tuple[Window, ...]:
    """Those that limit anything: 0 is no limit."""
    both = (Window(limit=per_hour, seconds=HOUR), Window(limit=per_day, seconds=DAY))
    return tuple(window for window in both if window.limit)


class Limits(Protocol):
    """Each method raises `Unavailable` when the store does not answer, and is safe to repeat."""

    def admit(self, use: Use) -> Standing | None:
        """Count the use in every window and in the day's film seconds, or in none; None where nothing limits it.

        Raises RateLimited, BudgetExhausted, Paused.
        """
        ...

    def withdraw(self, use: Use) -> None:
        """As if it had not been: what we could not do is not counted."""
        ...

    def settle(self, job_id: str, film_seconds: float) -> None:
        """What a job really took of its day's film seconds; 0 gives all of it back."""
        ...
