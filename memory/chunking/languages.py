"""What a file is written in, by its name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath


def words(text: str) -> frozenset[str]:
    """The words of a table."""
    return frozenset(text.split())


@dataclass(frozen=True)
class FileType:
    """How a file is cut."""

    language: str
    grammar: str = ""
    """Of tree-sitter; empty where there is none."""


TEXT = FileType("text")
MARKDOWN = FileType("markdown")
_PYTHON = FileType("python", "python")
_JAVASCRIPT = FileType("javascript", "javascript")
_TYPESCRIPT = FileType("typescript", "typescript")

_BY_SUFFIX = {
    **dict.fromkeys((".py", ".pyi", ".pyw"), _PYTHON),
    **dict.fromkeys((".js", ".mjs", ".cjs", ".jsx"), _JAVASCRIPT),
    **dict.fromkeys((".ts", ".mts", ".cts"), _TYPESCRIPT),
    ".tsx": FileType("typescript", "tsx"),
    ".go": FileType("go", "go"),
    ".rs": FileType("rust", "rust"),
    ".java": FileType("java", "java"),
    **dict.fromkeys((".md", ".markdown", ".mdx"), MARKDOWN),
}
RESTRUCTURED = frozenset({".rst", ".rest"})
NOTEBOOK = ".ipynb"
OTHER_CODE = words(
    ".c .h .cc .cpp .cxx .hpp .hh .cs .rb .php .swift .kt .kts .scala .clj .ex .exs .erl .hs .ml"
    " .lua .pl .pm .r .jl .dart .groovy .sh .bash .zsh .fish .ps1 .sql .vue .svelte .proto .tf"
    " .zig .nim .f90 .vb .m .mm .el .lisp .scm"
)
"""Languages without a grammar here: their files are cut at empty lines."""


def suffix_of(path: str) -> str:
    """The suffix in small letters, with its dot."""
    return PurePosixPath(path).suffix.lower()


def file_type(path: str) -> FileType:
    """The type of a file."""
    return _BY_SUFFIX.get(suffix_of(path), TEXT)
