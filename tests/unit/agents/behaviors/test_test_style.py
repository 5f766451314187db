"""Tests are written in the style that the repository has already."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from agents.behaviors.compose_tests import TestModule, WrittenTest
from agents.behaviors.test_style import TestStyle, style_of

PLAIN = "def test_a():\n    assert 1\n\n\ndef test_b():\n    assert 2\n"
ANNOTATED = "def test_a() -> None:\n    assert 1\n"
IN_CLASS = "class TestA:\n    def test_a(self):\n        assert 1\n"
UNITTEST = (
    "import unittest\n\n\nclass A(unittest.TestCase):\n    def test_a(self):\n"
    "        self.assertTrue(1)\n    def test_b(self):\n        self.assertTrue(1)\n"
    "    def test_c(self):\n        self.assertTrue(1)\n"
)
SOURCE = '''def test_double_ac_1(tmp_path) -> None:
    """AC-1: it doubles."""
    assert double(2) == 4
    assert double(0.1) == pytest.approx(0.2)
    assert double(12345.67) == pytest.approx(24691.34, abs=0.005)
    assert double(True) is not None
    assert 'a' in double('a'), "text"
    assert not double(0)
    assert double(1)
    with pytest.raises(TypeError, match="None"):
        double(None)
'''
KIT = "def double(x):\n    if x is None:\n        raise TypeError('None')\n    return x + x\n"


@pytest.mark.parametrize(
    ("texts", "style"),
    [
        ([], TestStyle("functions", True)),
        (["def broken(:"], TestStyle("functions", True)),
        ([PLAIN], TestStyle("functions", False)),
        ([ANNOTATED], TestStyle("functions", True)),
        ([IN_CLASS], TestStyle("class", False)),
        ([UNITTEST, PLAIN], TestStyle("TestCase", False)),
        ([PLAIN, IN_CLASS, ANNOTATED], TestStyle("functions", False)),
    ],
)
def test_style_is_what_most_tests_do(texts: list[str], style: TestStyle) -> None:
    assert style_of(texts) == style


def module(style: TestStyle, source: str = SOURCE) -> TestModule:
    imports = ("from kit import double", "import pytest")
    tests = [
        WrittenTest("AC-1", "test_double_ac_1", source, True, imports),
        WrittenTest("AC-2", "test_ac_2", "def test_ac_2() -> None:\n    assert double(3) == 6",
                    True, imports),
    ]  # fmt: skip
    return TestModule("tests/test_double.py", "Title.", tests, layout=style)


@pytest.mark.parametrize("layout", ["functions", "class", "TestCase"])
def test_tests_run_in_every_layout_and_fail_where_they_should(layout: str, tmp_path: Path) -> None:
    source = SOURCE.replace("tmp_path", "")
    text = module(TestStyle(layout, False), source).source()  # type: ignore[arg-type]
    assert "-> None" not in text
    (tmp_path / "test_double.py").write_text(text)
    for code, outcome in ((KIT, "2 passed"), (KIT.replace("x + x", "x"), "2 failed")):
        (tmp_path / "kit.py").write_text(code)
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", tmp_path],
            cwd=tmp_path, capture_output=True, text=True, check=False, env={"PYTHONPATH": "."},
        )  # fmt: skip
        assert outcome in done.stdout, done.stdout


def test_unittest_needs_no_pytest() -> None:
    text = module(TestStyle("TestCase"), SOURCE.replace("tmp_path", "")).source()
    assert "pytest" not in text
    assert "class AcceptanceTest(unittest.TestCase):" in text
    assert "self.assertEqual(double(2), 4)" in text
    assert "self.assertAlmostEqual(double(12345.67), 24691.34, delta=0.005)" in text


def test_functions_keep_their_fixtures_and_text() -> None:
    text = module(TestStyle()).source()
    assert SOURCE.strip() in text and text.count("import pytest") == 1


def test_what_needs_a_fixture_of_pytest_stays_a_function() -> None:
    text = module(TestStyle("TestCase")).source()
    assert "def test_double_ac_1(tmp_path) -> None:" in text and "unittest" not in text
