"""What failures of JavaScript and TypeScript say: why a test failed, and what it missed."""

from __future__ import annotations

import itertools
import posixpath
import re
from collections.abc import Iterator
from urllib.parse import quote, unquote

from agents.tools.runners.lines_report import Sources, Told
from agents.tools.test_report import Cause, Missing, TestCase

_COLOUR = re.compile(r"\x1b\[[0-9;]*m|[\u2500-\u257f]")  # and lines of boxes
_TYPE = re.compile(r"\b(?:Object|Array) (?=[\[{])")
_VALUE_LENGTH = 70
_VALUE_BEFORE = 20
_NAME = r"(?P<name>[\w$]+)"
_MODULE = r"['\"](?P<module>[^'\"]+)['\"]"
_MISSING_MODULE = re.compile(
    rf"(?:Cannot find (?:module|package)|Failed to resolve import) {_MODULE}"
)
_MISSING_EXPORT = re.compile(
    rf"requested module {_MODULE} does not provide an export named '{_NAME}'"
)
_COMMONJS_EXPORT = re.compile(rf"Named export '{_NAME}' not found\. The requested module {_MODULE}")
_ATTRIBUTE = re.compile(
    rf"{_NAME}\)? is not a (?:function|constructor)"
    r"|Cannot (?:read|set) propert(?:y|ies) of (?:undefined|null) "
    r"\((?:reading|setting) '(?P<of>[^']+)'\)"
)
_UNDEFINED = re.compile(rf"ReferenceError: {_NAME} is not defined")
_BROKEN = re.compile(
    r"SyntaxError|Transform failed|PARSE_ERROR|ERR_INVALID_TYPESCRIPT|No test suite found"
)
_STUB = re.compile(r"not (?:yet )?implemented|unimplemented|\bTODO\b|of (?:undefined|null)\b", re.I)
_AT = re.compile(r"^\s+at (?:.*\()?(?:file://)?(/[^\n]*?):(\d+):\d+\)?$", re.MULTILINE)
_HEAD = re.compile(r"^(?:file://)?(/[^\n:]+):(\d+)(?::\d+)?(?:: ERROR.*)?$", re.MULTILINE)
_ERROR_LINE = re.compile(r"^(?:Uncaught )?(\w*Error(?: \[\w+\])?: .*)$", re.MULTILINE)


def case_of(told: Told, sources: Sources) -> TestCase:
    """The test that a guest told about."""
    file = sources.relative(told.file) or told.file or "outside of the tests"
    title = " > ".join(told.titles)
    name = f"{file}::{title}" if told.titles else file
    if told.outcome in ("passed", "skipped"):
        return TestCase(name, told.outcome, told.message, seconds=told.seconds, name=title)
    detail = _COLOUR.sub("", told.detail)
    message = _message(told, detail)
    trace = sources.frames(_places(detail))
    text = f"{message}\n{detail}"
    importer = trace[-1].path if trace else file
    return TestCase(
        id=name,
        outcome=told.outcome,
        message=_local(message, sources),
        detail=_local(detail, sources),
        seconds=told.seconds,
        name=title,
        trace=trace,
        cause=_cause(message, text),
        missing=tuple(dict.fromkeys(_missing(text, importer, sources))),
    )


def _message(told: Told, detail: str) -> str:
    """Type and words in one line, with the values that differ where they are known."""
    words = _COLOUR.sub("", told.message).strip()
    if not told.type and (found := _ERROR_LINE.search(detail)):  # the output of a whole file
        return found[1]
    first = " ".join(words.split("\n\n", 1)[0].split())
    kind = f"{told.type}: " if told.type and not first.startswith(told.type) else ""
    if told.actual is None or told.expected is None:
        return kind + " ".join(words.split())
    values = "expected {}, got {}".format(*_differing(told.expected, told.actual))
    said_all = "\n" not in words and "…" not in words
    if said_all and told.generated:
        return kind + first
    return f"{kind}{values}" if told.generated else f"{kind}{first}: {values}"


def _differing(*values: str) -> list[str]:
    """Values in one line each; long ones from a little before the first difference."""
    flat = [_TYPE.sub("", " ".join(_COLOUR.sub("", value).split())) for value in values]
    if max(map(len, flat)) <= _VALUE_LENGTH:
        return flat
    same = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(*flat, strict=False))
    start = max(sum(1 for _ in same) - _VALUE_BEFORE, 0)
    cut = [value[start : start + _VALUE_LENGTH] for value in flat]
    return [
        ("…" if start else "") + part + ("…" if start + len(part) < len(value) else "")
        for part, value in zip(cut, flat, strict=True)
    ]


def _places(detail: str) -> list[tuple[str, int]]:
    """Places of a stack, innermost last; for a file that does not load the place of the error."""
    stack = [(unquote(path), int(line)) for path, line in _AT.findall(detail)]
    head = [(unquote(path), int(line)) for path, line in _HEAD.findall(detail)[:1]]
    return [*reversed(stack), *head]


def _local(text: str, sources: Sources) -> str:
    root = str(sources.root)
    for start in (f"file://{quote(root)}/", f"file://{root}/", f"{root}/"):
        text = text.replace(start, "")
    return text


def _cause(message: str, text: str) -> Cause:
    if _MISSING_EXPORT.search(text) or _COMMONJS_EXPORT.search(text):
        return "other"  # V8 calls it a syntax error
    if _BROKEN.search(message) or "SyntaxError:" in text:
        return "broken"
    if "AssertionError" in message or message.startswith("expect("):
        return "assertion"
    return "stub" if _STUB.search(message) else "other"


def _missing(text: str, importer: str, sources: Sources) -> Iterator[Missing]:
    for found in _MISSING_MODULE.finditer(text):
        yield Missing("module", module=_module(found["module"], importer, sources))
    for pattern in (_MISSING_EXPORT, _COMMONJS_EXPORT):
        for found in pattern.finditer(text):
            yield Missing("export", found["name"], _module(found["module"], importer, sources))
    for found in _ATTRIBUTE.finditer(text):
        yield Missing("attribute", found["name"] or found["of"])
    for found in _UNDEFINED.finditer(text):
        yield Missing("name", found["name"])


def _module(specifier: str, importer: str, sources: Sources) -> str:
    """The path in the repository that an import means; a package's name as it is."""
    specifier = unquote(specifier.removeprefix("file://"))
    if specifier.startswith("/"):
        return sources.relative(specifier) or specifier
    if specifier.startswith("."):
        return posixpath.normpath(posixpath.join(posixpath.dirname(importer), specifier))
    return specifier
