"""Imports that a text needs and a model forgot: names of other files that it was shown, and the
standard library's well-known ones.
"""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterator

from agents.languages.contract import ImportOf
from agents.python_names import standard_import
from agents.tools.import_merge import add_imports, imports_in
from agents.tools.syntax import parse_module

_OF_EVERY_MODULE = {"__name__", "__file__", "__doc__", "__all__", "__class__"}


def with_missing_imports(text: str, import_of: ImportOf = standard_import) -> str:
    """`text` with an import for each name that nothing binds and `import_of` knows.

    What it does not know, the standard library may. Unchanged where there is no such name, or the
    text does not parse.
    """
    try:
        missing = undefined_names(text)
        lines = [line for n in missing if (line := import_of(n) or standard_import(n))]
        module = parse_module(text) if lines else None
    except (SyntaxError, ValueError, RecursionError):
        return text
    if module is None:
        return text
    body = list(module.body)
    wanted = [i for line in lines for s in parse_module(line).body for i in imports_in(s)]
    add_imports(body, wanted, None, set(), [])
    return module.with_changes(body=body).code


def import_statements(text: str) -> list[str]:
    """The import statements at the top level, whole; their lines if the text does not parse."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return [line for line in text.splitlines() if line.startswith(("import ", "from "))]
    found = (node for node in body if isinstance(node, ast.Import | ast.ImportFrom))
    return [ast.get_source_segment(text, node) or "" for node in found]


def undefined_names(text: str) -> list[str]:
    """Names that `text` reads and neither binds anywhere nor finds among the builtins, sorted.

    Raises SyntaxError or ValueError if it does not parse.
    """
    top = symtable.symtable(text, "file", "exec")
    tables = list(_tables(top))
    bound = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported()}
    for table in tables[1:]:  # what `global` statements bind
        bound |= {
            s.get_name() for s in table.get_symbols() if s.is_declared_global() and s.is_assigned()
        }
    read = {s.get_name() for s in top.get_symbols() if s.is_referenced()}
    read |= {
        s.get_name()
        for table in tables[1:]
        for s in table.get_symbols()
        if s.is_global() and s.is_referenced()
    }
    return sorted(read - bound - set(dir(builtins)) - _OF_EVERY_MODULE)


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _tables(child)
