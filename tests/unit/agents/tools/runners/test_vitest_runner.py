"""vitest and Jest as a repository has them installed, run in a checkout that has no packages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agents.behaviors.judge_red import wrong_reason
from agents.tools.runners.choose import choose
from agents.tools.sandbox import Sandbox
from agents.tools.test_runner import TestRunner
from memory.records import Ticket
from tests.unit.agents.tools.runners.conftest import (
    Runner,
    case_of,
    outcomes,
    with_packages,
    write,
)

VITEST = {
    "package.json": '{"type": "module", "scripts": {"test": "vitest"}}',
    "vitest.config.ts": "export default { test: { coverage: { enabled: true } } };\n",
    "src/cart.ts": """
        export function total(prices: number[]): number {
          return prices.length;
        }
        """,
    "tests/cart.test.ts": """
        import { beforeAll, describe, expect, it, test } from 'vitest';
        import { Cart, total } from '../src/cart';

        describe('total', () => {
          it('counts nothing', () => {
            expect(total([])).toBe(0);
          });
          describe('of many', () => {
            it('adds', () => {
              expect(total([2, 3])).toBe(5);
            });
          });
          it.each([1, 2])('takes %i', (price) => {
            expect(total([price])).toBe(price);
          });
          it.skip('later', () => {});
          it.todo('some day');
        });

        test('cart', () => {
          new Cart();
        });

        test('long values', () => {
          const list = Array.from({ length: 30 }, (_, i) => i);
          expect({ list, name: 'a' }).toEqual({ list: [...list.slice(0, 29), 7], name: 'a' });
        });

        describe('prepared', () => {
          beforeAll(() => {
            throw new Error('no disk');
          });
          it('never', () => {});
        });
        """,
    "tests/module.test.ts": """
        import { expect, it } from 'vitest';
        import { tax } from '../src/tax';
        it('tax', () => {
          expect(tax(1)).toBe(1);
        });
        """,
    "tests/package.test.ts": "import nothing from 'no-such-package';\nnothing();\n",
    "tests/broken.test.ts": "const x = ;\n",
    "tests/empty.test.ts": "export {};\n",
}
JEST = {
    "package.json": json.dumps({"scripts": {"test": "jest"}}),
    "src/cart.js": "exports.total = (prices) => prices.length;\n",
    "test/cart.test.js": """
        const { Cart, total } = require('../src/cart');

        describe('total', () => {
          it('counts nothing', () => {
            expect(total([])).toBe(0);
          });
          it('adds', () => {
            expect(total([2, 3])).toBe(5);
          });
          it.skip('later', () => {});
        });

        test('cart', () => {
          new Cart();
        });
        """,
    "test/broken.test.js": "const x = ;\n",
    "test/module.test.js": "const { tax } = require('../src/tax');\ntest('tax', () => tax());\n",
}


def checkout(tmp_path: Path, files: dict[str, str]) -> tuple[Path, Path]:
    """The person's repository with its packages, and a worktree of it without."""
    home = write(with_packages(tmp_path / "home"), files)
    return home, write(tmp_path / "work tree", files)


async def test_every_test_has_id_outcome_and_reason(runner: Runner, tmp_path: Path) -> None:
    home, root = checkout(tmp_path, VITEST)
    before = sorted(path.relative_to(root) for path in root.rglob("*"))
    run = await runner(home, "src/cart.ts").run(root)
    assert run.problem == ""
    test = "tests/cart.test.ts::"
    assert outcomes(run) == {
        f"{test}total > counts nothing": "passed",
        f"{test}total > of many > adds": "failed",
        f"{test}total > takes 1": "passed",
        f"{test}total > takes 2": "failed",
        f"{test}total > later": "skipped",
        f"{test}total > some day": "skipped",
        f"{test}cart": "failed",
        f"{test}long values": "failed",
        f"{test}prepared": "error",
        f"{test}prepared > never": "skipped",
        "tests/module.test.ts": "error",
        "tests/package.test.ts": "error",
        "tests/broken.test.ts": "error",
        "tests/empty.test.ts": "error",
    }
    assert case_of(run, f"{test}total > of many > adds").distilled == (
        "`expect(total([2, 3])).toBe(5);`: AssertionError: expected 2 to be 5 // Object.is "
        "equality (tests/cart.test.ts:11)"
    )
    long = case_of(run, f"{test}long values").distilled
    assert '7, ], "name"' in long and '29, ], "name"' in long, "where they differ"
    assert "no disk" in case_of(run, f"{test}prepared").distilled
    assert str(tmp_path) not in str([run.summary(), *(case.distilled for case in run.cases)])
    after = sorted(path.relative_to(root) for path in root.rglob("*"))
    assert after == before, "nothing is left in the worktree"


