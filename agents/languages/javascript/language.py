"""JavaScript and TypeScript, as the pair asks of a language."""

from __future__ import annotations

import contextlib
import posixpath
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from agents.behaviors.compose_tests import TestModule, WrittenTest
from agents.behaviors.extract_examples import Example
from agents.behaviors.find_subjects import Subject
from agents.behaviors.open_function import Opening
from agents.errors import TicketBlockedError
from agents.languages.contract import ImportOf, ReadTest, Scope
from agents.languages.javascript.added_tests import with_tests
from agents.languages.javascript.answer import reason
from agents.languages.javascript.blocks import code_blocks
from agents.languages.javascript.calls import ScriptCalls
from agents.languages.javascript.check_test import check_test
from agents.languages.javascript.compose import (
    ScriptTestModule,
    compose_test,
    framework_imports,
    test_name,
)
from agents.languages.javascript.examples import extract_examples, find_subjects, signature_in
from agents.languages.javascript.exports import exported_names
from agents.languages.javascript.expressions import is_call_of, is_value, literal
from agents.languages.javascript.extract import extract
from agents.languages.javascript.imports import DEFAULT, Imported, is_import
from agents.languages.javascript.merge import merge_symbols
from agents.languages.javascript.missing_imports import with_missing_imports
from agents.languages.javascript.module import IGNORED, Module, System, named
from agents.languages.javascript.mutation import ScriptOperators
from agents.languages.javascript.open_function import opening_in
from agents.languages.javascript.plain_asserts import read_test
from agents.languages.javascript.project import Framework, Project, is_script, is_suite
from agents.languages.javascript.shadowed_methods import with_methods_in_sight
from agents.languages.javascript.suites import describe
from agents.languages.javascript.symbols import functions_of, symbols_of
from agents.python_names import identifier
from agents.tools.edits import MergeResult
from agents.tools.repo_map import Symbol, is_test_file
from agents.tools.syntax_tree import text_of, tokens
from memory.records import Criterion, Ticket

