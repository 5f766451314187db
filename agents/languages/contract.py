"""What the pair asks of a programming language.

A language knows one repository: the names of its files, and the texts that it needs. Nothing
here starts a program; how tests are run is the business of `agents/tools/runners`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from agents.behaviors.compose_tests import TestModule, WrittenTest
    from agents.behaviors.extract_examples import Example
    from agents.behaviors.find_subjects import Subject
    from agents.behaviors.open_function import Opening
    from agents.languages.calls import Calls
    from agents.tools.edits import MergeResult
    from agents.tools.mutation.contract import Operators
    from agents.tools.repo_map import Symbol
    from memory.records import Criterion, Ticket

ImportOf = Callable[[str], str | None]
"""Name -> the import line that binds it, or None if nobody knows it."""


@dataclass(frozen=True)
class ReadTest:
    """A test as a prompt has it."""

    text: str
    calls: frozenset[str]
    """Names of what it calls."""
    expects_error: bool


@dataclass(frozen=True)
class Scope:
    """What a test may call and use."""

    symbol: str
    """The thing under test: ``function``, ``Class`` or ``Class.method``."""
    import_of: ImportOf
    imports: Mapping[str, str] = field(default_factory=dict)
    """Import lines of the repository's own tests, by the name that they bind."""
    fixtures: Collection[str] = ()
    """Names of the fixtures that a test may ask for."""


class Language(Protocol):
    """One language in one repository."""

    @property
    def name(self) -> str:
        """As a prompt says it: ``Python``."""

    @property
    def fence(self) -> str:
        """Tag of its code blocks in Markdown: ``python``."""

    @property
    def comment(self) -> str:
        """What begins a comment that ends with its line."""

    @property
    def test_framework(self) -> str:
        """What the repository's tests are written for: ``pytest``."""

    @property
    def stops(self) -> tuple[str, ...]:
        """Where the code of an answer has ended, beside the end of its block."""

    @property
    def ready_modules(self) -> tuple[str, ...]:
        """Some that `completed` imports where code uses them, the most useful ones."""

    @property
    def symbol_pattern(self) -> str:
        """JSON-schema pattern of a function, class or ``Class.method`` that a model names."""

    def with_runner(self, runner: str) -> Language:
        """The same, where tests are run by a runner of that name."""

    # ------------------------------------------------------------------ files

    def owns(self, path: str) -> bool:
        """Whether `path` is a file of the language."""

    def may_hold_code(self, path: str) -> bool:
        """Whether a feature may go into `path`: a file of the language, no test, no set-up."""

    def new_file(self, words: str) -> str:
        """Name of a new file about `words`."""

    def is_collected(self, path: str) -> bool:
        """Whether the test runner finds `path` by itself."""

    @property
    def collected_names(self) -> str:
        """How a test file must be called, for a person: ``test_….py or …_test.py``."""

    def test_path(self, subject: str, target: str, unique: str) -> str:
        """Where a new test file about `subject` of the file `target` goes.

        `unique` is added to its name if there is such a file already.
        """

    def module_of(self, path: str) -> str:
        """What other code calls the file `path`."""

    def import_line(self, name: str, path: str, importer: str) -> str:
        """The line by which the file `importer` gets `name` of the file `path`."""

    # ------------------------------------------------------------------ code

    def symbols(self, text: str) -> list[Symbol]:
        """The definitions of a file; none if it does not parse."""

    def functions(self, text: str, unit: str) -> list[tuple[str, tuple[int, int]]]:
        """Functions and methods inside `unit` (empty: the file), with first and last line."""

    def opening(self, text: str, name: str) -> Opening | None:
        """`text` around the body of a function or method; None if a model cannot go on there."""

    def stub(self, owner: str, signature: str, awaited: bool) -> str:
        """A function that does nothing, or a class `owner` with it as its method.

        `signature` is as `signature_in` gives it; ``self`` is added.
        """

    def extract(self, source: str, name: str) -> str | None:
        """Source of a symbol, at column 0; None if there is none of that name."""

    def code_blocks(self, reply: str) -> list[str]:
        """The blocks of code in a model's reply, each ending with a newline."""

    def sound_start(self, code: str) -> str:
        """Of code that was cut off, the longest beginning that parses; empty if it is nothing."""

    def merge(
        self,
        source: str,
        code: str,
        allowed: set[str] | None = None,
        exported: Collection[str] = (),
    ) -> MergeResult:
        """`code` put into `source` by name, see `agents.tools.edits.merge_symbols`.

        Names of `exported` are made known to other files, where the language asks for that.
        """

    def whole_file(self, source: str, blocks: Sequence[str]) -> str:
        """The new text of a file out of an answer's code blocks; empty if there is none."""

    def completed(self, text: str, source: str, import_of: ImportOf = ...) -> str:
        """`text` with what a model forgets: imports that it needs, and the like.

        What stands in `source`, the file before, is left as it is. `import_of` knows names of
        other files.
        """

    def same_code(self, text: str) -> str:
        """A key that is equal for texts with the same syntax tree."""

    def import_lines(self, text: str) -> list[str]:
        """The lines that import something."""

    def without_docstring(self, source: str, name: str) -> str:
        """`source` without the documentation inside of the function `name`."""

    def is_told(self, source: str, symbol: str, task: str) -> bool:
        """Whether the documentation inside of `symbol` is `task`, word for word."""

    @property
    def operators(self) -> Operators | None:
        """Small changes that a search may make to code; None if nothing is known of them."""

    @property
    def calls(self) -> Calls:
        """How single calls are varied, run and read."""

    # ------------------------------------------------------------------ examples in words

    def examples(self, text: str) -> list[Example]:
        """Calls with their values, in the order in which `text` gives them."""

    def subjects(self, request: str, classes: set[str], known: set[str]) -> list[Subject]:
        """What a wish is about, see `agents.behaviors.find_subjects`; at least one."""

    def signature_in(self, words: str, symbol: str) -> str | None:
        """``slugify(text)`` if `words` write `symbol` like a definition, else None."""

    def is_runnable(self, call: str, value: str, symbol: str) -> bool:
        """Whether `call` is an expression that calls `symbol`, and `value` a literal."""

    # ------------------------------------------------------------------ tests

    def compose(
        self, ticket: Ticket, criterion: Criterion, import_of: ImportOf, words: str = ""
    ) -> WrittenTest | None:
        """A test of the criterion's example; None if it has none that can run.

        The person's `words` may say how to compare, where the language has a choice.
        """

    def test_name(self, symbol: str, criterion: Criterion) -> str:
        """What the test of a criterion is called."""

    def test_module(self, path: str, title: str) -> TestModule:
        """An empty test file."""

    def describe(self, text: str) -> tuple[list[WrittenTest], dict[str, str]]:
        """Each test of a file once by name, and sources of what they may use, by name.

        Raises TicketBlockedError if the file does not parse.
        """

    def read_test(self, source: str) -> ReadTest:
        """A test of `describe` or `compose` in plain assertions."""

    def test_shape(self, test_name: str) -> str:
        """What a model is asked to write for a test of that name."""

    def check_tests(
        self, reply: str, criterion: Criterion, scope: Scope
    ) -> list[WrittenTest] | str:
        """The tests in a model's reply that hold, all called as `criterion` is, or why none does.

        What is checked is what reading can tell.
        """

    def add_tests(self, path: str, source: str, code: str, import_line: str) -> MergeResult:
        """`code` of tests put into `source`, the text of the test file `path`.

        `import_line` is how it gets what they test.
        """
