"""Keeps the models that are in memory inside a budget."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from agents.inference import Tier
from server.models.eviction import Plan, Resident, make_room, next_expiry, past_ttl
from server.models.system_memory import available_bytes, total_bytes

DEFAULT_SHARE = 0.6
"""Of the machine's or the container's memory, for all models together."""
_UNLIMITED = 1 << 62


class Tenant(Protocol):
    """A model that holds memory."""

    @property
    def tier(self) -> Tier:
        """How strong it is."""
        ...

    @property
    def last_used(self) -> float:
        """When a request last ended, on the loop's clock."""
        ...

    @property
    def in_use(self) -> bool:
        """Whether a request has it."""
        ...

    def leave(self) -> asyncio.Task[None]:
        """Take no further request, at once; done when the process is gone."""
        ...


@dataclass(eq=False)
class Lease:
    """The memory of one process, from before it starts until it is gone."""

    tenant: Tenant
    bytes: int
    load_seconds: float = 0.0
    settled: bool = False
    """Loaded, and not on its way out."""
    leaving: bool = False
    """Its process has been told to end."""
    departures: list[asyncio.Task[None]] = field(default_factory=list)
    """The process may start when these are done: others that make room for it."""

    def end(self) -> None:
        """The process has been told to end."""
        self.settled, self.leaving = False, True


class Residency:
    """Leases memory to models, and asks idle ones to leave. Use it within one event loop."""

    def __init__(
        self,
        budget: int | None,
        ttl: float,
        available: Callable[[], int | None] = available_bytes,
    ) -> None:
        self._limit = budget
        self._ttl = ttl
        self._available = available
        self._leases: list[Lease] = []
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False
        self._change = asyncio.Event()

    @property
    def limit(self) -> int:
        """Bytes that all models may hold if nothing else runs on the machine."""
        if self._limit is not None:
            return self._limit
        return int((total_bytes() or _UNLIMITED) * DEFAULT_SHARE)

    @property
    def budget(self) -> int:
        """Bytes that all models may hold now: less where the machine has no more left."""
        free = self._available()
        return self.limit if free is None else min(self.limit, self.held + free)

    @property
    def held(self) -> int:
        """Bytes of all leases."""
        return sum(lease.bytes for lease in self._leases)

    @property
    def departing(self) -> bool:
        """Whether memory becomes free in a moment, because a process is ending."""
        return any(lease.leaving for lease in self._leases)

    # ------------------------------------------------------------------ coming

    def ask(self, tenant: Tenant, needed: int) -> Lease | Plan:
        """Lease `needed` bytes and send away who must make room; or the plan says why not."""
        plan = make_room(self._residents(), needed, self.budget)
        if plan.outcome != "fits":
            return plan
        leaving = [lease for lease in self._leases if _name(lease) in plan.evict]
        lease = Lease(tenant, needed, departures=[_send_away(each) for each in leaving])
        self._leases.append(lease)
        return lease

    async def changed(self, until: float) -> bool:
        """Wait until memory may have become free; False when the time is over."""
        try:
            async with asyncio.timeout_at(until):
                await self._change.wait()
        except TimeoutError:
            return False
        return True

    # ------------------------------------------------------------------ staying and going

    def settle(self, lease: Lease, measured: int, load_seconds: float) -> None:
        """The process is ready and holds `measured` bytes."""
        lease.bytes = measured or lease.bytes
        lease.load_seconds = load_seconds
        lease.settled = True
        self.touch()

    def remeasure(self, lease: Lease, measured: int) -> None:
        """The process holds `measured` bytes now; of several measurements the most counts."""
        lease.bytes = max(lease.bytes, measured)

    def release(self, lease: Lease) -> None:
        """The process is gone."""
        if lease in self._leases:
            self._leases.remove(lease)
            self.touch()

    def touch(self) -> None:
        """A model was used, became idle or left: look again who may come, and who must go."""
        self._change.set()
        self._change = asyncio.Event()
        self._sweep()

    def close(self) -> None:
        """Send nobody away any more."""
        self._closed = True
        self._cancel_timer()

    # ------------------------------------------------------------------ inside

    def _residents(self) -> list[Resident]:
        return [
            Resident(
                id=_name(lease),
                bytes=lease.bytes,
                last_used=lease.tenant.last_used,
                in_use=lease.tenant.in_use or not lease.settled,
                tier=lease.tenant.tier,
                load_seconds=lease.load_seconds,
            )
            for lease in self._leases
        ]

    def _sweep(self) -> None:
        """Send away who is past the time to live, and come back for the next one."""
        self._cancel_timer()
        loop, residents = asyncio.get_running_loop(), self._residents()
        for name in past_ttl(residents, loop.time(), self._ttl):
            for lease in [each for each in self._leases if _name(each) == name]:
                _send_away(lease)
        expiry = next_expiry(self._residents(), self._ttl)
        if expiry is not None and not self._closed:
            self._timer = loop.call_at(expiry, self._sweep)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


def _name(lease: Lease) -> str:
    return str(id(lease))


def _send_away(lease: Lease) -> asyncio.Task[None]:
    lease.end()
    return lease.tenant.leave()
