"""Changes to JavaScript and TypeScript are the ones meant, and always code."""

import pytest

from agents.languages.javascript.mutation.hints import read_hints
from agents.languages.registry import language_of
from agents.tools.syntax_tree import parse


def changed(source: str, symbol: str, *tests: str, path: str = "a.ts") -> set[str]:
    operators = language_of(path).operators
    assert operators is not None
    part = operators.given(tests).part(source, symbol, [])
    return {m.apply(source) for m in part.mutations if part.key(m) is not None}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("return a < b;", "return a <= b;"),
        ("return a === b;", "return a !== b;"),
        ("return a + b;", "return a - b;"),
        ("return a / b;", "return Math.floor(a / b);"),
        ("return a % b;", "return (((a % b) + b) % b);"),
        ("return a && b;", "return a || b;"),
        ("if (a) return b;", "if (!(a)) return b;"),
        ("return a ? b : 1;", "return a ? 1 : b;"),
        ("return a[b];", "return a[b - 1];"),
        ("return a.slice(1);", "return a.slice(1 + 1);"),
        ("return a.slice(0, b);", "return a.slice(0, b + 1);"),
        ("return a.trim();", "return a.trimEnd();"),
        ("return a.padStart(b);", "return a.padEnd(b);"),
        ("a.push(b);", "a.unshift(b);"),
        ("return Math.floor(a);", "return Math.trunc(a);"),
        ("return a.sort();", "return a.sort((a, b) => a - b);"),
        ("return a.sort((x, y) => x - y);", "return a.sort((x, y) => -(x - y));"),
        ("return a.replace(/x/, b);", "return a.replace(/x/g, b);"),
        ("return a.replace('x', b);", "return a.replaceAll('x', b);"),
        ("return a;", "return [...a];"),
        ("return a;", "return b;"),
        ("let c = 1; return c;", "let c = 0; return c;"),
        ("return 'x';", "return '';"),
        ("return true;", "return false;"),
        ("a++; return a;", "a--; return a;"),
        ("a += b; return a;", "a -= b; return a;"),
        ("return a - b;", "return b;"),
        ("return a(b, 1);", "return a(1, b);"),
        ("a[b] += 2;", "a[b] = (a[b] ?? 0) + 2;"),
        ("a[b]++;", "a[b] = (a[b] ?? 0) + 1;"),
        ("a[b] = [1];", "(a[b] ??= []).push(1);"),
        ("a[b].push(1);", "(a[b] ??= []).push(1);"),
        (
            "return Object.entries(a);",
            "return Object.entries(a).sort((a, b) => b[1] - a[1]);",
        ),
        ("return Object.keys(a);", "return Object.keys(a).sort();"),
        ("for (const c of a) b(c);", "for (const c of [...a].sort()) b(c);"),
        ("return a.pop;", "return a.pop();"),
        (
            "return `${(a % 2).padStart(2)}:${b.padEnd(2)}:${String(a).padEnd(2)}`;",
            "return `${String(a % 2).padStart(2)}:${String(b).padEnd(2)}:${String(a).padEnd(2)}`;",
        ),
        ("return (a.padStart(2) + b).padEnd(3);", "return (String(a).padStart(2) + b).padEnd(3);"),
        ("return Math.floor(a).padStart(2);", "return String(Math.floor(a)).padStart(2);"),
    ],
)
def test_family_has_the_change(before: str, after: str) -> None:
    frame = "export function f(a: any, b: number): any {{\n  {}\n}}\n"
    assert frame.format(after) in changed(frame.format(before), "f")


def test_names_written_as_strings_stay() -> None:
    source = "export function f() {\n  return { 'k': 'x', 'w'() { return 'y'; } };\n}\n"
    texts = changed(source, "f", path="a.js")
    assert {source.replace(f"'{value}'", "''") in texts for value in "xy"} == {True}
    assert {source.replace(f"'{name}'", "''") in texts for name in "kw"} == {False}


