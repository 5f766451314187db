"""Node's own test runner, which needs nothing installed."""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import ClassVar

from agents.tools.runners.contract import NotRunnableError, RunnerName
from agents.tools.runners.node_program import Node
from agents.tools.runners.packages import SCRIPTS, script_files
from agents.tools.runners.script_runner import WORKERS, ScriptRunner

_TYPED = frozenset({".ts", ".mts", ".cts", ".tsx"})
_NAMED = re.compile(r"(?:^|.+[.\-_])test$|^test-.+")
_WITH_VALUE = frozenset({"--import", "--require", "-r", "--loader", "--experimental-loader", "-C"})
_OPERATORS = frozenset({"&&", "||", ";", "|", "&"})


@dataclass(frozen=True)
class NodeTest(ScriptRunner):
    """The adapter of ``node --test``; see `Adapter`."""

    name: ClassVar[RunnerName] = "node"
    words: ClassVar[tuple[str, ...]] = ("node", "--test")
    reporter: ClassVar[str] = "node_reporter.mjs"

    def arguments(
        self, root: Path, paths: Sequence[str], reporter: Path, stop_at_first: bool
    ) -> list[str]:
        """As `ScriptRunner.arguments`: the files by name, since versions of Node differ."""
        node = self.usable_node()
        _, patterns = of_script(self.package.test_script)
        files = list(self._files(root, paths, patterns, node))
        if not files:
            raise NotRunnableError("No tests were found.")
        options = self.options(files)
        limit = [f"--test-concurrency={WORKERS}"] if node.version >= (20, 10) else []
        report = [f"--test-reporter={reporter}", "--test-reporter-destination=stderr"]
        return [*options, "--test", *limit, *report, *files]

    def options(self, files: Sequence[str]) -> list[str]:
        """What Node is to be started with to load `files`. Raises NotRunnableError."""
        options, _ = of_script(self.package.test_script)
        if any(PurePosixPath(file).suffix in _TYPED for file in files):
            options += self._typing(self.usable_node(), options)
        return options

    def _files(
        self, root: Path, paths: Sequence[str], patterns: Sequence[str], node: Node
    ) -> Iterator[str]:
        if not paths:
            yield from self._suite(root / self.package.folder, patterns, node)
        for path in paths:
            place = root / path
            if place.is_dir():
                yield from (str(place / f) for f in script_files(place) if is_test(f"{path}/{f}"))
            elif place.is_file():
                yield str(place)
            else:
                raise NotRunnableError(f"The test file {path} does not exist.")

    def _suite(self, folder: Path, patterns: Sequence[str], node: Node) -> Iterator[str]:
        """What the test script names, else what Node would find by itself."""
        files = list(script_files(folder))
        wanted = {file for pattern in patterns for file in _matching(folder, pattern)}
        wanted = wanted or {file for file in files if is_test(file)}
        typed = node.types or node.version >= (22, 6) or self.package.installed("tsx")
        for file in files:
            if file in wanted and (typed or PurePosixPath(file).suffix not in _TYPED):
                yield str(folder / file)

    def _typing(self, node: Node, options: Sequence[str]) -> list[str]:
        """The option by which Node runs TypeScript here. Raises NotRunnableError."""
        if node.types or any("tsx" in option or "strip-types" in option for option in options):
            return []
        if self.package.installed("tsx"):
            return ["--import", "tsx"]
        if node.version >= (22, 6):
            return ["--experimental-strip-types"]
        raise NotRunnableError(
            "This Node runs no TypeScript. Install tsx in the repository (npm install --save-dev "
            "tsx), or use Node.js 22.18 or newer."
        )


def is_test(path: str) -> bool:
    """Whether Node takes a file for tests by its path."""
    file = PurePosixPath(path)
    return bool(_NAMED.match(file.stem)) or "test" in file.parts[:-1]


def of_script(script: str) -> tuple[list[str], list[str]]:
    """Node's options and the file patterns in a script like ``node --import tsx --test src``."""
    try:
        words = shlex.split(script)
    except ValueError:
        return [], []
    starts = [i for i, word in enumerate(words) if word in ("node", "tsx")]
    if not starts or "--test" not in words[starts[0] :]:
        return [], []
    options = ["--import", "tsx"] if words[starts[0]] == "tsx" else []
    patterns: list[str] = []
    rest = itertools.takewhile(lambda word: word not in _OPERATORS, words[starts[0] + 1 :])
    for word in rest:
        if word in _WITH_VALUE:
            options += [word, next(rest, "")]
        elif not word.startswith("-"):
            patterns.append(word)
        elif not word.startswith(("--test", "--watch", "--experimental-test")):
            options.append(word)
    return options, patterns


def _matching(folder: Path, pattern: str) -> Iterator[str]:
    """Scripts in `folder` that a pattern names; a folder stands for the tests in it."""
    pattern = pattern.removeprefix("./")
    if PurePosixPath(pattern).is_absolute() or ".." in PurePosixPath(pattern).parts:
        return
    for each in _alternatives(pattern):
        for path in folder.glob(each) if each else ():
            if path.is_dir():
                yield from (f"{path.relative_to(folder)}/{file}" for file in script_files(path))
            elif path.suffix in SCRIPTS:
                yield path.relative_to(folder).as_posix()


def _alternatives(pattern: str) -> list[str]:
    """``a.{js,ts}`` as ``a.js`` and ``a.ts``; Python's globs have no braces."""
    parts = re.split(r"\{([^{}]*)\}", pattern)
    choices = [part.split(",") if i % 2 else [part] for i, part in enumerate(parts)]
    return ["".join(choice) for choice in itertools.product(*choices)]
