"""Days on which the shop works."""

from datetime import date, timedelta

HOLIDAYS = {(1, 1), (1, 2), (8, 1), (12, 25), (12, 26)}


def is_workday(day: date) -> bool:
    """Whether parcels are sent on a day."""
    return day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS


def next_workday(day: date) -> date:
    """The first day after `day` on which parcels are sent."""
    day += timedelta(days=1)
    while not is_workday(day):
        day += timedelta(days=1)
    return day
