"""Numbers of orders and invoices."""

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def check_letter(digits: str) -> str:
    """The letter that guards digits against typing errors."""
    weighted = sum((place + 1) * int(digit) for place, digit in enumerate(digits))
    return LETTERS[weighted % len(LETTERS)]


def year_digits(year: int) -> str:
    """The last two digits of a year."""
    return f"{year % 100:02}"
