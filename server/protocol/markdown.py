"""Writes the protocol as a document: ``python -m server.protocol.markdown [--check]``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from server import protocol
from server.protocol.generated_file import write_or_check
from server.protocol.schema import Field, Message, literal_aliases, literal_values, messages
from server.protocol.schema import render_type as typescript_type

OUTPUT = Path(__file__).parents[2] / "docs" / "protocol.md"

_HEADER = """\
# Protocol

Generated from `server/protocol/` by `python -m server.protocol.markdown`; do not edit.

Tenon's server speaks the Language Server Protocol on standard input and output (`tenon serve`).
Besides LSP's own methods it knows those below. Names are camelCase on the wire. A field with a
default may be left out by either side. Types are in TypeScript's notation, times are ISO 8601 in
UTC, and paths inside a repository use forward slashes.

A request with a `partialResultToken` reports while it runs: each `$/progress` notification under
that token carries a `ProgressValue`. Every request can be cancelled with `$/cancelRequest`.
"""


def generate() -> str:
    """The whole document."""
    sections = [
        _HEADER,
        _requests(),
        _notifications(),
        _commands(),
        _errors(),
        "## Types\n",
        *(_alias(name, hint) for hint, name in literal_aliases().items()),
        *(_message(message) for message in messages()),
    ]
    return "\n".join(sections)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _link(cls: type) -> str:
    return f"[{cls.__name__}](#{cls.__name__.lower()})"


def _requests() -> str:
    rows = [
        (f"`{method}`", _link(params), _link(result))
        for method, (params, result) in protocol.REQUESTS.items()
    ]
    return "## Requests\n\n" + _table(("method", "parameters", "result"), rows)


def _notifications() -> str:
    rows = [(f"`{method}`", _link(params)) for method, params in protocol.NOTIFICATIONS.items()]
    return "## Notifications from the server\n\n" + _table(("method", "parameters"), rows)


def _commands() -> str:
    rows = [(f"`{command}`", f"`{method}`") for command, method in protocol.COMMANDS.items()]
    return (
        "## Commands\n\nThe one argument of each `workspace/executeCommand` command is the "
        "parameters object of the request.\n\n" + _table(("command", "same as the request"), rows)
    )


def _errors() -> str:
    rows = [(f"`{name}`", str(code)) for name, code in protocol.ERROR_CODES.items()]
    standard = [
        ("invalid parameters", "-32602"),
        ("unknown method", "-32601"),
        ("internal error", "-32603"),
        ("cancelled", "-32800"),
    ]
    return "## Errors\n\n" + _table(("meaning", "code"), rows + standard)


def _alias(name: str, hint: object) -> str:
    return f"### {name}\n\n{', '.join(f'`{value}`' for value in literal_values(hint))}\n"


def _message(message: Message) -> str:
    text = f"### {message.name}\n\n{message.doc}\n"
    if message.fields:
        rows = [_row(field) for field in message.fields]
        text += "\n" + _table(("field", "type", "needed", "meaning"), rows)
    return text


def _row(field: Field) -> tuple[str, ...]:
    rendered = typescript_type(field.type).replace("|", "\\|")
    return f"`{field.name}`", f"`{rendered}`", "yes" if field.required else "", field.doc


if __name__ == "__main__":
    sys.exit(write_or_check(OUTPUT, generate(), "server.protocol.markdown"))
