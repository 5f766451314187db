"""A repository that knows no pytest gets tests that its own interpreter runs."""

from __future__ import annotations

import subprocess
import venv
from pathlib import Path

from agents.progress import silent
from memory.records import TicketState
from tests.sample import SLUGIFY, git
from tests.team.conftest import WRONG_SLUGIFY, Gather, ready_ticket

OLD_TEST = """import unittest

from textkit.cleaning import strip_accents


class AccentsTest(unittest.TestCase):
    def test_accents(self):
        self.assertEqual(strip_accents("é"), "e")
"""


async def test_ticket_is_built_and_proved_with_unittest_alone(
    gather: Gather, repository: Path
) -> None:
    for path in (repository / "tests").glob("*.py"):
        path.unlink()
    (repository / "tests" / "test_accents.py").write_text(OLD_TEST)
    (repository / "pyproject.toml").unlink(missing_ok=True)
    (repository / ".gitignore").write_text("/.venv/\n")
    git(repository, "add", "--all")
    git(repository, "commit", "-qm", "unittest alone")
    venv.create(repository / ".venv", with_pip=False)
    team = await gather(WRONG_SLUGIFY, SLUGIFY)

    ticket = await team.run_ticket(await ready_ticket(team), silent)

    assert ticket.state is TicketState.REVIEW, ticket.note
    evidence = ticket.evidence
    assert evidence.red_run and evidence.red_run.command.startswith("python -m unittest")
    assert evidence.green_run and evidence.green_run.passed == 2
    assert evidence.suite_run and evidence.suite_run.passed == 3
    (written,) = evidence.test_hashes
    await team.accept_ticket(ticket.id)
    text = git(repository, "show", f"HEAD:{written}")
    assert "unittest.TestCase" in text and "pytest" not in text
    done = subprocess.run(
        [repository / ".venv/bin/python", "-m", "unittest", "discover", "-s", "tests"],
        cwd=repository,
        env={"PYTHONPATH": str(repository)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
