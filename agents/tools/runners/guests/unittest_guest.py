"""Runs unittest in the sandbox and writes what each test did, one JSON object a line.

Usage: python unittest_guest.py ROOT REPORT [-x] [PATH …], from the folder ROOT.

No import of Tenon: it runs with the repository's own interpreter, Python 3.8 or newer. Exit
code 0: all passed, 1: some failed, 5: there are none. The last line is ``{"end": true}``.
"""

from __future__ import annotations

import sys

# Its own folder is none of the repository's.
sys.path.pop(0)

import importlib
import importlib.util
import json
import os
import re
import time
import traceback
import unittest
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Callable, Iterator, List, Tuple  # noqa: UP035 - Python 3.8

_NAMES = ("test*.py", "*_test.py")
_NOT_SEARCHED = ("__pycache__", "build", "dist", "node_modules", "venv", "env", "site-packages")
_HOLDER = re.compile(r"((?:setUp|tearDown)(?:Class|Module)) \((.+)\)$")


class Report(unittest.TestResult):
    """Tells each test when it ends. The methods that unittest calls have its names."""

    def __init__(self, root: Path, write: Callable[[dict[str, Any]], None]) -> None:
        super().__init__()
        self.root, self.write = root, write
        self.file = Path()
        self.count = 0
        self.began: dict[int, float] = {}

    def tell(self, outcome: str, parts: list[str], name: str = "", **more: Any) -> None:
        """Write one line; no `parts` stand for the whole file."""
        self.count += 1
        told = {"file": str(self.file), "parts": parts, "name": name, "outcome": outcome}
        self.write({**told, **more})

    def told(self, test: Any, outcome: str, parameters: str = "", **more: Any) -> None:
        """Tell about a test; `parameters` are those of a subtest."""
        began = self.began.get(id(test))
        if began is not None:
            more["seconds"] = round(time.perf_counter() - began, 6)
        parts, name = names(test)
        if parts:
            parts[-1] += parameters
        self.tell(outcome, parts, name, **more)

    def startTest(self, test: Any) -> None:  # noqa: D102, N802
        super().startTest(test)
        self.began[id(test)] = time.perf_counter()

    def addSuccess(self, test: Any) -> None:  # noqa: D102, N802
        super().addSuccess(test)
        self.told(test, "passed")

    def addFailure(self, test: Any, err: Any) -> None:  # noqa: D102, N802
        super().addFailure(test, err)
        self.told(test, "failed", **explained(err, self.root))

    def addError(self, test: Any, err: Any) -> None:  # noqa: D102, N802
        super().addError(test, err)
        # An exception in a test is the test's; one in a class's or module's set-up is not.
        outcome = "failed" if isinstance(test, unittest.TestCase) else "error"
        self.told(test, outcome, **explained(err, self.root))

    def addSkip(self, test: Any, reason: str) -> None:  # noqa: D102, N802
        super().addSkip(test, reason)
        self.told(test, "skipped", message=reason)

    def addExpectedFailure(self, test: Any, err: Any) -> None:  # noqa: D102, N802
        super().addExpectedFailure(test, err)
        self.told(test, "skipped", message="it fails, as expected")

    def addUnexpectedSuccess(self, test: Any) -> None:  # noqa: D102, N802
        super().addUnexpectedSuccess(test)
        self.told(test, "failed", message="AssertionError: it passes, but is marked to fail")

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:  # noqa: D102, N802
        super().addSubTest(test, subtest, err)
        if err is not None:
            words = subtest._subDescription()
            words = words[1:-1] if words.startswith("(") else words
            self.told(test, "failed", f"[{words}]", **explained(err, self.root))


def names(test: Any) -> Tuple[List[str], str]:  # noqa: UP006 - Python 3.8
    """The parts of a test's id after its file, and its name."""
    if isinstance(test, unittest.TestCase) and hasattr(test, "_testMethodName"):
        method = test._testMethodName
        return [*type(test).__qualname__.split("."), method], method
    holder = _HOLDER.match(str(test))
    if holder is None:
        return [str(test)], str(test)
    of_class = holder[1].endswith("Class")
    return ([holder[2].rpartition(".")[2], holder[1]] if of_class else []), ""


