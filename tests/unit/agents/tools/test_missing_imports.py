"""An import that a model forgot is added; nothing else of the text changes."""

import pytest

from agents.tools.missing_imports import undefined_names, with_missing_imports


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


def test_import_goes_behind_docstring_and_beside_the_others():
    code = '"""Words."""\n\nimport re\n\n\ndef f(x):\n    return math.pi, re.sub("a", "", x)\n'
    lines = with_missing_imports(code).splitlines()
    assert lines[0] == '"""Words."""' and "import math" in lines[1:5]
