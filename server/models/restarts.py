"""When a process that crashed may start again, and when it is given up."""

from __future__ import annotations

from dataclasses import dataclass

MAX_LOAD_CRASHES = 3
FIRST_BACK_OFF = 0.5
LONGEST_BACK_OFF = 30.0


@dataclass
class Restarts:
    """Counts crashes. Times are seconds of one monotonic clock."""

    load_crashes: int = 0
    """How often it crashed while loading since it last answered."""
    not_before: float = 0.0
    """The earliest time of the next start."""
    _back_off: float = FIRST_BACK_OFF

    @property
    def given_up(self) -> bool:
        """Whether it crashed so often while loading that it is broken."""
        return self.load_crashes >= MAX_LOAD_CRASHES

    def crashed(self, now: float) -> None:
        """It crashed while it was ready; the next start waits twice as long each time."""
        self.not_before = now + self._back_off
        self._back_off = min(self._back_off * 2, LONGEST_BACK_OFF)

    def crashed_on_load(self, now: float) -> None:
        """It crashed, or was too slow, before it was ready."""
        self.load_crashes += 1
        self.crashed(now)

    def answered(self) -> None:
        """It works; what was before does not count any more."""
        self.load_crashes, self.not_before, self._back_off = 0, 0.0, FIRST_BACK_OFF
