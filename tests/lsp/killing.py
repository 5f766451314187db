"""A server that is killed in the middle of its work, and what it leaves behind."""

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

from agents.tools.process_tree import descendants
from server.headless import HeadlessClient, ServerError, connect
from server.protocol import SpecDecisionParams, SpecProposeParams, TicketListParams, TicketRunParams

HOLD = '#!/bin/sh\ntouch "$(git rev-parse --git-dir)/held"\n'
HOLD += 'while [ ! -e "$(git rev-parse --git-dir)/go" ]; do sleep 0.05; done\n'


class Life:
    """One server process from its start to its end. Use it as an async context manager."""

    def __init__(self, repository: Path, variables: dict[str, str]) -> None:
        self.repository = repository
        self._variables = variables
        self._tasks: list[asyncio.Task[Any]] = []
        self._texts = asyncio.Event()

    async def __aenter__(self):
        self._connection = connect(self.repository, environment=self._variables)
        self._client: HeadlessClient = await self._connection.__aenter__()
        return self

    async def __aexit__(self, *error):
        await self._connection.__aexit__(*error)
        for task in self._tasks:
            with suppress(ServerError):
                await task

    async def ask(self, method, params):
        return await self._client.request(method, params)

    def begin(self, method, params):
        """Ask without waiting for the answer, which a kill prevents."""
        request = self._client.request(method, params, self._heard)
        self._tasks.append(asyncio.ensure_future(request))

    def _heard(self, value):
        if value.kind == "text":
            self._texts.set()

    async def text_arrives(self):
        await asyncio.wait_for(self._texts.wait(), 30)

    async def ticket(self):
        """The only ticket, None before there is one."""
        tickets = (await self.ask("tenon/tickets/list", TicketListParams())).tickets
        return tickets[0] if tickets else None

    async def ticket_is(self, state):
        async with asyncio.timeout(30):
            while (await self.ticket()).state != state:
                await asyncio.sleep(0.02)

    async def tests_run(self):
        """Wait until a test runner of this server is at work."""
        await eventually(lambda: any(b"pytest" in _command(pid) for pid in self.children()))

    async def planned(self, request):
        """The id of the one ticket that a sentence leads to."""
        proposed = await self.ask("tenon/spec/propose", SpecProposeParams(request))
        decision = SpecDecisionParams(proposed.proposal.id)
        return (await self.ask("tenon/spec/accept", decision)).ticket_ids[0]

    async def reviewed(self, request):
        """The id of a ticket that waits for a decision."""
        ticket_id = await self.planned(request)
        await self.ask("tenon/tickets/run", TicketRunParams(ticket_id))
        return ticket_id

    async def end(self):
        """Wait until the server has ended by itself; its exit code, negative for a signal."""
        return await asyncio.wait_for(self._process.wait(), 60)

    @property
    def _process(self):
        process = self._client.process
        assert process is not None
        return process

    def children(self):
        return descendants(self._process.pid)

    async def kill(self):
        """Kill the server as the system does, and let a Git hook that was held go on.

        Returns the processes that it had started, each with the moment of its start.
        """
        process = self._process
        process.send_signal(signal.SIGSTOP)  # so that it starts nothing that is not counted
        started = {pid: at for pid in self.children() if (at := _started(pid)) is not None}
        process.kill()
        await process.wait()
        (self.repository / ".git" / "go").touch()
        return started


def hold(repository, hook):
    """Make Git wait in the middle of its work: in `hook`, which runs from now on."""
    path = repository / ".git" / "hooks" / hook
    path.write_text(HOLD)
    path.chmod(0o755)


async def held(repository):
    await eventually((repository / ".git" / "held").exists)


async def gone(processes):
    """Wait until all of them are; a process that outlives the server fails the test."""
    try:
        await eventually(lambda: not any(_started(p) == at for p, at in processes.items()))
    except TimeoutError:
        left = [_command(p) for p, at in processes.items() if _started(p) == at]
        raise AssertionError(f"these outlive the server: {left}") from None


async def eventually(condition):
    async with asyncio.timeout(15):
        while not condition():
            await asyncio.sleep(0.02)


def _started(pid):
    """When the process started, in clock ticks; None if it has ended."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        return None if fields[0] in (b"Z", b"X") else int(fields[19])
    return None


def _command(pid):
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def without_bubblewrap(variables, folder):
    """The same variables on a machine where bubblewrap does not work."""
    folder.mkdir()
    (folder / "bwrap").write_text("#!/bin/sh\nexit 1\n")
    (folder / "bwrap").chmod(0o755)
    return variables | {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
