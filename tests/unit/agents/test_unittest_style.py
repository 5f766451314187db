"""Tests are written for unittest where a repository has no pytest, and mean the same."""

import unittest

import pytest

from agents.behaviors.compose_tests import TestModule, WrittenTest
from agents.behaviors.unittest_style import as_unittest, needs_pytest

TEXT = '''"""Acceptance tests of REQ-1."""

import math

import pytest


def test_equal() -> None:
    """AC-1: one."""
    assert math.gcd(4, {divisor}) == 2


def test_floats() -> None:
    actual = [math.sqrt(2), 1.0]
    assert actual == pytest.approx([1.41421356, {one}])
    assert {{"a": 0.1 + 0.2}} == pytest.approx({{"a": 0.3}})
    assert 0.1 + 0.2 == pytest.approx(0.3)


def test_raises() -> None:
    with pytest.raises({error}):
        math.sqrt(-1)
    with pytest.raises(ValueError, match="{words}"):
        raise ValueError("domain")


def test_others() -> None:
    assert math.inf is not None
    assert not math.isnan({number})
    assert 1 in [1, 2] and True
'''
RIGHT = {"divisor": "6", "one": "1.0", "error": "ValueError", "words": "main", "number": "1"}


def failing(**changes: str) -> set[str]:
    """Names of the tests that fail."""
    text = as_unittest(TEXT.format(**(RIGHT | changes)), "AcceptanceTest")
    assert "pytest" not in text
    names: dict[str, type[unittest.TestCase]] = {}
    exec(text, names)  # noqa: S102 - the text above
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(names["AcceptanceTest"]).run(result)
    assert result.testsRun == 4
    return {test.id().rsplit(".", 1)[-1] for test, _ in [*result.failures, *result.errors]}


@pytest.mark.parametrize(
    ("changes", "failures"),
    [
        ({}, set()),
        ({"divisor": "5"}, {"test_equal"}),
        ({"one": "1.1"}, {"test_floats"}),
        ({"one": "1.0, 2.0"}, {"test_floats"}),
        ({"error": "KeyError"}, {"test_raises"}),
        ({"words": "other"}, {"test_raises"}),
        ({"number": "math.nan"}, {"test_others"}),
    ],
)
def test_each_test_passes_and_fails_as_before(changes: dict[str, str], failures: set[str]) -> None:
    assert failing(**changes) == failures


@pytest.mark.parametrize(
    "source",
    [
        "def test_a(tmp_path):\n    assert tmp_path",
        "@pytest.mark.skip\ndef test_a():\n    assert 1",
        "def test_a():\n    pytest.importorskip('x')",
        "def test_a():\n    assert 1.0 == pytest.approx(1, rel=1)",
    ],
)
def test_what_needs_pytest_is_told(source: str) -> None:
    assert "test_a needs" in needs_pytest(source)


def test_module_is_written_in_its_style() -> None:
    test = WrittenTest("AC-1", "test_a", "def test_a() -> None:\n    assert f(1) is None", True)
    module = TestModule("tests/test_a.py", "Tests of REQ-1.", [test], style="unittest")
    assert module.source() == (
        '"""Tests of REQ-1."""\n\nimport unittest\n\n\n'
        "class AcceptanceTest(unittest.TestCase):\n"
        "    def test_a(self) -> None:\n        self.assertIsNone(f(1))\n"
    )
