"""Merging the members of a class, byte for byte but for what changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from agents.languages.javascript.module import (
    CALLABLE,
    IGNORED,
    Module,
    comments_above,
    members_used,
)
from agents.languages.javascript.placeholders import is_placeholder
from agents.languages.javascript.text import Edit, indented
from agents.tools.class_merge import Changes
from agents.tools.syntax_tree import Node, text_of, tokens

_FUNCTIONS = {"method_definition", "abstract_method_signature", "method_signature"}
_FIELDS = {"field_definition", "public_field_definition"}


@dataclass(frozen=True)
class Member:
    """A method or field."""

    name: str
    role: str
    """What tells it from others of that name: static, getter, setter, signature."""
    node: Node
    end: int
    """Offset behind it, and behind its semicolon."""

    @property
    def is_method(self) -> bool:
        """Whether it belongs below the fields."""
        value = self.node.child_by_field_name("value")
        return self.node.type in _FUNCTIONS or (value is not None and value.type in CALLABLE)

    @property
    def full(self) -> str:
        """The name, and the role of a setter."""
        return f"{self.name}.set" if "set" in self.role else self.name


def members_of(definition: Node) -> list[Member]:
    """The named members of a class, in order."""
    body = definition.child_by_field_name("body")
    found: list[Member] = []
    for node in body.named_children if body is not None else ():
        if node.type not in _FUNCTIONS | _FIELDS:
            continue
        name = node.child_by_field_name("name") or node.child_by_field_name("property")
        after = node.next_sibling
        end = after.end_byte if after is not None and after.type == ";" else node.end_byte
        if name is not None:
            found.append(Member(text_of(name), _role(node), node, end))
    return found


def _role(node: Node) -> str:
    kinds = {child.type for child in node.children}
    words = [word for word in ("static", "get", "set") if word in kinds]
    return " ".join([*words, "signature"] if "signature" in node.type else words)


def merge_class(
    module: Module,
    old: Node,
    answer: Module,
    new: Node,
    owner: str,
    may_change: Callable[[str], bool],
    changes: Changes,
) -> list[Edit]:
    """Edits of `module` that bring the members of `new` that may change into the class `old`."""
    before, named = members_of(old), members_of(new)
    wanted = [m for m in named if may_change(f"{owner}.{m.name}")]
    wanted += _needed(wanted, named, before)
    edits = _header_edits(old, new) if may_change(owner) else []
    if edits:
        changes.replaced.append(owner)
    fresh: list[Member] = []
    for member in named:
        full = f"{owner}.{member.full}"
        known = _same(before, member)
        if known is None:
            if member in wanted:
                fresh.append(member)
                changes.added.append(full)
                if is_placeholder(member.node):
                    changes.problems.append(f"{full} has only a placeholder for a body.")
            else:
                changes.problems.append(f"Left out {full}: it is not part of the task.")
        elif not same_meaning(known.node, member.node):
            edits += _replacement(module, known, answer, member, full, member in wanted, changes)
    return edits + _additions(module, old, before, answer, fresh)


def same_meaning(one: Node, other: Node) -> bool:
    """Whether two pieces of code differ in nothing but comments and layout."""
    return list(tokens(one, IGNORED)) == list(tokens(other, IGNORED))


def _same(members: list[Member], wanted: Member) -> Member | None:
    alike = [m for m in members if m.name == wanted.name]
    exact = [m for m in alike if m.role == wanted.role]
    loose = [m for m in alike if m.full == wanted.full and "signature" not in m.role]
    found = exact or (loose if len(alike) == 1 else [])
    return found[-1] if found else None


def _needed(wanted: list[Member], named: list[Member], before: list[Member]) -> list[Member]:
    """New members that the wanted ones mention, directly or through one another."""
    unknown = [m for m in named if m not in wanted and _same(before, m) is None]
    found: list[Member] = []
    frontier = list(wanted)
    while frontier:
        used = members_used(frontier.pop().node)
        fresh = [m for m in unknown if m.name in used and m not in found]
        found += fresh
        frontier += fresh
    return found


def _replacement(
    module: Module,
    old: Member,
    answer: Module,
    new: Member,
    full: str,
    wanted: bool,
    changes: Changes,
) -> list[Edit]:
    if not wanted:
        changes.problems.append(f"Left {full} as it is: it is not part of the task.")
        return []
    if is_placeholder(new.node):
        changes.problems.append(f"Kept {full}: the new version has only a placeholder for a body.")
        return []
    changes.replaced.append(full)
    indent = module.indent_of(old.node.start_byte)
    text = _moved(answer, new, indent, module.newline, False)
    return [Edit(old.node.start_byte, old.end, text)]


def _additions(
    module: Module, old: Node, before: list[Member], answer: Module, fresh: list[Member]
) -> list[Edit]:
    """Fields go before the first method, methods to the end."""
    body = old.child_by_field_name("body")
    if not fresh or body is None:
        return []
    newline = module.newline
    indent = _member_indent(module, old, before)
    edits: list[Edit] = []
    fields = [m for m in fresh if not m.is_method]
    methods = [m for m in fresh if m.is_method]
    if fields:
        lines = [f"{_moved(answer, m, indent, newline, True)}{newline}{indent}" for m in fields]
        place = next((m for m in before if m.is_method), None)
        if place is not None:
            start = (*comments_above(place.node), place.node)[0].start_byte
            edits.append(Edit(start, start, "".join(lines)))
        else:
            methods = [*fields, *methods]
    if methods:
        edits.append(_at_end(module, body, before, [
            _moved(answer, m, indent, newline, True) for m in methods
        ], indent, old))  # fmt: skip
    return edits


def _at_end(
    module: Module, body: Node, before: list[Member], texts: list[str], indent: str, old: Node
) -> Edit:
    newline = module.newline
    inside = [n for n in body.children if n.type not in ("{", "}")]
    pieces = f"{newline}{newline}".join(f"{indent}{text}" for text in texts)
    last = inside[-1].end_byte if inside else body.start_byte + 1
    outer = module.indent_of(_line_node(module, old))
    apart = f"{newline}{newline}" if inside else newline
    return Edit(last, body.end_byte - 1, f"{apart}{pieces}{newline}{outer}")


def _line_node(module: Module, old: Node) -> int:
    start = module.line_start(old.start_byte)
    line = module.data[start:]
    return start + len(line) - len(line.lstrip(b" \t"))


def _member_indent(module: Module, old: Node, before: list[Member]) -> str:
    for member in before:
        if indent := module.indent_of(member.node.start_byte):
            return indent
    return module.indent_of(_line_node(module, old)) + "  "


def _moved(answer: Module, member: Member, indent: str, newline: str, commented: bool) -> str:
    """Source of a member of the answer, indented like its new neighbours but for line one."""
    nodes = (*comments_above(member.node), member.node) if commented else (member.node,)
    start = nodes[0].start_byte
    text = answer.source(start, member.end)
    text = indented(text, answer.indent_of(start), indent, answer.grammar)
    return text.replace("\r\n", "\n").replace("\n", newline)


def _header_edits(old: Node, new: Node) -> list[Edit]:
    """The heritage of `new` where `old` has none."""
    kinds = ("class_heritage",)
    mine = [n for n in old.children if n.type in kinds]
    theirs = [n for n in new.children if n.type in kinds]
    body = old.child_by_field_name("body")
    if mine or not theirs or body is None:
        return []
    return [Edit(body.start_byte, body.start_byte, f"{text_of(theirs[0])} ")]
