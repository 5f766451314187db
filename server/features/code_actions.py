"""Light bulbs on code of Python, JavaScript and TypeScript: "fix this" and "write a test for this".

Each carries the client command `tenon.proposeEdit`, so that nothing is asked of the model
before the person has chosen it.
"""

from __future__ import annotations

from typing import Literal

from lsprotocol import types

from agents.languages.registry import is_known
from server.language_server import TenonServer

CLIENT_COMMAND = "tenon.proposeEdit"
_FIX = "Tenon: fix this"
_TEST = "Tenon: write a test for this"
_REWRITE = types.CodeActionKind.RefactorRewrite
_QUICK_FIX = types.CodeActionKind.QuickFix


def register(server: TenonServer) -> None:
    """Offer the code actions."""
    options = types.CodeActionOptions(code_action_kinds=[_QUICK_FIX, _REWRITE])

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
    def code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        return offer(server, params)


def offer(server: TenonServer, params: types.CodeActionParams) -> list[types.CodeAction]:
    """The actions for a selection or for the diagnostics at the cursor."""
    document = server.workspace.get_text_document(params.text_document.uri)
    if not (document.language_id == "python" or is_known(document.uri)):
        return []
    version = document.version or 0
    fixes = [
        _action("fix", document.uri, version, diagnostic.range, diagnostic)
        for diagnostic in params.context.diagnostics
    ]
    selected: list[types.CodeAction] = []
    if params.range.start != params.range.end:
        selected.append(_action("test", document.uri, version, params.range))
        if not fixes:
            selected.append(_action("fix", document.uri, version, params.range))
    return [action for action in fixes + selected if _wanted(action, params.context.only)]


def _action(
    kind: Literal["fix", "test"],
    uri: str,
    version: int,
    selection: types.Range,
    diagnostic: types.Diagnostic | None = None,
) -> types.CodeAction:
    title = _FIX if kind == "fix" else _TEST
    argument = {
        "kind": kind,
        "uri": uri,
        "version": version,
        "startLine": selection.start.line,
        "endLine": _last_line(selection),
        "diagnostic": diagnostic.message if diagnostic else None,
    }
    return types.CodeAction(
        title=title,
        kind=_QUICK_FIX if diagnostic else _REWRITE,
        diagnostics=[diagnostic] if diagnostic else None,
        command=types.Command(title, CLIENT_COMMAND, arguments=[argument]),
    )


def _last_line(selection: types.Range) -> int:
    """A selection that ends before the first character of a line does not include that line."""
    start, end = selection.start, selection.end
    return end.line - 1 if end.character == 0 and end.line > start.line else end.line


def _wanted(action: types.CodeAction, only: object) -> bool:
    if not isinstance(only, (list, tuple)):
        return True
    kind = _kind_name(action.kind)
    return any(kind == name or kind.startswith(f"{name}.") for name in map(_kind_name, only))


def _kind_name(kind: object) -> str:
    return kind.value if isinstance(kind, types.CodeActionKind) else str(kind)
