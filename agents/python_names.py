"""What the names in an example stand for: the repository's own, or the standard library's."""

from __future__ import annotations

import ast
import builtins
import re
import sys
import unicodedata

_FROM_STANDARD_LIBRARY = {
    "Counter": "collections",
    "Decimal": "decimal",
    "Enum": "enum",
    "Fraction": "fractions",
    "OrderedDict": "collections",
    "Path": "pathlib",
    "StringIO": "io",
    "BytesIO": "io",
    "UUID": "uuid",
    "date": "datetime",
    "defaultdict": "collections",
    "deque": "collections",
    "timedelta": "datetime",
    "timezone": "datetime",
}


def standard_import(name: str) -> str | None:
    """The import line that binds `name` to something of the standard library, or None."""
    if name == "datetime":
        return "from datetime import datetime"
    if name in _FROM_STANDARD_LIBRARY:
        return f"from {_FROM_STANDARD_LIBRARY[name]} import {name}"
    return f"import {name}" if name in sys.stdlib_module_names else None


def is_builtin(name: str) -> bool:
    """Whether `name` needs no import at all."""
    return hasattr(builtins, name)


def signature_in(text: str, symbol: str) -> str | None:
    """``slugify(text, sep="-")`` if `text` writes `symbol` like a definition, else None."""
    name = symbol.rsplit(".", 1)[-1]
    for match in re.finditer(rf"(?<!\w){re.escape(name)}(\([^()]*\))", text):
        if parameters_of(f"def {name}{match[1]}: pass"):
            return name + match[1]
    return None


def parameters_of(definition: str) -> list[str]:
    """Parameter names of the function that `definition` defines; empty if it is none."""
    try:
        node = ast.parse(definition).body[0]
    except (SyntaxError, IndexError):
        return []
    if not isinstance(node, ast.FunctionDef):
        return []
    arguments = node.args
    return [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]


def root_name(symbol: str) -> str:
    """``Ledger`` of ``Ledger.total``: the name that is imported."""
    return symbol.split(".", 1)[0]


def identifier(words: str, limit: int = 40) -> str:
    """`words` as a lower-case ASCII identifier: "A café's door!" becomes ``a_cafe_s_door``."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    name = re.sub(r"[^0-9a-z]+", "_", plain.lower()).strip("_")
    return name[:limit].rstrip("_") or "example"


def slug(words: str, limit: int = 40) -> str:
    """`words` for a branch name: lower case, hyphens, ASCII."""
    return identifier(words, limit).replace("_", "-")
