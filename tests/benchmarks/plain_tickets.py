"""Tickets for the shop in `repository/` that need nothing of it, among code that may mislead.

Each adds a function to a file that is there, beside functions of another purpose.
"""

from __future__ import annotations

from tests.benchmarks.repository_tickets import ShopTicket

PLAIN_TICKETS = (
    ShopTicket(
        "text.py",
        "same_letters",
        "same_letters(a, b) tells whether two texts are made of the same letters, ignoring case, "
        "white space and punctuation. For example same_letters('Dormitory', 'Dirty room!') is "
        "True and same_letters('tea', 'team') is False.",
        """from shop.text import same_letters


def test_same_letters():
    assert same_letters("Dormitory", "Dirty room!") is True
    assert same_letters("The eyes...", "they see") is True
    assert same_letters("", "?") is True


def test_others():
    assert same_letters("tea", "team") is False
    assert same_letters("aab", "abb") is False
""",
        """def same_letters(a: str, b: str) -> bool:
    first, second = (sorted(c for c in text.lower() if c.isalnum()) for text in (a, b))
    return first == second
""",
    ),
    ShopTicket(
        "text.py",
        "reads_backwards",
        "reads_backwards(text) tells whether a text reads the same backwards, ignoring case, "
        "white space and punctuation. For example reads_backwards('Never odd or even.') is True.",
        """from shop.text import reads_backwards


def test_same():
    assert reads_backwards("Never odd or even.") is True
    assert reads_backwards("Was it a car, or a cat, I saw?") is True
    assert reads_backwards("") is True


def test_others():
    assert reads_backwards("ab") is False
    assert reads_backwards("ba") is False
    assert reads_backwards("Green tea") is False
""",
        """def reads_backwards(text: str) -> bool:
    letters = [c for c in text.lower() if c.isalnum()]
    return letters == letters[::-1]
""",
    ),
    ShopTicket(
        "text.py",
        "acronym",
        "acronym(name) gives the first letter of each word of a name in capitals; words end at "
        "white space and hyphens. For example acronym('Swiss Tea-Growers Club') is 'STGC'.",
        """from shop.text import acronym


def test_words():
    assert acronym("Swiss Tea-Growers Club") == "STGC"
    assert acronym("world  wide web") == "WWW"
    assert acronym("one") == "O"


def test_nothing():
    assert acronym("") == ""
    assert acronym(" - ") == ""
""",
        """def acronym(name: str) -> str:
    return "".join(word[0].upper() for word in name.replace("-", " ").split())
""",
    ),
    ShopTicket(
        "text.py",
        "sentence_case",
        "sentence_case(text) gives a text whose sentences each begin with a capital letter, and "
        "whose other letters are small. Sentences end with a full stop, and a space follows.",
        """from shop.text import sentence_case


def test_sentences():
    assert sentence_case("FRESH tea. packed today.") == "Fresh tea. Packed today."
    assert sentence_case("one") == "One"
    assert sentence_case("version 1.a is OUT. bUY") == "Version 1.a is out. Buy"
    assert sentence_case("") == ""
""",
        """def sentence_case(text: str) -> str:
    return ". ".join(sentence.capitalize() for sentence in text.split(". "))
""",
    ),
    ShopTicket(
        "money.py",
        "split_evenly",
        "split_evenly(cents, people) gives a list of what each of some people pays, in cents: as "
        "even as can be, the larger parts first, and all together what is to be paid. For example "
        "split_evenly(100, 3) is [34, 33, 33].",
        """from shop.money import split_evenly


def test_parts():
    assert split_evenly(100, 3) == [34, 33, 33]
    assert split_evenly(101, 3) == [34, 34, 33]
    assert split_evenly(90, 3) == [30, 30, 30]
    assert split_evenly(2, 4) == [1, 1, 0, 0]
    assert split_evenly(7, 1) == [7]
""",
        """def split_evenly(cents: int, people: int) -> list[int]:
    least, more = divmod(cents, people)
    return [least + (place < more) for place in range(people)]
""",
    ),
    ShopTicket(
        "money.py",
        "fewest_coins",
        "fewest_coins(cents) gives a dictionary of how many coins of 500, 200, 100, 50, 20, 10 "
        "and 5 cents make an amount, the largest first, without those that are not needed.",
        """from shop.money import fewest_coins


def test_coins():
    assert fewest_coins(885) == {500: 1, 200: 1, 100: 1, 50: 1, 20: 1, 10: 1, 5: 1}
    assert fewest_coins(1000) == {500: 2}
    assert list(fewest_coins(40).items()) == [(20, 2)]
    assert list(fewest_coins(265).items()) == [(200, 1), (50, 1), (10, 1), (5, 1)]
    assert fewest_coins(0) == {}
""",
        """def fewest_coins(cents: int) -> dict[int, int]:
    coins = {}
    for coin in (500, 200, 100, 50, 20, 10, 5):
        count, cents = divmod(cents, coin)
        if count:
            coins[coin] = count
    return coins
""",
    ),
    ShopTicket(
        "numbers.py",
        "is_ean",
        "is_ean(code) tells whether a text of thirteen digits is a right EAN: the digits, times 1 "
        "and 3 in turn from the first, add up to a multiple of ten. Other texts are not.",
        """from shop.numbers import is_ean


def test_right_ones():
    assert is_ean("4006381333931") is True
    assert is_ean("7610400071574") is True


def test_wrong_ones():
    assert is_ean("4006381333932") is False
    assert is_ean("400638133393") is False
    assert is_ean("400638133393x") is False
    assert is_ean("") is False
""",
        """def is_ean(code: str) -> bool:
    if len(code) != 13 or not code.isdigit():
        return False
    return sum(int(d) * (3 if place % 2 else 1) for place, d in enumerate(code)) % 10 == 0
""",
    ),
    ShopTicket(
        "days.py",
        "age_on",
        "age_on(born, day) gives how many whole years old somebody is on a day, who was born on "
        "the day `born`; both are dates.",
        """from datetime import date

from shop.days import age_on


def test_birthdays():
    assert age_on(date(2000, 5, 10), date(2026, 5, 9)) == 25
    assert age_on(date(2000, 5, 10), date(2026, 5, 10)) == 26
    assert age_on(date(2000, 5, 10), date(2026, 4, 30)) == 25
    assert age_on(date(2000, 5, 10), date(2026, 12, 1)) == 26
    assert age_on(date(2000, 5, 10), date(2000, 5, 10)) == 0
""",
        """def age_on(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
""",
    ),
    ShopTicket(
        "mail.py",
        "quoted",
        "quoted(text) gives the text of a letter as it stands in the answer to it: `> ` before "
        "each line, and `>` alone for a line that is empty.",
        """from shop.mail import quoted


def test_lines():
    assert quoted("Hello\\nThank you") == "> Hello\\n> Thank you"


def test_empty_lines():
    assert quoted("Hello\\n\\nBye") == "> Hello\\n>\\n> Bye"
""",
        """def quoted(text: str) -> str:
    return "\\n".join(f"> {line}" if line else ">" for line in text.split("\\n"))
""",
    ),
    ShopTicket(
        "parcel.py",
        "fits_through",
        "fits_through(length, width, height, slot) tells whether a box fits through a slot, which "
        "is a tuple of its width and its height. The box may be turned.",
        """from shop.parcel import fits_through


def test_boxes():
    assert fits_through(30, 20, 2, (25, 3)) is True
    assert fits_through(2, 20, 30, (3, 20)) is True
    assert fits_through(30, 20, 4, (25, 3)) is False
    assert fits_through(30, 26, 2, (25, 3)) is False
    assert fits_through(5, 5, 5, (5, 5)) is True
""",
        """def fits_through(length: int, width: int, height: int, slot: tuple[int, int]) -> bool:
    thin, wide = sorted((length, width, height))[:2]
    return thin <= min(slot) and wide <= max(slot)
""",
    ),
)
