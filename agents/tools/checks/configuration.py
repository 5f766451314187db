"""What a repository's own files say about the checks that it uses."""

from __future__ import annotations

import configparser
import json
import re
import tomllib
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

_HOOK = re.compile(r"^\s*-?\s*id:\s*['\"]?([\w-]+)", re.MULTILINE)


class Configuration:
    """The configuration files of one folder. What cannot be read counts as not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def has_file(self, *patterns: str) -> bool:
        """Whether a file of one of the names is there."""
        return any(path.is_file() for pattern in patterns for path in self.folder.glob(pattern))

    def has_tool(self, *names: str) -> bool:
        """Whether pyproject.toml has ``[tool.…]`` with these names, one in another."""
        table: Any = self._pyproject.get("tool", {})
        for name in names:
            if not isinstance(table, dict) or name not in table:
                return False
            table = table[name]
        return True

    def has_section(self, name: str) -> bool:
        """Whether setup.cfg or tox.ini has ``[name]``, ``[name.…]`` or ``[tool:name]``."""
        return any(s.removeprefix("tool:").split(".")[0] == name for s in self._sections)

    def has_hook(self, name: str) -> bool:
        """Whether pre-commit runs the hook `name`."""
        return name in _HOOK.findall(self._text(".pre-commit-config.yaml"))

    def has_package_key(self, name: str) -> bool:
        """Whether package.json has the field `name`."""
        return name in self._package

    @cached_property
    def _pyproject(self) -> dict[str, Any]:
        with suppress(tomllib.TOMLDecodeError):
            return tomllib.loads(self._text("pyproject.toml"))
        return {}

    @cached_property
    def _package(self) -> dict[str, Any]:
        with suppress(ValueError):
            value = json.loads(self._text("package.json"))
            return value if isinstance(value, dict) else {}
        return {}

    @cached_property
    def _sections(self) -> list[str]:
        found: list[str] = []
        for name in ("setup.cfg", "tox.ini"):
            parser = configparser.RawConfigParser(strict=False)
            with suppress(configparser.Error):
                parser.read_string(self._text(name))
                found += parser.sections()
        return found

    def _text(self, name: str) -> str:
        with suppress(OSError, UnicodeDecodeError):
            return (self.folder / name).read_text("utf-8")
        return ""
