"""Finding the Python code in a model's reply."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator

_FENCE = re.compile(r"^\s*(?P<mark>`{3,}|~{3,})[ \t]*(?P<tag>[^`\s]*)[^`]*$")
_CODE_START = re.compile(
    r"^(?:@\w|(?:async\s+def|def|class|import)\s+\w|from\s+[\w.]+\s+import\b|\w+(?:\s*:[^=]+)?\s*=[^=])"
)


def extract_code_blocks(reply: str) -> list[str]:
    """The blocks of Python code in `reply`, in order, dedented, each ending with a newline.

    Fenced blocks in another language, or that do not parse, are left out if there is sound
    Python beside them. A fence that is never closed runs to the end. Without any fence, the
    code is found by parsing.
    """
    blocks = [(tag, text) for tag, text in fenced_blocks(reply) if text.strip()]
    if not blocks:
        bare = _bare_code(reply)
        return [bare] if bare else []
    python = [text for tag, text in blocks if not tag or tag.lower().startswith("py")]
    texts = python or [text for _, text in blocks]
    if any(map(_is_program, texts)):
        texts = [text for text in texts if _body(text) is not None]
    return texts


def fenced_blocks(reply: str) -> Iterator[tuple[str, str]]:
    """(language tag, text) of each fenced block."""
    mark, tag, lines = "", "", list[str]()
    for line in reply.splitlines():
        fence = _FENCE.match(line)
        if not mark:
            if fence:
                mark, tag, lines = fence["mark"], fence["tag"], []
        elif fence and fence["mark"].startswith(mark) and not fence["tag"]:
            yield tag, _block(lines)
            mark = ""
        else:
            lines.append(line)
    if mark:
        yield tag, _block(lines)


def _block(lines: list[str]) -> str:
    return textwrap.dedent("\n".join(lines)).strip("\n") + "\n"


def _bare_code(reply: str) -> str:
    """The longest run of lines that parses, from the first line that looks like code."""
    lines = textwrap.dedent(reply).splitlines()
    for start, line in enumerate(lines):
        if _CODE_START.match(line):
            for end in range(len(lines), start, -1):
                text = _block(lines[start:end])
                if _is_program(text):
                    return text
    return ""


def _is_program(text: str) -> bool:
    """Whether `text` parses and defines something."""
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
    return any(isinstance(node, definitions) for node in _body(text) or ())


def _body(text: str) -> list[ast.stmt] | None:
    """The statements of `text`; None if it does not parse."""
    try:
        return ast.parse(text).body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
