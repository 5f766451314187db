"""Mutants of JavaScript and TypeScript: one warm Node in the sandbox, worker threads for them."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from agents.tools.mutation.channel import START_SECONDS, Channel, EvaluationError
from agents.tools.mutation.copies import Copy, copies
from agents.tools.mutation.evaluate import Pace, Verdict, verdict_of
from agents.tools.runners.contract import Command, NotRunnableError
from agents.tools.runners.script_runner import ScriptRunner
from agents.tools.sandbox import Sandbox, SandboxResult
from agents.uninterrupted import uninterrupted

_GUESTS = Path(__file__).with_name("guests")
_PROGRAMS = {
    "node": ("node_child.mjs",),
    "jest": ("lane_child.mjs", "./jest_lane.cjs"),
    "vitest": ("lane_child.mjs", "./vitest_lane.mjs"),
}
_PACE = Pace()
_FIRST_SECONDS = 5.0
_TOGETHER = 8
"""So many texts share a thread of Node's test runner: its start costs more than a run."""
_SHARE = 0.35
"""What each further one adds, in relation to the first."""
_CRASHES = 20
"""So many texts may end the process, as running out of memory does."""
_KNOWN = 2000
"""So many verdicts are kept, those of the newest texts."""


class ScriptJudge:
    """Runs tests with other texts of one file, as ``node --test``, vitest or Jest would.

    Every text stands in a copy of the repository, which the sandbox keeps read-only, and is
    loaded in the runner's own way. Under ``node --test`` several share a thread; what passes,
    or may have been disturbed by the others, is run again alone. Files that tests look for from
    the working folder are those of the first copy. See `Judge`.
    """

    def __init__(
        self,
        start: Callable[[Path], Coroutine[Any, Any, SandboxResult]],
        scratch: Path,
        places: Sequence[Copy],
        tests: Sequence[str],
        folder: str,
        lanes: int,
    ) -> None:
        self._start, self._scratch = start, scratch
        self._places, self._tests, self._folder = places, tests, folder
        self._process = AsyncExitStack()
        self._lanes = min(lanes, len(places))
        self._together = _TOGETHER
        self._orders = 0
        self.breadth = 2 * len(places)
        self._crashes = 0
        self._known: dict[str, Verdict] = {}
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
        stack = ExitStack()
        try:
            scratch = tempfile.TemporaryDirectory(prefix="tenon-mutants-")
            folder = Path(stack.enter_context(scratch))
            own = folder / "own"
            await asyncio.to_thread(own.mkdir)
            modules = await asyncio.to_thread(adapter.package.modules)
            count = workers * (_TOGETHER if adapter.name == "node" else 1)
            made = copies(root, folder, target, modules, count, sandbox.kind == "limits")
            places = await _made(stack, made)
            command = await asyncio.to_thread(_command, adapter, places[0].root, tests, own)
            start = partial(_sandboxed, sandbox, adapter, command, places, own, seconds)
            judge = cls(start, own, places, tests, command.folder, workers)
            async with judge._process:
                await judge._restart()
                yield judge
        finally:
            # Many files: neither is the event loop held up, nor are they left when cancelled.
            await uninterrupted(asyncio.to_thread(stack.close))

    async def _restart(self) -> None:
        await self._process.aclose()
        opened = Channel.open(self._start, self._scratch)
        self._channel = await self._process.enter_async_context(opened)

    def preload(self, modules: Sequence[str]) -> None:
        """See `Judge`: threads share no modules."""

    async def run(
        self, sources: Sequence[str], pace: Pace = _PACE, *, trace: bool = False
    ) -> list[Verdict]:
        """See `Judge`. Lines are not traced, so what was run once is not run again for them."""
        if trace and all(source in self._known for source in sources):
            return [self._known[source] for source in sources]
        flight = _Flight(sources, pace)
        while flight.waiting or flight.alone:
            try:
                await self._fly(flight)
            except EvaluationError:
                suspects = [index for batch in flight.flying.values() for index in batch]
                await self._again(bool(suspects))
                for index in suspects:
                    await self._solo(index, flight)
        self.runs += len(sources)
        ended = [v.seconds for v in flight.verdicts.values() if v.complete]
        self._usual = self._usual or max(ended, default=0.0)
        self._known |= {source: flight.verdicts[i] for i, source in enumerate(sources)}
        for source in list(self._known)[:-_KNOWN]:
            del self._known[source]
        return [flight.verdicts[i] for i in range(len(sources))]

    async def _again(self, may: bool) -> None:
        """Start the process once more; raises EvaluationError if that does not help."""
        self._crashes += 1
        if not may or self._crashes > _CRASHES:
            raise EvaluationError("the process that runs mutants ends again and again")
        await self._restart()

    async def _solo(self, index: int, flight: _Flight) -> None:
        """Run a text with nothing beside it that may have ended the process."""
        try:
            alone = _Flight(flight.sources, flight.pace, [], [index], verdicts=flight.verdicts)
            await self._fly(alone)
        except EvaluationError:
            flight.verdicts[index] = Verdict(frozenset(), broken=("it ended the process",))
            await self._again(True)

    async def _fly(self, flight: _Flight) -> None:
        """Run what waits, several texts in a thread."""
        free = [self._places[lane :: self._lanes] for lane in range(self._lanes)]
        used: dict[int, Sequence[Copy]] = {}
        flight.flying.clear()
        share = -(-len(flight.waiting) // self._lanes)
        while flight.waiting or flight.alone or flight.flying:
            while (flight.waiting or flight.alone) and free:
                places = free.pop()
                batch = flight.take(min(len(places), self._together, max(1, share)))
                number = self._orders = self._orders + 1
                used[number], flight.flying[number] = places, batch
                order = await self._order(number, places[: len(batch)], batch, flight)
                self._channel.send(order)
            told = await self._channel.receive()
            try:
                places, batch = used.pop(told["index"]), flight.flying[told["index"]]
                self._land(told, batch, flight)
            except (AttributeError, LookupError, TypeError, ValueError) as error:
                raise EvaluationError("the process that runs mutants tells nonsense") from error
            del flight.flying[told["index"]]
            free.append(places)

    def _land(self, told: dict[str, Any], batch: list[int], flight: _Flight) -> None:
        """Keep the verdicts; what may have been disturbed by others is run alone."""
        if len(batch) > 1:
            more = self._together + 1 if told["sound"] else self._together // 2
            self._together = min(_TOGETHER, max(1, more))
        verdicts = [verdict_of(facts) for facts in told["mutants"]]
        for index, verdict in zip(batch, verdicts, strict=True):
            if len(batch) > 1 and (verdict.clean or not told["sound"]):
                flight.alone.append(index)
            else:
                flight.verdicts[index] = verdict

    async def _order(
        self, number: int, places: Sequence[Copy], batch: list[int], flight: _Flight
    ) -> dict[str, object]:
        for place, index in zip(places, batch, strict=True):
            await asyncio.to_thread(place.put, flight.sources[index])
        # A test that does not end cannot be left out alone, so the whole run gets little time.
        usual = self._usual * (1 + _SHARE * (len(batch) - 1))
        limit = min(flight.pace.run + 2 * usual, 0.1 + 3 * usual) if usual else _FIRST_SECONDS
        return {
            "index": number,
            "files": [[str(place.root / test) for test in self._tests] for place in places],
            "folders": [str(place.root / self._folder) for place in places],
            "roots": [str(place.root) for place in places],
            "targets": [str(place.target) for place in places],
            "run_seconds": limit,
        }


@dataclass
class _Flight:
    """The texts of one call, by index."""

    sources: Sequence[str]
    pace: Pace
    waiting: list[int] = field(default_factory=list)
    alone: list[int] = field(default_factory=list)
    """Those that are to have a thread for themselves."""
    flying: dict[int, list[int]] = field(default_factory=dict)
    """Those that were begun, by number of their order."""
    verdicts: dict[int, Verdict] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.alone:
            self.waiting = list(range(len(self.sources)))[::-1]

    def take(self, count: int) -> list[int]:
        """The next that run together."""
        if self.alone:
            return [self.alone.pop()]
        return [self.waiting.pop() for _ in range(min(count, len(self.waiting)))]


async def _made(stack: ExitStack, made: AbstractContextManager[list[Copy]]) -> list[Copy]:
    """The copies, made in a thread, which cannot be stopped: whoever is cancelled waits for it.

    Otherwise it would go on writing into a folder that is being removed.
    """
    making = asyncio.ensure_future(asyncio.to_thread(stack.enter_context, made))
    try:
        return await asyncio.shield(making)
    except asyncio.CancelledError:
        await asyncio.wait({making})
        if not making.cancelled():
            making.exception()  # asked for, so that it is not reported as forgotten
        raise


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
