"""What Tenon says of each sandbox is what happens when somebody tries to get out."""

import os
from pathlib import Path

import pytest

from agents.tools.escapes import ESCAPES, Escape, Trial, try_escapes
from agents.tools.process_tree import descendants
from agents.tools.sandbox import NO_BUBBLEWRAP, NOTHING, Sandbox


async def tried(sandbox: Sandbox, escape: Escape) -> Trial:
    trials = [trial async for trial in try_escapes(sandbox, [escape])]
    assert len(trials) == 1
    return trials[0]


def skip_untried(trial: Trial) -> None:
    if trial.contained is None:
        assert trial.escape.needs, trial.detail  # whatever needs nothing can be tried everywhere
        pytest.skip(trial.detail)


@pytest.mark.parametrize("escape", ESCAPES, ids=lambda escape: escape.name)
async def test_bubblewrap_contains(bubblewrap: Sandbox, escape: Escape) -> None:
    trial = await tried(bubblewrap, escape)
    skip_untried(trial)
    assert trial.contained, trial.detail


@pytest.mark.parametrize(
    "escape", [e for e in ESCAPES if e.limits is not None], ids=lambda escape: escape.name
)
async def test_limits_contain_what_they_are_said_to(limits: Sandbox, escape: Escape) -> None:
    trial = await tried(limits, escape)
    skip_untried(trial)
    assert trial.contained == escape.limits, trial.detail


@pytest.mark.parametrize(
    "escape", [e for e in ESCAPES if e.landlock is not None], ids=lambda escape: escape.name
)
async def test_landlock_contains_what_it_is_said_to(landlock: Sandbox, escape: Escape) -> None:
    trial = await tried(landlock, escape)
    skip_untried(trial)
    assert trial.contained == escape.landlock, trial.detail


async def test_attempts_leave_nothing_behind(limits: Sandbox) -> None:
    traps, before = set(Path.home().glob(".tenon-trap-*")), descendants(os.getpid())
    names = ("write_home", "kill_keeper", "hard_link")
    for escape in (e for e in ESCAPES if e.name in names):
        assert (await tried(limits, escape)).contained is False
    assert set(Path.home().glob(".tenon-trap-*")) <= traps
    assert descendants(os.getpid()) <= before


def test_person_without_bubblewrap_is_told_what_gets_out() -> None:
    def groups(kind: str) -> set[str]:
        return {escape.group for escape in ESCAPES if getattr(escape, kind) is False}

    assert groups("landlock") == {"network"}
    assert "network" in NO_BUBBLEWRAP
    assert groups("limits") == {"network", "secrets", "files", "processes"}
    for word in ("network", "read or write your files", "other programs"):
        assert word in NOTHING
