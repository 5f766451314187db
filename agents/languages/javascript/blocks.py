"""Finding the code in a model's reply."""

from __future__ import annotations

import re
import textwrap

from agents.languages.javascript.module import Module
from agents.tools.code_blocks import fenced_blocks
from agents.tools.syntax_tree import parse_anyway

_TAGS = {"", "js", "javascript", "jsx", "mjs", "cjs", "node", "ts", "typescript", "tsx", "mts"}
_CODE_START = re.compile(
    r"^(?:export|import|async|function|class|const|let|var|module\.exports|exports\.|interface|type"
    r"|abstract|enum|/\*\*)"
)


def code_blocks(reply: str, grammar: str) -> list[str]:
    """The blocks of code in `reply`, in order, dedented, each ending with a newline.

    Fenced blocks in another language are left out. A fence that is never closed runs to the
    end. Without any fence, the code is found by parsing.
    """
    blocks = [(tag.lower(), text) for tag, text in fenced_blocks(reply) if text.strip()]
    if not blocks:
        bare = _bare_code(reply, grammar)
        return [bare] if bare else []
    texts = [text for tag, text in blocks if tag in _TAGS] or [text for _, text in blocks]
    sound = [text for text in texts if not parse_anyway(text, grammar).has_error]
    return sound if any(defines(text, grammar) for text in sound) else texts


def defines(text: str, grammar: str) -> bool:
    """Whether `text` parses and defines something."""
    try:
        return bool(Module(text, grammar).definitions)
    except SyntaxError:
        return False


def _bare_code(reply: str, grammar: str) -> str:
    """The longest run of lines that parses, from the first line that looks like code."""
    lines = textwrap.dedent(reply).splitlines()
    for start, line in enumerate(lines):
        if _CODE_START.match(line):
            for end in range(len(lines), start, -1):
                text = "\n".join(lines[start:end]).strip("\n") + "\n"
                if defines(text, grammar):
                    return text
    return ""
