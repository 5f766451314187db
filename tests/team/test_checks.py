"""Green code also suits the checks that the repository already uses, as far as it can be had."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from agents.orchestrator import Orchestrator
from agents.progress import silent
from memory.records import Evidence, Ticket, TicketState
from server import convert
from server.narration import evidence_lines
from tests.sample import SLUGIFY, git
from tests.team.conftest import Gather, ready_ticket

RUFF = (
    '\n[tool.ruff.lint]\nselect = ["E", "F", "I"]\n\n[tool.ruff.format]\nquote-style = "double"\n'
)
MYPY = "\n[tool.mypy]\nstrict = true\n"
UNTYPED = SLUGIFY.replace("(text: str) -> str", "(text)")
MESSY = (
    SLUGIFY.replace("import re\n", "import re\nimport os\n")
    .replace('r"[', "r'[")
    .replace(']+"', "]+'")
)


def configure(repository: Path, text: str) -> None:
    project = repository / "pyproject.toml"
    project.write_text(project.read_text() + text)
    git(repository, "commit", "--quiet", "--all", "-m", "checks")


async def done(team: Orchestrator) -> Ticket:
    ticket = await team.run_ticket(await ready_ticket(team), silent)
    assert ticket.state is TicketState.REVIEW, ticket.note
    return ticket


async def code_of(team: Orchestrator, ticket: Ticket) -> str:
    files = (await team.ticket_changes(ticket.id)).files
    return next(file.after for file in files if file.path == "textkit/cleaning.py")


def findings(evidence: Evidence) -> dict[str, list[str]]:
    return {check.check: check.findings for check in evidence.checks}


async def test_tools_repair_without_asking(gather: Gather, repository: Path) -> None:
    configure(repository, RUFF)
    team = await gather(MESSY)
    ticket = await done(team)

    code = await code_of(team, ticket)
    assert "import os" not in code
    assert 'r"[a-z0-9]+"' in code
    assert findings(ticket.evidence) == {"ruff": [], "ruff format": []}
    assert ticket.evidence.repairs
    assert "checks" not in [cost.rung for cost in ticket.evidence.rungs]


async def test_unused_import_goes_where_nothing_is_configured(gather: Gather) -> None:
    team = await gather(MESSY)
    ticket = await done(team)

    code = await code_of(team, ticket)
    assert "import os" not in code
    assert "r'[a-z0-9]+'" in code  # nobody asked for another style
    assert ticket.evidence.checks == []


async def test_new_finding_is_asked_about_and_gone(gather: Gather, repository: Path) -> None:
    configure(repository, MYPY)
    rules = [{"agent": "developer", "contains": "mypy finds", "reply": SLUGIFY}]
    team = await gather(UNTYPED, rules=rules)
    ticket = await done(team)

    assert findings(ticket.evidence) == {"mypy": []}
    assert ticket.evidence.rung == "checks"
    assert "def slugify(text: str) -> str" in await code_of(team, ticket)


async def test_finding_that_stays_is_told_and_blocks_nothing(
    gather: Gather, repository: Path
) -> None:
    configure(repository, MYPY)
    team = await gather(UNTYPED)
    ticket = await done(team)

    (found,) = findings(ticket.evidence)["mypy"]
    assert "no-untyped-def" in found
    assert "def slugify(text):" in found
    lines = list(evidence_lines(convert.evidence(ticket.evidence)))
    assert any("no-untyped-def" in line for line in lines)
    assert "def slugify(text):" in await code_of(team, ticket)


async def test_answer_that_breaks_tests_is_not_taken_for_the_sake_of_a_check(
    gather: Gather, repository: Path
) -> None:
    configure(repository, MYPY)
    wrong = '```python\ndef slugify(text: str) -> str:\n    """Slug."""\n    return text\n```'
    rules = [{"agent": "developer", "contains": "mypy finds", "reply": wrong}]
    team = await gather(UNTYPED, rules=rules)
    ticket = await done(team)

    assert "def slugify(text):" in await code_of(team, ticket)
    assert ticket.evidence.green_run is not None
    assert ticket.evidence.green_run.failed == 0


async def test_what_was_found_before_is_neither_counted_nor_changed(
    gather: Gather, repository: Path
) -> None:
    cleaning = repository / "textkit" / "cleaning.py"
    cleaning.write_text(cleaning.read_text() + "\n\nimport json\nODD   =   'odd'\n")
    configure(repository, RUFF)
    team = await gather(SLUGIFY)
    ticket = await done(team)

    assert "ODD   =   'odd'" in await code_of(team, ticket)
    assert findings(ticket.evidence) == {"ruff": [], "ruff format": []}
    assert {check.check: check.before for check in ticket.evidence.checks}["ruff"] > 0


async def test_check_that_cannot_be_run_is_told(gather: Gather, repository: Path) -> None:
    configure(repository, '\n[tool.mypy]\nplugins = ["no_such_plugin"]\n')
    team = await gather(SLUGIFY)
    ticket = await done(team)

    (check,) = ticket.evidence.checks
    assert "no_such_plugin" in check.problem
    assert check.findings == []


@pytest.mark.parametrize("answer", [SLUGIFY, MESSY, UNTYPED])
async def test_what_is_merged_passes_the_checks_as_the_evidence_says(
    gather: Gather, repository: Path, answer: str
) -> None:
    configure(repository, RUFF + MYPY)
    team = await gather(answer)
    ticket = await done(team)
    merged = await team.accept_ticket(ticket.id)
    assert merged.state is TicketState.MERGED, merged.note

    for check in ticket.evidence.checks:
        words = check.command.split()[2:]
        options = ["--check"] if check.check == "ruff format" else []
        command = [sys.executable, "-m", *words, *options, "textkit/cleaning.py"]
        result = subprocess.run(
            command, cwd=repository, capture_output=True, text=True, check=False
        )
        assert (result.returncode == 0) == (not check.findings), result.stdout
