"""Mutants of JavaScript and TypeScript: one warm Node in the sandbox, worker threads for them."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from agents.tools.mutation.channel import START_SECONDS, Channel, EvaluationError
from agents.tools.mutation.copies import Copy, copies
from agents.tools.mutation.evaluate import Pace, Verdict, verdict_of
from agents.tools.runners.contract import Command, NotRunnableError
from agents.tools.runners.script_runner import ScriptRunner
from agents.tools.sandbox import Sandbox, SandboxResult

_GUESTS = Path(__file__).with_name("guests")
_PROGRAMS = {
    "node": ("node_child.mjs",),
    "jest": ("lane_child.mjs", "./jest_lane.cjs"),
    "vitest": ("lane_child.mjs", "./vitest_lane.mjs"),
}
_PACE = Pace()
_FIRST_SECONDS = 5.0
_CRASHES = 20
"""So many texts may end the process, as running out of memory does."""


class ScriptJudge:
    """Runs tests with other texts of one file, as ``node --test``, vitest or Jest would.

    Every text stands in a copy of the repository, which the sandbox keeps read-only, and is
    loaded in the runner's own way. Files that tests look for from the working folder are those
    of the first copy. See `Judge`.
    """

    def __init__(
        self,
        start: Callable[[Path], Coroutine[Any, Any, SandboxResult]],
        scratch: Path,
        places: Sequence[Copy],
        tests: Sequence[str],
        folder: str,
    ) -> None:
        self._start, self._scratch = start, scratch
        self._places, self._tests, self._folder = places, tests, folder
        self._process = AsyncExitStack()
        self._crashes = 0
        self._usual = 0.0
        """Seconds that a run takes which comes to its end."""
        self.runs = 0

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        sandbox: Sandbox,
        adapter: ScriptRunner,
        root: Path,
        target: str,
        tests: Sequence[str],
        *,
        seconds: float,
        workers: int = 2,
    ) -> AsyncGenerator[ScriptJudge, None]:
        """A judge for the file `target` of `root`; raises EvaluationError."""
        root = await asyncio.to_thread(root.resolve)
        with tempfile.TemporaryDirectory(prefix="tenon-mutants-") as scratch:
            folder = Path(scratch)
            own = folder / "own"
            await asyncio.to_thread(own.mkdir)
            modules = await asyncio.to_thread(adapter.package.modules)
            made = copies(root, folder, target, modules, workers, sandbox.kind == "limits")
            with ExitStack() as stack:
                places = await asyncio.to_thread(stack.enter_context, made)
                command = await asyncio.to_thread(_command, adapter, places[0].root, tests, own)
                start = partial(_sandboxed, sandbox, adapter, command, places, own, seconds)
                judge = cls(start, own, places, tests, command.folder)
                async with judge._process:
                    await judge._restart()
                    yield judge

    async def _restart(self) -> None:
        await self._process.aclose()
        opened = Channel.open(self._start, self._scratch)
        self._channel = await self._process.enter_async_context(opened)

    def preload(self, modules: Sequence[str]) -> None:
        """See `Judge`: threads share no modules."""

    async def run(
        self, sources: Sequence[str], pace: Pace = _PACE, *, trace: bool = False
    ) -> list[Verdict]:
        """See `Judge`. Lines are not traced."""
        verdicts: dict[int, Verdict] = {}
        suspects: list[int] = []
        while len(verdicts) < len(sources):
            rest = [i for i in range(len(sources)) if i not in verdicts and i not in suspects]
            alone = not rest or bool(suspects)
            batch = suspects[:1] if alone else rest
            flying: set[int] = set()
            try:
                await self._fly({i: sources[i] for i in batch}, pace, verdicts, flying)
            except EvaluationError:
                self._crashes += 1
                if not flying or self._crashes > _CRASHES:
                    raise
                await self._restart()
                if alone:
                    verdicts[batch[0]] = Verdict(frozenset(), broken=("it ended the process",))
                suspects += flying if not alone else ()
            suspects = [i for i in suspects if i not in verdicts]
        self.runs += len(sources)
        ended = [v.seconds for v in verdicts.values() if v.complete]
        self._usual = self._usual or max(ended, default=0.0)
        return [verdicts[i] for i in range(len(sources))]

    async def _fly(
        self,
        sources: Mapping[int, str],
        pace: Pace,
        verdicts: dict[int, Verdict],
        flying: set[int],
    ) -> None:
        """Run them side by side; `flying` holds those that were begun and are not in `verdicts`."""
        waiting = sorted(sources, reverse=True)
        free = list(self._places)
        used: dict[int, Copy] = {}
        while waiting or flying:
            while waiting and free:
                index = waiting.pop()
                used[index] = free.pop()
                flying.add(index)
                await asyncio.to_thread(used[index].put, sources[index])
                self._channel.send(self._order(index, used[index], pace))
            told = await self._channel.receive()
            index = told["index"]
            flying.discard(index)
            free.append(used.pop(index))
            verdicts[index] = verdict_of(told)

    def _order(self, index: int, place: Copy, pace: Pace) -> dict[str, object]:
        files = [str(place.root / test) for test in self._tests]
        # A test that does not end cannot be left out alone, so the whole run gets little time.
        usual = self._usual
        seconds = min(pace.run + 2 * usual, 0.1 + 3 * usual) if usual else _FIRST_SECONDS
        return {
            "index": index,
            "files": files,
            "folder": str(place.root / self._folder),
            "target": str(place.target),
            "run_seconds": seconds,
        }


def _command(adapter: ScriptRunner, root: Path, tests: Sequence[str], report: Path) -> Command:
    """What a run of the tests needs and may read. Raises EvaluationError."""
    try:
        return adapter.command(root, tests, report, stop_at_first=False)
    except NotRunnableError as error:
        raise EvaluationError(str(error)) from error


async def _sandboxed(
    sandbox: Sandbox,
    adapter: ScriptRunner,
    command: Command,
    places: Sequence[Copy],
    own: Path,
    seconds: float,
    address: Path,
) -> SandboxResult:
    script, *lane = _PROGRAMS[adapter.name]
    program = [str(_GUESTS / script), str(address), *lane]
    argv = [command.argv[0], *_options(adapter, command), *program]
    return await sandbox.run(
        argv,
        cwd=places[0].root / command.folder,
        writable=[own],
        readable=[*(place.root for place in places), _GUESTS, *command.readable],
        env={**command.env, "TMPDIR": str(own)},
        timeout=seconds + START_SECONDS,
        memory_bytes=command.memory_bytes,
        limit_address_space=False,
        max_processes=command.max_processes,
    )


def _options(adapter: ScriptRunner, command: Command) -> list[str]:
    """Node's own options: those of the ordinary run, and the reporter of Node's test runner."""
    end = command.argv.index("--test" if adapter.name == "node" else adapter.program(adapter.needs))
    reporter = f"--test-reporter={_GUESTS / 'node_told.mjs'}"
    own = [reporter, "--test-reporter-destination=stderr"] if adapter.name == "node" else []
    return [*command.argv[1:end], *own]
