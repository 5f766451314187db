"""Amounts of money, in whole cents."""


def round_cash(cents: int) -> int:
    """The amount that is paid in cash: to 5 cents."""
    return (cents + 2) // 5 * 5


def share(cents: int, percent: float) -> int:
    """A percentage of an amount, halves of a cent in favour of the customer."""
    exact = cents * percent / 100
    whole = int(exact)
    return whole + (exact - whole > 0.5)


def money(cents: int) -> str:
    """An amount as it is printed: ``CHF 1'234.50``."""
    whole, rest = divmod(abs(cents), 100)
    sign = "-" if cents < 0 else ""
    return f"CHF {sign}{whole:,}.{rest:02}".replace(",", "'")
