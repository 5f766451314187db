"""What is read of a JavaScript file: its map, one symbol, the code of a reply."""

from __future__ import annotations

from textwrap import dedent

import pytest

from agents.languages.javascript.language import JavaScript
from agents.languages.registry import is_source, language_for, language_of
from agents.tools.repo_map import RepoMap, is_test_file

SOURCE = dedent("""\
    import { x } from "x";

    /**
     * Turn a title into a slug.
     * @param {string} text
     */
    export async function slugify(text, { separator = "-" } = {}) {
      return text;
    }

    export const LIMIT = 10;
    export const shorten = (text) => text.slice(0, LIMIT);

    /** Sums. */
    export class Ledger extends Base {
      /** All of it. */
      static total(entries) {
        return `a
      b`;
      }
    }
    module.exports.old = function (a) {};
    """)
JS = JavaScript.of("src/a.js", [], {})
TS = JavaScript.of("src/a.ts", [], {})


def test_map_has_signatures_and_first_lines_of_documentation() -> None:
    assert [(s.kind, s.signature, s.doc_line, s.line) for s in JS.symbols(SOURCE)] == [
        (
            "function",
            'async slugify(text, { separator = "-" } = {})',
            "Turn a title into a slug.",
            7,
        ),
        ("constant", "LIMIT = 10", "", 11),
        ("function", "shorten(text)", "", 12),
        ("class", "class Ledger extends Base", "Sums.", 15),
        ("method", "static Ledger.total(entries)", "All of it.", 17),
        ("function", "old(a)", "", 22),
    ]


def test_typescript_map_has_types() -> None:
    source = (
        "export interface A { b: string }\nexport function f<T>(a: A, b?: T): A[] { return []; }"
    )
    assert [s.signature for s in TS.symbols(source)] == [
        "interface A { b: string }",
        "f(a: A, b?: T): A[]",
    ]
    assert JS.symbols("function (") == [], "a file that does not parse has none"


def test_symbol_is_read_with_its_comment_at_column_0() -> None:
    assert JS.extract(SOURCE, "Ledger.total") == (
        "/** All of it. */\nstatic total(entries) {\n  return `a\n  b`;\n}\n"
    )
    assert (JS.extract(SOURCE, "slugify") or "").startswith("/**\n * Turn")
    assert JS.extract(SOURCE, "nothing") is None


def test_functions_of_a_unit_have_their_lines() -> None:
    assert JS.functions(SOURCE, "Ledger") == [("Ledger.total", (17, 20))]
    assert [name for name, _ in JS.functions(SOURCE, "")] == [
        "slugify", "shorten", "Ledger.total", "old"
    ]  # fmt: skip


def test_same_code_is_told_by_meaning() -> None:
    one = JS.same_code("function f(a) {\n  return 'x'; // why\n}\n")
    assert one == JS.same_code('function f(a) { return "x" }')
    assert one != JS.same_code('function f(a) { return "y" }')
    assert JS.same_code("a - b") != JS.same_code("a + b")


@pytest.mark.parametrize(
    ("reply", "blocks"),
    [
        ("Sure:\n```js\nconst f = 1;\n```\nThen:\n```bash\nnpm i\n```", ["const f = 1;\n"]),
        ("```typescript\nfunction f() {\n  return 1;\n}", ["function f() {\n  return 1;\n}\n"]),
        ("Here:\nfunction f() {\n  return 1;\n}\nDone.", ["function f() {\n  return 1;\n}\n"]),
        ("I do not know.", []),
    ],
)
def test_code_of_a_reply_is_found(reply: str, blocks: list[str]) -> None:
    assert JS.code_blocks(reply) == blocks


def test_whole_file_keeps_what_the_file_gave() -> None:
    source = "export function f() {}\n\nexport function g() {}\n"
    whole = "export function f() { return 1; }\nexport function g() { return 2; }\n"
    assert JS.whole_file(source, [whole]) == whole
    part = JS.whole_file(source, ["export function f() { return 1; }\n"])
    assert "function g() {}" in part and "return 1" in part
    other = whole.replace("export ", "") + "module.exports = { f, g };\n"
    text = JS.whole_file(source, [other])
    assert "module.exports" not in text and text.count("export function") == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("export const f = () => fs.x();\n",
         'import fs from "node:fs";\n\nexport const f = () => fs.x();\n'),
        ("exports.f = () => path.sep;\n",
         'const path = require("node:path");\n\nexports.f = () => path.sep;\n'),
        ("export const f = (path) => path.x;\n", None),
        ("import * as fs from 'fs';\nexport const f = () => fs.x();\n", None),
        ("export const f = (a) => a.path;\n", None),
    ],
)  # fmt: skip
def test_module_of_node_that_was_forgotten_is_imported(text: str, expected: str | None) -> None:
    assert JS.completed(text, "") == (expected or text)


