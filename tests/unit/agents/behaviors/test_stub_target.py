"""A stub takes the place of what is missing, and of nothing that is there."""

from __future__ import annotations

from typing import Any

import pytest

from agents.behaviors.stub_target import stubbed

SOURCE = """LIMIT = 3


class Ledger:
    def __init__(self, entries):
        self.entries = entries
"""


def space(text: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(text, names)  # noqa: S102
    return names


@pytest.mark.parametrize(
    ("symbol", "call"),
    [
        ("slug", "slug('a', sep='-')"),
        ("Ledger.total", "Ledger([1]).total()"),
        ("Account", "Account(1)"),
        ("Account.total", "Account(1, 2).total()"),
    ],
)
def test_call_of_the_stub_says_that_it_is_not_written(symbol: str, call: str) -> None:
    names = space(stubbed(SOURCE, symbol))
    with pytest.raises(NotImplementedError):
        eval(call, names)  # noqa: S307
    assert names["LIMIT"] == 3 and names["Ledger"]([1]).entries == [1]


def test_new_file_holds_the_stub_alone() -> None:
    assert "slug" in space(stubbed("", "slug"))


def test_what_is_there_or_cannot_be_read_is_left_alone() -> None:
    assert stubbed(SOURCE, "Ledger") == stubbed("def broken(:", "slug") == ""
