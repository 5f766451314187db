"""Near misses are mended by small changes that real test runs judge."""

import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from agents.tools.mutation import Climb, climb
from agents.tools.process_tree import descendants
from agents.tools.runners.pytest_runner import Pytest
from agents.tools.sandbox import Sandbox
from agents.tools.test_runner import TestRunner
from tests.later_near_misses import LATER_NEAR_MISSES
from tests.near_miss import NearMiss
from tests.near_misses import ACCOUNT, LEAP, NEAR_MISSES, RUNNING, SLUGIFY

PYTHON = Path(sys.executable)
# The others take longer or are not mended; tests/benchmarks/bench_mutation.py tries all.
_SLOW = {"account", "binary", "csv", "temperature", "words"}
_NOT_MENDED = {"duration", "merge", "truncate"}
ALL = NEAR_MISSES | LATER_NEAR_MISSES
MENDED = sorted(ALL.keys() - _SLOW - _NOT_MENDED)


async def mend(
    sandbox: Sandbox,
    root: Path,
    miss: NearMiss,
    *sources: str,
    report: Callable[[str], None] = lambda _: None,
    max_runs: int = 3000,
    patience: float = float("inf"),
    donors: Sequence[str] = (),
) -> Climb:
    miss.write(root)
    return await climb(
        sandbox,
        PYTHON,
        root,
        "near.py",
        miss.symbol,
        ["test_near.py"],
        sources or [miss.source],
        seconds=120,
        max_runs=max_runs,
        patience=patience,
        report=report,
        donors=donors,
    )


@pytest.mark.parametrize("name", MENDED)
async def test_a_near_miss_is_mended_and_plain_pytest_agrees(
    sandbox: Sandbox, tmp_path: Path, name: str
) -> None:
    found = await mend(sandbox, tmp_path, ALL[name])
    assert found.green, found
    assert len(found.passed) == found.total
    (tmp_path / "near.py").write_text(found.best)
    assert (await TestRunner(sandbox, Pytest(PYTHON)).run(tmp_path)).green


async def test_a_slow_machine_tries_as_much_before_it_gives_up(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    found = await mend(sandbox, tmp_path, ALL["unique"], patience=0)
    assert found.green, found


async def test_comments_and_the_rest_of_the_file_keep_their_bytes(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    before = "# ä first\nX = ( 1,2 )  # odd layout\n\n\n"
    after = "\n\ndef  other( ):\n    return X  ;  # odd too\n"
    found = await mend(sandbox, tmp_path, SLUGIFY, before + SLUGIFY.source + after)
    assert found.green
    assert found.best.startswith(before)
    assert found.best.endswith(after)
    assert "    # only letters, digits and hyphens stay\n" in found.best


async def test_each_change_says_what_and_where(sandbox: Sandbox, tmp_path: Path) -> None:
    found = await mend(sandbox, tmp_path, LEAP)
    assert found.lines == (2,)
    assert [(c.line, c.what) for c in found.changes] == [(2, "`and` became `or`")]


async def test_the_same_search_finds_the_same_text(sandbox: Sandbox, tmp_path: Path) -> None:
    found = [await mend(sandbox, tmp_path, RUNNING) for _ in range(2)]
    assert found[0].best == found[1].best


async def test_code_that_passes_already_comes_back_unchanged(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    right = LEAP.source.replace("and year % 400", "or year % 400")
    found = await mend(sandbox, tmp_path, LEAP, LEAP.source, right)
    assert (found.best, found.changes, found.source) == (right, (), 1)


async def test_methods_of_two_candidates_are_spliced(sandbox: Sandbox, tmp_path: Path) -> None:
    deposit = ACCOUNT.source.replace("amount < 0", "amount <= 0").replace(
        "= amount\n", "+= amount\n", 1
    )
    withdraw = ACCOUNT.source.replace(">=", ">")
    head, _, tail = withdraw.rpartition("(amount)")
    found = await mend(sandbox, tmp_path, ACCOUNT, deposit, f"{head}(-amount){tail}")
    assert found.green
    (change,) = found.changes
    assert change.what in ("`deposit` of another candidate", "`withdraw` of another candidate")


async def test_a_function_comes_with_the_helpers_that_it_calls(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    tests = "assert code('b') == 2\nassert code('z') == 26\nassert code('?') == 'abc'"
    miss = NearMiss("code", "def code(w):\n    return 'abc'\n", tests, "")
    donor = (
        "import string\n\nLETTERS = string.ascii_lowercase\n\n\n"
        "def index(w):\n    return LETTERS.index(w)\n\n\n"
        "def code(w):\n    return index(w) + 1 if w.isalpha() else 'abc'\n"
    )
    found = await mend(sandbox, tmp_path, miss, donors=[donor])
    assert found.green
    assert [change.what for change in found.changes] == ["`code` of another candidate"]
    assert "def index(w)" in found.best


async def test_nothing_to_find_ends_with_the_best_and_a_reason(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    miss = NearMiss("f", "def f():\n    return 1\n", "assert f() == 1\nassert f() == 'xyz'", "")
    found = await mend(sandbox, tmp_path, miss, max_runs=200)
    assert not found.green
    assert found.best == miss.source
    assert (len(found.passed), found.total) == (1, 2)
    assert found.problem


async def test_a_file_without_the_symbol_is_a_problem_not_a_crash(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    found = await mend(sandbox, tmp_path, LEAP, "def other():\n    return 1\n")
    assert not found.green
    assert found.problem


async def test_a_python_without_pytest_is_a_problem_not_a_crash(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    LEAP.write(tmp_path)
    found = await climb(
        sandbox, Path("/bin/false"), tmp_path, "near.py", "is_leap", ["test_near.py"],
        [LEAP.source], seconds=60,
    )  # fmt: skip
    assert "exit code 1" in found.problem


async def test_cancelling_leaves_no_process(sandbox: Sandbox, tmp_path: Path) -> None:
    endless = NearMiss(
        "f", "def f(x):\n    while x:\n        x += 1\n    return 0\n", "assert f(1) == 'no'", ""
    )
    before = descendants(os.getpid())
    search = asyncio.create_task(mend(sandbox, tmp_path, endless))
    while not descendants(os.getpid()) - before:
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.5)
    search.cancel()
    with pytest.raises(asyncio.CancelledError):
        await search
    assert descendants(os.getpid()) <= before
