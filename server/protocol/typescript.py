"""Writes the protocol as TypeScript: ``python -m server.protocol.typescript [--check]``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from server import protocol
from server.protocol.generated_file import write_or_check
from server.protocol.schema import (
    Field,
    Message,
    camel_case,
    literal_aliases,
    literal_values,
    messages,
    render_type,
)

OUTPUT = Path(__file__).parents[2] / "extension" / "src" / "protocol.ts"
_WIDTH = 100

_HEADER = """\
/**
 * The contract between server and clients. Generated from server/protocol/ by
 * `python -m server.protocol.typescript`; do not edit.
 *
 * The server leaves out fields that equal their default, so those are optional here.
 */
"""


def generate() -> str:
    """The whole TypeScript file."""
    sections = [
        _HEADER,
        *(_alias(name, hint) for hint, name in literal_aliases().items()),
        *(_interface(message) for message in messages()),
        _constants("Requests", protocol.REQUESTS, "Names of the requests."),
        _constants("Notifications", protocol.NOTIFICATIONS, "Names of the notifications."),
        _constants(
            "Commands",
            protocol.COMMANDS,
            "Ids of the server's `workspace/executeCommand` commands.",
        ),
        _request_map(),
        _notification_map(),
        _command_map(),
        _error_codes(),
    ]
    return "\n".join(sections)


def _alias(name: str, hint: object) -> str:
    values = literal_values(hint)
    line = f"export type {name} = {' | '.join(values)};"
    if len(line) > _WIDTH:
        line = f"export type {name} =" + "".join(f"\n  | {value}" for value in values) + ";"
    return line + "\n"


def _doc(text: str, indent: str = "") -> str:
    if not text:
        return ""
    line = f"{indent}/** {text} */\n"
    if len(line) <= _WIDTH:
        return line
    return f"{indent}/**\n{_wrapped(text, indent)}{indent} */\n"


def _wrapped(text: str, indent: str) -> str:
    lines, current = [], f"{indent} *"
    for word in text.split():
        if len(current) + 1 + len(word) > _WIDTH:
            lines.append(current)
            current = f"{indent} *"
        current += f" {word}"
    return "".join(f"{line}\n" for line in [*lines, current])


def _interface(message: Message) -> str:
    head = f"{_doc(message.doc)}export "
    if not message.fields:
        return f"{head}type {message.name} = Record<string, never>;\n"
    body = "".join(_field(field) for field in message.fields)
    return f"{head}interface {message.name} {{\n{body}}}\n"


def _field(field: Field) -> str:
    mark = "" if field.required else "?"
    rendered = render_type(field.type)
    line = f"  {field.name}{mark}: {rendered};"
    if len(line) > _WIDTH:
        parts = "".join(f"\n    | {part}" for part in rendered.split(" | "))
        line = f"  {field.name}{mark}:{parts};"
    return f"{_doc(field.doc, '  ')}{line}\n"


def constant_name(name: str) -> str:
    """``tenon/spec/get`` -> ``specGet``, ``tenon.server.status`` -> ``status``."""
    short = name.removeprefix("tenon/").removeprefix("tenon.server.")
    return camel_case(short.replace("/", "_"))


def _constants(title: str, names: Iterable[str], doc: str) -> str:
    body = "".join(f'  {constant_name(name)}: "{name}",\n' for name in names)
    return f"{_doc(doc)}export const {title} = {{\n{body}}} as const;\n"


def _request_map() -> str:
    rows = {
        method: f"{{ params: {params.__name__}; result: {result.__name__} }}"
        for method, (params, result) in protocol.REQUESTS.items()
    }
    return _map("RequestTypes", rows, "Request -> its parameters and its result.")


def _notification_map() -> str:
    rows = {name: params.__name__ for name, params in protocol.NOTIFICATIONS.items()}
    return _map("NotificationTypes", rows, "Notification of the server -> its parameters.")


def _command_map() -> str:
    rows = {command: f'RequestTypes["{method}"]' for command, method in protocol.COMMANDS.items()}
    return _map(
        "CommandTypes", rows, "Command -> the request whose parameters are its one argument."
    )


def _map(title: str, rows: Mapping[str, str], doc: str) -> str:
    body = "".join(f'  "{name}": {value};\n' for name, value in rows.items())
    return f"{_doc(doc)}export interface {title} {{\n{body}}}\n"


def _error_codes() -> str:
    body = "".join(f"  {name}: {code},\n" for name, code in protocol.ERROR_CODES.items())
    doc = "Tenon's own JSON-RPC error codes, besides those of JSON-RPC and LSP."
    return f"{_doc(doc)}export const ErrorCodes = {{\n{body}}} as const;\n"


if __name__ == "__main__":
    sys.exit(write_or_check(OUTPUT, generate(), "server.protocol.typescript"))
