"""What the names in an example stand for: the repository's own, or the standard library's."""

from __future__ import annotations

import ast
import builtins
import re
import sys
import unicodedata

_NAMES_OF_MODULES = {
    "abc": "ABC abstractmethod",
    "collections": "ChainMap Counter OrderedDict defaultdict deque namedtuple",
    "contextlib": "contextmanager suppress",
    "copy": "deepcopy",
    "dataclasses": "dataclass field replace",
    "datetime": "date timedelta timezone",
    "decimal": "Decimal ROUND_HALF_EVEN ROUND_HALF_UP",
    "enum": "Enum IntEnum StrEnum",
    "fractions": "Fraction",
    "functools": "cache cached_property cmp_to_key lru_cache partial reduce total_ordering wraps",
    "heapq": "heapify heappop heappush nlargest nsmallest",
    "io": "BytesIO StringIO",
    "itertools": "accumulate chain combinations cycle groupby islice pairwise permutations "
    "product zip_longest",
    "math": "ceil comb factorial floor gcd inf isclose isqrt lcm prod sqrt",
    "operator": "itemgetter",
    "pathlib": "Path",
    "string": "ascii_letters ascii_lowercase ascii_uppercase digits punctuation",
    "typing": "Any Callable Dict Generator Iterable Iterator List NamedTuple Optional Sequence "
    "Set Tuple TypeVar Union",
    "uuid": "UUID uuid4",
}
_FROM_STANDARD_LIBRARY = {
    name: module for module, names in _NAMES_OF_MODULES.items() for name in names.split()
}
_SURPRISING = {"antigravity", "this", "test", "idlelib"}
"""Modules that do something when imported, or are nobody's business."""


def standard_import(name: str) -> str | None:
    """The import line that binds `name` to something of the standard library, or None."""
    if name == "datetime":
        return "from datetime import datetime"
    if name in _FROM_STANDARD_LIBRARY:
        return f"from {_FROM_STANDARD_LIBRARY[name]} import {name}"
    return f"import {name}" if name in sys.stdlib_module_names - _SURPRISING else None


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
