"""Edits by syntax tree: what a model wrote, put into a file by name."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

import libcst as cst

from agents.tools.answer import adopt_methods, parse_answer, reason, split_lines
from agents.tools.class_merge import (
    Changes,
    last_index,
    merge_class,
    needed_by,
    replace_definition,
)
from agents.tools.code_blocks import extract_code_blocks
from agents.tools.exports import export, exported_names
from agents.tools.import_merge import add_imports, after_imports, imports_in, is_import
from agents.tools.syntax import (
    Statement,
    assigned_name,
    code_of,
    comments_above,
    eager_names,
    global_names,
    is_docstring,
    is_main_guard,
    is_placeholder,
    is_test,
    meaning,
    name_of,
    parse_module,
    set_apart,
    to_ast,
    used_names,
)

__all__ = [
    "MergeResult",
    "extract_code_blocks",
    "extract_symbol",
    "merge_symbols",
    "without_docstring",
]

_BOM = "\ufeff"


@dataclass(frozen=True)
class MergeResult:
    """The merged text and what became of the parts of the code."""

    text: str
    added: list[str] = field(default_factory=list)
    """Names that are new in the file: ``function``, ``Class``, ``Class.method``, ``CONSTANT``."""
    replaced: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    """What was left out and why, in sentences. Not fatal if something was added or replaced."""

    @property
    def changed(self) -> list[str]:
        """Every name that was added or replaced."""
        return self.added + self.replaced


def merge_symbols(source: str, code: str, allowed: set[str] | None = None) -> MergeResult:
    """Put the functions, classes, methods and constants of `code` into `source` by name.

    Classes are merged member by member. Missing imports that the merged parts use are added.
    Everything else keeps its bytes; other statements of `code` are left out and named in
    `problems`, and so are parts that differ in nothing but layout (silently). With `allowed`
    (``function``, ``Class``, ``Class.method``, ``CONSTANT``) other symbols of the file stay
    as they are, and other new ones come in only if an allowed one needs them. If the result
    would not parse, the text is returned unchanged.
    """
    try:
        return _merged(source, code, allowed)
    except RecursionError:
        return MergeResult(source, problems=["The code is nested too deeply."])


def _merged(source: str, code: str, allowed: set[str] | None) -> MergeResult:
    bom = _BOM if source.startswith(_BOM) else ""
    try:
        target = parse_module(source.removeprefix(_BOM))
    except (SyntaxError, ValueError) as error:
        return MergeResult(source, problems=[f"The file does not parse: {reason(error)}."])
    problems: list[str] = []
    answer = parse_answer(code.removeprefix(_BOM), target.default_newline, problems)
    if answer is None:
        return MergeResult(source, problems=problems)
    merge = _Merge(target, answer, allowed, problems)
    text = bom + _restored(source.removeprefix(_BOM), target.code, merge.run())
    return _checked(source, text, merge.changes)


def _restored(source: str, printed: str, text: str) -> str:
    """`text` with the few lines put back that libcst prints otherwise, as in ``except X :``."""
    pairs = zip(printed.splitlines(keepends=True), source.splitlines(keepends=True), strict=False)
    changed = {} if printed == source else {p: original for p, original in pairs if p != original}
    return "".join(changed.get(line, line) for line in text.splitlines(keepends=True))


def _checked(source: str, text: str, changes: Changes) -> MergeResult:
    """The result, or the unchanged text if nothing was merged or it would not parse."""
    problems = changes.problems
    if not changes.added and not changes.replaced and text == source:
        return MergeResult(source, problems=problems or ["The code changes nothing."])
    try:
        parse_module(text.removeprefix(_BOM))
    except (SyntaxError, ValueError) as error:
        return MergeResult(source, problems=[*problems, f"Merged, it breaks: {reason(error)}."])
    return MergeResult(text, changes.added, changes.replaced, problems)


class _Merge:
    """One merge: which statements come in, and where they go."""

    def __init__(
        self,
        target: cst.Module,
        answer: cst.Module,
        allowed: set[str] | None,
        problems: list[str],
    ) -> None:
        self.target = target
        self.body: list[Statement] = list(target.body)
        self.statements = adopt_methods(list(split_lines(answer)), self.body, allowed)
        self.allowed = allowed
        self.changes = Changes(problems=problems)
        self.last: Statement | None = None
        self.meanings = {meaning(statement) for statement in self.body}

    def run(self) -> str:
        """The merged text."""
        definitions = self._definitions()
        wanted = self._wanted(definitions)
        self._report_leftovers(definitions, wanted)
        if not self.body:
            return self._new_file(definitions, wanted)
        merged = self._merge(definitions, wanted)
        if not definitions or self.changes.added or self.changes.replaced:
            self._add_imports(merged, bool(definitions))
        self._export()
        grown = self.body[-1:] != list(self.target.body[-1:])
        trailing = self.target.has_trailing_newline or grown
        return self.target.with_changes(body=self.body, has_trailing_newline=trailing).code

    def _definitions(self) -> dict[str, Statement]:
        """The last definition of each name in the answer, in order."""
        named = ((name_of(statement), statement) for statement in self.statements)
        return {n: s for n, s in named if n and (n != "__all__" or not self.body)}

    def _may_change(self, name: str) -> bool:
        """Whether `name` is in `allowed`, by itself or as a part of an allowed class."""
        if self.allowed is None:
            return True
        parts = name.split(".")
        return any(".".join(parts[:n]) in self.allowed for n in range(1, len(parts) + 1))

    def _wanted(self, definitions: dict[str, Statement]) -> set[str]:
        """Names to merge: those that may change, and new ones that those need."""
        known = {name_of(statement) for statement in self.body}
        if self.allowed is None:
            roots = {n for n, s in definitions.items() if n in known or self._is_wanted(n, s)}
        else:
            owners = {name.split(".")[0] for name in self.allowed}
            roots = {n for n in definitions if n in owners}
        new = {n: s for n, s in definitions.items() if n not in known}
        return roots | needed_by([definitions[n] for n in roots], new, global_names)

    def _is_wanted(self, name: str, statement: Statement) -> bool:
        """Whether a new symbol is worth having though nothing else needs it."""
        if is_test(name):
            own = [
                name_of(s) or "" for s in self.body if not isinstance(s, cst.SimpleStatementLine)
            ]
            return not own or any(map(is_test, own))
        return assigned_name(statement) is None or not name.islower()

    def _report_leftovers(self, definitions: dict[str, Statement], wanted: set[str]) -> None:
        for statement in self.statements:
            name = name_of(statement)
            merged = name is not None and definitions.get(name) is not None and name in wanted
            ignored = is_docstring(statement) or imports_in(statement) or name == "__all__"
            if not merged and not ignored and not self._has(statement):
                first = code_of(statement.with_changes(leading_lines=())).splitlines()[0]
                self.changes.problems.append(f"Left out `{first.strip()}`.")

    def _has(self, statement: Statement) -> bool:
        return meaning(statement) in self.meanings

    def _new_file(self, definitions: dict[str, Statement], wanted: set[str]) -> str:
        """The answer itself, without what does not belong."""
        keep = [s for s in self.statements if self._belongs(s, definitions, wanted)]
        self.changes.added += [name for name in definitions if name in wanted]
        self._note_placeholders(definitions, wanted)
        return self.target.with_changes(body=keep, has_trailing_newline=True).code

    def _belongs(
        self, statement: Statement, definitions: dict[str, Statement], wanted: set[str]
    ) -> bool:
        name = name_of(statement)
        if name:
            return name in wanted and definitions[name] is statement
        imported = imports_in(statement)
        own = any(item.module and item.name in definitions for item in imported)
        docstring = is_docstring(statement) and statement is self.statements[0]
        return docstring or (bool(imported) and not own)

    def _note_placeholders(self, definitions: dict[str, Statement], names: set[str]) -> None:
        for name in sorted(names):
            if is_placeholder(definitions[name]):
                self.changes.problems.append(f"{name} has only a placeholder for a body.")

    def _merge(self, definitions: dict[str, Statement], wanted: set[str]) -> list[Statement]:
        """Replace, then insert; returns the statements of the answer that came in."""
        fresh: dict[str, Statement] = {}
        for name in (n for n in definitions if n in wanted):
            if meaning(definitions[name]) in self.meanings:
                continue
            place = last_index(self.body, name)
            if place is None:
                fresh[name] = definitions[name]
            else:
                self.body[place] = self._replaced(self.body[place], definitions[name], name)
        for name, statement in reversed(fresh.items()):
            self._insert(name, statement)
        self.changes.added += fresh
        self._note_placeholders(definitions, set(fresh))
        return [definitions[name] for name in wanted]

    def _replaced(self, old: Statement, new: Statement, name: str) -> Statement:
        if isinstance(old, cst.ClassDef) and isinstance(new, cst.ClassDef):
            merged = merge_class(old, new, self._may_change, self.changes)
            if code_of(merged) != code_of(old) and not _touched(self.changes, name):
                self.changes.replaced.append(name)
            return merged
        return replace_definition(old, new, name, True, self.changes)

    def _insert(self, name: str, statement: Statement) -> None:
        """Functions and classes go last, constants behind the imports; all before their users.

        Called from the last new symbol to the first, so that each sees its users.
        """
        constant = assigned_name(statement) is not None
        index = end = self._behind_needs(statement) if constant else self._end()
        for place, other in enumerate(self.body[:end]):
            if not is_import(other) and name in eager_names(to_ast(other)):
                index = place
                break
        if self.body[index : index + 1]:
            self.body[index] = set_apart(self.body[index])
        spaced = self._spaced(statement, index, constant)
        self.body.insert(index, spaced)
        if index == end and not constant:
            self.last = spaced

    def _behind_needs(self, statement: Statement) -> int:
        needs = eager_names(to_ast(statement))
        places = [i + 1 for i, other in enumerate(self.body) if name_of(other) in needs]
        return max([after_imports(self.body), *places])

    def _end(self) -> int:
        """Index of what is last already or of the ``if __name__`` block, else the end."""
        places = (i for i, s in enumerate(self.body) if s is self.last or is_main_guard(s))
        return next(places, len(self.body))

    def _spaced(self, statement: Statement, index: int, constant: bool) -> Statement:
        blank = cst.EmptyLine(indent=False)
        lines = [blank] * (1 if constant else 2)
        if index == 0 or (constant and assigned_name(self.body[index - 1])):
            lines = []
        return statement.with_changes(leading_lines=[*lines, *comments_above(statement)])

    def _add_imports(self, merged: Sequence[Statement], has_definitions: bool) -> None:
        used = set().union(*(used_names(to_ast(s)) for s in merged)) if has_definitions else None
        defined = {name for s in self.body if (name := name_of(s))}
        wanted = [item for s in self.statements for item in imports_in(s)]
        add_imports(self.body, wanted, used, defined, self.changes.problems)

    def _export(self) -> None:
        names = [n for n in self.changes.added if "." not in n and not is_test(n)]
        known = {name_of(s) for s in self.body}
        known |= {item.bound for s in self.body for item in imports_in(s)}
        listed = [n for s in self.statements for n in exported_names(s) if n in known]
        export(self.body, list(dict.fromkeys([*names, *listed])))


def _touched(changes: Changes, owner: str) -> bool:
    return any(name.startswith(f"{owner}.") for name in changes.added + changes.replaced)


def extract_symbol(source: str, name: str) -> str | None:
    """Source of a function, class, constant or ``Class.method``, at column 0.

    None if there is no such symbol or the source does not parse.
    """
    try:
        body: Sequence[cst.CSTNode] = parse_module(source.removeprefix(_BOM)).body
    except (SyntaxError, ValueError, RecursionError):
        return None
    node: cst.CSTNode | None = None
    for part in name.split("."):
        node = next((s for s in body if name_of(s) == part), None)
        body = node.body.body if isinstance(node, cst.ClassDef) else ()
    return code_of(node).lstrip("\r\n") if node else None


def without_docstring(source: str, name: str) -> str:
    """`source` without the docstring of the function or ``Class.method`` called `name`.

    Unchanged where there is none, or nothing else in the body.
    """
    try:
        nodes: Sequence[ast.stmt] = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError):
        return source
    node: ast.stmt | None = None
    for part in name.split("."):
        node = next((n for n in nodes if getattr(n, "name", "") == part), None)
        nodes = node.body if isinstance(node, ast.ClassDef) else []
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or len(node.body) < 2:
        return source
    first, second = node.body[:2]
    end = first.end_lineno or first.lineno
    if ast.get_docstring(node) is None or not node.lineno < first.lineno <= end < second.lineno:
        return source
    lines = source.splitlines(keepends=True)
    return "".join(lines[: first.lineno - 1] + lines[end:])
