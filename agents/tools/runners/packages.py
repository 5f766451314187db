"""A JavaScript repository: its packages, their manifests and their test files."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from agents.tools.runners.node_modules import FOLDER

SCRIPTS = frozenset({".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"})
_NOT_SEARCHED = frozenset({FOLDER, "dist", "build", "out", "coverage", "vendor"})
_MANIFEST_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Package:
    """The package that a file belongs to."""

    root: Path
    """The repository."""
    folder: str = ""
    """Of the package, relative to the repository; empty for the repository itself."""

    @classmethod
    def of(cls, root: Path, file: str) -> Package:
        """The innermost folder around `file` with a ``package.json``, else the repository."""
        for parent in PurePosixPath(file).parents:
            if parent.parts and (root / parent / "package.json").is_file():
                return cls(root, str(parent))
        return cls(root)

    @property
    def path(self) -> Path:
        """Its folder."""
        return self.root / self.folder

    @cached_property
    def manifests(self) -> list[dict[str, Any]]:
        """Its ``package.json`` and the repository's; an empty one where there is none."""
        return [_manifest(folder) for folder in dict.fromkeys((self.path, self.root))]

    @property
    def test_script(self) -> str:
        """What ``npm test`` runs."""
        scripts = self.manifests[0].get("scripts")
        script = scripts.get("test") if isinstance(scripts, dict) else ""
        return script if isinstance(script, str) else ""

    def depends_on(self, name: str) -> bool:
        """Whether it, or the repository around it, names a package or has it installed."""
        for manifest in self.manifests:
            for key in ("devDependencies", "dependencies", "peerDependencies"):
                if isinstance(manifest.get(key), dict) and name in manifest[key]:
                    return True
        return self.installed(name) is not None

    def installed(self, name: str) -> Path | None:
        """The folder of an installed package, as Node finds it from here."""
        for folder in dict.fromkeys((self.path, self.root)):
            if (folder / FOLDER / name / "package.json").is_file():
                return folder / FOLDER / name
        return None

    def program(self, name: str) -> Path | None:
        """The script that an installed package's command of the same name runs."""
        folder = self.installed(name)
        if folder is None:
            return None
        entry = _manifest(folder).get("bin")
        script = entry.get(name) if isinstance(entry, dict) else entry
        return folder / script if isinstance(script, str) else None

    def has_file(self, *patterns: str) -> bool:
        """Whether its folder, or the repository's, holds a file like one of `patterns`."""
        return any(
            next(folder.glob(pattern), None) is not None
            for folder in (self.path, self.root)
            for pattern in patterns
        )

    def modules(self) -> dict[str, Path]:
        """Every folder of installed packages, by its path in the repository."""
        patterns = (FOLDER, f"*/{FOLDER}", f"*/*/{FOLDER}")
        found = (path for pattern in patterns for path in self.root.glob(pattern))
        inside = {str(path.relative_to(self.root)): path for path in found if path.is_dir()}
        return {name: path for name, path in inside.items() if name.split("/").count(FOLDER) == 1}


def script_files(folder: Path) -> Iterator[str]:
    """JavaScript and TypeScript files below `folder`, relative to it, in order."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(n for n in folders if n not in _NOT_SEARCHED and n[0] != ".")
        for file in sorted(files):
            if Path(file).suffix in SCRIPTS and not file.endswith(".d.ts"):
                yield (Path(place) / file).relative_to(folder).as_posix()


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / "package.json"
    try:
        if path.stat().st_size > _MANIFEST_BYTES:
            return {}
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
