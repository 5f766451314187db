"""The narrow view of a file has what is named, and nothing that misleads."""

from __future__ import annotations

from agents.behaviors.recall_context import narrow_view, whole_view
from agents.languages.python import PYTHON
from agents.languages.registry import language_of

SOURCE = '''"""Bring text into a tidy form."""

import re
from typing import Protocol

_SPACE = re.compile(r"\\s+")


class Text(Protocol):
    """What has words."""


def collapse(text):
    return _SPACE.sub(" ", text)


def shorten(text):
    """A stub."""
'''


def test_narrow_view_has_the_imports_the_unit_and_what_is_told() -> None:
    seen = narrow_view(PYTHON, SOURCE, "shorten", frozenset({"shorten", "Text"}))
    assert "import re" in seen and "def shorten" in seen and "class Text" in seen
    assert "collapse" not in seen and "tidy" not in seen
    assert "def collapse" in whole_view(PYTHON, SOURCE, "shorten")


def test_narrow_view_of_a_new_function_is_the_imports_alone() -> None:
    seen = narrow_view(PYTHON, SOURCE, "is_palindrome", frozenset({"is_palindrome"}))
    assert seen.splitlines() == ["import re", "from typing import Protocol"]


def test_narrow_view_of_a_file_that_does_not_parse_is_no_error() -> None:
    assert narrow_view(PYTHON, "def broken(:\n", "f", frozenset()) == ""


def test_narrow_view_of_a_script() -> None:
    text = 'import { a } from "./a.js";\n\nexport function b() { return a(); }\n\nclass C {}\n'
    script = language_of("x.js", ["x.js"], {"x.js": text})
    seen = narrow_view(script, text, "d", frozenset({"b"}))
    assert (
        'import { a } from "./a.js";' in seen and "function b()" in seen and "class C" not in seen
    )
