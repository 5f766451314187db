"""A test counts as red only if it fails because of what the ticket asks for."""

import pytest

from agents.behaviors.judge_red import brought_for_nothing, wrong_reason
from agents.tools.runners.python_failures import explained
from agents.tools.test_report import Frame, TestCase, TestRun
from memory.records import Ticket

FILES = ["pkg/__init__.py", "pkg/mod.py", "tests/test_f.py"]


def _judge(outcome: str, message: str, symbol: str = "f", *trace: Frame) -> str | None:
    ticket = Ticket(
        id="tkt-1", repository="/r", title="t", target_file="pkg/mod.py", target_symbol=symbol
    )
    case = TestCase("tests/test_f.py::test_f", outcome, message, trace=trace)  # type: ignore[arg-type]
    return wrong_reason(explained(case), ticket, FILES)


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
    assert _judge("failed", "KeyError: 'x'", "f", Frame("pkg/mod.py", 7)) is None


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


def _brought(*cases: TestCase, symbol: str = "f") -> str | None:
    ticket = Ticket(
        id="tkt-1", repository="/r", title="t", target_file="pkg/mod.py", target_symbol=symbol
    )
    return brought_for_nothing(
        TestRun("pytest", 1, [explained(case) for case in cases]), ticket, FILES
    )


ODD = TestCase("t.py::test_a", "failed", "KeyError: 'x'")
NONE = TestCase("t.py::test_b", "failed", "TypeError: object of type 'NoneType' has no len()")
RIGHT = TestCase("t.py::test_c", "failed", "AssertionError: assert None == 2")
GREEN = TestCase("t.py::test_d", "passed")


def test_brought_tests_need_one_right_reason_and_none_that_is_broken() -> None:
    assert _brought(RIGHT, ODD, GREEN) is None
    assert _brought(NONE) is None, "a stub gives None"
    assert "another reason" in (_brought(ODD, GREEN) or "")
    broken = TestCase("t.py", "error", "ModuleNotFoundError: No module named 'nowhere'")
    assert "t.py: it fails" in (_brought(RIGHT, broken) or "")


def test_any_missing_name_is_right_where_the_whole_file_is_to_change() -> None:
    missing = TestCase("t.py", "error", "ImportError: cannot import name 'g' from 'pkg.mod' (x)")
    other = TestCase("t.py", "error", "ImportError: cannot import name 'g' from 'pkg.rest' (x)")
    assert _brought(missing, symbol="") is None
    assert _brought(missing) is not None and _brought(other, symbol="") is not None
