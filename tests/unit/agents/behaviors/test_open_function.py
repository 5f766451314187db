"""A model goes on where a function's body begins, and nothing else of the file changes."""

import pytest

from agents.behaviors.open_function import Opening, opening_in
from agents.languages.javascript.language import JavaScript

PYTHON = '''"""Doc."""
import math


class Timer:
    """K."""

    @property
    def left(self) -> int:
        """Minutes."""
        # wrong
        return 1

    def one(self): return 2

    def more(
        self,
        b=3,
    ):
        # wrong

        def inner():
            pass
        return b


def free(a):
    return a
'''
SCRIPT = """export class Timer {
  left() {
    return 1;
  }
}
export const free = (a) => { return a; };
const short = (a) => a;
"""


def opened(name: str) -> Opening:
    opening = opening_in(PYTHON, name)
    assert opening is not None
    return opening


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("Timer.left", '        """Minutes."""\n'),
        ("Timer.one", "    def one(self):\n"),
        ("Timer.more", "        b=3,\n    ):\n"),
        ("free", "def free(a):\n"),
    ],
)
def test_it_ends_with_the_head_of_the_function(name: str, end: str):
    opening = opened(name)
    assert opening.before.endswith(end) and PYTHON.startswith(opening.before[:-20])
    assert PYTHON.endswith(opening.after)


def test_the_wrong_body_and_its_comments_are_not_in_view():
    assert "wrong" not in opened("Timer.left").before
    assert "wrong" not in opened("Timer.more").before.split("def more")[1]


def test_only_the_body_changes():
    left = opened("Timer.left").filled("        return 9\n\n")
    assert left == PYTHON.replace("        # wrong\n        return 1\n", "        return 9\n")


def test_what_stands_beside_the_function_ends_its_body_and_what_is_inside_does_not():
    method, function = opened("Timer.more").stops, opened("free").stops
    assert "\n    def " in method and "\ndef " in method
    assert "\n    def " not in function and "\nclass " in function


@pytest.mark.parametrize("text", [PYTHON, "def broken(:", ""])
def test_what_is_not_there_has_no_opening(text: str):
    assert opening_in(text, "Timer.absent") is None


@pytest.mark.parametrize(
    ("name", "before", "changed"),
    [
        ("Timer.left", "  left() {\n", ("    return 1;", "    return 9;")),
        ("free", "(a) => {\n", ("{ return a; }", "{\n    return 9;\n}")),
    ],
)
def test_a_script_goes_on_inside_the_braces(name: str, before: str, changed: tuple[str, str]):
    opening = JavaScript.of("t.js", ["t.js"], {}).opening(SCRIPT, name)
    assert opening is not None and opening.before.endswith(before)
    assert opening.filled("    return 9;") == SCRIPT.replace(*changed)


def test_a_script_function_without_braces_has_no_opening():
    assert JavaScript.of("t.js", ["t.js"], {}).opening(SCRIPT, "short") is None
