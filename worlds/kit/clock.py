"""A simulated calendar: one round is one day. What is written on a day carries that day's date.

Dates are ISO texts (`2026-03-02`), so that they are plain JSON and sort as they stand.
"""

from datetime import date, timedelta

__all__ = ["FIRST_DAY", "is_recent", "today", "year_of"]

FIRST_DAY = "2026-03-02"  # the day of round 1; no run crosses a year's end


def today(number: int, first: str = FIRST_DAY) -> str:
    """The date of a round; round 0, before the first, is the day before."""
    return (date.fromisoformat(first) + timedelta(days=number - 1)).isoformat()


def year_of(day: str) -> int:
    """The year of a date."""
    return date.fromisoformat(day).year


def is_recent(day: str, now: str, years: int = 1) -> bool:
    """Whether a date is of the year of `now`, or of one of the `years` before it."""
    return year_of(now) - years <= year_of(day) <= year_of(now)
