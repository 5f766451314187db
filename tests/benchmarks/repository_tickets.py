"""Tickets for the shop in `repository/`, each of which needs what other files of it define.

The words are those of somebody who knows the shop; what its rates, classes of weight or letters
are is in its code alone. Each comes with its tests, and with a reference that passes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from server.bench.task import Task

SHOP = Path(__file__).parent / "repository"


@dataclass(frozen=True)
class ShopTicket:
    """A function that is asked for."""

    file: str
    symbol: str
    words: str
    tests: str
    reference: str
    """The function, and above it the imports that it needs; of a method also how it is put into
    its class, from the end of the file."""

    @property
    def test_name(self) -> str:
        """Of the file with its tests."""
        return f"test_{self.symbol.replace('.', '_').lower()}"

    def task(self) -> Task:
        """The shop's files, and the ticket's tests."""
        files = {f.relative_to(SHOP).as_posix(): f.read_text("utf-8") for f in SHOP.rglob("*.py")}
        return Task(
            self.symbol,
            self.words,
            f"shop/{self.file}",
            self.symbol,
            dict(sorted(files.items())),
            {f"tests/{self.test_name}.py": self.tests},
        )


TICKETS = (
    ShopTicket(
        "invoice.py",
        "order_total",
        "order_total(order, country) gives the total of an order in cents, with the value-added "
        "tax of the country on each line, taken in the shop's way.",
        """from shop.catalogue import find_article
from shop.invoice import order_total
from shop.order import Line, Order


def test_each_line_has_the_tax_of_its_category():
    order = Order("O-1", [Line(find_article("T-100"), 2), Line(find_article("T-200"), 1)])
    assert order_total(order, "CH") == 12186
    assert order_total(order, "AT") == 13430


def test_no_tax_is_due_elsewhere():
    assert order_total(Order("O-1", [Line(find_article("B-300"), 3)]), "US") == 10200


def test_nothing():
    assert order_total(Order("O-1"), "CH") == 0
""",
        """from shop.money import share
from shop.order import Order
from shop.tax import vat_percent


def order_total(order: Order, country: str) -> int:
    return sum(
        line.cents() + share(line.cents(), vat_percent(line.article.category, country))
        for line in order.lines
    )
""",
    ),
    ShopTicket(
        "delivery.py",
        "delivery_day",
        "delivery_day(ordered, days) gives the day on which a parcel arrives that takes some "
        "days on which the shop works after the day of the order.",
        """from datetime import date

from shop.delivery import delivery_day


def test_weekends_do_not_count():
    assert delivery_day(date(2026, 3, 5), 2) == date(2026, 3, 9)


def test_holidays_do_not_count():
    assert delivery_day(date(2026, 12, 24), 1) == date(2026, 12, 28)
    assert delivery_day(date(2026, 12, 31), 2) == date(2027, 1, 5)


def test_the_same_day():
    assert delivery_day(date(2026, 3, 5), 0) == date(2026, 3, 5)
""",
        """from datetime import date

from shop.days import next_workday


def delivery_day(ordered: date, days: int) -> date:
    for _ in range(days):
        ordered = next_workday(ordered)
    return ordered
""",
    ),
    ShopTicket(
        "numbering.py",
        "order_number",
        "order_number(year, n) gives the number of the n-th order of a year: the last two digits "
        "of the year and n in five digits, then a hyphen and the check letter of all seven.",
        """from shop.numbering import order_number


def test_numbers():
    assert order_number(2026, 1) == "2600001-X"
    assert order_number(2026, 42) == "2600042-E"
    assert order_number(2031, 12345) == "3112345-U"
""",
        """from shop.numbers import check_letter, year_digits


def order_number(year: int, n: int) -> str:
    digits = f"{year_digits(year)}{n:05}"
    return f"{digits}-{check_letter(digits)}"
""",
    ),
    ShopTicket(
        "label.py",
        "parcel_label",
        "parcel_label(customer, address) gives the lines of the label on a parcel: the "
        "customer's name as every printer has it, then those of the address.",
        """from datetime import date

