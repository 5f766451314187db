"""A model's code goes into a JavaScript file by name, and every other byte stays."""

from __future__ import annotations

from textwrap import dedent

import pytest

from agents.languages.javascript.merge import merge_symbols
from agents.languages.javascript.module import System
from agents.tools.edits import MergeResult

CJS = dedent("""\
    "use strict";
    const path = require("path");

    /** Turn a title into a slug. */
    function slugify(text) {
      throw new Error("not implemented");
    }

    const   odd = (a) => a  ;   // spaced as a person left it

    module.exports = { slugify, odd };
    """)
CLASS = dedent("""\
    export class Ledger {
        #items = [];

        /** Add one. */
        add(item) {
            this.#items.push(item);   // odd   spaces
        }

        get size() {
            return 0;
        }
    }
    """)


def merge(
    source: str,
    code: str,
    *allowed: str,
    grammar: str = "javascript",
    system: System = "commonjs",
    exported: tuple[str, ...] = (),
    default_name: str = "",
) -> MergeResult:
    wanted = set(allowed) or None
    return merge_symbols(
        dedent(source), dedent(code), grammar, system, wanted, exported, default_name
    )


def test_function_is_replaced_and_every_other_byte_stays() -> None:
    new = 'function slugify(text) {\n  return text.replaceAll(" ", "-");\n}'
    result = merge(CJS, f"{new}\n\nmodule.exports = {{ slugify }};\n", "slugify")
    old = CJS[CJS.index("function") : CJS.index("}\n\nconst") + 1]
    assert result.text == CJS.replace(old, new)
    assert (result.replaced, result.added, result.problems) == (["slugify"], [], [])


def test_windows_line_ends_stay_and_come_in() -> None:
    source = CJS.replace("\n", "\r\n")
    result = merge(source, "function slugify(text) {\n  return helper(text);\n}\n\n"
                   "function helper(t) {\n  return t;\n}\n", "slugify")  # fmt: skip
    assert "\n" not in result.text.replace("\r\n", "")
    assert result.added == ["helper"]


def test_function_may_become_a_constant_with_the_helpers_that_it_needs() -> None:
    result = merge(
        CJS,
        """\
        const WORD = /\\w+/g;
        const unused = 1;
        const helper = (x) => x.match(WORD);
        export const slugify = (text) => helper(text).join("-");
        console.log(slugify("a"));
        """,
        "slugify",
    )
    assert result.added == ["WORD", "helper"]
    assert 'slugify = (text) => helper(text).join("-");' in result.text
    assert result.text.index("WORD =") < result.text.index("slugify =")
    assert result.text.rstrip().endswith("module.exports = { slugify, odd };")
    assert result.problems == [
        "Left out `const unused = 1;`.",
        'Left out `console.log(slugify("a"));`.',
    ]
    assert "unused" not in result.text and "console" not in result.text


@pytest.mark.parametrize(
    ("source", "system", "expected"),
    [
        ("const a = 1;\nmodule.exports = { a };\n", "esm", "module.exports = { a, f };\n"),
        ("module.exports = {\n  a: 1,\n};\n", "esm", "module.exports = {\n  a: 1,\n  f,\n};\n"),
        (
            "exports.a = 1;\n",
            "esm",
            "exports.a = 1;\n\nfunction f() {\n  return 1;\n}\nexports.f = f;\n",
        ),
        ("const a = require('a');\nmodule.exports = a;\n", "esm", "= a;\nmodule.exports.f = f;\n"),
        ("export const a = 1;\n", "commonjs", "export function f() {\n  return 1;\n}\n"),
        ("const a = 1;\nexport { a };\n", "commonjs", "export { a, f };\n"),
        ("", "esm", "export function f() {\n  return 1;\n}\n"),
        ("", "commonjs", "}\n\nmodule.exports = { f };\n"),
    ],
)
def test_new_function_is_exported_as_the_file_exports_others(
    source: str, system: System, expected: str
) -> None:
    result = merge(source, "export function f() {\n  return 1;\n}\n", "f", system=system)
    assert result.added == ["f"]
    assert result.text.endswith(expected), result.text
    assert result.text.count("export") == result.text.count("export ") + result.text.count(
        "exports"
    ), "the answer's own export is not taken over beside the file's"


