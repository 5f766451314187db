"""How a repository writes its JavaScript: module system, names of files and modules."""

from __future__ import annotations

import json
import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Literal

from agents.languages.javascript.module import System

Framework = Literal["node:test", "vitest", "jest"]

_SCRIPT = re.compile(r"\.[cm]?[jt]sx?")
_ESM = re.compile(r"^\s*(?:import|export)\b(?!\s*\()", re.MULTILINE)
_COMMONJS = re.compile(r"\brequire\(\s*['\"]|\bmodule\.exports\b|^exports\.", re.MULTILINE)
_RELATIVE = re.compile(r"""(?:from\s+|require\(\s*|import\s+)["'](\.{1,2}/[^"']+)["']""")
_SUITE = re.compile(r"(?:[.-](?:test|spec)|_test)$|^test(?:-.*)?$")


@dataclass(frozen=True)
class Project:
    """What file names and texts of a repository tell."""

    files: Sequence[str] = ()
    sources: Mapping[str, str] = field(default_factory=dict)

    def system(self, path: str) -> System:
        """The kind of modules that `path` is written in, or is to be."""
        suffix = PurePosixPath(path).suffix
        if suffix in (".mjs", ".mts"):
            return "esm"
        if suffix in (".cjs", ".cts"):
            return "commonjs"
        if written := _written_in(self.sources.get(path, "")):
            return written
        if self._manifest(path).get("type") == "module" or suffix in (".ts", ".tsx", ".jsx"):
            return "esm"
        texts = (text for other, text in self.sources.items() if other.endswith(suffix))
        systems = [system for text in texts if (system := _written_in(text))]
        return max(systems, key=systems.count, default="commonjs")

    def module_path(self, path: str, importer: str, bare: bool) -> str:
        """What `importer` calls the file `path`, with a suffix as the repository writes it.

        Where that does not show, TypeScript has none if it may be `bare`.
        """
        relative = posixpath.relpath(path, posixpath.dirname(importer) or ".")
        relative = relative if relative.startswith(".") else f"./{relative}"
        own = PurePosixPath(path).suffix
        return relative.removesuffix(own) + self._suffix(own, bare)

    def test_suites(self) -> list[str]:
        """The test files by their names."""
        return [path for path in self.files if is_script(path) and is_suite(path)]

    def _suffix(self, own: str, bare: bool) -> str:
        written = Counter(
            PurePosixPath(found).suffix
            for path, text in self.sources.items()
            if PurePosixPath(path).suffix == own
            for found in _RELATIVE.findall(text)
        )
        typed = "ts" in own
        known = {own, "", own.replace("ts", "js")} if typed else {own, ""}
        usual = [suffix for suffix, _ in written.most_common() if suffix in known]
        if usual:
            return usual[0]
        return "" if typed and bare else own

    def _manifest(self, path: str) -> dict[str, Any]:
        """The nearest package.json above `path` that is one."""
        for folder in _folders(path):
            text = self.sources.get(posixpath.join(folder, "package.json"))
            if text is not None:
                try:
                    found = json.loads(text)
                except ValueError:
                    continue
                if isinstance(found, dict):
                    return found
        return {}


def _written_in(text: str) -> System | None:
    if _ESM.search(text):
        return "esm"
    return "commonjs" if _COMMONJS.search(text) else None


def is_script(path: str) -> bool:
    """Whether `path` is JavaScript or TypeScript by its name."""
    return _SCRIPT.fullmatch(PurePosixPath(path).suffix) is not None


def is_suite(path: str) -> bool:
    """Whether `path` is called as test files are."""
    return _SUITE.search(PurePosixPath(path).stem) is not None


def _folders(path: str) -> Iterator[str]:
    """The folders above `path`, the nearest first; empty for the repository's own."""
    for parent in PurePosixPath(path).parents:
        yield "" if str(parent) == "." else str(parent)
