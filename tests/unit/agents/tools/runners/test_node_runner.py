"""Node's test runner in the sandbox: ids, outcomes, reasons, and limits that V8 can live with."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from agents.behaviors.judge_red import brought_for_nothing, wrong_reason
from agents.tools.runners.node_runner import is_test, of_script
from agents.tools.sandbox import Sandbox
from memory.records import Ticket
from tests.unit.agents.tools.runners.conftest import (
    Runner,
    case_of,
    outcomes,
    with_packages,
    write,
)

CART = {
    "package.json": '{"type": "module"}',
    "src/cart.js": """
        export function total(prices) {
          return prices.length;
        }

        export class Cart {}
        """,
    "test/cart.test.js": """
        import assert from 'node:assert/strict';
        import { describe, it, test } from 'node:test';
        import { Cart, total } from '../src/cart.js';

        describe('total', () => {
          it('counts nothing', () => {
            assert.equal(total([]), 0);
          });
          describe('of many', () => {
            it('adds', () => {
              assert.equal(total([2, 3]), 5);
            });
            it('keeps: the [list] :: whole', () => {
              assert.deepEqual({ a: [total([1])] }, { a: [2] });
            });
          });
          it.skip('later', () => {});
          it.todo('some day');
        });

        test('cart', async (t) => {
          await t.test('is empty', () => new Cart().items.length);
          await t.test('takes things', () => new Cart().add(1));
          await t.test('fails far away', () => total(null));
        });

        describe('with a hook', { concurrency: 1 }, () => {
          it('is not reached', () => assert.ok(total(1) > 1, 'nothing'));
        });
        """,
    "test/export.test.mjs": "import { discount } from '../src/cart.js';\ndiscount();\n",
    "test/module.test.js": "import { tax } from '../src/tax.js';\ntax();\n",
    "test/old.test.cjs": "const test = require('node:test');\ntest('commonjs', () => {});\n",
    "test/broken.test.js": "const x = ;\n",
    "node_modules/other/a.test.js": "throw new Error('not ours');\n",
}
TICKET = Ticket(
    id="tkt-1", repository="/r", title="t", target_file="src/cart.js", target_symbol="Cart.add"
)


async def test_every_test_has_id_outcome_and_reason(runner: Runner, tmp_path: Path) -> None:
    root = write(tmp_path / "größe und mehr", CART)
    run = await runner(root, "src/cart.js").run(root)
    assert run.problem == ""
    test = "test/cart.test.js::"
    assert outcomes(run) == {
        f"{test}total > counts nothing": "passed",
        f"{test}total > of many > adds": "failed",
        f"{test}total > of many > keeps: the [list] :: whole": "failed",
        f"{test}total > later": "skipped",
        f"{test}total > some day": "skipped",
        f"{test}cart > is empty": "failed",
        f"{test}cart > takes things": "failed",
        f"{test}cart > fails far away": "failed",
        f"{test}with a hook > is not reached": "failed",
        "test/export.test.mjs": "error",
        "test/module.test.js": "error",
        "test/old.test.cjs::commonjs": "passed",
        "test/broken.test.js": "error",
    }
    assert run.passed_names == {"total > counts nothing", "commonjs"}
    said = {case.id.removeprefix(test): case.distilled for case in run.cases}
    assert said["total > of many > adds"] == (
        "`assert.equal(total([2, 3]), 5);`: AssertionError: expected 5, got 2 "
        "(test/cart.test.js:12)"
    )
    assert said["total > of many > keeps: the [list] :: whole"] == (
        "`assert.deepEqual({ a: [total([1])] }, { a: [2] });`: "
        "AssertionError: expected { a: [ 2 ] }, got { a: [ 1 ] } (test/cart.test.js:15)"
    )
    assert said["cart > takes things"].endswith(
        "TypeError: (intermediate value).add is not a function (test/cart.test.js:24)"
    )
    assert said["cart > fails far away"].endswith("(reading 'length') (src/cart.js:3)")
    assert "AssertionError: nothing" in said["with a hook > is not reached"]
    assert said["test/broken.test.js"] == (
        "`const x = ;`: SyntaxError: Unexpected token ';' (test/broken.test.js:1)"
    )
    assert str(tmp_path) not in str(run)


async def test_red_for_the_right_reason_alone_is_red(runner: Runner, tmp_path: Path) -> None:
    root = write(tmp_path, CART)
    run = await runner(root, "src/cart.js").run(root)

    def reason(id_: str, file: str = "src/cart.js", symbol: str = "Cart.add") -> str:
        ticket = TICKET.model_copy(update={"target_file": file, "target_symbol": symbol})
        return wrong_reason(case_of(run, id_), ticket, list(CART)) or ""

    test = "test/cart.test.js::"
    assert reason(f"{test}total > of many > adds") == "", "an assertion"
    assert reason(f"{test}cart > takes things") == "", "the method that is to come"
    assert "another reason" in reason(f"{test}cart > takes things", symbol="Cart.remove")
    assert reason(f"{test}cart > fails far away") == "", "an exception out of the target"
    assert reason("test/export.test.mjs", symbol="discount") == "", "the export that is to come"
    assert reason("test/export.test.mjs", symbol="") == "", "the whole file is to be written"
    assert "another reason" in reason("test/export.test.mjs", "src/tax.js", "")
    assert reason("test/module.test.js", "src/tax.js", "tax") == "", "the file that is to come"
    assert "another reason" in reason("test/module.test.js")
    assert "itself is broken" in reason("test/broken.test.js")
    assert brought_for_nothing(run, TICKET, list(CART)), "a broken file among them"


async def test_chosen_files_alone_run_and_the_first_failure_ends_it(
    runner: Runner, tmp_path: Path
) -> None:
    root = write(tmp_path, CART)
    chosen = runner(root, "src/cart.js")
    run = await chosen.run(root, ["test/old.test.cjs"])
    assert run.green and run.command == "node --test test/old.test.cjs"
    stopped = await chosen.run(root, ["test/cart.test.js"], stop_at_first=True)
    assert stopped.failing == ["test/cart.test.js::total > of many > adds"]
    assert (await chosen.run(root, ["test"])).collected == 10


async def test_hook_that_fails_is_told(runner: Runner, tmp_path: Path) -> None:
    text = """
        import { before, describe, it } from 'node:test';
        describe('prepared', () => {
          before(() => {
            throw new Error('no disk');
          });
          it('never', () => {});
        });
        """
    root = write(tmp_path, {"a.test.mjs": text})
    run = await runner(root, "a.mjs").run(root)
    assert outcomes(run) == {
        "a.test.mjs::prepared": "error",
        "a.test.mjs::prepared > never": "error",
    }
    assert "no disk" in case_of(run, "a.test.mjs::prepared").distilled


async def test_a_run_that_says_nothing_says_why(runner: Runner, tmp_path: Path) -> None:
    root = write(tmp_path, {"package.json": "{}", "a.js": "", "loop.test.js": "for (;;) {}\n"})
    chosen = runner(root, "a.js")
    assert (await chosen.run(root, ["nope.test.js"])).problem.endswith(
        "nope.test.js does not exist."
    )
    endless = await runner(root, "a.js", timeout=3).run(root)
    assert endless.problem.startswith("The tests did not finish within 3 s")
    (root / "loop.test.js").unlink()
    assert (await chosen.run(root)).problem == "No tests were found."
    write(root, {"b.test.js": "require('fs').writeFileSync(process.env.TENON_REPORT, 'forged');"})
    forged = await chosen.run(root)
    assert not forged.green and forged.problem


async def test_any_text_may_be_in_a_failure(runner: Runner, tmp_path: Path) -> None:
    text = (
        "require('node:test')('odd', () => { throw new Error('\\u2028 \\x85 \\ud800 \\0 é'); });\n"
    )
    root = write(tmp_path, {"a.test.js": text})
    run = await runner(root, "a.js").run(root)
    assert run.failing == ["a.test.js::odd"] and run.problem == ""
    assert run.first_failure().encode()
    assert "é" in run.first_failure()


async def test_file_that_ends_its_process_is_no_success(runner: Runner, tmp_path: Path) -> None:
    text = "const test = require('node:test');\ntest('a', () => {});\nprocess.exit(3);\n"
    root = write(tmp_path, {"a.test.js": text})
    run = await runner(root, "a.js").run(root)
    assert not run.green


async def test_typescript_runs_through_tsx(runner: Runner, tmp_path: Path) -> None:
    root = with_packages(tmp_path)
    write(
        root,
        {
            "package.json": '{"type": "module", "scripts": {"test": "node --import tsx --test"}}',
            "src/twice.ts": "export const twice = (n: number): number => n + 2;\n",
            "src/twice.test.ts": """
                import assert from 'node:assert';
                import { test } from 'node:test';
                import { twice } from './twice';

                interface Case { n: number }
                const one: Case = { n: 1 };

                test('twice', () => {
                  assert.strictEqual(twice(one.n), 2);
                });
                """,
        },
    )
    run = await runner(root, "src/twice.ts").run(root)
    assert [case.distilled for case in run.cases] == [
        "`assert.strictEqual(twice(one.n), 2);`: AssertionError: expected 2, got 3 "
        "(src/twice.test.ts:10)"
    ]


@pytest.mark.parametrize(
    "bomb",
    [
        "const all = []; for (;;) all.push(Buffer.alloc(2 ** 26, 1));",
        "const all = []; for (;;) all.push({ list: [1, 2, 3, all.length] });",
    ],
)
async def test_memory_is_limited_inside_and_outside_of_the_heap(
    runner: Runner, tmp_path: Path, bomb: str
) -> None:
    text = f"require('node:test')('bomb', () => {{ {bomb} }});\n"
    root = write(tmp_path, {"a.test.js": text})
    run = await runner(root, "a.js").run(root)
    assert not run.green
    assert run.problem or "memory" in str(run.cases) or "allocation" in str(run.cases)


async def test_webassembly_has_the_address_space_that_it_reserves(
    runner: Runner, tmp_path: Path
) -> None:
    text = """
        require('node:test')('memories', () => {
          const all = [1, 2, 3].map(() => new WebAssembly.Memory({ initial: 1 }));
          require('node:assert').equal(all.length, 3);
        });
        """
    root = write(tmp_path, {"a.test.js": text})
    assert (await runner(root, "a.js").run(root)).green


async def test_tests_see_neither_environment_nor_home(
    bubblewrap: Sandbox,
    runner: Runner,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    secret_in_home: Path,
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    text = f"""
        const assert = require('node:assert');
        require('node:test')('secrets', () => {{
          assert.equal(process.env.SECRET_TOKEN, undefined);
        }});
        require('node:test')('home', () => {{
          assert.throws(() => require('node:fs').readFileSync({str(secret_in_home)!r}));
        }});
        """
    root = write(tmp_path, {"a.test.js": text})
    run = await runner(root, "a.js").run(root)
    secrets = {case.name: case.outcome for case in run.cases}
    assert secrets["secrets"] == "passed"
    confined = runner(root, "a.js").sandbox.kind == bubblewrap.kind
    assert not confined or secrets["home"] == "passed"


@pytest.mark.parametrize(
    ("script", "options", "patterns"),
    [
        ("node --test", [], []),
        (
            "NODE_ENV=test node --import tsx --test 'test/**/*.ts'",
            ["--import", "tsx"],
            ["test/**/*.ts"],
        ),
        (
            "npm run build && node -r ./setup.js --test --test-reporter=dot spec/ && echo",
            ["-r", "./setup.js"],
            ["spec/"],
        ),
        ("tsx --test src/*.test.ts", ["--import", "tsx"], ["src/*.test.ts"]),
        ("mocha", [], []),
        ("node --test 'unclosed", [], []),
    ],
)
def test_what_the_test_script_says_is_kept(
    script: str, options: list[str], patterns: list[str]
) -> None:
    assert of_script(script) == (options, patterns)


async def test_patterns_of_the_test_script_choose_the_suite(runner: Runner, tmp_path: Path) -> None:
    one = "require('node:test')('one', () => {});\n"
    root = write(
        tmp_path,
        {
            "package.json": dedent('{"scripts": {"test": "node --test spec/**/*.{js,cjs}"}}'),
            "spec/deep/a.js": one,
            "spec/b.cjs": one,
            "test/c.js": one,
        },
    )
    run = await runner(root, "a.js").run(root)
    assert sorted(run.passed) == ["spec/b.cjs::one", "spec/deep/a.js::one"]


def test_files_are_tests_by_the_names_that_node_knows() -> None:
    names = ["a.test.js", "a-test.mjs", "a_test.cjs", "test.js", "test-a.js", "test/any.js"]
    assert all(map(is_test, names))
    assert not any(map(is_test, ["a.js", "latest.js", "a.spec.js", "tests/a.js"]))
