"""Edits by syntax tree: what a model wrote, put into a JavaScript or TypeScript file by name."""

from __future__ import annotations

from collections.abc import Collection

from agents.languages.javascript.answer import own_comments, parse_answer, reason
from agents.languages.javascript.class_merge import members_of, merge_class, same_meaning
from agents.languages.javascript.exports import export_edits, exported_names, is_export_alone
from agents.languages.javascript.forms import as_declaration, as_expression, as_method
from agents.languages.javascript.import_merge import import_edits
from agents.languages.javascript.imports import imported_names, is_import
from agents.languages.javascript.module import (
    IGNORED,
    Definition,
    Module,
    System,
    identifiers,
    is_directive,
    named,
)
from agents.languages.javascript.placeholders import is_placeholder
from agents.languages.javascript.placing import insertions
from agents.languages.javascript.text import Edit, applied, indent_unit
from agents.tools.class_merge import Changes
from agents.tools.edits import MergeResult
from agents.tools.syntax_tree import Node, text_of, tokens

_BOM = "\ufeff"
_CLASSES = {"class_declaration", "abstract_class_declaration", "class"}


def merge_symbols(
    source: str,
    code: str,
    grammar: str,
    system: System,
    allowed: set[str] | None = None,
    exported: Collection[str] = (),
    default_name: str = "",
) -> MergeResult:
    """Put the functions, classes, methods and constants of `code` into `source` by name.

    As `agents.tools.edits.merge_symbols`, for JavaScript: imports, requires and exports are
    written as the file has them (`system` where it does not show), and a name is exported if it
    is a new one of `allowed` or in `exported`. An anonymous default export of the file goes by
    `default_name`.
    """
    bom = _BOM if source.startswith(_BOM) else ""
    try:
        target = Module(source.removeprefix(_BOM), grammar)
    except SyntaxError as error:
        return MergeResult(source, problems=[f"The file does not parse: {reason(error)}."])
    problems: list[str] = []
    unit = indent_unit(target.text)
    answer = parse_answer(code.removeprefix(_BOM), grammar, allowed, unit, problems)
    if answer is None:
        return MergeResult(source, problems=problems)
    changes = Changes(problems=problems)
    merge = _Merge(target, answer, target.system or system, allowed, default_name, changes)
    text = bom + merge.run(exported)
    return _checked(source, text, grammar, merge.changes)


def _checked(source: str, text: str, grammar: str, changes: Changes) -> MergeResult:
    """The result, or the unchanged text if nothing was merged or it would not parse."""
    problems = changes.problems
    if not changes.added and not changes.replaced and text == source:
        return MergeResult(source, problems=problems or ["The code changes nothing."])
    try:
        Module(text.removeprefix(_BOM), grammar)
    except SyntaxError as error:
        return MergeResult(source, problems=[*problems, f"Merged, it breaks: {reason(error)}."])
    return MergeResult(text, changes.added, changes.replaced, problems)