from shop.address import Address
from shop.customer import Customer
from shop.label import parcel_label


def test_at_home():
    customer = Customer("Jürg Böhler", date(2020, 1, 1))
    address = Address("Seeweg 3", "8002", "Zug")
    assert parcel_label(customer, address) == ["JUERG BOEHLER", "Seeweg 3", "8002 ZUG"]


def test_abroad():
    customer = Customer("René", date(2020, 1, 1), "AT")
    address = Address("Ring 1", "1010", "Wien", "AT")
    assert parcel_label(customer, address) == ["RENE", "Ring 1", "1010 WIEN", "AT"]
""",
        """from shop.address import Address, address_lines
from shop.customer import Customer
from shop.text import plain


def parcel_label(customer: Customer, address: Address) -> list[str]:
    return [plain(customer.name), *address_lines(address)]
""",
    ),
    ShopTicket(
        "till.py",
        "cash_due",
        "cash_due(basket) gives the cents that a basket costs if it is paid in cash.",
        """from shop.basket import Basket
from shop.catalogue import Article
from shop.till import cash_due


def test_the_sum_is_rounded_and_not_its_parts():
    basket = Basket()
    basket.put(Article("A", "Bag", 33), 2)
    basket.put(Article("B", "Box", 101))
    assert cash_due(basket) == 165
    basket.put(Article("A", "Bag", 33))
    assert cash_due(basket) == 200


def test_empty():
    assert cash_due(Basket()) == 0
""",
        """from shop.basket import Basket
from shop.money import round_cash


def cash_due(basket: Basket) -> int:
    return round_cash(sum(article.cents * quantity for article, quantity in basket.items()))
""",
    ),
    ShopTicket(
        "store.py",
        "reserve",
        "reserve(stock, order) takes the articles of an order out of the stock. If there is not "
        "enough of one, it raises the shop's error for that and takes nothing at all.",
        """import pytest

from shop.catalogue import find_article
from shop.errors import StockError
from shop.order import Line, Order
from shop.stock import Stock
from shop.store import reserve

ORDER = Order("O-1", [Line(find_article("T-100"), 2), Line(find_article("B-300"), 5)])


def test_everything_is_taken():
    stock = Stock({"T-100": 3, "B-300": 5})
    reserve(stock, ORDER)
    assert (stock.of("T-100"), stock.of("B-300")) == (1, 0)


def test_nothing_is_taken_if_something_is_missing():
    stock = Stock({"T-100": 3, "B-300": 1})
    with pytest.raises(StockError) as error:
        reserve(stock, ORDER)
    assert (error.value.number, error.value.missing) == ("B-300", 4)
    assert (stock.of("T-100"), stock.of("B-300")) == (3, 1)
""",
        """from shop.errors import StockError
from shop.order import Order
from shop.stock import Stock


def reserve(stock: Stock, order: Order) -> None:
    for line in order.lines:
        missing = line.quantity - stock.of(line.article.number)
        if missing > 0:
            raise StockError(line.article.number, missing)
    for line in order.lines:
        stock.take(line.article.number, line.quantity)
""",
    ),
    ShopTicket(
        "rebate.py",
        "loyalty_rebate",
        "loyalty_rebate(order, customer, today) gives the cents that a loyal customer saves on "
        "an order: five percent of the price of its lines, taken in the shop's way. Others save "
        "nothing.",
        """from datetime import date

from shop.catalogue import Article
from shop.customer import Customer
from shop.order import Line, Order
from shop.rebate import loyalty_rebate

ORDER = Order("O-1", [Line(Article("A", "Bag", 1010), 3), Line(Article("B", "Box", 60), 1)])


def test_loyal_customers_save():
    customer = Customer("Ada", date(2020, 5, 5))
    assert loyalty_rebate(ORDER, customer, date(2023, 5, 5)) == 154