_BOM = "\ufeff"
_GRAMMARS = {".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "tsx"}
_FRAMEWORKS: dict[str, Framework] = {"node": "node:test", "vitest": "vitest", "jest": "jest"}
_TEST_FOLDERS = ("test", "tests", "__tests__", "spec")
_SETUP = re.compile(r"(?:.*\.config|.*rc|gulpfile|gruntfile)\.[cm]?[jt]s", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True)
class JavaScript:
    """The language of one file, or of files like it, in one repository."""

    path: str
    project: Project
    test_framework: Framework = "node:test"
    comment: str = "//"
    ready_modules: tuple[str, ...] = ()
    symbol_pattern: str = "^[A-Za-z_$][A-Za-z0-9_$]{1,40}(\\\\.[A-Za-z_$][A-Za-z0-9_$]{1,40})?$"
    stops: tuple[str, ...] = (
        "\ntest(", "\ndescribe(", "\nit(", "\nassert", "\nexpect(", "\nconsole.log(", "\n// Test",
        "\n// Example", "\n// Usage",
    )  # fmt: skip

    @classmethod
    def of(cls, path: str, files: Sequence[str], sources: Mapping[str, str]) -> JavaScript:
        """The language of `path` in a repository with `files`, of which `sources` are known."""
        return cls(path, Project(files, sources))

    def with_runner(self, runner: str) -> JavaScript:
        """See `Language`."""
        return replace(self, test_framework=_FRAMEWORKS.get(runner, self.test_framework))

    @property
    def grammar(self) -> str:
        """Of tree-sitter."""
        return _GRAMMARS.get(PurePosixPath(self.path).suffix, "javascript")

    @property
    def name(self) -> str:
        """See `Language`."""
        return "JavaScript" if self.grammar == "javascript" else "TypeScript"

    @property
    def fence(self) -> str:
        """See `Language`."""
        return self.name.lower()

    # ------------------------------------------------------------------ files

    def owns(self, path: str) -> bool:
        """See `Language`."""
        return is_script(path)

    def may_hold_code(self, path: str) -> bool:
        """See `Language`: no configuration, and of the same dialect."""
        alike = PurePosixPath(path).suffix in _GRAMMARS or self.name == "JavaScript"
        named = _SETUP.fullmatch(PurePosixPath(path).name)
        return self.owns(path) and alike and not named and not is_test_file(path)

    def new_file(self, words: str) -> str:
        """See `Language`."""
        return self._styled(words) + PurePosixPath(self.path).suffix

    @property
    def collected_names(self) -> str:
        """See `Language`."""
        suffix = PurePosixPath(self.path).suffix
        spec = "" if self.test_framework == "node:test" else f" or ….spec{suffix}"
        return f"….test{suffix}{spec}"

    def is_collected(self, path: str) -> bool:
        """See `Language`."""
        folder = "__tests__" if self.test_framework == "jest" else "test"
        inside = folder in PurePosixPath(path).parts[:-1] and self.test_framework != "vitest"
        return self.owns(path) and (is_suite(path) or inside)

    def test_path(self, subject: str, target: str, unique: str) -> str:
        """See `Language`: beside the code where the other tests are, else in their folder."""
        suites = self.project.test_suites()
        folders = [posixpath.dirname(path) for path in suites]
        apart = [f for f in folders if PurePosixPath(f).name in _TEST_FOLDERS]
        folder = max(apart, key=apart.count) if apart else "test"
        if suites and len(apart) * 2 < len(suites):
            folder = posixpath.dirname(target)
        spec = sum(PurePosixPath(path).stem.endswith(".spec") for path in suites)
        ending = (".spec" if spec * 2 > len(suites) else ".test") + PurePosixPath(target).suffix
        stem = self._styled(subject)
        taken = {PurePosixPath(path).name.casefold() for path in self.project.files}
        if (stem + ending).casefold() in taken:
            stem += f"-{identifier(unique)}"
        return posixpath.join(folder, stem + ending)

    def module_of(self, path: str) -> str:
        """See `Language`."""
        return path

    def import_line(self, name: str, path: str, importer: str) -> str:
        """See `Language`."""
        bare = self.test_framework != "node:test"
        source = self.project.module_path(path, importer, bare)
        module = self._known_module(path)
        is_default = module is not None and self._is_default(name, path, module)
        is_type = module is not None and _is_type(name, module)
        imported = Imported(source, DEFAULT if is_default else name, name, is_type)
        return imported.line(self._system_of(importer), '"', ";")

    def _system_of(self, path: str) -> System:
        if path in self.project.files:
            return self.project.system(path)
        return "esm" if self.test_framework == "vitest" else self.project.system(self.path)

    def _known_module(self, path: str) -> Module | None:
        """A file of the repository; None if its text is not known or does not parse."""
        try:
            return Module(self.project.sources[path], JavaScript(path, self.project).grammar)
        except (KeyError, SyntaxError):
            return None

    def _is_default(self, name: str, path: str, module: Module) -> bool:
        """Whether `name` is the one thing that the file gives."""
        default = JavaScript(path, self.project)._default_name(name)
        definition = named(module.definitions, default).get(name)
        if definition is None or definition.is_default:
            return definition is not None
        alone = re.compile(rf"(?:export default|module\.exports =) {re.escape(name)}\s*;?")
        return any(alone.fullmatch(text_of(statement)) for statement in module.statements)

    def _styled(self, words: str) -> str:
        """`words` as the repository's file names are written; kebab-case if it does not show."""
        parts = identifier(_CAMEL.sub(" ", words), 32).split("_")
        stems = [PurePosixPath(p).name.split(".")[0] for p in self.project.files if is_script(p)]
        if sum("_" in stem for stem in stems) > sum("-" in stem for stem in stems):
            return "_".join(parts)
        if any(_CAMEL.search(stem) for stem in stems) and not any("-" in stem for stem in stems):
            return parts[0] + "".join(part.title() for part in parts[1:])
        return "-".join(parts)

    # ------------------------------------------------------------------ code

    def _module(self, text: str) -> Module:
        """The parsed text. Raises SyntaxError."""
        return Module(text.removeprefix(_BOM), self.grammar)

    def _default_name(self, name: str) -> str:
        """`name` if the file is called so, and its anonymous default export is meant by it."""
        stem = PurePosixPath(self.path).name.split(".")[0]
        alike = identifier(stem).replace("_", "") == name.lower().replace("_", "")
        return name if alike else ""

    def symbols(self, text: str) -> list[Symbol]:
        """See `Language`."""
        try:
            return symbols_of(self._module(text))
        except SyntaxError:
            return []

    def functions(self, text: str, unit: str) -> list[tuple[str, tuple[int, int]]]:
        """See `Language`."""
        return list(functions_of(self._module(text), unit))

    def opening(self, text: str, name: str) -> Opening | None:
        """See `Language`."""
        try:
            return opening_in(self._module(text), name)
        except SyntaxError:
            return None

    def stub(self, owner: str, signature: str, awaited: bool) -> str:
        """See `Language`."""
        word = "async " if awaited else ""
        if owner:
            return f"class {owner} {{\n  {word}{signature} {{\n  }}\n}}\n"
        return f"{word}function {signature} {{\n}}\n"

    def extract(self, source: str, name: str) -> str | None:
        """See `Language`."""
        try:
            return extract(self._module(source), name, self._default_name(name))
        except SyntaxError:
            return None

    def code_blocks(self, reply: str) -> list[str]:
        """See `Language`."""
        return code_blocks(reply, self.grammar)

    def sound_start(self, code: str) -> str:
        """See `Language`: open braces stay open, so there is none."""
        return ""

    def merge(
        self,
        source: str,
        code: str,
        allowed: set[str] | None = None,
        exported: Collection[str] = (),
    ) -> MergeResult:
        """See `Language`."""
        system = self.project.system(self.path)
        plain = [name for name in allowed or () if "." not in name]
        default = self._default_name(plain[0]) if len(plain) == 1 else ""
        return merge_symbols(source, code, self.grammar, system, allowed, exported, default)

    def whole_file(self, source: str, blocks: Sequence[str]) -> str:
        """See `Language`: the first block that defines and exports all that the file did.

        Other blocks go in by name, and so do those in another system of modules.
        """
        wanted, exported, system = self._given(source)
        for code in blocks:
            names, given, written = self._given(code)
            alike = written in (None, system or self.project.system(self.path))
            if names and wanted <= names and exported <= given and alike:
                return code
        merged = self.merge(source, "\n\n".join(blocks))
        return merged.text if merged.changed else ""

    def _given(self, text: str) -> tuple[set[str], set[str], System | None]:
        """Names of functions and classes, names that are exported, and the system of modules."""
        try:
            module = self._module(text)
        except SyntaxError:
            return set(), set(), None
        kinds = ("function", "class")
        names = {name for name, d in module.definitions.items() if d.kind in kinds}
        return names, exported_names(module), module.system

    def completed(self, text: str, source: str, import_of: ImportOf = lambda _name: None) -> str:
        """See `Language`: imports, and methods kept in sight."""
        bom = text[: len(text) - len(text.removeprefix(_BOM))]
        try:
            module = self._module(text)
        except SyntaxError:
            return text
        with contextlib.suppress(SyntaxError):  # of the file before
            module = self._module(with_methods_in_sight(module, self._module(source)))
        return bom + with_missing_imports(module, self.project.system(self.path), import_of)

    def same_code(self, text: str) -> str:
        """See `Language`."""
        return "\0".join(tokens(self._module(text).root, IGNORED))

    def import_lines(self, text: str) -> list[str]:
        """See `Language`."""
        try:
            statements = self._any_module(text).statements
        except SyntaxError:
            return []
        return [text_of(statement) for statement in statements if is_import(statement)]

    def _any_module(self, text: str) -> Module:
        """The parsed text of another file, perhaps in another dialect. Raises SyntaxError."""
        others = {"javascript", "typescript", "tsx"} - {self.grammar}
        for grammar in (self.grammar, *sorted(others)):
            with contextlib.suppress(SyntaxError):
                return Module(text.removeprefix(_BOM), grammar)
        return self._module(text)

    def without_docstring(self, source: str, name: str) -> str:
        """See `Language`: documentation is outside of functions."""
        return source

    def is_told(self, source: str, symbol: str, task: str) -> bool:
        """See `Language`: documentation is outside of functions."""
        return False

    @property
    def operators(self) -> ScriptOperators:
        """See `Language`."""
        return ScriptOperators(self.grammar, self._default_name)

    @property
    def calls(self) -> ScriptCalls:
        """See `Language`."""
        return ScriptCalls(self.test_framework, self._system_of(""))

    # ------------------------------------------------------------------ examples in words

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

    # ------------------------------------------------------------------ tests

    def compose(
        self, ticket: Ticket, criterion: Criterion, import_of: ImportOf, words: str = ""
    ) -> WrittenTest | None:
        """See `Language`."""
        system = self._system_of("")
        return compose_test(ticket, criterion, import_of, self.test_framework, system)

    def test_name(self, symbol: str, criterion: Criterion) -> str:
        """See `Language`."""
        return test_name(symbol, criterion)

    def test_module(self, path: str, title: str) -> TestModule:
        """See `Language`."""
        return ScriptTestModule(path, title)

    def describe(self, text: str) -> tuple[list[WrittenTest], dict[str, str]]:
        """See `Language`."""
        try:
            return describe(self._any_module(text))
        except SyntaxError as error:
            problem = f"The acceptance tests do not parse: {reason(error)}."
            raise TicketBlockedError(problem) from error

    def read_test(self, source: str) -> ReadTest:
        """See `Language`."""
        return read_test(source)

    def test_shape(self, test_name: str) -> str:
        """See `Language`."""
        return f"test `test({literal(test_name)}, () => {{ … }})`"

    def check_tests(
        self, reply: str, criterion: Criterion, scope: Scope
    ) -> list[WrittenTest] | str:
        """See `Language`: a reply has one test."""
        test = check_test(
            "\n\n".join(self.code_blocks(reply)),
            self.test_name(scope.symbol, criterion.model_copy(update={"call": None})),
            criterion,
            scope.symbol,
            scope.import_of,
            self.test_framework,
            self._system_of(""),
            self.grammar,
        )
        return test if isinstance(test, str) else [test]

    def add_tests(self, path: str, source: str, code: str, import_line: str) -> MergeResult:
        """See `Language`."""
        system = self._system_of(path)
        imports = [*framework_imports(self.test_framework, system), import_line]
        grammar = JavaScript(path, self.project).grammar
        return with_tests(source, code, imports, grammar, system)


def _is_type(name: str, module: Module) -> bool:
    """Whether a name exists for the type checker alone."""
    definition = module.definitions.get(name)
    return definition is not None and definition.kind == "type"