IMPORTS = {
    "roundCash": 'import { roundCash } from "./cash.js";',
    "Order": 'import type { Order } from "./order.ts";',
}


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("export const f = (a) => roundCash(a);\n", [IMPORTS["roundCash"]]),
        ("exports.f = (a) => ({ roundCash });\n", ['const { roundCash } = require("./cash.js");']),
        ("export const f = (roundCash) => roundCash(1);\n", []),
        ("export const f = ({ roundCash }) => roundCash(1);\n", []),
        ("export function f() { const roundCash = 1; return roundCash; }\n", []),
        ("import { roundCash } from './other.js';\nexport const f = () => roundCash(1);\n", []),
        ("export const f = (a) => a.roundCash;\n", []),
        ("export const f = (a) => ({ roundCash: a });\n", []),
    ],
)
def test_name_of_another_file_that_was_forgotten_is_imported(text: str, added: list[str]) -> None:
    before = JS.completed(text, "", IMPORTS.get).removesuffix(text).splitlines()
    assert [line for line in before if line] == added


def test_type_of_another_file_is_imported_as_a_type() -> None:
    text = "export const f = (order: Order): number => order.total;\n"
    typescript = language_of("src/bill.ts")
    assert typescript.completed(text, "", IMPORTS.get).startswith(IMPORTS["Order"] + "\n")


CROSSING = "export class Crossing {\n  state() {}\n  get tracks() {}\n}\n"
HIDDEN = """export class Crossing {
  tracks = 0;
  constructor() {
    this.state = "open";
    this.seconds = 0;
  }
  state() {
    return this.state;
  }
  get tracks() {
    return this.tracks;
  }
  approach(other) {
    this.tracks++;
    this.seconds += other.state;
    return this.state() === "open";
  }
}
"""
IN_SIGHT = """export class Crossing {
  _tracks = 0;
  constructor() {
    this._state = "open";
    this.seconds = 0;
  }
  state() {
    return this._state;
  }
  get tracks() {
    return this._tracks;
  }
  approach(other) {
    this._tracks++;
    this.seconds += other.state;
    return this.state() === "open";
  }
}
"""
WITH_SETTER = HIDDEN.replace("state", "at").replace("approach", "set tracks")


@pytest.mark.parametrize(
    ("text", "source", "expected"),
    [
        (HIDDEN, CROSSING, IN_SIGHT),
        (HIDDEN, "", HIDDEN),
        (HIDDEN, HIDDEN, HIDDEN),
        (HIDDEN, "export class {", HIDDEN),
        (WITH_SETTER, CROSSING, WITH_SETTER),
        (HIDDEN.replace("seconds", "_state"), "export class Crossing { state() {} }\n", None),
    ],
)
def test_property_that_hides_a_method_of_the_stub_gets_a_name_of_its_own(
    text: str, source: str, expected: str | None
) -> None:
    assert JS.completed(text, source) == (expected or text)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("src/a.ts", True), ("a.mjs", True), ("a.py", True), ("a.css", False),
        ("dist/a.js", False), ("node_modules/x/a.js", False), ("a.d.ts", False),
        ("js/jquery.min.js", False),
    ],
)  # fmt: skip
def test_code_that_was_written_by_hand_is_source(path: str, found: bool) -> None:
    assert is_source(path) is found


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("src/a.test.js", True), ("src/a.spec.ts", True), ("test/help.js", True),
        ("src/__tests__/a.js", True), ("test.mjs", True), ("src/latest.js", False),
        ("src/a.js", False),
    ],
)  # fmt: skip
def test_tests_are_told_by_their_names(path: str, found: bool) -> None:
    assert is_test_file(path) is found


def test_wish_is_in_the_language_of_what_it_names_else_of_most_files() -> None:
    python, script = language_of("a.py"), language_of("a.js")
    repo_map = RepoMap(
        {
            "a.js": script.symbols("export function slugify(text) {}"),
            "b.py": python.symbols("def shorten(text):\n    pass"),
            "c.py": [],
        }
    )
    for words, name in (
        ("Change slugify", "JavaScript"), ("shorten is slow", "Python"), ("Add roman", "Python")
    ):  # fmt: skip
        assert language_for(words, repo_map, [], {}).name == name
    assert language_for("Add roman", RepoMap(), [], {}).name == "Python"
