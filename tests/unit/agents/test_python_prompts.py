"""Prompts for Python are the bytes that were measured, and that caches of prefixes hold.

A change of one is a decision: measure it (docs/benchmarks.md), then write the new digest here.
"""

from __future__ import annotations

import hashlib
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest

from agents.languages.python import PYTHON
from agents.prompting import render

_CODE: dict[str, Any] = {
    "path": "textkit/cleaning.py",
    "source": "def f():\n    pass",
    "task": "Turn a title into a slug.",
    "tests": "assert f() == 1",
    "symbol": "slugify",
}
_VARIANTS: dict[str, list[dict[str, Any]]] = {
    "developer": [{}],
    "tester": [{}],
    "fix_code": [{**_CODE, "helpers": [], "diagnostic": d} for d in ("", "E501")],
    "plan_approaches": [{**_CODE, "symbol": s, "feedbacks": []} for s in ("", "slugify")],
    "suggest_examples": [
        {
            "symbol": "f",
            "request": "Add f.",
            "statement": "f shall.",
            "criteria": "1. It works.",
            "helpers": [],
        }
    ],
    "write_code": [
        {
            **_CODE,
            "symbol": symbol,
            "exists": exists,
            "documented": exists,
            "signature": "slugify(text)" if exists else "",
            "feedbacks": ["No."] if exists else [],
            "ready_modules": "re, math, itertools" if symbol and not exists else "",
            "helpers": ["- b() (a.py): c"] if hint else [],
            "snippets": ["def g():\n    pass"] if hint else [],
            "lessons": [],
            "also": "",
            "plan": hint,
            "attempt": hint,
            "failure": hint,
            "simplify": False,
        }
        for symbol, exists, hint in product(("", "slugify"), (True, False), ("", "x = 1"))
    ],
    "write_test": [
        {
            "symbol": "slugify",
            "module": "textkit.cleaning",
            "import_line": "from textkit.cleaning import slugify",
            "signature": signature,
            "statement": "It shall.",
            "criterion": "Hyphens.",
            "test_name": "test_slugify_ac_1",
            "example_test": example,
            "helpers": [],
            "fixtures": [],
            "reason": "",
        }
        for signature, example in (("", ""), ("slugify(text)", "def test_a():\n    pass"))
    ],
    "predict_output": [
        {"signature": "slugify(text)", "task": "Turn a title into a slug.", "equals": "=="}
    ],
    "write_tests_for_code": [
        {**_CODE, "module": "textkit.cleaning", "import_line": "from textkit.cleaning import f"}
    ],
}
_DIGESTS = {
    "developer": "ebf4f70601da76e2",
    "fix_code": "0d0935fe2d4e3654",
    "plan_approaches": "cb3957ee61acd757",
    "predict_output": "159b2ae69a2198c4",
    "suggest_examples": "b39ad516e56660e3",
    "tester": "af8cbefa36c62088",
    "write_code": "279c62625fe3c002",
    "write_test": "523975d105637c27",
    "write_tests_for_code": "c886540dada8381f",
}


def digest(name: str) -> str:
    texts = [render(name, language=PYTHON, **variables) for variables in _VARIANTS[name]]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


@pytest.mark.parametrize("name", sorted(_VARIANTS))
def test_prompt_for_python_is_byte_for_byte_what_was_measured(name: str) -> None:
    assert digest(name) == _DIGESTS[name]


def test_prompts_for_another_language_say_so() -> None:
    other = SimpleNamespace(name="JavaScript", fence="javascript", test_framework="node:test")
    for name in ("developer", "write_code", "plan_approaches", "fix_code"):
        text = render(name, language=other, **_VARIANTS[name][0])
        assert "python" not in text.lower() and "javascript" in text.lower()
