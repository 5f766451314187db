"""The functions that a failing test blames are the ones written anew."""

from dataclasses import replace

from agents.behaviors.find_parts import parts_to_blame
from agents.tools.test_report import Frame, TestCase

TEXT = """class Ledger:
    def __init__(self):
        self.lines = []

    def add(self, amount):
        self.lines.append(amount)

    def total(self):
        return check(self.lines)


def check(lines):
    return lines[9]
"""


def case(*trace: Frame) -> TestCase:
    return TestCase("test_l.py::test_x", "failed", trace=trace)


TRACED = case(Frame("ledger.py", 9, "return check(self.lines)"), Frame("ledger.py", 13))
CALLED = case(Frame("test_l.py", 5, "assert ledger.total() == 3"))


def blamed(*cases: TestCase, unit: str = "") -> list[str]:
    return [name for name, _ in parts_to_blame(TEXT, "ledger.py", unit, cases)]


def test_innermost_function_of_the_traceback_is_blamed():
    assert blamed(TRACED) == ["check"]


def test_without_a_traceback_into_the_file_what_the_test_calls_is_blamed():
    assert blamed(CALLED) == ["Ledger.total"]


def test_a_test_that_fails_in_a_helper_of_its_own_blames_all_that_it_calls_itself():
    helped = replace(case(Frame("test_l.py", 9, "check_it(3)")), name="test_x")
    tests = {"test_x": "def test_x():\n    ledger.add(1)\n    ledger.total()\n    check_it(3)\n"}
    found = parts_to_blame(TEXT, "ledger.py", "", [helped], tests=tests)
    assert found == [("Ledger.add", 1), ("Ledger.total", 1)]
    assert parts_to_blame(TEXT, "ledger.py", "", [helped]) == []


def test_what_fails_most_tests_comes_first():
    assert blamed(CALLED, TRACED, TRACED) == ["check", "Ledger.total"]


def test_nothing_outside_the_unit_is_blamed():
    assert blamed(CALLED, TRACED, unit="Ledger") == ["Ledger.total"]


def test_a_unit_without_parts_has_none():
    assert blamed(TRACED, unit="check") == []
