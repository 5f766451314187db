"""Tests that somebody brought are read as a prompt has them: plain, and by the runner's names."""

from __future__ import annotations

from textwrap import dedent

import pytest

from agents.behaviors.compose_tests import WrittenTest
from agents.behaviors.distil_tests import distil
from agents.errors import TicketBlockedError
from agents.languages.contract import Scope
from agents.languages.javascript.language import JavaScript
from memory.records import Criterion

NODE = JavaScript.of("src/ledger.js", [], {"package.json": '{"type": "module"}'})
TESTS = dedent("""\
    import { beforeEach, describe, it, test } from "node:test";
    import assert from "node:assert/strict";
    import { Ledger, slugify } from "../src/ledger.js";

    const DAY = 3;

    describe("Ledger", () => {
      let ledger;
      beforeEach(() => {
        ledger = new Ledger(DAY);
      });

      it("adds", () => {
        ledger.add(1);
        const total = ledger.total();
        assert.strictEqual(total, 1);
      });

      describe("when empty", () => {
        it("refuses", () => {
          assert.throws(() => ledger.add(""), /number/);
        });
      });
      it.skip("later", () => {});
    });

    test("plain", () => {
      const result = slugify("A b");
      assert.deepStrictEqual(result, ["a"]);
    });
    """)


def test_tests_have_the_names_that_the_runner_reports() -> None:
    tests, helpers = NODE.describe(TESTS)
    assert [t.name for t in tests] == ["Ledger > adds", "Ledger > when empty > refuses", "plain"]
    assert helpers["DAY"] == "const DAY = 3;"


def test_prompt_has_plain_assertions_without_boilerplate() -> None:
    module = NODE.test_module("test/ledger.test.js", "T")
    module.tests, module.helpers = NODE.describe(TESTS)
    assert distil([module], language=NODE) == dedent("""\
        const DAY = 3;
        let ledger;
        test("adds", () => {
          ledger = new Ledger(DAY);
          ledger.add(1);
          assert(ledger.total() === 1);
        });
        test("refuses", () => {
          ledger = new Ledger(DAY);
          assert.throws(() => ledger.add(""), /number/);
        });
        assert.deepEqual(slugify("A b"), ["a"]);""")


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("assert.equal(f(1), 2, 'why');", "assert(f(1) === 2);"),
        ("assert.deepStrictEqual(f(1), [2])", "assert.deepEqual(f(1), [2]);"),
        ("strictEqual(f(1), 2);", "assert(f(1) === 2);"),
        ("assert.ok(f(1));", "assert(f(1));"),
        ("assert.match(f(1), /a/);", "assert.match(f(1), /a/);"),
        ("expect(f(1)).toBe(2);", "assert(f(1) === 2);"),
        ("expect(f(1)).toEqual({ a: 1 });", "assert.deepEqual(f(1), { a: 1 });"),
        ("expect(f(1)).not.toBe(2);", "assert(f(1) !== 2);"),
        ("expect(f(1)).toHaveLength(2);", "assert(f(1).length === 2);"),
        ("expect(() => f(1)).toThrow(RangeError);", "assert.throws(() => f(1), RangeError);"),
        ("expect(f(1)).toBeNull();", "assert(f(1) === null);"),
    ],
)
def test_assertion_is_shown_plainly(statement: str, expected: str) -> None:
    assert NODE.read_test(f'test("a", () => {{ {statement} }});').text == expected


def test_value_that_is_used_twice_keeps_its_name() -> None:
    source = 'test("a", () => { const x = f(1); assert.equal(x, 1); assert.equal(x.y, 2); });'
    assert "const x = f(1);" in NODE.read_test(source).text


def test_table_of_rows_is_shown_with_its_rows() -> None:
    (test,), _ = NODE.describe("it.each([[1, 2], [3, 4]])('of %i', (a, b) => {\n"
                               "  expect(f(a)).toBe(b);\n});\n")  # fmt: skip
    assert test.name == "of %i"
    assert NODE.read_test(test.source).text == (
        'test.each([[1, 2], [3, 4]])("of %i", (a, b) => {\n  assert(f(a) === b);\n});'
    )


def test_tests_that_do_not_parse_are_refused_with_the_place() -> None:
    with pytest.raises(TicketBlockedError, match=r"do not parse: .*line 2"):
        NODE.describe('import x from "y";\ntest("a", () => {\n')


def checked(code: str) -> WrittenTest | str:
    def import_of(name: str) -> str | None:
        known = name == "slugify"
        return NODE.import_line(name, "src/ledger.js", "test/a.test.js") if known else None

    criterion = Criterion(id="AC-1", text="Words.")
    tests = NODE.check_tests(f"```js\n{code}\n```", criterion, Scope("slugify", import_of))
    return tests if isinstance(tests, str) else tests[0]


def test_test_that_a_model_wrote_gets_our_name_and_the_imports_that_it_needs() -> None:
    test = checked(
        'import { slugify } from "slugify";\n'
        'describe("x", () => {\n  it("y", async () => {\n    const out = await slugify("A");\n'
        '    assert.equal(out, "a");\n  });\n});'
    )
    assert isinstance(test, WrittenTest) and not test.binding
    assert test.name == "slugify AC-1: words"
    assert test.source.replace(test.name, "the name") == (
        'test("the name", async () => {\n  const out = await slugify("A");\n'
        '  assert.equal(out, "a");\n});'
    )
    assert test.imports[-1] == 'import { slugify } from "../src/ledger.js";'


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ('test("a", () => { assert.equal(other(1), 1); });', "never calls slugify"),
        ('test("a", () => { slugify(1); });', "asserts nothing"),
        ('test("a", () => { assert(slugify(who)); });', "uses who, which nobody knows"),
        ("const x = slugify(1);", "no test"),
        ('test("a", () => {', "does not parse"),
    ],
)
def test_test_that_proves_nothing_is_thrown_away_with_the_reason(code: str, reason: str) -> None:
    assert reason in str(checked(code))
