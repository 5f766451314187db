"""Whether a test's assertions depend on what the thing under test gives. Nothing is run.

Values are followed through names (a forward data-flow analysis without branches): a value
depends on the thing under test if it comes out of a call of it, or went into one and may have
been changed there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from agents.tools.known_truth import truth

_CATCH_ALL = {"Exception", "BaseException"}
_SEES_OUTPUT = {"capsys", "capfd", "caplog", "recwarn"}
"""Fixtures whose value shows what a call has printed, logged or warned of."""
_LARGEST = 200
"""Nodes of a value that is put in the place of a name: ``x = x + x`` doubles it each time."""
_SKIPS = {"skip", "xfail", "importorskip", "skipTest"}


def why_unproved(function: ast.FunctionDef, symbol: str) -> str | None:
    """Why `function`, with plain ``assert`` and ``pytest.raises``, tests nothing of `symbol`.

    None if at least one assertion is always reached and depends on a call of it, and none is
    true whatever it gives. `symbol` is ``function``, ``Class`` or ``Class.method``.
    """
    flow = _Flow(symbol)
    if not any(flow.calls(node) for node in ast.walk(function)):
        return f"it never calls `{flow.name}`"
    flow.follow(function.body, sure=True)
    if flow.flaws:
        return flow.flaws[0]
    if flow.proofs:
        return None
    if flow.unsure:
        return "its assertion is reached only under a condition"
    if not flow.assertions:
        return "it asserts nothing"
    return f"no assertion depends on what `{flow.name}` gives"


class _Flow:
    """Which names depend on the thing under test, statement by statement."""

    def __init__(self, symbol: str) -> None:
        root, _, last = symbol.rpartition(".")
        special = last.startswith("__")
        self.name = root if special else last
        self._is_method = bool(root) and not special
        self._tainted: set[str] = set()
        self._values: dict[str, ast.expr] = {}
        self.assertions = self.proofs = self.unsure = 0
        self.flaws: list[str] = []

    def calls(self, node: ast.AST) -> bool:
        """Whether `node` itself calls the thing under test, or reads it as a property."""
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Name):
                return function.id == self.name
            return isinstance(function, ast.Attribute) and function.attr == self.name
        return self._is_method and isinstance(node, ast.Attribute) and node.attr == self.name

    def follow(self, body: Iterable[ast.stmt], *, sure: bool) -> None:
        """Go through statements; `sure` says that they are reached whenever the test runs."""
        for statement in body:
            self._changed_by_calls(statement)
            match statement:
                case ast.Assert(test=test):
                    self._assertion(test, sure)
                case ast.With(items=items, body=inner):
                    self._with(items, inner, sure)
                case ast.For(iter=iterated, body=inner):
                    self._set([statement.target], iterated)
                    self.follow(inner, sure=sure and _never_empty(iterated))
                case ast.If() | ast.While() | ast.Try():
                    for inner in _blocks(statement):
                        self.follow(inner, sure=False)
                case ast.Expr(value=ast.Call() as call) if _last(call.func) in _SKIPS:
                    self.flaws.append(f"`{ast.unparse(call)}` ends it before anything is proved")
                case ast.Return():
                    return
                case _:
                    self._binding(statement)

    def _binding(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Assign(targets=targets, value=value):
                self._bind(targets, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._bind([target], value)
            case ast.AugAssign(target=target):
                self._set([target], statement)
            case ast.FunctionDef(name=name) if self._depends(statement):
                self._tainted.add(name)

    def _assertion(self, test: ast.expr, sure: bool) -> None:
        self.assertions += 1
        known = truth(self._inlined(test))
        if known is not None:
            self.flaws.append(
                f"`assert {ast.unparse(test)}` is {known} whatever `{self.name}` gives"
            )
        elif self._proves(test):
            self.proofs += sure
            self.unsure += not sure

    def _proves(self, test: ast.expr) -> bool:
        """Whether the assertion's outcome depends on it: of an ``or``, every side must."""
        match test:
            case ast.BoolOp(op=ast.Or(), values=values):
                return all(map(self._proves, values))
            case ast.BoolOp(values=values):
                return any(map(self._proves, values))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self._proves(operand)
            case ast.IfExp(body=body, orelse=other):
                return self._proves(body) and self._proves(other)
            case _:
                return self._depends(test)

    def _depends(self, node: ast.AST) -> bool:
        return any(
            self.calls(n)
            or (isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and n.id in self._tainted)
            for n in ast.walk(node)
        )

    def _with(self, items: list[ast.withitem], body: list[ast.stmt], sure: bool) -> None:
        within = any(self._depends(statement) for statement in body)
        for item in items:
            context = item.context_expr
            if isinstance(context, ast.Call) and _last(context.func) == "raises":
                self._raises(context, within, sure)
            if item.optional_vars is not None:
                self._set([item.optional_vars], ast.Module([*body], []) if within else context)
        self.follow(body, sure=sure)

    def _raises(self, context: ast.Call, within: bool, sure: bool) -> None:
        self.assertions += 1
        if context.args and _last(context.args[0]) in _CATCH_ALL and not context.keywords:
            self.flaws.append(f"`{ast.unparse(context)}` takes any error; name the one")
        elif within:
            self.proofs += sure
            self.unsure += not sure

    def _changed_by_calls(self, statement: ast.stmt) -> None:
        """What goes into a call may come out changed, and what it prints can be seen."""
        calls = [n for n in _own_expressions(statement) if isinstance(n, ast.Call)]
        for node in calls:
            parts = [
                p for p in ast.iter_child_nodes(node) if not isinstance(p, ast.Name | ast.Load)
            ]
            parts += [a for a in getattr(node, "args", []) if isinstance(a, ast.Name)]
            names = {n.id for p in parts for n in ast.walk(p) if isinstance(n, ast.Name)}
            self._forget(names)
            if self._depends(node):
                self._tainted |= names | _SEES_OUTPUT
        self._tainted.discard(self.name)

    def _bind(self, targets: list[ast.expr], value: ast.expr) -> None:
        inlined = self._inlined(value)
        self._set(targets, value)
        if sum(1 for _ in ast.walk(inlined)) <= _LARGEST:
            self._values.update((t.id, inlined) for t in targets if isinstance(t, ast.Name))

    def _set(self, targets: list[ast.expr], value: ast.AST) -> None:
        """`targets` are set to something of `value`, and depend on what it depends on."""
        names = {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}
        self._forget(names)
        if self._depends(value):
            self._tainted |= names
        else:
            self._tainted -= {target.id for target in targets if isinstance(target, ast.Name)}

    def _forget(self, names: Iterable[str]) -> None:
        for name in names:
            self._values.pop(name, None)

    def _inlined(self, node: ast.expr) -> ast.expr:
        """`node` with names replaced by what they were last set to."""
        copy = ast.parse(ast.unparse(node), mode="eval")
        return _Inline(self._values).visit(copy).body  # type: ignore[no-any-return]


class _Inline(ast.NodeTransformer):
    def __init__(self, values: dict[str, ast.expr]) -> None:
        self._values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._values.get(node.id, node)


def _last(function: ast.expr) -> str:
    """``raises`` of ``pytest.raises``."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _never_empty(node: ast.expr) -> bool:
    match node:
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return bool(items)
        case ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=int() as count)]):
            return count > 0
        case ast.Call(func=ast.Name(id="zip" | "enumerate"), args=args):
            return bool(args) and all(map(_never_empty, args))
        case _:
            return False


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        yield getattr(statement, name, [])
    for handler in getattr(statement, "handlers", []):
        yield handler.body


def _own_expressions(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a statement without those of the statements inside it."""
    for _, value in ast.iter_fields(statement):
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, ast.AST) and not isinstance(part, ast.stmt | ast.ExceptHandler):
                yield from ast.walk(part)
