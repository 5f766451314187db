"""A test counts as red only if it fails because of what the ticket asks for."""

import pytest

from agents.behaviors.judge_red import wrong_reason
from agents.tools.test_runner import TestCase
from memory.records import Ticket

FILES = ["pkg/__init__.py", "pkg/mod.py", "tests/test_f.py"]


def _judge(outcome: str, message: str, detail: str = "", symbol: str = "f") -> str | None:
    ticket = Ticket(
        id="tkt-1", repository="/r", title="t", target_file="pkg/mod.py", target_symbol=symbol
    )
    case = TestCase("tests/test_f.py::test_f", outcome, message, detail)  # type: ignore[arg-type]
    return wrong_reason(case, ticket, FILES)


@pytest.mark.parametrize(
    ("outcome", "message", "symbol"),
    [
        ("failed", "AssertionError: assert 1 == 2", "f"),
        ("failed", "Failed: DID NOT RAISE <class 'ValueError'>", "f"),
        ("error", "ImportError: cannot import name 'f' from 'pkg.mod' (/w/pkg/mod.py)", "f"),
        ("error", "ModuleNotFoundError: No module named 'pkg.mod'", "f"),
        ("failed", "AttributeError: 'Ledger' object has no attribute 'total'", "Ledger.total"),
        ("failed", "TypeError: f() got an unexpected keyword argument 'sep'", "f"),
    ],
)
def test_missing_feature_is_the_right_reason(outcome: str, message: str, symbol: str) -> None:
    assert _judge(outcome, message, symbol=symbol) is None


def test_exception_out_of_the_target_file_is_the_right_reason() -> None:
    assert _judge("failed", "KeyError: 'x'", "pkg/mod.py:7: KeyError") is None


@pytest.mark.parametrize(
    ("outcome", "message"),
    [
        ("passed", ""),
        ("skipped", "no"),
        ("error", "ImportError: cannot import name 'g' from 'pkg.mod'"),
        ("error", "SyntaxError: invalid syntax"),
        ("error", "fixture 'thing' not found"),
        ("failed", "NameError: name 'math' is not defined"),
        ("failed", "KeyError: 'x'"),
    ],
)
def test_any_other_outcome_is_not(outcome: str, message: str) -> None:
    assert _judge(outcome, message)