async def test_red_for_the_right_reason_alone_is_red(runner: Runner, tmp_path: Path) -> None:
    home, root = checkout(tmp_path, VITEST)
    run = await runner(home, "src/cart.ts").run(root)

    def reason(id_: str, file: str = "src/cart.ts", symbol: str = "Cart") -> str:
        ticket = Ticket(
            id="tkt-1", repository="/r", title="t", target_file=file, target_symbol=symbol
        )
        return wrong_reason(case_of(run, id_), ticket, list(VITEST)) or ""

    test = "tests/cart.test.ts::"
    assert reason(f"{test}total > of many > adds") == ""
    assert reason(f"{test}cart") == "", "the class that is to come"
    assert "another reason" in reason(f"{test}cart", symbol="total")
    assert reason("tests/module.test.ts", "src/tax.ts", "tax") == "", "the file that is to come"
    assert "another reason" in reason("tests/package.test.ts")
    assert "itself is broken" in reason("tests/broken.test.ts")
    assert "itself is broken" in reason("tests/empty.test.ts")


async def test_chosen_files_alone_run_and_the_first_failure_ends_it(
    runner: Runner, tmp_path: Path
) -> None:
    home, root = checkout(tmp_path, VITEST)
    chosen = runner(home, "src/cart.ts")
    run = await chosen.run(root, ["tests/module.test.ts"])
    assert run.failing == ["tests/module.test.ts"]
    assert run.command == "vitest run tests/module.test.ts"
    stopped = await chosen.run(root, ["tests/cart.test.ts"], stop_at_first=True)
    assert len(stopped.failing) < 5
    none = await chosen.run(root, ["tests/nope.test.ts"])
    assert none.problem == "No tests were found."


async def test_error_outside_of_every_test_is_no_success(runner: Runner, tmp_path: Path) -> None:
    text = """
        import { test } from 'vitest';
        test('leaves something behind', () => {
          void Promise.reject(new Error('unheard'));
        });
        """
    home, root = checkout(tmp_path, {**VITEST, "tests/leave.test.ts": text})
    run = await runner(home, "src/cart.ts").run(root, ["tests/leave.test.ts"])
    assert not run.green and "unheard" in run.first_failure()


async def test_without_its_packages_the_person_is_told(bubblewrap: Sandbox, tmp_path: Path) -> None:
    root = write(tmp_path, VITEST)
    run = await TestRunner(bubblewrap, choose(root, "src/cart.ts")).run(root)
    assert run.problem == f"vitest is not installed in {root}. Run npm install there."


async def test_package_in_a_folder_runs_there_with_the_code_of_the_checkout(
    bubblewrap: Sandbox, tmp_path: Path
) -> None:
    files = {
        "package.json": '{"workspaces": ["packages/*"]}',
        "packages/app/package.json": '{"type": "module", "scripts": {"test": "vitest run"}}',
        "packages/app/app.test.ts": """
            import { expect, it } from 'vitest';
            import { name } from 'lib';
            it('uses its sister', () => {
              expect(name).toBe('lib');
            });
            """,
        "packages/lib/package.json": '{"name": "lib", "type": "module", "main": "index.js"}',
        "packages/lib/index.js": "export const name = 'old';\n",
    }
    home = write(tmp_path / "home", files)
    modules = home / "node_modules"
    modules.mkdir()
    for package in with_packages(tmp_path / "with").joinpath("node_modules").iterdir():
        (modules / package.name).symlink_to(package.resolve())
    (modules / "lib").symlink_to(home / "packages" / "lib")
    root = write(tmp_path / "work", files)
    (root / "packages/lib/index.js").write_text("export const name = 'lib';\n")
    run = await TestRunner(bubblewrap, choose(home, "packages/app/app.ts")).run(root)
    assert run.passed == ["packages/app/app.test.ts::uses its sister"], run


@pytest.mark.parametrize("chosen", [[], ["test/cart.test.js"]])
async def test_jest_is_read_as_well(runner: Runner, tmp_path: Path, chosen: list[str]) -> None:
    home, root = checkout(tmp_path, JEST)
    run = await runner(home, "src/cart.js").run(root, chosen)
    assert run.problem == ""
    test = "test/cart.test.js::"
    expected = {
        f"{test}total > counts nothing": "passed",
        f"{test}total > adds": "failed",
        f"{test}total > later": "skipped",
        f"{test}cart": "failed",
    }
    files = {"test/broken.test.js": "error", "test/module.test.js": "error"}
    assert outcomes(run) == (expected if chosen else expected | files)
    assert case_of(run, f"{test}total > adds").distilled == (
        "`expect(total([2, 3])).toBe(5);`: AssertionError: expected 5, got 2 (test/cart.test.js:9)"
    )
    ticket = Ticket(
        id="t", repository="/r", title="t", target_file="src/cart.js", target_symbol="Cart"
    )
    assert wrong_reason(case_of(run, f"{test}cart"), ticket, list(JEST)) is None
    if not chosen:
        broken = wrong_reason(case_of(run, "test/broken.test.js"), ticket, list(JEST))
        assert broken and "itself is broken" in broken
