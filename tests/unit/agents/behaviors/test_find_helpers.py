"""Of a repository the Developer sees what the ticket may need."""

from __future__ import annotations

import pytest

from agents.behaviors.find_helpers import (
    Need,
    find_helpers,
    helper_lines,
    import_of,
    named_helpers,
)
from agents.languages.python import Python
from agents.languages.registry import language_of
from agents.tools.repo_map import RepoMap, build_repo_map

ORDER = '''
class Order:
    """What a customer has bought."""

    number: int
    lines: list[str]
    _cache = None

    def total(self) -> int:
        """Cents of all lines."""

    def _sum(self): ...
'''
CASH = '''
def round_cash(cents: int) -> int:
    """The amount that is paid in cash."""


def _coins(): ...
'''
SMALL = {"shop/order.py": ORDER, "shop/cash.py": CASH, "shop/bill.py": "def own(): ..."}
LARGE = {
    **{f"shop/a{n}.py": f"def unrelated{n}():\n    '''Number {n}.'''\n" for n in range(30)},
    **SMALL,
    "tests/test_cash.py": "def round_test(): ...",
}


def repo(files: dict[str, str]) -> tuple[RepoMap, Python]:
    return build_repo_map(files), Python(sorted(files))


def names(files: dict[str, str], **need: object) -> list[str]:
    repo_map, language = repo(files)
    asked = Need(**{"target": "shop/bill.py", "task": "Print a bill.", **need})  # type: ignore[arg-type]
    return [helper.symbol.name for helper in find_helpers(asked, repo_map, language)]


def test_small_repository_is_seen_as_a_whole() -> None:
    assert names(SMALL) == ["round_cash", "Order"]


def test_nothing_that_is_of_no_use_is_seen_of_a_large_one() -> None:
    assert names(LARGE, task="Print it.") == []


@pytest.mark.parametrize(
    "task",
    ["Add `round_cash` to it.", "As round_cash does.", "As round_cash(5) does.", "Like an Order."],
)
def test_what_the_task_names_as_code_comes_first(task: str) -> None:
    wanted = "Order" if "Order" in task else "round_cash"
    assert names(LARGE, task=task)[0] == wanted


def test_word_of_prose_is_no_name() -> None:
    files = {**LARGE, "shop/words.py": "def sort(): ...\n"}
    near = ["return round_cash(cents)", "round_cash(0)", "x = round_cash(5)"]
    found = names(files, task="Sort the lines, then total them.", near=near)
    assert found == ["round_cash", "sort"]


def test_what_the_tests_name_comes_before_what_is_likely() -> None:
    found = names(
        LARGE,
        task="Give the amount in cash.",
        tests="from shop.order import Order\n\ndef test():\n    assert bill(Order(1, [])) == 3\n",
        imports="from shop.a7 import unrelated7",
        near=["unrelated9()", "unrelated8()"],
    )
    assert found[0] == "Order"
    assert set(found[1:]) == {"unrelated7", "unrelated8", "unrelated9", "round_cash"}
    assert found.index("unrelated9") < found.index("unrelated8")


def test_of_two_of_one_name_the_nearer_file_counts() -> None:
    files = {**LARGE, "other/cash.py": "def round_cash(): ...\n"}
    repo_map, language = repo(files)
    need = Need("shop/bill.py", "Use `round_cash`.")
    assert [h.path for h in find_helpers(need, repo_map, language)] == ["shop/cash.py"]


def test_what_the_file_has_or_gets_itself_is_no_helper() -> None:
    files = {**SMALL, "shop/old.py": "def own(): ...\n\n\ndef bill(): ...\n"}
    assert names(files, symbol="bill.total") == ["round_cash", "Order"]


def test_class_that_is_named_shows_how_it_is_used() -> None:
    repo_map, language = repo(LARGE)
    need = Need("shop/bill.py", "Print it.", tests="bill(Order(1, []))")
    assert helper_lines(find_helpers(need, repo_map, language)) == [
        "- class Order (shop/order.py): What a customer has bought.",
        "    number: int",
        "    lines: list[str]",
        "    total() -> int: Cents of all lines.",
    ]


def test_class_is_shown_as_it_is_made_and_its_members_as_they_are_used() -> None:
    stock = '''
class Stock:
    """What there is."""

    names: dict[str, str] = field(default_factory=dict)

    def __init__(self, counts: dict[str, int]) -> None: ...

    @property
    def size(self) -> int: ...

    @classmethod
    def read(cls, text: str) -> Stock: ...

    @staticmethod
    def empty() -> Stock: ...
'''
    repo_map, language = repo({"shop/stock.py": stock})
    need = Need("shop/bill.py", "Use a `Stock`.")
    assert helper_lines(find_helpers(need, repo_map, language)) == [
        "- class Stock(counts: dict[str, int]) (shop/stock.py): What there is.",
        "    names: dict[str, str]",
        "    size: int",
        "    Stock.read(text: str) -> Stock",
        "    Stock.empty() -> Stock",
    ]


def test_of_a_script_only_what_is_exported_is_seen() -> None:
    files = {
        "src/cash.ts": "function coins() {}\n\nexport function roundCash(cents: number) {}\n",
        "src/order.ts": "export interface Order { lines: string[] }\n",
        "src/bill.ts": "",
    }
    language = language_of("src/bill.ts", list(files), files)
    repo_map = build_repo_map(files, lambda path, text: language_of(path).symbols(text))
    found = find_helpers(Need("src/bill.ts", "Print a bill."), repo_map, language)
    assert [helper.symbol.name for helper in found] == ["roundCash", "Order"]
    line = import_of(found, language, "src/bill.ts")("Order")
    assert line is not None and line.startswith("import type { Order } from")


def test_class_that_a_parameter_is_called_after_is_named_and_what_it_is_made_of() -> None:
    line = "class Line:\n    article: str\n"
    files = {
        **LARGE,
        "shop/line.py": line,
        "shop/order.py": ORDER.replace("list[str]", "list[Line]"),
    }
    repo_map, language = repo(files)
    need = Need("shop/bill.py", "bill_total(order, day) gives the sum of an order.")
    found = named_helpers(need, repo_map, language)
    assert [helper.symbol.name for helper in found] == ["Order", "Line"]
    assert [member.name for member in found[1].members] == ["Line.article"]
    likely = find_helpers(need, repo_map, language)
    assert [helper.symbol.name for helper in likely[:2]] == ["Order", "Line"]
    assert named_helpers(Need("shop/bill.py", "The sum of an order."), repo_map, language) == []
