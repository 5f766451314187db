"""What makes a test give another result the next time: the network, the clock, chance."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

_OUTSIDE = re.compile(
    r"(?:socket|requests|urllib|http|httpx|aiohttp|ftplib|smtplib|subprocess)\b"
    r"|os\.(?:system|popen|exec\w*|spawn\w*|fork)$|webbrowser\b|input$"
)
_CLOCK = re.compile(
    r"time\.(?:sleep|time|time_ns|monotonic|perf_counter|localtime|gmtime|ctime)$|asyncio\.sleep$"
    r"|(?:datetime\.)?(?:datetime|date)\.(?:now|today|utcnow)$"
)
_CHANCE = re.compile(
    r"(?:random|(?:np|numpy)\.random)\.\w+$|uuid\.uuid[14]$|uuid[14]$|os\.urandom$|secrets\.\w+$"
)
_SEEDED = re.compile(r"(?:random|(?:np|numpy)\.random)\.(?:seed|Random|default_rng|RandomState)$")


def why_not_repeatable(function: ast.AST, origins: Mapping[str, str] | None = None) -> str | None:
    """Why `function` need not do the same each time it runs; None if nothing tells so.

    `origins` gives what imported names stand for: ``{"randint": "random.randint"}``.
    """
    called = [n for n in ast.walk(function) if isinstance(n, ast.Call)]
    names = [(_dotted(n.func, origins or {}), bool(n.args)) for n in called]
    seeded = any(_SEEDED.match(name) and has_seed for name, has_seed in names)
    for name, _ in names:
        if _OUTSIDE.match(name):
            return f"it reaches outside by `{name}`"
        if _CLOCK.match(name):
            return f"it depends on the time by `{name}`"
        if _CHANCE.match(name) and not seeded:
            return f"it depends on chance by `{name}`; use fixed values"
    return None


def _dotted(function: ast.expr, origins: Mapping[str, str]) -> str:
    text = ast.unparse(function)
    root, dot, rest = text.partition(".")
    return origins.get(root, root) + dot + rest
