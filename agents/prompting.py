"""Prompts: Jinja templates in `agents/prompts`, one per role and one per task.

An undefined variable is an error, so that a prompt never goes out with a hole in it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


@cache
def _environment() -> Environment:
    return Environment(  # noqa: S701 - the output is plain text for a model, never HTML
        loader=PackageLoader("agents", "prompts"),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=False,
    )


def render(name: str, **context: Any) -> str:
    """The text of template `name` (without ``.j2``), stripped of white space at its ends.

    Raises jinja2.UndefinedError if the template uses a variable that `context` lacks.
    """
    return _environment().get_template(f"{name}.j2").render(context).strip()
