"""An import that a model forgot is added; nothing else of the text changes."""

import pytest

from agents.tools.missing_imports import import_statements, undefined_names, with_missing_imports


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("def f(x: List[int]):\n    return x\n", "from typing import List"),
        ("def f(x):\n    return math.sqrt(x)\n", "import math"),
        ("def f(x):\n    return Counter(x)\n", "from collections import Counter"),
        ("class A:\n    def f(self):\n        return re.sub('a', '', 'b')\n", "import re"),
        ("def f(xs):\n    return [gcd(x, 2) for x in xs]\n", "from math import gcd"),
    ],
)
def test_forgotten_import_is_added(code: str, line: str):
    text = with_missing_imports(code)
    assert line in text.splitlines() and text.endswith(code)
    assert undefined_names(text) == []


@pytest.mark.parametrize(
    "code",
    [
        "def f(x):\n    return helper(x)\n",
        "import math\n\n\ndef f(x):\n    return math.pi * len(x)\n",
        "def f(math):\n    return math.pi\n",
        "def f():\n    re = 1\n    return re\n",
        "total = 0\n\n\ndef f():\n    global total\n    total += 1\n",
        "def f():\n    global count\n    count = 1\n\n\ndef g():\n    return count\n",
        "def f():\n    try:\n        pass\n    except ValueError as cycle:\n        raise cycle\n",
        "print(this)\n",
        "def f(:\n",
        "",
    ],
)
def test_what_needs_no_import_stays_as_it_is(code: str):
    assert with_missing_imports(code) == code


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("def f(x):\n    return round_cash(x)\n", "from shop.cash import round_cash"),
        ("def f(x: date):\n    return x\n", "from shop.dates import date"),
        ("def f(x):\n    return Counter(x)\n", "from collections import Counter"),
        ("def f(round_cash):\n    return round_cash\n", None),
    ],
)
def test_names_of_the_repository_come_before_the_standard_library(code: str, line: str | None):
    files = {"round_cash": "cash", "date": "dates"}
    known = {name: f"from shop.{file} import {name}" for name, file in files.items()}
    added = with_missing_imports(code, known.get).removesuffix(code).split("\n")
    assert [text for text in added if text] == ([line] if line else [])


def test_import_statements_are_whole():
    text = '"""Words."""\nfrom a import (\n    b,\n    c,\n)\nimport d\n\nx = 1\n'
    assert import_statements(text) == ["from a import (\n    b,\n    c,\n)", "import d"]
    assert import_statements("import d\ndef f(:\n") == ["import d"]


def test_import_goes_behind_docstring_and_beside_the_others():
    code = '"""Words."""\n\nimport re\n\n\ndef f(x):\n    return math.pi, re.sub("a", "", x)\n'
    lines = with_missing_imports(code).splitlines()
    assert lines[0] == '"""Words."""' and "import math" in lines[1:5]