def test_function_that_only_tests_import_is_exported() -> None:
    source = "function f() {\n  return 0;\n}\n\nmodule.exports = {};\n"
    code = "function f() { return 1; }"
    assert "module.exports = {};" in merge(source, code, "f").text
    assert "module.exports = { f };" in merge(source, code, "f", exported=("f",)).text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "exports.f = function (a) {\n  return 0;\n};\n",
            "exports.f = function f(a) { return a; };",
        ),
        ("module.exports = {\n  f(a) {\n    return 0;\n  },\n};\n", "  f(a) { return a; },"),
        ("module.exports = { f: (a) => 0 };\n", "{ f: function f(a) { return a; } };"),
        ("const g = 1, f = (a) => 0;\n", "const g = 1, f = function f(a) { return a; };"),
        ("export default function f(a) {\n}\n", "export default function f(a) { return a; }"),
        ("export default (a) => 0;\n", "export default function f(a) { return a; };"),
    ],
)
def test_each_way_to_define_a_function_is_found(source: str, expected: str) -> None:
    result = merge(source, "function f(a) { return a; }", "f", default_name="f")
    assert expected in result.text
    assert "function f(a) { return a; }" in result.text or "f(a) { return a; }" in result.text


@pytest.mark.parametrize(
    "code", ["f(a) { return a; }\n", "f: (a) => a,\n", "f(a) { return a; },\n"]
)
def test_member_of_the_exported_object_may_be_answered_as_it_is_written(code: str) -> None:
    source = "module.exports = {\n  f(a) {\n    return 0;\n  },\n  g: 1,\n};\n"
    result = merge(source, code, "f")
    assert result.replaced == ["f"] and result.text.endswith(",\n  g: 1,\n};\n")
    assert "return 0" not in result.text


def test_anonymous_default_of_another_name_is_not_written_over() -> None:
    source = "module.exports = function (a) {\n  return 0;\n};\n"
    result = merge(source, "function f(a) { return a; }", "f")
    assert result.text.startswith(source) and result.added == ["f"]


def test_imports_that_the_code_uses_are_written_as_the_file_writes_them() -> None:
    code = """\
        import fs, { readFileSync } from "node:fs";
        import { join } from "path";
        import { unused } from "nowhere";
        function slugify(text) {
          return readFileSync(join(text, fs.sep));
        }
        """
    text = merge(CJS, code, "slugify").text
    assert 'const fs = require("node:fs");\nconst { readFileSync } = require("node:fs");' in text
    assert 'const { join } = require("path");' in text
    assert "unused" not in text and "import" not in text


def test_import_widens_the_line_of_the_same_module() -> None:
    source = "import { sep } from 'path';\n\nexport const a = sep;\n"
    code = 'const { join } = require("path");\nfunction f() { return join("a"); }'
    assert "import { sep, join } from 'path';" in merge(source, code, "f").text


def test_require_of_a_package_becomes_its_default_import() -> None:
    code = 'const lodash = require("lodash");\nfunction f() { return lodash.x; }'
    assert 'import lodash from "lodash";' in merge("", code, "f", system="esm").text


def test_name_that_is_imported_otherwise_keeps_its_import() -> None:
    source = 'import { join } from "path";\nexport const a = join;\n'
    result = merge(source, 'import { join } from "x";\nfunction f() { return join(); }', "f")
    assert 'from "x"' not in result.text
    assert any("has `import { join } from" in problem for problem in result.problems)


def test_method_is_replaced_inside_its_class_in_the_class_s_indentation() -> None:
    code = "class Ledger {\n  get size() {\n    return this.#items.length;\n  }\n}\n"
    result = merge(CLASS, code, "Ledger.size")
    assert result.text == CLASS.replace("return 0;", "return this.#items.length;")
    assert result.replaced == ["Ledger.size"]


