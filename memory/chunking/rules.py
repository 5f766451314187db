"""What the nodes of each grammar mean: which are functions, classes, and what belongs to them."""

from __future__ import annotations

from dataclasses import dataclass

from memory.chunking.languages import words


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
    functions=words("function_definition"),
    classes=words("class_definition"),
    attached=words("comment"),
    wrappers=words("decorated_definition"),
    transparent=words(
        "block if_statement elif_clause else_clause try_statement except_clause"
        " except_group_clause finally_clause with_statement for_statement while_statement"
        " match_statement case_clause ERROR"
    ),
    comment=b"#",
)

SCRIPT = Rules(
    functions=words("function_declaration generator_function_declaration method_definition"),
    classes=words(
        "class_declaration abstract_class_declaration interface_declaration"
        " enum_declaration type_alias_declaration"
    ),
    attached=words("comment decorator"),
    wrappers=words("export_statement ambient_declaration"),
    namespaces=words("internal_module module"),
    transparent=words(
        "statement_block if_statement else_clause try_statement catch_clause finally_clause"
        " expression_statement call_expression parenthesized_expression unary_expression"
        " arguments export_statement ambient_declaration labeled_statement ERROR"
        " function_expression arrow_function"  # met as arguments only: (function () { … })()
    ),
)

GO = Rules(
    functions=words("function_declaration method_declaration"),
    classes=words("type_spec type_alias"),
    attached=words("comment"),
    wrappers=words("type_declaration"),
    transparent=words("type_declaration ERROR"),
)

RUST = Rules(
    functions=words("function_item macro_definition"),
    classes=words("struct_item enum_item union_item trait_item impl_item"),
    attached=words("line_comment block_comment attribute_item"),
    namespaces=words("mod_item foreign_mod_item"),
    transparent=words("declaration_list ERROR"),
)

JAVA = Rules(
    functions=words("method_declaration constructor_declaration compact_constructor_declaration"),
    classes=words(
        "class_declaration interface_declaration enum_declaration record_declaration"
        " annotation_type_declaration"
    ),
    attached=words("line_comment block_comment"),
    transparent=words("enum_body_declarations ERROR"),
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
