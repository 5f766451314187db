"""Tickets for the shop in `repository/` that need nothing of it, among code that may mislead.

Each adds a function to a file that is there, beside functions of another purpose, or a method to
a class, which needs nothing but that class.
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
    ShopTicket(
        "order.py",
        "Order.quantity_of",
        "Order.quantity_of(number) gives how many of the article with a number are in the order, "
        "all lines together.",
        """from shop.catalogue import Article
from shop.order import Line, Order

TEA, POT = Article("T", "Tea", 100), Article("P", "Pot", 900)


def test_lines_are_added_up():
    order = Order("O-1", [Line(TEA, 2), Line(POT, 1), Line(TEA, 3)])
    assert order.quantity_of("T") == 5
    assert order.quantity_of("P") == 1


def test_nothing():
    assert Order("O-1", [Line(TEA, 2)]).quantity_of("X") == 0
    assert Order("O-1").quantity_of("T") == 0
""",
        """def quantity_of(self, number):
    return sum(line.quantity for line in self.lines if line.article.number == number)


Order.quantity_of = quantity_of
""",
    ),
    ShopTicket(
        "stock.py",
        "Stock.missing",
        "Stock.missing(wanted) gives a dictionary of how many are missing of each article, where "
        "`wanted` is a dictionary of how many are wanted by the articles' numbers. Articles of "
        "which enough are there are left out.",
        """from shop.stock import Stock


def test_what_is_missing():
    stock = Stock({"A": 3, "B": 5})
    assert stock.missing({"A": 4, "B": 5, "C": 2}) == {"A": 1, "C": 2}


def test_enough():
    assert Stock({"A": 3}).missing({"A": 3}) == {}
    assert Stock({"A": 3}).missing({}) == {}
""",
        """def missing(self, wanted):
    return {n: q - self.of(n) for n, q in wanted.items() if q > self.of(n)}


Stock.missing = missing
""",
    ),
    ShopTicket(
        "stock.py",
        "Stock.scarcest",
        "Stock.scarcest(count) gives a list of the numbers of so many articles of which there are "
        "fewest, the fewest first, and where there are equally many by their numbers.",
        """from shop.stock import Stock


def test_order():
    stock = Stock({"C": 1, "A": 5, "B": 1, "D": 0})
    assert stock.scarcest(3) == ["D", "B", "C"]
    assert stock.scarcest(1) == ["D"]


def test_more_than_there_are():
    assert Stock({"A": 2, "B": 1}).scarcest(5) == ["B", "A"]
    assert Stock({}).scarcest(2) == []
""",
        """def scarcest(self, count):
    return sorted(self._quantities, key=lambda n: (self.of(n), n))[:count]


Stock.scarcest = scarcest
""",
    ),
    ShopTicket(
        "basket.py",
        "Basket.set_quantity",
        "Basket.set_quantity(article, quantity) makes the quantity of an article what is given, "
        "in its place if it is chosen already. With zero the article is out of the basket.",
        """from shop.basket import Basket
from shop.catalogue import Article

TEA, POT = Article("T", "Tea", 100), Article("P", "Pot", 900)


def test_quantity():
    basket = Basket()
    basket.put(TEA, 2)
    basket.put(POT)
    basket.set_quantity(TEA, 5)
    assert basket.items() == [(TEA, 5), (POT, 1)]


def test_new():
    basket = Basket()
    basket.set_quantity(TEA, 3)
    assert basket.items() == [(TEA, 3)]


def test_zero():
    basket = Basket()
    basket.put(TEA, 2)
    basket.set_quantity(TEA, 0)
    basket.set_quantity(POT, 0)
    assert basket.items() == []
""",
        """def set_quantity(self, article, quantity):
    if quantity:
        self._chosen[article] = quantity
    else:
        self.drop(article)


Basket.set_quantity = set_quantity
""",
    ),
    ShopTicket(
        "customer.py",
        "Customer.initials",
        "Customer.initials() gives the first letters of the customer's names in capitals, each "
        "with a full stop: `A. M.` for Anna Meier. Names with a hyphen keep it: `J.-P. S.` for "
        "Jean-Paul Sutter.",
        """from datetime import date

from shop.customer import Customer


def test_initials():
    assert Customer("Anna Meier", date(2020, 1, 1)).initials() == "A. M."
    assert Customer("zoë", date(2020, 1, 1)).initials() == "Z."


def test_hyphen():
    assert Customer("Jean-Paul Sutter", date(2020, 1, 1)).initials() == "J.-P. S."
""",
        """def initials(self):
    return " ".join(
        "-".join(f"{part[0].upper()}." for part in name.split("-")) for name in self.name.split()
    )


Customer.initials = initials
""",
    ),
)
