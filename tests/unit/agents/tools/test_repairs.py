"""What tools repair in a model's code, without asking again."""

import pytest

from agents.tools.missing_self import with_missing_self
from agents.tools.shadowed_functions import with_functions_in_sight
from agents.tools.shadowed_methods import with_methods_in_sight
from agents.tools.unused_imports import without_unused_imports


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import os\nimport re\n\n\nx = re.escape('a')\n", "import re\n\n\nx = re.escape('a')\n"),
        ("import os\n\n\nx = 1\n", "x = 1\n"),
        (
            "from typing import Any, List, Dict\n\nx: Dict = {}\n",
            "from typing import Dict\n\nx: Dict = {}\n",
        ),
        ("from a import (\n    b,\n    c,\n)\n\nc()\n", "from a import (\n    c,\n)\n\nc()\n"),
        ("import os; import re\nre.escape('')\n", "import re\nre.escape('')\n"),
        ('"""Doc."""\n\nimport os\n\nx = 1\n', '"""Doc."""\n\nx = 1\n'),
    ],
)
def test_import_that_nothing_uses_goes(text: str, expected: str) -> None:
    assert without_unused_imports(text, "") == expected


@pytest.mark.parametrize(
    "text",
    [
        "from __future__ import annotations\n\nx = 1\n",
        "import os  # noqa: F401\n",
        "from a import *\n",
        "from a import b as b\n",
        "from a import b\n\n__all__ = ['b']\n",
        "from a import B\n\n\ndef f(x: 'list[B]') -> None: ...\n",
        "try:\n    import fast\nexcept ImportError:\n    fast = None\n",
        "import os.path\n\nos.getcwd()\n",
        "import os\ndef broken(:\n",
    ],
)
def test_import_that_may_be_needed_stays(text: str) -> None:
    assert without_unused_imports(text, "") == text


def test_imports_that_were_there_before_are_not_the_tickets_business() -> None:
    source = "import os\n"
    assert without_unused_imports("import os\nimport re\n", source) == "import os\n"


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("def size():\n        return 1", "def size(self):\n        return 1"),
        ("def add(item):\n        self.x = item", "def add(self, item):\n        self.x = item"),
        ("def add(*, a):\n        return self.x", "def add(self, *, a):\n        return self.x"),
        ("async def go(**k):\n        self.k = k", "async def go(self, **k):\n        self.k = k"),
        (
            "@classmethod\n    def make():\n        return cls()",
            "@classmethod\n    def make(cls):\n        return cls()",
        ),
        (
            "@property\n    def size():\n        return self.x",
            "@property\n    def size(self):\n        return self.x",
        ),
    ],
)
def test_missing_self_is_put_in(method: str, expected: str) -> None:
    text = f"class Cart:\n    {method}\n"
    repaired = with_missing_self(text)
    assert repaired == f"class Cart:\n    {expected}\n"
    compile(repaired, "cart.py", "exec")


@pytest.mark.parametrize(
    "text",
    [
        "class A:\n    def f(self):\n        return self\n",
        "class A:\n    def f(this):\n        return this.x\n",
        "class A:\n    @staticmethod\n    def f():\n        return 1\n",
        "class A:\n    def f(*args):\n        return args\n",
        "class A:\n    def f(me, /):\n        return me\n",
        "class A:\n    def f(x):\n        self = x\n        return self\n",
        "def f():\n    return self\n",
        "class A(:\n",
    ],
)
def test_what_lacks_no_self_stays(text: str) -> None:
    assert with_missing_self(text) == text


def test_methods_of_the_person_stay_as_they_are() -> None:
    source = "class A:\n    def odd():\n        return 1\n"
    added = source + "\n    def new():\n        return 2\n"
    assert with_missing_self(added, source) == added.replace("def new()", "def new(self)")