@pytest.mark.parametrize(
    "code",
    [
        "total() {\n  return this.#sum();\n}\n\n#sum() {\n  return `a\n b`;\n}\n",
        "class Ledger {\n  total() {\n    return this.#sum();\n  }\n\n  #sum() {\n"
        "    return `a\n b`;\n  }\n  other() {\n    return 1;\n  }\n}\n",
    ],
)
def test_new_method_comes_in_with_the_members_that_it_needs_alone(code: str) -> None:
    result = merge(CLASS, code, "Ledger.total")
    assert result.added == ["Ledger.total", "Ledger.#sum"]
    assert result.text.startswith(CLASS.rstrip().removesuffix("}").rstrip())
    assert "`a\n b`" in result.text, "what a template string holds is not indented anew"
    assert "other" not in result.text


def test_code_is_indented_as_the_file_is() -> None:
    code = "function f(a) {\n  if (a) {\n    return `x\n  y`;\n  }\n}\n"
    for source, unit in (("function g() {\n\treturn 1;\n}\n", "\t"), (CLASS, "    ")):
        text = merge(source, code, "f").text
        assert f"{unit}if (a) {{\n{unit * 2}return `x\n  y`;\n{unit}}}\n}}" in text


def test_function_that_must_be_a_method_becomes_one() -> None:
    result = merge(CLASS, "function total(a) {\n  return a;\n}\n", "Ledger.total")
    assert "    total(a) {\n" in result.text and result.added == ["Ledger.total"]


def test_other_members_of_an_answer_are_left_out() -> None:
    code = "class Ledger {\n  add(item) { return 1; }\n  get size() { return 2; }\n}\n"
    result = merge(CLASS, code, "Ledger.size")
    assert "return 1" not in result.text and "return 2" in result.text
    assert result.problems == ["Left Ledger.add as it is: it is not part of the task."]


def test_promise_of_code_does_not_replace_code() -> None:
    for body in ("", "// ... rest of the code", "return 1; // existing code"):
        result = merge("const f = 1;\nfunction g() {\n  return 2;\n}\n",
                       f"function g() {{\n  {body}\n}}\n", "g")  # fmt: skip
        assert result.changed == [] and "return 2" in result.text
        assert "placeholder" in " ".join(result.problems)


@pytest.mark.parametrize(
    ("source", "code", "words"),
    [
        ("function f( {\n", "function f() {}\n", "The file does not parse: unexpected"),
        ("", "function f( {\n return 1\n", "The code does not parse"),
        ("", "Here is what I would do.", "does not parse"),
        ("function f() {\n  return 1;\n}\n", "function f()  { return 1 }", "changes nothing"),
    ],
)
def test_what_cannot_be_merged_changes_nothing_and_says_why(
    source: str, code: str, words: str
) -> None:
    result = merge(source, code, "f")
    assert result.text == source and result.changed == []
    assert words in " ".join(result.problems)


def test_answer_that_was_cut_off_gives_its_whole_functions() -> None:
    result = merge("", "function f() {\n  return g();\n}\n\nfunction g() {\n  return 1", "f")
    assert result.added == ["f"]
    assert "does not parse" in result.problems[0]


def test_typescript_types_and_overloads_come_along() -> None:
    source = (
        "export function f(a: string): string;\nexport function f(a: any): any {\n  return 0;\n}\n"
    )
    code = """\
        interface Options { sep?: string }
        import type { Part } from "./part";
        export function f(a: string, o?: Options): Part[];
        export function f(a: any, o?: Options): any {
          return [a, o];
        }
        """
    result = merge(source, code, "f", grammar="typescript")
    assert result.text.count("function f") == 2
    assert 'import type { Part } from "./part";' in result.text
    assert result.text.count("export function f(") == 2
    assert result.added == ["Options"] and result.replaced == ["f"]


def test_typescript_in_a_javascript_file_is_refused() -> None:
    result = merge("", "function f(a: string): string {\n  return a;\n}\n", "f")
    assert result.changed == [] and "does not parse" in result.problems[0]
