"""Rows of related tickets. In each a rule of the house recurs that the tests hold to, and that a
ticket's words only hint at: who remembers how it was met before needs fewer tries.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One ticket."""

    symbol: str
    task: str
    tests: str
    reference: str


@dataclass(frozen=True)
class Group:
    """Tickets about one module, in order."""

    name: str
    about: str
    file: str
    head: str
    """The module before the first ticket."""
    steps: tuple[Step, ...]


MONEY = Group(
    name="money",
    about="Amounts of money for a shop in Zurich.",
    file="money.py",
    head='"""Amounts of money, kept in whole cents."""\n',
    steps=(
        Step(
            symbol="round_cash",
            task="round_cash(cents) gives the amount that is paid in cash, as the house does it.",
            tests="""from money import round_cash


def test_to_five_cents():
    assert round_cash(1203) == 1205
    assert round_cash(1202) == 1200


def test_halves_do_not_occur_and_zero_stays():
    assert round_cash(0) == 0
    assert round_cash(1208) == 1210


def test_refunds_round_towards_the_customer():
    assert round_cash(-1203) == -1205
    assert round_cash(-1201) == -1205
""",
            reference='''def round_cash(cents: int) -> int:
    """The amount paid in cash: to 5 cents; refunds in favour of the customer."""
    if cents < 0:
        return -((-cents + 4) // 5 * 5)
    return (cents + 2) // 5 * 5
''',
        ),
        Step(
            symbol="cash_change",
            task="cash_change(due, given) gives the change in cash for cents due and given.",
            tests="""from money import cash_change


def test_the_due_amount_is_rounded_as_cash_is():
    assert cash_change(1203, 2000) == 795
    assert cash_change(1202, 2000) == 800


def test_exact():
    assert cash_change(1000, 1000) == 0


def test_too_little_is_an_error():
    import pytest

    with pytest.raises(ValueError):
        cash_change(1000, 900)
""",
            reference='''def cash_change(due: int, given: int) -> int:
    """The change in cash. Raises ValueError if too little was given."""
    change = given - round_cash(due)
    if change < 0:
        raise ValueError("too little was given")
    return change
''',
        ),
        Step(
            symbol="split_cash",
            task="split_cash(cents, people) gives a list of what each of some people pays in cash.",
            tests="""from money import split_cash


def test_each_share_is_payable_in_cash():
    assert split_cash(1000, 3) == [335, 335, 330]
    assert split_cash(1203, 2) == [605, 600]


def test_one():
    assert split_cash(1203, 1) == [1205]


def test_nobody_is_an_error():
    import pytest

    with pytest.raises(ValueError):
        split_cash(1000, 0)
""",
            reference='''def split_cash(cents: int, people: int) -> list[int]:
    """What each pays in cash, larger shares first. Raises ValueError for nobody."""
    if people < 1:
        raise ValueError("nobody pays")
    coins, more = divmod(round_cash(cents) // 5, people)
    return [5 * (coins + (place < more)) for place in range(people)]
''',
        ),
    ),
)

NAMES = Group(
    name="names",
    about="Names of people as a library files them.",
    file="names.py",
    head='"""Names of people, as the catalogue has them."""\n',
    steps=(
        Step(
            symbol="sort_key",
            task="sort_key(name) gives the text by which the catalogue sorts a full name.",
            tests="""from names import sort_key


def test_last_name_first_in_small_letters():
    assert sort_key("Ada Lovelace") == "lovelace, ada"


def test_particles_stay_with_the_first_names():
    assert sort_key("Ludwig van Beethoven") == "beethoven, ludwig van"


def test_spaces():
    assert sort_key("  Ada   Lovelace ") == "lovelace, ada"


def test_one_name():
    assert sort_key("Plato") == "plato"
""",
            reference='''def sort_key(name: str) -> str:
    """Last name first, in small letters."""
    *first, last = name.lower().split()
    return ", ".join([last, " ".join(first)]) if first else last
''',
        ),
        Step(
            symbol="initials",
            task="initials(name) gives the initials of a full name as the catalogue prints them.",
            tests="""from names import initials


def test_last_name_first():
    assert initials("Ada Lovelace") == "L. A."


def test_particles_are_left_out():
    assert initials("Ludwig van Beethoven") == "B. L."


def test_spaces():
    assert initials("  Ada   Lovelace ") == "L. A."


def test_one_name():
    assert initials("Plato") == "P."
""",
            reference='''def initials(name: str) -> str:
    """Initials, that of the last name first; particles are left out."""
    *first, last = name.split()
    letters = [last[0], *(word[0] for word in first if word[0].isupper())]
    return " ".join(f"{letter}." for letter in letters)
''',
        ),
        Step(
            symbol="shelf_mark",
            task="shelf_mark(name, year) gives the mark of a book by its author's full name.",
            tests="""from names import shelf_mark


def test_three_letters_of_the_last_name_and_the_year():
    assert shelf_mark("Ada Lovelace", 1843) == "LOV-1843"


def test_particles_do_not_count():
    assert shelf_mark("Ludwig van Beethoven", 1808) == "BEE-1808"


def test_spaces_and_short_names():
    assert shelf_mark("  Sun   Wu ", 1990) == "WU-1990"


def test_one_name():
    assert shelf_mark("Plato", 1578) == "PLA-1578"
""",
            reference='''def shelf_mark(name: str, year: int) -> str:
    """Three letters of the last name, and the year."""
    return f"{name.split()[-1][:3].upper()}-{year}"
''',
        ),
    ),
)