def explained(err: Any, root: Path) -> dict[str, Any]:
    """Message, traceback and the lines of the repository that an exception went through."""
    kind, value, trace = err
    try:
        words = str(value)
    except Exception:  # some cannot be put into words
        words = ""
    lines = words.split("\n\n", 1)[0].strip().splitlines()
    first = "; ".join(line for line in lines if not line.startswith(("- ", "+ ", "? ")))
    frames = []
    for frame, line in traceback.walk_tb(trace):
        path = Path(frame.f_code.co_filename).resolve()
        if root in path.parents and "__unittest" not in frame.f_globals:
            frames.append((str(path), line))
    if isinstance(value, SyntaxError) and value.filename:
        frames.append((str(Path(value.filename).resolve()), value.lineno or 1))
        first = value.msg or first
    return {
        "message": f"{kind.__name__}: {first}" if first else kind.__name__,
        "detail": "".join(traceback.format_exception(kind, value, trace)),
        "frames": frames,
    }


def files_of(root: Path, paths: list[str]) -> Iterator[Path]:
    """Test files in `paths`; a file that is named counts whatever it is called."""
    for path in [root / path for path in paths] or [root]:
        if path.is_file():
            yield path
        elif not path.is_dir():
            sys.exit(f"file or directory not found: {path.relative_to(root)}")
        for place, folders, files in os.walk(path):
            folders[:] = sorted(name for name in folders if searched(Path(place, name)))
            for file in sorted(files):
                if any(fnmatch(file, name) for name in _NAMES):
                    yield Path(place, file)


def searched(folder: Path) -> bool:
    """Whether a folder may hold tests; a virtual environment holds other people's."""
    hidden = folder.name.startswith(".") or folder.name in _NOT_SEARCHED
    return not hidden and not (folder / "pyvenv.cfg").exists()


def load(path: Path, root: Path) -> Any:
    """The module of a file, named from the first folder around it that is no package."""
    parts, folder = [path.stem], path.parent
    while folder != root and (folder / "__init__.py").exists():
        parts.insert(0, folder.name)
        folder = folder.parent
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    name = ".".join(parts)
    module = importlib.import_module(name)
    if Path(module.__file__ or "").resolve() == path.resolve():
        return module
    # Another file has that name: both are wanted.
    spec = importlib.util.spec_from_file_location(f"{name}_{abs(hash(path))}", path)
    assert spec and spec.loader  # noqa: S101 - it is a Python file
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def run(root: Path, paths: list[str], report: Report) -> None:
    """Run the files one by one, so that each test's file is known."""
    for path in dict.fromkeys(files_of(root, paths)):
        report.file = path
        try:
            suite = unittest.defaultTestLoader.loadTestsFromModule(load(path, root))
        except unittest.SkipTest as skip:
            report.tell("skipped", [], message=str(skip))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a module may also end the program
            where = explained((type(error), error, error.__traceback__), root)
            report.tell("error", [], **where)
            report.errors.append((unittest.TestCase(), str(error)))
        else:
            suite.run(report)
        if report.shouldStop or (report.failfast and not report.wasSuccessful()):
            return


def main(root: str, target: str, *arguments: str) -> int:
    """Run and return the exit code."""
    first = arguments[:1] == ("-x",)
    # Line by line, so that a run that is killed leaves what it has.
    with Path(target).open("w", encoding="utf-8", buffering=1) as file:
        report = Report(Path(root).resolve(), lambda told: print(json.dumps(told), file=file))
        report.failfast = first
        run(report.root, list(arguments[1:] if first else arguments), report)
        print('{"end": true}', file=file)
    if not report.count:
        return 5
    return 0 if report.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