SOURCE = """\
import { round } from "./round.js";

/** Sums up. */
export class Sum<T extends number> {
  #parts: T[] = [];

  // keeps its comment
  add(part: T, times: number = 1): this {
    for (let i = 0; i < times; i++) {
      this.#parts.push(part);
    }
    return this;
  }

  get total(): number {
    let all = 0;
    for (const part of this.#parts) all += part;
    return round(all);
  }
}

export const other = (x: number) => x * 2;
"""


def test_only_the_symbol_changes_and_every_change_parses() -> None:
    texts = changed(SOURCE, "Sum.add", "assert.equal(new Sum().add(1).total, 1);")
    head, _, rest = SOURCE.partition("  add(part")
    tail = rest[rest.index("  get total") :]
    assert len(texts) > 100
    for text in texts:
        assert text.startswith(head) and text.endswith(tail)
        assert "part: T" in text, "types are not changed"
        parse(text, "typescript")


def test_statements_are_dropped_exchanged_and_moved() -> None:
    loop = "  for (const x of a) {\n    g(x);\n    h(x);\n  }\n"
    source = f"function f(a) {{\n{loop}  k();\n  return a;\n}}\n"
    texts = changed(source, "f", path="a.js")
    assert source.replace("  k();\n", "") in texts
    assert source.replace("g(x);\n    h(x);", "h(x);\n    g(x);") in texts
    assert source.replace("    h(x);\n  }\n", "  }\n  h(x);\n") in texts
    assert source.replace("  }\n  k();\n", "    k();\n  }\n") in texts


def test_what_tests_expect_for_nothing_guides_early_exits() -> None:
    tests = (
        'assert.equal(f(""), "none");\n'
        'assert.throws(() => f(null), { name: "RangeError", message: "no" });\n'
        "expect(() => f(1)).toThrow(TypeError);\n"
        "expect(f(2)).toBe(12);\n"
    )
    hints = read_hints([tests])
    assert hints.edges == ('"none"',)
    assert set(hints.raises) == {'new RangeError("no")', "new TypeError()"}
    assert {"12", '"none"'} <= set(hints.expected)
    texts = changed("function f(a) {\n  return a;\n}\n", "f", tests, path="a.js")
    assert 'function f(a) {\n  if (!a) return "none";\n  return a;\n}\n' in texts
    assert "function f(a) {\n  if (!a) throw new TypeError();\n  return a;\n}\n" in texts


def test_a_symbol_that_is_not_there_is_a_lookup_error() -> None:
    with pytest.raises(LookupError):
        changed("function f() {}\n", "g", path="a.js")


@pytest.mark.parametrize(
    ("call", "condition"),
    [("f(65)", "a >= 65"), ("f(2)", "a <= 2"), ('f("x", "yz")', "a.length !== b.length")],
)
def test_arguments_that_tests_refuse_are_refused(call: str, condition: str) -> None:
    source = "export function f(a, b) {\n  return a;\n}\n"
    refusing = f'  if ({condition}) throw new RangeError("not so");\n  return a;'
    for test in (
        f'assert.throws(() => {call}, new RangeError("not so"));',
        f'expect(() => {call}).toThrow(new RangeError("not so"));',
    ):
        assert source.replace("  return a;", refusing) in changed(source, "f", test, path="a.js")


def test_states_are_refused_as_the_class_begins_with_them() -> None:
    source = (
        "export class A {\n  #open = false;\n  names = [];\n  constructor() {\n"
        "    this.owner = null;\n    this.most = 3;\n  }\n  f(name) {\n    return name;\n  }\n}\n"
    )
    found = changed(source, "A.f", 'assert.throws(() => x.f(1), new Error("no"));', path="a.js")
    for condition in (
        "!this.#open",
        "this.names.includes(name)",
        "this.owner == null",
        "name > this.most",
    ):
        assert any(f'if ({condition}) throw new Error("no");' in text for text in found), condition
    assert not any("throw" in text for text in changed(source, "A.f", path="a.js"))
