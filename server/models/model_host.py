"""The worker process of one configuration: loaded on demand, kept while used, ended."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Iterator

from agents.inference import Tier
from server.models.backend import CannotStartError, State
from server.models.configuration import ModelConfiguration
from server.models.eviction import Plan
from server.models.loader import Loader, MissingError
from server.models.model_card import update_card
from server.models.residency import Lease, Residency
from server.models.worker_process import WorkerProcess

logger = logging.getLogger(__name__)

_ENDING_SECONDS = 10.0
"""A process that was told to end is gone after this at the latest."""


class ModelHost:
    """Has at most one process that takes requests, and leases its memory.

    `on_change` is called when the state changes. Use it within one event loop.
    """

    def __init__(
        self,
        configuration: ModelConfiguration,
        residency: Residency,
        loader: Loader,
        on_change: Callable[[], None],
    ) -> None:
        self.configuration = configuration
        self.state: State = "stopped"
        self.detail = ""
        self.last_used = 0.0
        self.worker: WorkerProcess | None = None
        self._residency = residency
        self._loader = loader
        self._on_change = on_change
        self._lease: Lease | None = None
        self._loading: asyncio.Task[None] | None = None
        self._using = 0
        self._tasks: set[asyncio.Task[None]] = set()

    # ------------------------------------------------------------------ tenant and player

    @property
    def tier(self) -> Tier:
        """How strong it is."""
        return self.configuration.tier

    @property
    def in_use(self) -> bool:
        """Whether a request has it, or it is on its way."""
        return self._using > 0 or self._loading is not None

    @property
    def memory_bytes(self) -> int:
        """What its process holds, as last measured; 0 without one."""
        return self._lease.bytes if self._lease is not None else 0

    @property
    def idle_seconds(self) -> float:
        """How long nobody has used the process; 0 without one."""
        if self.worker is None or self.in_use:
            return 0.0
        return asyncio.get_running_loop().time() - self.last_used

    def pause(self) -> None:
        """Stop decoding; requests are kept."""
        if self.worker is not None:
            self.worker.pause()

    def resume(self) -> None:
        """Go on decoding."""
        if self.worker is not None:
            self.worker.resume()

    @contextlib.contextmanager
    def using(self) -> Iterator[None]:
        """Keep it in memory."""
        self._using += 1
        try:
            yield
        finally:
            self._using -= 1
            self.last_used = asyncio.get_running_loop().time()
            if not self._using:
                if self.worker is not None and self._lease is not None:
                    self._spawn(self._measure(self.worker, self._lease))
                self._residency.touch()

    # ------------------------------------------------------------------ starting

    async def ready(self, patience: float) -> WorkerProcess:
        """The process with its model loaded.

        Waits up to `patience` seconds for memory of models in use. Cancelling leaves a load
        that has begun to itself. Raises CannotStartError.
        """
        give_up = asyncio.get_running_loop().time() + patience
        while self.worker is None or not self.worker.alive:
            if self.worker is not None:
                await self.lost(self.worker, "The model's process was ended from outside.")
            elif self._loading is not None:
                await asyncio.shield(self._loading)
            else:
                await self._begin(give_up)
        return self.worker

    async def _begin(self, give_up: float) -> None:
        """Begin to load, or wait until that may be possible."""
        try:
            needed = await self._loader.need()
        except CannotStartError as error:
            self._cannot_start(error)
            raise
        if self._loading is not None or self.worker is not None:
            return
        lease = self._residency.ask(self, needed)
        if isinstance(lease, Lease):
            self._loading = self._spawn(self._load(lease))
        elif lease.outcome == "never" or not await self._residency.changed(self._until(give_up)):
            self._enter(self.state, self._does_not_fit(lease))
            raise CannotStartError(self.detail)

    def _until(self, give_up: float) -> float:
        """How long to wait for memory; even the impatient wait for a process that is ending."""
        soon = asyncio.get_running_loop().time() + _ENDING_SECONDS
        return max(give_up, soon) if self._residency.departing else give_up

    async def _load(self, lease: Lease) -> None:
        self._enter("starting")
        clock = asyncio.get_running_loop().time
        try:
            if lease.departures:
                await asyncio.wait(lease.departures)
            started = clock()
            self.worker = await self._loader.start()
            self._lease, self.last_used = lease, clock()
        except CannotStartError as error:
            self._cannot_start(error)
            raise
        finally:
            self._loading = None
            if self.worker is None:
                self._residency.release(lease)
        measured = self.worker.memory_bytes()
        self._residency.settle(lease, measured, self.last_used - started)
        self._enter("ready")
        self._spawn(self._note(lease.bytes, lease.load_seconds))

    def _cannot_start(self, error: CannotStartError) -> None:
        self._enter("stopped" if isinstance(error, MissingError) else "failed", str(error))

    def _does_not_fit(self, plan: Plan) -> str:
        held = f", of which others hold {_gib(plan.held)}" if plan.held else ""
        return (
            f"The model {self.configuration.id} needs {_gib(plan.needed)} of memory; all models "
            f"together may take {_gib(plan.budget)}{held}. Set a smaller TENON_CONTEXT_WINDOW "
            "or a larger TENON_MEMORY_BUDGET, or close other programs."
        )

    # ------------------------------------------------------------------ ending

    async def lost(self, worker: WorkerProcess, detail: str) -> None:
        """The process crashed; the next request starts another one, after a pause."""
        if self.worker is worker:
            self._loader.lost()
            lease = self._detach()
            self._enter("stopped", detail)
            await worker.stop()
            self._residency.release(lease)

    def leave(self) -> asyncio.Task[None]:
        """Take no further request with this process, at once; done when it is gone."""
        if self.worker is None:
            return self._spawn(asyncio.sleep(0))
        worker, lease = self.worker, self._detach()
        self._enter("stopping")
        return self._spawn(self._stop(worker, lease))

    async def close(self) -> None:
        """End the process, loaded or not."""
        if self._loading is not None:
            self._loading.cancel()
            await asyncio.wait([self._loading])
            self._enter("stopped")
        self.leave()
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _detach(self) -> Lease:
        lease = self._lease
        assert lease is not None  # noqa: S101 - a ready process has one
        self.worker = self._lease = None
        lease.end()
        return lease

    async def _stop(self, worker: WorkerProcess, lease: Lease) -> None:
        await worker.stop()
        self._residency.release(lease)
        if self.state == "stopping":
            self._enter("stopped")

    # ------------------------------------------------------------------ inside

    async def _measure(self, worker: WorkerProcess, lease: Lease) -> None:
        measured = await asyncio.to_thread(worker.memory_bytes)
        if measured > lease.bytes:
            self._residency.remeasure(lease, measured)
            await self._note(measured, None)

    async def _note(self, memory_bytes: int, load_seconds: float | None) -> None:
        """Keep what was measured for the next time."""
        path, window = self.configuration.path, self.configuration.context_window
        assert path is not None  # noqa: S101 - it was loaded from there
        try:
            await asyncio.to_thread(
                update_card,
                self.configuration.cache_dir,
                path,
                lambda card: card.with_load(window, memory_bytes, load_seconds),
            )
        except OSError as error:
            logger.warning("What was measured of %s cannot be kept: %s", path, error)

    def _spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # those who wait for it are told; if nobody does, it is no news

    def _enter(self, state: State, detail: str = "") -> None:
        self.state, self.detail = state, detail
        self._on_change()


def _gib(count: int) -> str:
    return f"{count / 1024**3:.1f} GiB"
