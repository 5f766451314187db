"""Methods whose first parameter a model forgot."""

from __future__ import annotations

import ast
import symtable

import libcst as cst

from agents.tools.syntax import code_of, parse_module

_FIRST = {"classmethod": "cls", "staticmethod": ""}
_OF_THE_CLASS = ("__new__", "__init_subclass__", "__class_getitem__")


def with_missing_self(text: str, source: str = "") -> str:
    """`text` with ``self`` (``cls``) in front of the parameters of methods that lack it.

    A method lacks it if it has no parameter at all, or speaks of ``self`` without having it.
    Methods that `source` has just so are left alone. Unchanged if `text` does not parse.
    """
    try:
        module = parse_module(text)
        old = {code_of(node) for node in _methods(parse_module(source))}
    except (SyntaxError, ValueError, RecursionError):
        return text
    return module.visit(_Repair(old)).code


def _methods(module: cst.Module) -> list[cst.FunctionDef]:
    found: list[cst.FunctionDef] = []

    class Collector(cst.CSTVisitor):
        def visit_ClassDef_body(self, node: cst.ClassDef) -> None:  # noqa: N802 - libcst's name
            found.extend(s for s in node.body.body if isinstance(s, cst.FunctionDef))

    module.visit(Collector())
    return found


class _Repair(cst.CSTTransformer):
    def __init__(self, old: set[str]) -> None:
        self._old = old

    def leave_ClassDef(  # noqa: N802 - libcst's name
        self, original_node: cst.ClassDef, updated_node: cst.ClassDef
    ) -> cst.ClassDef:
        if not isinstance(updated_node.body, cst.IndentedBlock):
            return updated_node
        body = [
            self._method(s) if isinstance(s, cst.FunctionDef) else s for s in updated_node.body.body
        ]
        return updated_node.with_changes(body=updated_node.body.with_changes(body=body))

    def _method(self, method: cst.FunctionDef) -> cst.FunctionDef:
        first = _first_name(method)
        if not first or code_of(method) in self._old or not _lacks(method, first):
            return method
        parameters = method.params
        rest = parameters.params or parameters.kwonly_params or parameters.star_kwarg
        comma = (
            cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
            if rest
            else cst.MaybeSentinel.DEFAULT
        )
        added = cst.Param(cst.Name(first), comma=comma)
        return method.with_changes(
            params=parameters.with_changes(params=[added, *parameters.params])
        )


def _first_name(method: cst.FunctionDef) -> str:
    """What the first parameter is called by convention; empty where there is none."""
    if method.name.value in _OF_THE_CLASS:
        return "cls"
    for decorator in method.decorators:
        if isinstance(decorator.decorator, cst.Name) and decorator.decorator.value in _FIRST:
            return _FIRST[decorator.decorator.value]
    return "self"


def _lacks(method: cst.FunctionDef, first: str) -> bool:
    parameters = method.params
    if parameters.posonly_params or isinstance(parameters.star_arg, cst.Param):
        return False
    names = [parameter.name.value for parameter in parameters.params]
    if not names and not parameters.kwonly_params and not parameters.star_kwarg:
        return True
    return first not in names and _speaks_of(method, first)


def _speaks_of(method: cst.FunctionDef, name: str) -> bool:
    """Whether the method's body reads `name` without binding it."""
    bare = method.with_changes(leading_lines=(), decorators=())
    code = code_of(bare)
    ast.parse(code)
    table = symtable.symtable(code, "method", "exec").get_children()[0]
    try:
        symbol = table.lookup(name)
    except KeyError:
        return False
    return symbol.is_global() and symbol.is_referenced()