class _Merge:
    """One merge: which definitions come in, and where they go."""

    def __init__(
        self,
        target: Module,
        answer: Module,
        system: System,
        allowed: set[str] | None,
        default_name: str,
        changes: Changes,
    ) -> None:
        self.target, self.answer, self.system = target, answer, system
        self.allowed, self.changes = allowed, changes
        self.edits: list[Edit] = []
        self.known = named(target.definitions, default_name)
        self.methods = self._adopted()
        given = named(answer.definitions, self._only_name())
        self.definitions = {n: d for n, d in given.items() if n not in self.methods.values()}

    def run(self, exported: Collection[str]) -> str:
        """The merged text."""
        roots = self._roots()
        wanted = {**roots, **self._needed(roots)}
        self._report_leftovers(wanted)
        fresh: list[Definition] = []
        for name, definition in wanted.items():
            old = self.known.get(name)
            if old is None:
                fresh.append(definition)
            else:
                self._replace(old, definition)
        self._adopt()
        self._note_placeholders(fresh)
        self.changes.added += [d.name for d in fresh]
        if self.changes.added or self.changes.replaced:
            self.edits += self._import(list(wanted.values()))
        self.edits += insertions(self.target, self.answer, fresh)
        merged = applied(self.target.data, self.edits)
        new = {d.name for d in fresh if d.name in roots and self._is_public(d)}
        return self._export(merged, new | set(exported))

    # ------------------------------------------------------------------ what comes in

    def _may_change(self, name: str) -> bool:
        """Whether `name` is in `allowed`, by itself or as a part of an allowed class."""
        if self.allowed is None:
            return True
        parts = name.split(".")
        return any(".".join(parts[:n]) in self.allowed for n in range(1, len(parts) + 1))

    def _roots(self) -> dict[str, Definition]:
        known = self.known
        if self.allowed is None:
            return {
                n: d for n, d in self.definitions.items()
                if n in known or d.kind != "constant" or n.isupper() or n in self._listed()
            }  # fmt: skip
        owners = {name.split(".")[0] for name in self.allowed} | self.allowed
        return {n: d for n, d in self.definitions.items() if n in owners}

    def _listed(self) -> set[str]:
        return exported_names(self.answer)

    def _needed(self, roots: dict[str, Definition]) -> dict[str, Definition]:
        """New definitions that the roots mention, directly or through one another."""
        known = set(self.known) | set(imported_names(self.target))
        found: dict[str, Definition] = {}
        frontier = [n for d in roots.values() for n in d.nodes]
        frontier += [d.code for d, _ in self._adoptions()]
        while frontier:
            mentioned = identifiers(frontier.pop())
            for name, definition in self.definitions.items():
                if name in mentioned and not {name} & (known | found.keys() | roots.keys()):
                    found[name] = definition
                    frontier += definition.nodes
        return {n: d for n, d in self.definitions.items() if n in found}

    def _only_name(self) -> str:
        """The one function or class that may change, if it is one."""
        names = [name for name in self.allowed or () if "." not in name]
        return names[0] if len(names) == 1 else ""

    def _report_leftovers(self, wanted: dict[str, Definition]) -> None:
        merged = [d.statement for d in wanted.values()]
        merged += [node for d in wanted.values() for node in d.overloads]
        merged += [d.statement for d, _ in self._adoptions()]
        here = {meaning(statement) for statement in self.target.statements}
        for statement in self.answer.statements:
            ignored = is_import(statement) or is_export_alone(statement)
            kept = statement in merged or any(_holds(statement, node) for node in merged)
            if not (kept or ignored or meaning(statement) in here or is_directive(statement)):
                first = text_of(statement).splitlines()[0]
                self.changes.problems.append(f"Left out `{first.strip()}`.")

    # ------------------------------------------------------------------ functions for classes

    def _adopted(self) -> dict[str, str]:
        """Class of the file -> top-level function of the answer that must be its method."""
        found: dict[str, str] = {}
        classes = [n for n, d in self.known.items() if d.kind == "class"]
        for name, definition in self.answer.definitions.items():
            if definition.kind != "function" or name in self.known:
                continue
            owners = [c for c in classes if f"{c}.{name}" in (self.allowed or ())]
            if len(owners) == 1:
                found[owners[0]] = name
        return found

    def _adoptions(self) -> list[tuple[Definition, str]]:
        return [(self.answer.definitions[name], owner) for owner, name in self.methods.items()]

    def _adopt(self) -> None:
        for definition, owner in self._adoptions():
            method = as_method(definition, definition.name)
            wrapped = Module(f"class {owner} {{\n  {method}\n}}\n", self.answer.grammar)
            self._merge_class(self.known[owner], wrapped, wrapped.definitions[owner])

    # ------------------------------------------------------------------ replacing

    def _replace(self, old: Definition, new: Definition) -> None:
        if old.code.type in _CLASSES and new.code.type in _CLASSES:
            self._merge_class(old, self.answer, new)
        elif self._is_news(old, new):
            self.changes.replaced.append(old.name)
            self.edits.append(self._replacement(old, new))
            self._document(old, new)

    def _is_news(self, old: Definition, new: Definition) -> bool:
        if same_meaning(old.code, new.code) and len(old.overloads) == len(new.overloads):
            return False
        if not self._may_change(old.name):
            problem = f"Left {old.name} as it is: it is not part of the task."
        elif is_placeholder(new.code):
            problem = f"Kept {old.name}: the new version has only a placeholder for a body."
        else:
            return True
        self.changes.problems.append(problem)
        return False

    def _merge_class(self, old: Definition, answer: Module, new: Definition) -> None:
        if not members_of(old.code) and not members_of(new.code):
            return
        self.edits += merge_class(
            self.target, old.code, answer, new.code, old.name, self._may_change, self.changes
        )

    def _replacement(self, old: Definition, new: Definition) -> Edit:
        start, end, text = old.core.start_byte, old.core.end_byte, as_declaration(new)
        if old.form == "method":
            text = as_method(new, old.name) or f"{old.name}: {as_expression(new)}"
        elif old.form == "value":
            text = as_expression(new)
        elif old.overloads or new.overloads:
            start, end = (*old.overloads, old.statement)[0].start_byte, old.end
            word = "export " if old.statement.type == "export_statement" else ""
            text = as_declaration(new, word)
        elif old.is_default and new.form == "variable":
            start, end = old.statement.start_byte, old.end
            text = f"{text}\n\nexport default {old.name};"
        return Edit(start, end, self._in_lines(text))

    def _document(self, old: Definition, new: Definition) -> None:
        """A JSDoc comment of the answer comes along where the file has no comment."""
        comments = own_comments(new, self.answer)
        if old.comments or not comments or old.form not in ("declaration", "variable"):
            return
        text = self.answer.source(comments[0].start_byte, comments[-1].end_byte)
        if text.startswith("/**"):
            start = old.start
            self.edits.append(Edit(start, start, self._in_lines(f"{text}\n")))

    def _note_placeholders(self, fresh: list[Definition]) -> None:
        for definition in fresh:
            if is_placeholder(definition.code):
                text = f"{definition.name} has only a placeholder for a body."
                self.changes.problems.append(text)

    # ------------------------------------------------------------------ imports and exports

    def _import(self, merged: list[Definition]) -> list[Edit]:
        definitions = (*merged, *(d for d, _ in self._adoptions()))
        used = set().union(*(identifiers(node) for d in definitions for node in d.nodes))
        defined = set(self.known) | set(self.definitions)
        problems = self.changes.problems
        return import_edits(self.target, self.answer, self.system, used, defined, problems)

    def _in_lines(self, text: str) -> str:
        return text.replace("\n", self.target.newline)

    def _is_public(self, definition: Definition) -> bool:
        if self.allowed is not None:
            return True
        return definition.name in self._listed()

    def _export(self, merged: str, names: set[str]) -> str:
        """`merged` with those of `names` exported that it defines and does not export yet."""
        for name in sorted(names):
            try:
                module = Module(merged, self.target.grammar)
            except SyntaxError:
                return merged
            exported = exported_names(module)
            definition = module.definitions.get(name)
            if definition is not None and name not in exported and definition.form != "method":
                system = module.system or self.system
                merged = applied(module.data, export_edits(module, system, name))
        return merged


def meaning(node: Node) -> tuple[str, ...]:
    """Equal for nodes that differ in nothing but comments and layout."""
    return tuple(tokens(node, IGNORED))


def _holds(outer: Node, inner: Node) -> bool:
    return outer.start_byte <= inner.start_byte and inner.end_byte <= outer.end_byte
