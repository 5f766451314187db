"""Who buys."""

from dataclasses import dataclass
from datetime import date

LOYAL_YEARS = 3


@dataclass(frozen=True)
class Customer:
    """A person with an account."""

    name: str
    since: date
    country: str = "CH"


def is_loyal(customer: Customer, today: date) -> bool:
    """Whether somebody has been a customer for three years to the day."""
    years = today.year - customer.since.year
    day = (today.month, today.day) >= (customer.since.month, customer.since.day)
    return years - (not day) >= LOYAL_YEARS
