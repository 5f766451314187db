"""Which answers are simpler than code that is green, and do the same."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from agents.behaviors.compare_candidates import calls_to_compare, observed
from agents.behaviors.write_code import Candidate
from agents.tools.observe import NO_ANSWER
from agents.workbench import Workbench

_SAVED = 0.1
"""Share of the unit's syntax-tree nodes that simpler code has to save in the file as a whole."""
_FEWEST_CALLS = 8
"""Fresh calls that have to be answered before sameness means anything."""


def size(code: str) -> int:
    """Nodes of the syntax tree, without docstrings: what there is to read."""
    tree = ast.parse(code)
    documented = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)
    docstrings = sum(
        2 for n in ast.walk(tree) if isinstance(n, documented) and ast.get_docstring(n) is not None
    )
    return sum(1 for _ in ast.walk(tree)) - docstrings


def simpler(green: Candidate, answers: Sequence[Candidate]) -> list[Candidate]:
    """Those of `answers` that are clearly smaller than `green`, the smallest first."""
    most = size(green.text) - _SAVED * size(green.code)
    return sorted((a for a in answers if size(a.text) <= most), key=lambda a: size(a.text))


async def agree(bench: Workbench, green: Candidate, others: Sequence[Candidate]) -> list[Candidate]:
    """Those of `others` that answer every fresh call as `green` does.

    None where too few fresh calls are answered to tell.
    """
    calls, imports = calls_to_compare(bench)
    if not others or not calls:
        return []
    seen = await observed(bench, calls, imports, (green, *others))
    if not seen or sum(answer != NO_ANSWER for answer in seen[0].answers) < _FEWEST_CALLS:
        return []
    return [
        candidate
        for candidate, observation in zip(others, seen[1:], strict=False)
        if observation.sound and observation.answers == seen[0].answers
    ]
