"""Examples in a person's words become JavaScript tests as they stand."""

from __future__ import annotations

import pytest

from agents.behaviors.extract_examples import Example
from agents.languages.javascript.examples import extract_examples, find_subjects, signature_in
from agents.languages.javascript.language import JavaScript
from memory.records import Criterion, Ticket

TICKET = Ticket(
    id="tkt-1", repository="r", title="Slugs", target_file="src/slugify.js", target_symbol="slugify"
)


@pytest.mark.parametrize(
    ("text", "example"),
    [
        ('slugify("A b") returns "a-b"', ('slugify("A b")', '"a-b"')),
        ("parse('1,2') gives [1, 2].", ("parse('1,2')", "[1, 2]")),
        ("new Ledger([1, 2]).total() is 3, and so on", ("new Ledger([1, 2]).total()", "3")),
        ("pick({a: 1}) -> {b: {c: [null]}}", ("pick({a: 1})", "{b: {c: [null]}}")),
        ("find([]) returns undefined", ("find([])", "undefined")),
        ("isOk(1) returns True", ("isOk(1)", "true")),
        ("unique([1, 1]) returns new Set([1])", ("unique([1, 1])", "new Set([1])")),
        ("words('a b').length is 2", ("words('a b').length", "2")),
        ("slug('x') gives hello-world", ("slug('x')", '"hello-world"')),
        ("each([1], (x) => x + 1) returns [2]", ("each([1], (x) => x + 1)", "[2]")),
        ("slug('A'); // 'a'", ("slug('A')", "'a'")),
        ("isOk(1) ==> true", ("isOk(1)", "true")),
    ],
)
def test_call_and_value_are_read_as_javascript(text: str, example: tuple[str, str]) -> None:
    assert extract_examples(text) == [Example(*example)]


def test_exception_is_read_by_its_name() -> None:
    assert extract_examples('roman("") throws a RangeError') == [
        Example('roman("")', raises="RangeError")
    ]


@pytest.mark.parametrize("text", ["slugify(text) is short", "add(1, 2) and so on", "f(] returns 1"])
def test_words_without_an_example_give_none(text: str) -> None:
    assert extract_examples(text) == []


def test_subject_is_what_is_defined_or_called() -> None:
    text = 'Add slugify(text, { sep = "-" } = {}). For example slugify("A b") returns "a-b".'
    (subject,) = find_subjects(text, set(), set())
    assert subject.symbol == "slugify" and len(subject.examples) == 1
    (subject,) = find_subjects("new Ledger([1]).total() returns 1", {"Ledger"}, {"Ledger"})
    assert subject.symbol == "Ledger.total"
    assert signature_in("Add slugify(text, sep = '-').", "slugify") == "slugify(text, sep = '-')"
    assert signature_in("slugify('a') returns 'a'", "slugify") is None


def test_arguments_may_be_named() -> None:
    text = "Add power(n, k = 1).\nFor n = 3, k = 2 the output should be 9.\nInput: 2, 3\nOutput: 8"
    (subject,) = find_subjects(text, set(), set())
    assert subject.examples == [Example("power(3, 2)", "9"), Example("power(2, 3)", "8")]


def composed(
    example: Example,
    files: dict[str, str] | None = None,
    path: str = "src/slugify.js",
    runner: str = "node",
) -> str:
    language = JavaScript.of(path, list(files or {}), files or {}).with_runner(runner)
    test_path = language.test_path("slugify", path, "1")
    criterion = Criterion(
        id="AC-1",
        text="Example:",
        call=example.call,
        expected=example.expected,
        raises=example.raises,
        origin="person",
    )
    module = language.test_module(test_path, "Acceptance tests.")
    test = language.compose(
        TICKET,
        criterion,
        lambda n: language.import_line(n, path, test_path) if n == "slugify" else None,
    )
    assert test is not None and test.binding
    module.tests.append(test)
    return module.source()


ESM = {"package.json": '{"type": "module"}'}


