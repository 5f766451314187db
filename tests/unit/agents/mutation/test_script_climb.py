"""Near misses in JavaScript are mended by small changes that Node's own test runner judges."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from agents.languages.registry import language_of
from agents.tools.mutation import Climb, climb_by
from agents.tools.mutation.contract import Judge
from agents.tools.mutation.judges import judge_of
from agents.tools.runners.choose import choose
from agents.tools.sandbox import Sandbox
from agents.tools.test_runner import TestRunner
from tests.script_miss import ScriptMiss
from tests.script_near_misses import ACCOUNT, CENTS, LEAP, ROMAN, SCRIPT_MISSES

PACKAGES = Path(__file__).parents[3] / "javascript" / "node_modules"
MENDED = (
    *("slugify", "chunks", "tail", "cents", "average", "leap", "account", "duration", "ranges"),
    *("clamp", "locker"),
)
Judging = Callable[[Path], AbstractAsyncContextManager[Judge]]


@pytest.fixture(params=["strongest", "limits"])
def judging(request: pytest.FixtureRequest, sandbox: Sandbox) -> Judging:
    """A judge of a repository, in kinds of sandboxes."""
    found = sandbox if request.param == "strongest" else Sandbox("limits")

    @asynccontextmanager
    async def judge(root: Path) -> AsyncIterator[Judge]:
        runner = TestRunner(found, choose(root, "near.js"))
        async with judge_of(runner, root, "near.js", ["near.test.js"], seconds=60) as opened:
            yield opened

    return judge


async def mend(
    sandbox: Sandbox, root: Path, miss: ScriptMiss, *sources: str, target: str = "near.js"
) -> tuple[Climb, TestRunner]:
    if not (root / target).exists():
        miss.write(root)
    runner = TestRunner(sandbox, choose(root, target))
    tests = [f"near.test{Path(target).suffix}"]
    operators = language_of(target).operators
    assert operators is not None
    found = await climb_by(
        judge_of(runner, root, target, tests, seconds=120),
        operators.given([miss.module(miss.tests)]),
        [miss.symbol],
        sources or [miss.source],
        seconds=120,
        max_runs=1500,
    )
    return found, runner


@pytest.mark.parametrize("name", MENDED)
async def test_a_near_miss_is_mended_and_plain_node_agrees(
    sandbox: Sandbox, tmp_path: Path, name: str
) -> None:
    found, runner = await mend(sandbox, tmp_path, SCRIPT_MISSES[name])
    assert found.green, found
    assert (tmp_path / "near.js").read_text() == SCRIPT_MISSES[name].source, "nothing is written"
    (tmp_path / "near.js").write_text(found.best)
    assert (await runner.run(tmp_path)).green


async def test_comments_and_the_rest_of_the_file_keep_their_bytes(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    before = "\ufeff// ä first\nconst X = [ 1,2 ]  // odd 🎉\n\n"
    after = "\n\nfunction  other( ) { return X  ; }  // odd too\n"
    found, _ = await mend(sandbox, tmp_path, ROMAN, before + ROMAN.source + after)
    assert found.green, found
    changed = ROMAN.source.replace("if (number", "while (number")
    assert found.best == before + changed + after


async def test_each_change_says_what_and_where(sandbox: Sandbox, tmp_path: Path) -> None:
    found, _ = await mend(sandbox, tmp_path, LEAP)
    assert [(c.line, c.what) for c in found.changes] == [(2, "`&&` became `||`")]


async def test_methods_of_two_candidates_are_spliced(sandbox: Sandbox, tmp_path: Path) -> None:
    one = ACCOUNT.source.replace("amount < 0", "amount <= 0").replace("= amount", "+= amount", 1)
    two = ACCOUNT.source.replace(">=", ">")
    found, _ = await mend(sandbox, tmp_path, ACCOUNT, one, two)
    assert found.green
    assert [c.what[-20:] for c in found.changes] == [" of another candidate"[1:]]


async def test_types_are_kept_and_typescript_is_mended(sandbox: Sandbox, tmp_path: Path) -> None:
    assert PACKAGES.is_dir(), "The packages of the tests are missing: make setup-test."
    (tmp_path / "node_modules").symlink_to(PACKAGES)
    source = "export const toCents = (amount: number): number => Math.floor(amount * 100);\n"
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "near.ts").write_text(source)
    text = CENTS.module(CENTS.tests).replace("./near.js", "./near.ts")
    (tmp_path / "near.test.ts").write_text(text)
    found, _ = await mend(sandbox, tmp_path, CENTS, source, target="near.ts")
    assert found.green, found
    assert found.best == source.replace("floor", "round")


@pytest.mark.parametrize("framework", ["jest", "vitest"])
async def test_runner_is_loaded_once_and_outlives_what_mutants_do(
    sandbox: Sandbox, tmp_path: Path, framework: str
) -> None:
    assert PACKAGES.is_dir(), "The packages of the tests are missing: make setup-test."
    LEAP.write(tmp_path, framework)
    (tmp_path / "node_modules").symlink_to(PACKAGES)
    runner = TestRunner(sandbox, choose(tmp_path, "near.js"))
    assert runner.adapter.name == framework
    right = LEAP.source.replace("&& year % 400", "|| year % 400")
    loop = "export const isLeap = () => { for (;;) {} };"
    async with judge_of(runner, tmp_path, "near.js", ["near.test.js"], seconds=120) as judge:
        await judge.run([LEAP.source])
        verdicts = await judge.run([right, loop, "no code (", LEAP.source, "", right])
    assert [verdict.clean for verdict in verdicts] == [True, False, False, False, False, True]
    assert [len(verdict.passed) for verdict in verdicts] == [4, 0, 0, 2, 0, 4]
    assert set(verdicts[3].failures) == {"case 0", "case 3"} and verdicts[3].complete


async def test_mutants_do_not_see_each_other_and_cannot_end_the_search(
    judging: Judging, tmp_path: Path
) -> None:
    LEAP.write(tmp_path)
    right = LEAP.source.replace("&& year % 400", "|| year % 400")
    mark = "globalThis.seen = (globalThis.seen ?? 0) + 1; if (globalThis.seen > 1) throw 1;\n"
    full = "const all = []; while (true) all.push(new Array(1e6).fill(1));\n"
    async with judging(tmp_path) as judge:
        sources = [
            mark + right,
            "export const isLeap = () => { for (;;) {} };",
            "process.exit(0);\n" + right,
            full + right,
            "no code (",
            mark + right,
        ]
        verdicts = await judge.run(sources)
    assert [verdict.clean for verdict in verdicts] == [True, False, False, False, False, True]
    assert not any(verdict.passed for verdict in verdicts[1:5])


async def test_tests_cannot_write_into_the_repository(judging: Judging, tmp_path: Path) -> None:
    LEAP.write(tmp_path)
    write = """\
