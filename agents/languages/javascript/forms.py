"""The same function, class or value, written in another form."""

from __future__ import annotations

from agents.languages.javascript.module import CALLABLE, Definition
from agents.tools.syntax_tree import Node, text_of

_FUNCTIONS = CALLABLE | {
    "function_declaration",
    "generator_function_declaration",
    "method_definition",
}


def as_declaration(definition: Definition, prefix: str = "") -> str:
    """A statement of its own, without ``export`` but with `prefix`, overloads before it."""
    if definition.form in ("declaration", "variable"):
        signatures = [
            node.child_by_field_name("declaration") or node for node in definition.overloads
        ]
        return "\n".join(f"{prefix}{text_of(node)}" for node in (*signatures, definition.core))
    code = definition.code
    if code.type == "class":
        return _class_named(code, definition.name)
    if code.type in _FUNCTIONS and code.type != "arrow_function":
        return f"{_head(code, 'function', definition.name)}{_rest(code)}"
    return f"const {definition.name} = {text_of(code)};"


def as_expression(definition: Definition) -> str:
    """A value; of a declaration the same text, which is an expression too."""
    code = definition.code
    if code.type == "method_definition":
        return f"{_head(code, 'function', '')}{_rest(code)}"
    return text_of(code)


def as_method(definition: Definition, name: str) -> str | None:
    """A method of a class or object; None for what is no function."""
    code = definition.code
    if code.type == "method_definition":
        return text_of(code)
    return f"{_head(code, '', name)}{_rest(code)}" if code.type in _FUNCTIONS else None


def _head(function: Node, keyword: str, name: str) -> str:
    kinds = {child.type for child in function.children}
    star = "*" if "*" in kinds else ""
    words = ["async"] if "async" in kinds else []
    words += [f"{keyword}{star}"] if keyword else []
    words += [name if keyword else f"{star}{name}"] if name else []
    return " ".join(words) + (" " if keyword and not name else "")


def _rest(function: Node) -> str:
    """Parameters, return type and body."""
    types = function.child_by_field_name("type_parameters")
    parameters = function.child_by_field_name("parameters")
    single = function.child_by_field_name("parameter")
    returns = function.child_by_field_name("return_type")
    body = function.child_by_field_name("body")
    listed = text_of(parameters) if parameters else f"({text_of(single) if single else ''})"
    block = text_of(body) if body else "{}"
    if body is not None and body.type != "statement_block":
        block = f"{{\n  return {block};\n}}"
    return f"{text_of(types) if types else ''}{listed}{text_of(returns) if returns else ''} {block}"


def _class_named(node: Node, name: str) -> str:
    if node.child_by_field_name("name") is not None:
        return text_of(node)
    return text_of(node).replace("class", f"class {name}", 1)