def test_composed_file_is_a_whole_node_test() -> None:
    assert composed(Example('slugify("A b")', '"a-b"'), ESM) == (
        "// Acceptance tests.\n\n"
        'import assert from "node:assert/strict";\nimport { test } from "node:test";\n\n'
        'import { slugify } from "../src/slugify.js";\n\n'
        'test("slugify AC-1: a b", () => {\n'
        "  // AC-1: the example given with the requirement.\n"
        '  assert.equal(slugify("A b"), "a-b");\n'
        "});\n"
    )


@pytest.mark.parametrize(
    ("example", "line"),
    [
        (Example("slugify(1)", "[1, 2]"), "assert.deepEqual(slugify(1), [1, 2]);"),
        (
            Example("slugify(1)", raises="RangeError"),
            "assert.throws(() => slugify(1), RangeError);",
        ),
        (Example("slugify(1)", "0.3"), "assert.ok(Math.abs(actual - value) < 1e-9"),
        (Example("slugify(1)", "NaN"), "assert.equal(slugify(1), NaN);"),
    ],
)
def test_values_are_compared_as_their_kind_asks(example: Example, line: str) -> None:
    assert line in composed(example, ESM)


def test_commonjs_repository_gets_requires() -> None:
    text = composed(Example("slugify(1)", "2"), {"src/slugify.js": "module.exports = {};\n"})
    assert 'const { slugify } = require("../src/slugify.js");' in text
    assert 'const assert = require("node:assert/strict");' in text and "import" not in text


def test_new_file_is_written_in_the_modules_of_the_others() -> None:
    for text, system in (("export const a = 1;\n", "esm"), ("exports.a = 1;\n", "commonjs")):
        project = JavaScript.of("src/new.js", ["src/a.js"], {"src/a.js": text}).project
        assert project.system("src/new.js") == system
        assert project.system("src/new.mjs") == "esm" and project.system("new.ts") == "esm"


def test_vitest_repository_gets_expectations() -> None:
    text = composed(Example("slugify(1)", "[2]"), {}, "src/slugify.ts", "vitest")
    assert 'import { expect, test } from "vitest";' in text
    assert 'import { slugify } from "../src/slugify";' in text
    assert "expect(slugify(1)).toEqual([2]);" in text
    assert "expect(() => slugify(1)).toThrow(Error);" in composed(
        Example("slugify(1)", raises="Error"), {}, runner="vitest"
    )


def test_typescript_is_imported_as_the_repository_does() -> None:
    own = {"src/a.ts": 'import { b } from "./b.js";\n', "src/slugify.ts": ""}
    line = 'import { slugify } from "../src/slugify{}";'
    for files, suffix in ((own, ".js"), ({"src/slugify.ts": ""}, ".ts")):
        text = composed(Example("slugify(1)", "2"), files, "src/slugify.ts")
        assert line.replace("{}", suffix) in text


def test_default_export_is_imported_as_one() -> None:
    files = {"src/slugify.js": "export default (text) => text;\n"}
    assert 'import slugify from "../src/slugify.js";' in composed(Example("slugify(1)", "2"), files)
    files = {"src/slugify.js": "function slugify() {}\nmodule.exports = slugify;\n"}
    text = composed(Example("slugify(1)", "2"), files)
    assert 'const slugify = require("../src/slugify.js");' in text


@pytest.mark.parametrize(
    ("files", "target", "path"),
    [
        ([], "src/slugify.js", "test/slugify.test.js"),
        (["src/a.test.js", "src/b.test.js"], "src/x/slugify.js", "src/x/slugify.test.js"),
        (["tests/a.spec.ts"], "src/slugify.ts", "tests/slugify.spec.ts"),
        (["test/slugify.test.mjs"], "slugify.mjs", "test/slugify-1.test.mjs"),
    ],
)
def test_new_test_file_is_called_as_the_others_are(
    files: list[str], target: str, path: str
) -> None:
    assert JavaScript.of(target, files, {}).test_path("slugify", target, "1") == path
