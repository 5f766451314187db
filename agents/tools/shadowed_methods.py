"""Methods that their own class hides behind an attribute of the same name.

``self.state = "open"`` beside ``def state(self)`` makes every call of it a TypeError, and beside
a property without a setter an AttributeError. Small models do it often where a stub names the
method for them.
"""

from __future__ import annotations

import libcst as cst
from libcst import matchers as m

from agents.tools.syntax import code_of, parse_module

_OF_SELF = m.Attribute(value=m.Name("self"))


def with_methods_in_sight(text: str, source: str) -> str:
    """`text` where an attribute that hides a method of its class is called ``_x`` instead of ``x``.

    Only methods count that the class has in `source` as well, where nothing hides them: of any
    other it is not known which of the two is meant. Names stay where ``_x`` is taken. Unchanged
    if `text` does not parse.
    """
    try:
        before = {node.name.value: node for node in _classes(parse_module(source))}
        module = parse_module(text) if before else None
    except (SyntaxError, ValueError, RecursionError):
        return text
    if module is None:
        return text
    body = [
        _repaired(node, before[node.name.value])
        if isinstance(node, cst.ClassDef) and node.name.value in before
        else node
        for node in module.body
    ]
    return module.with_changes(body=body).code


def _classes(module: cst.Module) -> list[cst.ClassDef]:
    return [node for node in module.body if isinstance(node, cst.ClassDef)]


def _repaired(node: cst.ClassDef, before: cst.ClassDef) -> cst.ClassDef:
    methods, attributes = _methods(node), _Attributes.of(node)
    wanted = _methods(before).keys() - _Attributes.of(before).bound
    hidden = {
        name: called
        for name, called in methods.items()
        if name in wanted & attributes.bound and f"_{name}" not in attributes.names | methods.keys()
    }
    return cst.ensure_type(node.visit(_Rename(hidden)), cst.ClassDef) if hidden else node


def _methods(node: cst.ClassDef) -> dict[str, bool]:
    """Plain methods and properties without a setter; whether they are called."""
    found: dict[str, bool] = {}
    for method in node.body.body:
        if isinstance(method, cst.FunctionDef):
            decorators = [code_of(each.decorator) for each in method.decorators]
            if decorators in ([], ["property"]):
                found[method.name.value] = not decorators
            else:
                found.pop(method.name.value, None)
    return found


class _Attributes(cst.CSTVisitor):
    """Attributes of ``self``."""

    def __init__(self) -> None:
        self.bound: set[str] = set()
        self.names: set[str] = set()

    @classmethod
    def of(cls, node: cst.ClassDef) -> _Attributes:
        """Those in the methods of a class."""
        found = cls()
        node.visit(found)
        return found

    def visit_Attribute(self, node: cst.Attribute) -> None:  # noqa: N802 - libcst's name
        if m.matches(node, _OF_SELF):
            self.names.add(node.attr.value)

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:  # noqa: N802
        targets = node.target.elements if isinstance(node.target, cst.Tuple) else ()
        for each in (node.target, *(element.value for element in targets)):
            self._bind(each)

    def visit_AugAssign(self, node: cst.AugAssign) -> None:  # noqa: N802
        self._bind(node.target)

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:  # noqa: N802
        self._bind(node.target)

    def _bind(self, target: cst.BaseExpression) -> None:
        if isinstance(target, cst.Attribute) and m.matches(target, _OF_SELF):
            self.bound.add(target.attr.value)


class _Rename(cst.CSTTransformer):
    """Gives attributes of ``self`` a name of their own; what is called stays the method."""

    def __init__(self, hidden: dict[str, bool]) -> None:
        self._hidden = hidden

    def leave_Attribute(  # noqa: N802
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.Attribute:
        name = original_node.attr.value
        if name not in self._hidden or not m.matches(original_node, _OF_SELF):
            return updated_node
        return updated_node.with_changes(attr=cst.Name(f"_{name}"))

    def leave_Call(  # noqa: N802
        self, original_node: cst.Call, updated_node: cst.Call
    ) -> cst.Call:
        called = original_node.func
        stays = isinstance(called, cst.Attribute) and self._hidden.get(called.attr.value)
        if stays and m.matches(called, _OF_SELF):
            return updated_node.with_changes(func=called)
        return updated_node
