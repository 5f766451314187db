"""Writing a generated file, or checking that it is up to date."""

from __future__ import annotations

import sys
from pathlib import Path


def write_or_check(path: Path, text: str, module: str) -> int:
    """Write `text` to `path`; with ``--check`` only compare. Returns the exit code."""
    if "--check" not in sys.argv[1:]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return 0
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return 0
    print(f"{path.name} is out of date. Run: python -m {module}", file=sys.stderr)
    return 1
