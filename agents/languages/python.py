"""Python with pytest. Edits keep every byte by libcst; names are read off by ast."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from agents.behaviors.check_test import check_answer
from agents.behaviors.compose_tests import TestModule, WrittenTest, compose_test, test_name
from agents.behaviors.describe_tests import describe
from agents.behaviors.extract_examples import Example, extract_examples, is_call_of, is_value
from agents.behaviors.find_parts import functions_in
from agents.behaviors.find_subjects import Subject, find_subjects
from agents.behaviors.open_function import Opening, opening_in
from agents.behaviors.plain_asserts import plain
from agents.behaviors.unittest_style import needs_pytest
from agents.behaviors.whole_file import sound_start, whole_file
from agents.languages.contract import ImportOf, ReadTest, Scope
from agents.languages.python_calls import PythonCalls
from agents.python_names import identifier, signature_in, slug, standard_import
from agents.tools.code_blocks import extract_code_blocks
from agents.tools.edits import MergeResult, extract_symbol, merge_symbols, without_docstring
from agents.tools.missing_imports import import_statements, with_missing_imports
from agents.tools.missing_self import with_missing_self
from agents.tools.mutation.python_part import PythonOperators
from agents.tools.repo_map import Symbol, is_test_file, module_name, symbols_in
from agents.tools.shadowed_functions import with_functions_in_sight
from agents.tools.shadowed_methods import with_methods_in_sight
from memory.records import Criterion, Ticket

_NO_CODE = {"__init__.py", "__main__.py", "setup.py", "conftest.py", "noxfile.py", "tasks.py"}
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Python:
    """Python in a repository with these files."""

    files: Sequence[str] = ()
    runner: str = "pytest"
    """Where it is unittest, tests are written as functions and put into a class."""
    name: str = "Python"
    fence: str = "python"
    comment: str = "#"
    test_framework: str = "pytest"
    collected_names: str = "test_….py or …_test.py"
    ready_modules: tuple[str, ...] = ("re", "math", "itertools")
    symbol_pattern: str = "^[A-Za-z_][A-Za-z0-9_]{1,40}(\\\\.[a-z_][a-z0-9_]{1,40})?$"
    stops: tuple[str, ...] = (
        "\ndef test_", "\nassert ", "\nprint(", "\n# Test", "\n# Example", "\n# Usage"
    )  # fmt: skip

    def with_runner(self, runner: str) -> Python:
        """See `Language`."""
        return replace(self, runner=runner)

    def owns(self, path: str) -> bool:
        """See `Language`."""
        return path.endswith(".py")

    def may_hold_code(self, path: str) -> bool:
        """See `Language`: no packaging, no markers of a package."""
        named = PurePosixPath(path).name not in _NO_CODE
        return self.owns(path) and named and not is_test_file(path)

    def new_file(self, words: str) -> str:
        """See `Language`."""
        return slug(words, 24).replace("-", "_") + ".py"

    def is_collected(self, path: str) -> bool:
        """See `Language`."""
        file = PurePosixPath(path)
        named = file.name.startswith("test_") or file.stem.endswith("_test")
        return file.suffix == ".py" and named

    def test_path(self, subject: str, target: str, unique: str) -> str:
        """See `Language`: where most tests are, or in ``tests``."""
        tests = [path for path in self.files if path.endswith(".py") and is_test_file(path)]
        folders = [str(PurePosixPath(path).parent) for path in tests]
        folder = max(folders, key=folders.count, default="tests")
        stem = f"test_{identifier(subject)}"
        # Not all file systems tell names apart that differ only in case.
        if f"{stem}.py".casefold() in {PurePosixPath(path).name.casefold() for path in self.files}:
            stem += f"_{identifier(unique)}"
        return f"{stem}.py" if folder == "." else f"{folder}/{stem}.py"

    def module_of(self, path: str) -> str:
        """See `Language`."""
        return module_name(path, self.files)

    def import_line(self, name: str, path: str, importer: str) -> str:
        """See `Language`."""
        return f"from {self.module_of(path)} import {name}"

    def symbols(self, text: str) -> list[Symbol]:
        """See `Language`."""
        return symbols_in(text)

    def functions(self, text: str, unit: str) -> list[tuple[str, tuple[int, int]]]:
        """See `Language`."""
        return list(functions_in(text, unit))

    def opening(self, text: str, name: str) -> Opening | None:
        """See `Language`."""
        return opening_in(text, name)

    def stub(self, owner: str, signature: str, awaited: bool) -> str:
        """See `Language`."""
        word = "async def" if awaited else "def"
        if owner:
            return (
                f"class {owner}:\n    {word} {signature.replace('(', '(self, ', 1)}:\n        ...\n"
            )
        return f"{word} {signature}:\n    ...\n"

    def extract(self, source: str, name: str) -> str | None:
        """See `Language`."""
        return extract_symbol(source, name)

    def code_blocks(self, reply: str) -> list[str]:
        """See `Language`."""
        return extract_code_blocks(reply)

    def sound_start(self, code: str) -> str:
        """See `Language`."""
        return sound_start(code)

    def merge(
        self,
        source: str,
        code: str,
        allowed: set[str] | None = None,
        exported: Collection[str] = (),
    ) -> MergeResult:
        """See `Language`: everything at the top level can be imported."""
        return merge_symbols(source, code, allowed)

    def whole_file(self, source: str, blocks: Sequence[str]) -> str:
        """See `Language`."""
        return whole_file(source, blocks)

    def completed(self, text: str, source: str, import_of: ImportOf = standard_import) -> str:
        """See `Language`: imports, ``self``, methods and functions kept in sight."""
        text = with_methods_in_sight(with_missing_self(text, source), source)
        text = with_functions_in_sight(text, source)
        return with_missing_imports(text, import_of)

    def same_code(self, text: str) -> str:
        """See `Language`."""
        return ast.dump(ast.parse(text))

    def import_lines(self, text: str) -> list[str]:
        """See `Language`."""
        return import_statements(text)

    def without_docstring(self, source: str, name: str) -> str:
        """See `Language`."""
        return without_docstring(source, name)

    def is_told(self, source: str, symbol: str, task: str) -> bool:
        """See `Language`."""
        definition = extract_symbol(source, symbol) if symbol else None
        nodes = ast.parse(definition).body if definition else []
        words = task.strip()
        return bool(words) and any(
            isinstance(node, _Function) and ast.get_docstring(node) == words for node in nodes
        )

    @property
    def operators(self) -> PythonOperators:
        """See `Language`."""
        return PythonOperators()

    @property
    def calls(self) -> PythonCalls:
        """See `Language`."""
        return PythonCalls()

    def examples(self, text: str) -> list[Example]:
        """See `Language`."""
        return extract_examples(text)

    def subjects(self, request: str, classes: set[str], known: set[str]) -> list[Subject]:
        """See `Language`."""
        return find_subjects(request, classes, known)

    def signature_in(self, words: str, symbol: str) -> str | None:
        """See `Language`."""
        return signature_in(words, symbol)

    def is_runnable(self, call: str, value: str, symbol: str) -> bool:
        """See `Language`."""
        return is_call_of(call, symbol) and is_value(value)

    def compose(
        self, ticket: Ticket, criterion: Criterion, import_of: ImportOf, words: str = ""
    ) -> WrittenTest | None:
        """See `Language`."""
        return compose_test(ticket, criterion, import_of, words)

    def test_name(self, symbol: str, criterion: Criterion) -> str:
        """See `Language`."""
        return test_name(symbol, criterion)

    def test_module(self, path: str, title: str) -> TestModule:
        """See `Language`."""
        return TestModule(path, title, style=self.runner)

    def describe(self, text: str) -> tuple[list[WrittenTest], dict[str, str]]:
        """See `Language`: methods of test classes are functions that begin with the set-up."""
        return describe(text)

    def read_test(self, source: str) -> ReadTest:
        """See `Language`."""
        text = plain(source)
        functions = (n.func for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call))
        return ReadTest(text, frozenset(map(_last_name, functions)), "raises(" in text)

    def test_shape(self, test_name: str) -> str:
        """See `Language`."""
        return f"function `def {test_name}():`"

    def check_tests(
        self, reply: str, criterion: Criterion, scope: Scope
    ) -> list[WrittenTest] | str:
        """See `Language`."""
        tests = check_answer(reply, criterion, scope)
        if self.runner != "unittest" or isinstance(tests, str):
            return tests
        reasons = [needs_pytest(test.source) for test in tests]
        return [t for t, reason in zip(tests, reasons, strict=True) if not reason] or reasons[0]

    def add_tests(self, path: str, source: str, code: str, import_line: str) -> MergeResult:
        """See `Language`: tests are functions, which bring their imports."""
        return merge_symbols(source, code)


def _last_name(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


PYTHON = Python()
"""Python where nothing is known of the repository."""
