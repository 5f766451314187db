"""What the tools ask of Python syntax trees.

libcst keeps every byte of the source, so it carries the edits; the standard library's ast
answers questions about names.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

import libcst as cst

Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement
Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

_PRINTER = cst.Module([])
_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_FILE_NAME = re.compile(r"#\s*(?:file(?:name)?:\s*)?[\w./-]+\.py\s*$", re.IGNORECASE)
_ELISION = re.compile(
    r"#\s*(?:\.\.\.|…"
    r"|(?:the\s+)?(?:rest|remainder)\s+of\s+(?:\w+\s+){0,2}(?:code|function|class|method|logic|file)\b"
    r"|(?:your|existing|previous|original)\s+(?:code|logic|implementation|body)"
    r"(?:\s+goes)?(?:\s+here)?[\s.…]*$"
    r"|(?:unchanged|omitted|same\s+as\s+before)[\s.…]*$)",
    re.IGNORECASE | re.MULTILINE,
)


def parse_module(text: str) -> cst.Module:
    """The lossless tree of `text`; raises SyntaxError with line and reason."""
    try:
        ast.parse(text)  # names the error better than libcst
    except MemoryError as error:
        raise SyntaxError("nested too deeply") from error
    try:
        return cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        raise SyntaxError(error.message) from error


def code_of(node: cst.CSTNode) -> str:
    """Source text of `node`, at column 0."""
    return _PRINTER.code_for_node(node)


def to_ast(statement: Statement) -> ast.Module:
    """The same statement as the standard library sees it."""
    bare = statement.with_changes(leading_lines=())
    return ast.parse(code_of(bare))


def meaning(statement: Statement) -> str:
    """Equal for statements that differ in nothing but comments and layout."""
    return ast.dump(to_ast(statement))


def name_of(statement: cst.CSTNode) -> str | None:
    """The name that a definition or a plain assignment binds; None for anything else.

    Property accessors and overloads get names of their own (``size.setter``).
    """
    if isinstance(statement, cst.FunctionDef):
        return statement.name.value + _accessor(statement)
    if isinstance(statement, cst.ClassDef):
        return statement.name.value
    return assigned_name(statement)


def _accessor(function: cst.FunctionDef) -> str:
    for decorator in function.decorators:
        match decorator.decorator:
            case cst.Attribute(attr=cst.Name("setter" | "deleter" as kind)):
                return f".{kind}"
            case cst.Name("overload") | cst.Attribute(attr=cst.Name("overload")):
                return f".overload({code_of(function.params)})"
    return ""


def assigned_name(statement: cst.CSTNode) -> str | None:
    """The name of ``NAME = …`` or ``NAME: type …``; None for anything else."""
    match statement:
        case cst.SimpleStatementLine(
            body=[
                cst.Assign(targets=[cst.AssignTarget(target=cst.Name(name))])
                | cst.AnnAssign(target=cst.Name(name))
            ]
        ):
            return str(name)
    return None


def used_names(tree: ast.AST) -> set[str]:
    """Every name that `tree` may look up, those in string annotations and `__all__` too."""
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                names.add(name)
            case ast.arg(arg=name, annotation=annotation):
                names.add(name)
                names |= _quoted(annotation)
            case ast.AnnAssign(annotation=annotation):
                names |= _quoted(annotation)
            case ast.FunctionDef(returns=annotation) | ast.AsyncFunctionDef(returns=annotation):
                names |= _quoted(annotation)
    return names


def global_names(tree: ast.AST) -> set[str]:
    """Names that `tree` uses and does not bind in a function of its own."""
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    local = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    local |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return used_names(tree) - local


def attribute_names(tree: ast.AST) -> set[str]:
    """Names after a dot, as in ``self.name``."""
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def _quoted(annotation: ast.expr | None) -> set[str]:
    if annotation is None:
        return set()
    texts = (n.value for n in ast.walk(annotation) if isinstance(n, ast.Constant))
    return {name for t in texts if isinstance(t, str) for name in _IDENTIFIER.findall(t)}


def eager_names(tree: ast.AST) -> set[str]:
    """Names that are looked up when the statement runs, so not those in function bodies."""
    return {node.id for node in _eager_nodes(tree) if isinstance(node, ast.Name)}


def _eager_nodes(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    children: Iterator[ast.AST] = ast.iter_child_nodes(node)
    if isinstance(node, Scope):
        body = node.body if isinstance(node.body, list) else [node.body]
        children = (child for child in children if child not in body)
    for child in children:
        yield from _eager_nodes(child)


def is_main_guard(statement: cst.CSTNode) -> bool:
    """Whether this is ``if __name__ == "__main__":``."""
    return isinstance(statement, cst.If) and "__name__" in code_of(statement.test)


def is_test(name: str) -> bool:
    """Whether pytest would collect a top-level definition of that name."""
    return name.startswith(("test_", "Test"))


def is_docstring(statement: cst.CSTNode) -> bool:
    """Whether this is a string on its own."""
    match statement:
        case cst.SimpleStatementLine(
            body=[cst.Expr(value=cst.SimpleString() | cst.ConcatenatedString())]
        ):
            return True
    return False


def is_stub(statement: cst.CSTNode) -> bool:
    """Whether this is a lone ``pass`` or ``...``."""
    match statement:
        case cst.SimpleStatementLine(body=[cst.Pass() | cst.Expr(value=cst.Ellipsis())]):
            return True
        case cst.Pass() | cst.Expr(value=cst.Ellipsis()):
            return True
    return False


def comments_above(statement: Statement) -> list[cst.EmptyLine]:
    """The comment lines directly above a statement, without a file's name as a model puts it."""
    lines: list[cst.EmptyLine] = []
    for line in reversed(statement.leading_lines):
        if line.comment is None:
            break
        if not _FILE_NAME.match(line.comment.value):
            lines.insert(0, line)
    return lines


def set_apart(statement: Statement) -> Statement:
    """`statement` with the blank lines that belong above it when it follows another kind."""
    if statement.leading_lines and statement.leading_lines[0].comment is None:
        return statement
    definition = isinstance(statement, cst.FunctionDef | cst.ClassDef)
    blank = [cst.EmptyLine(indent=False)] * (2 if definition else 1)
    return statement.with_changes(leading_lines=[*blank, *statement.leading_lines])


def is_placeholder(definition: cst.CSTNode) -> bool:
    """Whether a function has no body to speak of, or says that a part was left out."""
    if not isinstance(definition, cst.FunctionDef) or _may_be_empty(definition):
        return False
    statements: Sequence[cst.CSTNode] = definition.body.body
    real = [s for s in statements if not is_stub(s) and not is_docstring(s)]
    return not real or bool(_ELISION.search(code_of(definition.body)))


def _may_be_empty(function: cst.FunctionDef) -> bool:
    decorators = " ".join(code_of(d.decorator) for d in function.decorators)
    return "abstractmethod" in decorators or "overload" in decorators