import { existsSync, writeFileSync } from "node:fs";
const place = new URL("./x", import.meta.url);
try { writeFileSync(place, "x"); } catch {}
export const isLeap = (year) => existsSync(place);
"""
    async with judging(tmp_path) as judge:
        if os.getuid() == 0 and "limits" in str(tmp_path):
            pytest.skip("nothing is read-only to root under limits")
        verdict = (await judge.run([write]))[0]
    assert verdict.complete and len(verdict.passed) == 2, "the file was never there"
    assert not (tmp_path / "x").exists()
    assert (tmp_path / "near.js").read_text() == LEAP.source


async def test_code_that_speaks_to_the_search_is_no_more_than_broken(
    judging: Judging, tmp_path: Path
) -> None:
    LEAP.write(tmp_path)
    speak = """\
import { readdirSync, readlinkSync, writeSync } from "node:fs";
for (const fd of readdirSync("/proc/self/fd")) {
  try {
    if (!readlinkSync(`/proc/self/fd/${fd}`).startsWith("socket:")) continue;
    writeSync(Number(fd), WORDS);
  } catch {}
}
export const isLeap = () => true;
"""
    texts = [speak.replace("WORDS", words) for words in ('"nonsense\\n"', "'{\"index\": []}\\n'")]
    async with judging(tmp_path) as judge:
        verdicts = await judge.run([*texts, LEAP.source])
    assert not any(verdict.clean for verdict in verdicts)
    assert verdicts[2].complete and verdicts[2].passed, "the other one is judged all the same"
    assert any("ended the process" in why for v in verdicts[:2] for why in v.broken)


async def test_cancelled_while_it_copies_the_search_leaves_no_folder(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, temporary = tmp_path / "repository", tmp_path / "temporary"
    root.mkdir()
    temporary.mkdir()
    LEAP.write(root)
    for number in range(1000):
        (root / f"file-{number}.txt").write_text("x")
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    mending = asyncio.create_task(mend(sandbox, root, LEAP))
    while not list(temporary.glob("tenon-mutants-*/copy-1")):
        await asyncio.sleep(0)
        assert not mending.done()
    mending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await mending
    assert not list(temporary.iterdir())


async def test_nothing_to_find_ends_with_the_best_and_a_reason(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    miss = ScriptMiss(
        "f", "export function f() {\n  return 1;\n}\n", (("f()", "1"), ("f()", '"x"'))
    )
    found, _ = await mend(sandbox, tmp_path, miss)
    assert not found.green and found.best == miss.source and found.problem
    assert (len(found.passed), found.total) == (1, 2)
