"""What the nodes of each grammar mean: which are functions, classes, and what belongs to them."""

from __future__ import annotations

from dataclasses import dataclass


def _types(names: str) -> frozenset[str]:
    return frozenset(names.split())


@dataclass(frozen=True)
class Rules:
    """Types of nodes of one grammar."""

    functions: frozenset[str]
    """Functions and methods. One without a body is part of what is around it."""
    classes: frozenset[str]
    """What has members: also structs, traits, interfaces, enums, implementations."""
    attached: frozenset[str]
    """What stands before a unit and belongs to it."""
    wrappers: frozenset[str] = frozenset()
    """What a unit may be wrapped in, and then includes."""
    namespaces: frozenset[str] = frozenset()
    """What gives names a prefix and is no unit itself."""
    transparent: frozenset[str] = frozenset()
    """What units are looked for in, without a name of its own."""
    comment: bytes = b"//"
    """Begins a comment up to the end of the line."""


PYTHON = Rules(
    functions=_types("function_definition"),
    classes=_types("class_definition"),
    attached=_types("comment"),
    wrappers=_types("decorated_definition"),
    transparent=_types(
        "block if_statement elif_clause else_clause try_statement except_clause"
        " except_group_clause finally_clause with_statement for_statement while_statement"
        " match_statement case_clause ERROR"
    ),
    comment=b"#",
)

SCRIPT = Rules(
    functions=_types(
        "function_declaration generator_function_declaration method_definition"
    ),
    classes=_types(
        "class_declaration abstract_class_declaration interface_declaration"
        " enum_declaration type_alias_declaration"
    ),
    attached=_types("comment decorator"),
    wrappers=_types("export_statement ambient_declaration"),
    namespaces=_types("internal_module module"),
    transparent=_types(
        "statement_block if_statement else_clause try_statement catch_clause finally_clause"
        " expression_statement call_expression parenthesized_expression unary_expression"
        " arguments export_statement ambient_declaration labeled_statement ERROR"
        " function_expression arrow_function"  # met as arguments only: (function () { … })()
    ),
)

GO = Rules(
    functions=_types("function_declaration method_declaration"),
    classes=_types("type_spec type_alias"),
    attached=_types("comment"),
    wrappers=_types("type_declaration"),
    transparent=_types("type_declaration ERROR"),
)

RUST = Rules(
    functions=_types("function_item macro_definition"),
    classes=_types("struct_item enum_item union_item trait_item impl_item"),
    attached=_types("line_comment block_comment attribute_item"),
    namespaces=_types("mod_item foreign_mod_item"),
    transparent=_types("declaration_list ERROR"),
)

JAVA = Rules(
    functions=_types(
        "method_declaration constructor_declaration compact_constructor_declaration"
    ),
    classes=_types(
        "class_declaration interface_declaration enum_declaration record_declaration"
        " annotation_type_declaration"
    ),
    attached=_types("line_comment block_comment"),
    transparent=_types("enum_body_declarations ERROR"),
)

RULES = {
    "python": PYTHON,
    "javascript": SCRIPT,
    "typescript": SCRIPT,
    "tsx": SCRIPT,
    "go": GO,
    "rust": RUST,
    "java": JAVA,
}
"""Grammar -> its rules."""
