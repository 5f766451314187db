"""What one ticket may cost, and the reasons for which the pair stops."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from agents.tools.runners.choose import Wanted

_WAVE = 0.4
"""Of a ticket's minutes that one question may take."""
_RUN = 0.1
"""Of a ticket's minutes that one run of its tests may take."""


@dataclass(frozen=True)
class TeamOptions:
    """How the team works; filled in from the settings."""

    data_dir: Path
    spec_path: str = "docs/spec.md"
    commit_spec: bool = True
    python: Path | None = None
    """Interpreter for the repository's tests; found by itself if None."""
    test_runner: Wanted = "auto"
    max_minutes: float = 20.0
    max_candidates: int = 200
    test_timeout: float = 60.0
    parallel_tickets: int = 1
    git_hooks: bool = False
    """Whether the person's hooks run for commits of tickets."""


@dataclass
class Budget:
    """Minutes and candidates that a ticket may still take."""

    minutes: float
    candidates: int
    _began: float = field(default_factory=time.monotonic)

    @property
    def minutes_used(self) -> float:
        """Minutes since the work began."""
        return (time.monotonic() - self._began) / 60

    @property
    def seconds_left(self) -> float:
        """Seconds that the work may still take; 0 when the minutes are used up."""
        return max(self.minutes - self.minutes_used, 0.0) * 60

    @property
    def wave_seconds(self) -> float:
        """For how long one question may be answered: no wave takes a ticket's minutes for itself,
        and none goes on when they are used up.
        """
        return min(self.seconds_left, _WAVE * self.minutes * 60)

    @property
    def run_seconds(self) -> float:
        """For how long one candidate's tests may run: an endless loop takes no more than a part
        of a ticket's minutes.
        """
        return _RUN * self.minutes * 60

    @property
    def spent(self) -> str:
        """Why nothing more may be tried, or an empty string."""
        if self.candidates <= 0:
            return "the number of candidates is used up"
        if self.minutes_used >= self.minutes:
            return f"the {self.minutes:g} minutes are used up"
        return ""

    def take(self) -> None:
        """Count one candidate."""
        self.candidates -= 1