STUB = """class Crossing:
    def state(self):
        pass

    @property
    def tracks(self):
        pass
"""
HIDDEN = """class Crossing:
    def __init__(self):
        self.state, self.tracks = "open", 0
        self.seconds = 0

    def state(self):
        return self.state

    @property
    def tracks(self):
        return self.tracks

    def approach(self, other):
        self.tracks += 1
        self.seconds = other.state
        return self.state() == "open" and self.tracks
"""
IN_SIGHT = """class Crossing:
    def __init__(self):
        self._state, self._tracks = "open", 0
        self.seconds = 0

    def state(self):
        return self._state

    @property
    def tracks(self):
        return self._tracks

    def approach(self, other):
        self._tracks += 1
        self.seconds = other.state
        return self.state() == "open" and self._tracks
"""


def test_attribute_that_hides_a_method_of_the_stub_gets_a_name_of_its_own() -> None:
    assert with_methods_in_sight(HIDDEN, STUB) == IN_SIGHT


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (HIDDEN, ""),
        (HIDDEN, HIDDEN),
        (HIDDEN, "class Other:\n    def state(self): ...\n"),
        (HIDDEN + "        self._state = self._tracks = 1\n", STUB),
        (
            HIDDEN.replace("def approach", "@tracks.setter\n    def tracks").replace("state", "at"),
            STUB,
        ),
        ("class Crossing:\n    def (", STUB),
    ],
)
def test_attribute_that_may_be_meant_stays(text: str, source: str) -> None:
    assert with_methods_in_sight(text, source) == text


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "tax = tax(cents)\nreturn cents + tax",
            "tax_value = tax(cents)\nreturn cents + tax_value",
        ),
        (
            "tax: int = round(tax(1, tax=2))\nreturn f'{tax} of {self.tax}: {tax(1)}'",
            "tax_value: int = round(tax(1, tax=2))\nreturn f'{tax_value} of {self.tax}: {tax(1)}'",
        ),
        (
            "tax = tax(1)\ntax = round(tax)\nreturn tax",
            "tax_value = tax(1)\ntax_value = round(tax_value)\nreturn tax_value",
        ),
        (
            "for c in cents:\n    tax = tax(c)\nreturn tax",
            "for c in cents:\n    tax_value = tax(c)\nreturn tax_value",
        ),
        (
            "if cents:\n    tax = tax(cents)\nreturn tax",
            "if cents:\n    tax_value = tax(cents)\nreturn tax_value",
        ),
    ],
)
def test_variable_that_hides_the_function_it_is_got_from_is_renamed(
    body: str, expected: str
) -> None:
    def function(text: str) -> str:
        return "def total(cents):\n" + "".join(f"    {line}\n" for line in text.split("\n"))

    assert with_functions_in_sight(function(body)) == function(expected)
    inside = "class Till:\n" + "".join(f"    {line}\n" for line in function(body).splitlines())
    assert "tax_value = " in with_functions_in_sight(inside).replace(": int =", " =")


@pytest.mark.parametrize(
    "text",
    [
        "def total(tax):\n    tax = tax(1)\n    return tax\n",
        "def total():\n    tax = make()\n    tax = tax(1)\n    return tax\n",
        "def total():\n    global tax\n    tax = tax(1)\n",
        "def total():\n    from shop import tax\n    tax = tax(1)\n",
        "def total():\n    def tax(x): ...\n    tax = tax(1)\n",
        "tax = tax(1)\n",
        "def total():\n    tax = lambda n: n and tax(n - 1)\n    return tax\n",
        "def total():\n    while go():\n        if x:\n            tax = tax(1)\n"
        "        else:\n            tax = make\n",
        "def total():\n    def inner():\n        pass\n    tax: int\n    return map(tax, [])\n",
        "def total(:\n    tax = tax(1)\n",
    ],
)
def test_variable_that_hides_nothing_keeps_its_name(text: str) -> None:
    assert with_functions_in_sight(text) == text


def test_variable_in_a_function_of_a_person_keeps_its_name() -> None:
    text = "def total():\n    tax = tax(1)\n    return tax\n"
    assert with_functions_in_sight(text + "\n\nx = 1\n", text) == text + "\n\nx = 1\n"
