"""Tests in a prompt are short, plain and, where there are many, the telling ones."""

import pytest

from agents.behaviors.bring_tests import describe
from agents.behaviors.compose_tests import TestModule
from agents.behaviors.distil_tests import distil
from agents.behaviors.plain_asserts import plain
from agents.errors import TicketBlockedError


def module(text: str) -> TestModule:
    tests, helpers = describe(text)
    return TestModule("a_test.py", "", tests, text=text, helpers=helpers)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("assert f(1) == 2", "assert f(1) == 2"),
        ("self.assertEqual(f(1), 2)", "assert f(1) == 2"),
        ("self.assertEqual(f(1), 2, msg='no')", "assert f(1) == 2"),
        ("self.assertTrue(f(1))", "assert f(1)"),
        ("self.assertIs(f(1), False)", "assert f(1) is False"),
        ("self.assertIsNone(f(1))", "assert f(1) is None"),
        ("expected = [1, 2]\n    self.assertEqual(f(1), expected)", "assert f(1) == [1, 2]"),
        ("self.assertAlmostEqual(f(1), 0.5, places=2)", "assert f(1) == approx(0.5)"),
        ("'''Words.'''\n    assert f(1) == 2", "assert f(1) == 2"),
        (
            "with self.assertRaises(ValueError) as err:\n        f(-1)\n"
            "    self.assertEqual(type(err.exception), ValueError)\n"
            "    self.assertEqual(err.exception.args[0], 'too small')",
            "with raises(ValueError, 'too small'):\n    f(-1)",
        ),
        ("with pytest.raises(ValueError):\n        f(-1)", "with raises(ValueError):\n    f(-1)"),
    ],
)
def test_single_check_becomes_a_plain_assertion(body: str, expected: str) -> None:
    assert plain(f"def test_f():\n    {body}") == expected


def test_value_is_not_moved_past_what_may_change_it() -> None:
    source = "def test_f():\n    before = box.size()\n    box.add(1)\n    assert before == 0"
    assert plain(source) == source


def test_subtests_are_opened_up() -> None:
    source = (
        "def test_f():\n    for n in (1, 2):\n        with self.subTest(n=n):\n"
        "            message = f'{n}'\n            self.assertEqual(f(n), 1, msg=message)"
    )
    assert "assert f(n) == 1" in plain(source) and "subTest" not in plain(source)


def test_expected_error_beside_a_subtest_stays() -> None:
    source = (
        "def test_f():\n    for n in (1, 2):\n"
        "        with self.subTest(n=n), self.assertRaises(ValueError) as err:\n"
        "            f(n)\n        self.assertEqual(err.exception.args[0], 'no')"
    )
    assert "with raises(ValueError, 'no'):\n            f(n)" in plain(source)


def test_method_of_a_test_class_begins_with_its_set_up() -> None:
    text = (
        "class BoxTest(unittest.TestCase):\n    def setUp(self):\n        self.box = Box()\n\n"
        "    def test_empty(self):\n        self.assertEqual(self.box.size(), 0)\n"
    )
    assert distil([module(text)]) == (
        "def test_empty():\n    box = Box()\n    assert box.size() == 0"
    )


def test_skipped_tests_are_left_out() -> None:
    tests, _ = describe(
        "@unittest.skip('later')\ndef test_a():\n    pass\n\n\ndef test_b():\n    assert f()"
    )
    assert [test.name for test in tests] == ["test_b"]


def test_of_many_tests_new_calls_and_errors_come_first_in_the_order_of_the_file() -> None:
    plain_ones = [f"def test_{n}():\n    assert f({n}, {'1' * 60}) == {n}" for n in range(40)]
    telling = [
        "def test_error():\n    with pytest.raises(ValueError):\n        f(-1)",
        "def test_g():\n    assert g(7) == 8",
    ]
    text = distil([module("\n\n\n".join([*plain_ones, *telling]))], 400)
    assert len(text) < 500
    assert text.index("assert f(0,") < text.index("raises(ValueError)") < text.index("g(7) == 8")
    assert "more tests like these" in text


def test_constants_that_the_tests_use_are_shown() -> None:
    text = "DAY = 'a b'\nOTHER = 1\n\n\ndef test_f():\n    assert f(DAY) == 2"
    assert distil([module(text)]) == "DAY = 'a b'\nassert f(DAY) == 2"


def test_file_that_does_not_parse_is_told() -> None:
    with pytest.raises(TicketBlockedError, match="do not parse"):
        describe("def test_f(:")