def test_halves_stay_with_the_customer():
    order = Order("O-1", [Line(Article("A", "Bag", 1010), 1)])
    assert loyalty_rebate(order, Customer("Ada", date(2020, 5, 5)), date(2026, 1, 1)) == 50


def test_others_do_not():
    customer = Customer("Ada", date(2020, 5, 6))
    assert loyalty_rebate(ORDER, customer, date(2023, 5, 5)) == 0
""",
        """from datetime import date

from shop.customer import Customer, is_loyal
from shop.money import share
from shop.order import Order


def loyalty_rebate(order: Order, customer: Customer, today: date) -> int:
    if not is_loyal(customer, today):
        return 0
    return share(sum(line.cents() for line in order.lines), 5)
""",
    ),
    ShopTicket(
        "postage.py",
        "postage",
        "postage(order) gives the cents that it costs to send an order, by its weight.",
        """from shop.catalogue import find_article
from shop.order import Line, Order
from shop.postage import postage


def test_by_weight():
    assert postage(Order("O-1", [Line(find_article("T-100"), 2)])) == 250
    assert postage(Order("O-1", [Line(find_article("T-200"), 1)])) == 700
    assert postage(Order("O-1", [Line(find_article("T-200"), 5)])) == 950
    assert postage(Order("O-1", [Line(find_article("T-200"), 6)])) == 2900
""",
        """from shop.order import Order
from shop.parcel import PRICES, parcel_class


def postage(order: Order) -> int:
    return PRICES[parcel_class(order.grams())]
""",
    ),
    ShopTicket(
        "tag.py",
        "price_tag",
        "price_tag(article) gives the text of an article's price tag: its name in at most twenty "
        "characters, a colon, a space and the price as the shop prints it.",
        """from shop.catalogue import Article
from shop.tag import price_tag


def test_tags():
    assert price_tag(Article("A", "Green tea", 1250)) == "Green tea: CHF 12.50"
    assert price_tag(Article("A", "Samovar", 123450)) == "Samovar: CHF 1'234.50"


def test_long_names():
    assert price_tag(Article("A", "Green tea, loose leaf", 5)) == "Green tea, loose le.: CHF 0.05"
    assert price_tag(Article("A", "Tea for the evening, strong", 5)) == (
        "Tea for the evening.: CHF 0.05"
    )
""",
        """from shop.catalogue import Article
from shop.money import money
from shop.text import shorten


def price_tag(article: Article) -> str:
    return f"{shorten(article.name, 20)}: {money(article.cents)}"
""",
    ),
    ShopTicket(
        "reading.py",
        "read_order",
        "read_order(number, text) makes an order of a text with a line such as `3 x T-100` for "
        "each article. What is not sold, and a line that is not of this form, raises the shop's "
        "error; the latter for the field `line` with the line as its words.",
        """import pytest

from shop.catalogue import ARTICLES
from shop.errors import ShopError
from shop.order import Line, Order
from shop.reading import read_order


def test_lines():
    lines = [Line(ARTICLES["T-100"], 3), Line(ARTICLES["B-300"], 1)]
    assert read_order("O-1", "3 x T-100\\n1 x b-300") == Order("O-1", lines)


def test_what_is_not_sold():
    with pytest.raises(ShopError) as error:
        read_order("O-1", "3 x T-999")
    assert (error.value.field, error.value.words) == ("article", "T-999 is not sold here")


def test_what_is_no_line():
    with pytest.raises(ShopError) as error:
        read_order("O-1", "T-100")
    assert (error.value.field, error.value.words) == ("line", "T-100")
""",
        """from shop.catalogue import find_article
from shop.errors import ShopError
from shop.order import Line, Order


def read_order(number: str, text: str) -> Order:
    lines = []
    for line in text.splitlines():
        quantity, cross, article = line.partition(" x ")
        if not (cross and quantity.isdigit()):
            raise ShopError("line", line)
        lines.append(Line(find_article(article), int(quantity)))
    return Order(number, lines)
""",
    ),
)