TIMES = Group(
    name="times",
    about="Times of a ferry, whose day ends at three in the morning.",
    file="times.py",
    head='"""Times of the ferry, as minutes after the start of its day at 03:00."""\n',
    steps=(
        Step(
            symbol="parse_time",
            task='parse_time(text) reads a time such as "7:05" as the minutes of the ferry\'s day.',
            tests="""import pytest

from times import parse_time


def test_the_day_starts_at_three():
    assert parse_time("3:00") == 0
    assert parse_time("7:05") == 245


def test_after_midnight_is_still_the_same_day():
    assert parse_time("0:30") == 1290
    assert parse_time("2:59") == 1439


def test_what_is_no_time_is_an_error():
    for text in ("24:00", "7:60", "7", "x:10"):
        with pytest.raises(ValueError):
            parse_time(text)
""",
            reference='''def parse_time(text: str) -> int:
    """Minutes since 03:00. Raises ValueError for what is no time."""
    hours, minutes = (int(part) for part in text.split(":"))
    if not (0 <= hours < 24 and 0 <= minutes < 60):
        raise ValueError(f"{text} is no time")
    return (60 * hours + minutes - 180) % 1440
''',
        ),
        Step(
            symbol="format_time",
            task="format_time(minutes) writes minutes of the ferry's day as a time.",
            tests="""import pytest

from times import format_time


def test_the_day_starts_at_three():
    assert format_time(0) == "3:00"
    assert format_time(245) == "7:05"


def test_after_midnight():
    assert format_time(1290) == "0:30"
    assert format_time(1439) == "2:59"


def test_outside_of_the_day_is_an_error():
    for minutes in (-1, 1440):
        with pytest.raises(ValueError):
            format_time(minutes)
""",
            reference='''def format_time(minutes: int) -> str:
    """A time of the ferry's day. Raises ValueError outside of it."""
    if not 0 <= minutes < 1440:
        raise ValueError(f"{minutes} is not in the day")
    hours, rest = divmod((minutes + 180) % 1440, 60)
    return f"{hours}:{rest:02}"
''',
        ),
        Step(
            symbol="next_departure",
            task='next_departure(now, times) gives the first of some times ("7:05") that is not '
            "before now within the ferry's day, or None.",
            tests="""from times import next_departure


def test_the_first_not_before_now():
    assert next_departure("7:00", ["6:50", "7:20", "7:05"]) == "7:05"
    assert next_departure("7:05", ["7:05"]) == "7:05"


def test_after_midnight_comes_after_the_evening():
    assert next_departure("23:00", ["4:00", "0:30"]) == "0:30"
    assert next_departure("1:00", ["23:00", "0:30"]) is None


def test_none():
    assert next_departure("7:00", []) is None
""",
            reference='''def next_departure(now: str, times: list[str]) -> str | None:
    """The first of `times` that is not before `now`; None if there is none."""
    later = [time for time in times if parse_time(time) >= parse_time(now)]
    return min(later, key=parse_time, default=None)
''',
        ),
    ),
)

GROUPS = (MONEY, NAMES, TIMES)
