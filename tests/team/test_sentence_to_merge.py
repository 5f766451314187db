"""From a sentence to a merged branch that its tests prove."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from agents.base import GitRefusedError, InvalidStateError
from agents.progress import Progress, silent
from memory.records import TicketState
from tests.sample import SLUGIFY, git
from tests.team.conftest import WRONG_SLUGIFY, Gather, ready_ticket


async def test_sentence_becomes_a_merged_and_proved_branch(
    gather: Gather, repository: Path
) -> None:
    team = await gather(SLUGIFY)
    ticket_id = await ready_ticket(team)

    ticket = await team.run_ticket(ticket_id, silent)
    assert ticket.state is TicketState.REVIEW
    merged = await team.accept_ticket(ticket_id)

    assert merged.state is TicketState.MERGED
    assert git(repository, "status", "--porcelain") == ""
    assert f"Ticket: {ticket_id}" in git(repository, "log", "-1", "--format=%B")
    assert len(git(repository, "log", "-1", "--format=%P").split()) == 2, "a --no-ff merge"
    assert git(repository, "branch", "--list", "tenon/*") == ""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


async def test_evidence_is_what_happened(gather: Gather, repository: Path) -> None:
    base = git(repository, "rev-parse", "HEAD")
    team = await gather(WRONG_SLUGIFY, SLUGIFY)
    ticket = await team.run_ticket(await ready_ticket(team), silent)
    evidence = ticket.evidence

    assert evidence.red_run and evidence.red_run.failed + evidence.red_run.errors > 0
    assert evidence.green_run and (evidence.green_run.passed, evidence.green_run.failed) == (2, 0)
    assert evidence.suite_run and evidence.suite_run.passed == 9
    assert evidence.candidates_run == 2
    assert len(evidence.commits) == 2
    stored = (await team.ticket(ticket.id)).evidence
    assert stored.models == ["scripted"] and stored.completion_tokens > 0
    assert git(repository, "rev-parse", f"{evidence.base_commit}^") == base  # the spec's commit
    (path,) = evidence.test_hashes
    names = git(repository, "show", "--format=", "--name-only", evidence.commits[0]).splitlines()
    assert names == [path]


async def test_nothing_of_the_person_moves_before_the_click(
    gather: Gather, repository: Path
) -> None:
    team = await gather(SLUGIFY)
    ticket_id = await ready_ticket(team)
    (repository / "textkit" / "counting.py").write_text("# being edited\n")
    (repository / "new.txt").write_text("mine\n")
    git(repository, "add", "new.txt")
    before = (git(repository, "status", "--porcelain"), git(repository, "rev-parse", "HEAD"))

    await team.run_ticket(ticket_id, silent)

    assert (
        git(repository, "status", "--porcelain"),
        git(repository, "rev-parse", "HEAD"),
    ) == before


async def test_merge_over_a_file_being_edited_is_refused_and_harmless(
    gather: Gather, repository: Path
) -> None:
    team = await gather(SLUGIFY)
    ticket_id = await ready_ticket(team)
    await team.run_ticket(ticket_id, silent)
    edited = repository / "textkit" / "cleaning.py"
    edited.write_text(edited.read_text() + "# mine\n")
    head = git(repository, "rev-parse", "HEAD")

    with pytest.raises(GitRefusedError, match=r"cleaning\.py"):
        await team.accept_ticket(ticket_id)

    assert edited.read_text().endswith("# mine\n")
    assert git(repository, "rev-parse", "HEAD") == head
    git(repository, "checkout", "--", "textkit/cleaning.py")
    assert (await team.accept_ticket(ticket_id)).state is TicketState.MERGED


async def test_code_that_never_passes_blocks_the_ticket_with_the_best_attempt(
    gather: Gather, repository: Path
) -> None:
    team = await gather(WRONG_SLUGIFY, max_candidates=3)
    ticket = await team.run_ticket(await ready_ticket(team), silent)

    assert ticket.state is TicketState.BLOCKED
    assert "0 of 2" in ticket.note and "def slugify" in ticket.note
    with pytest.raises(InvalidStateError):
        await team.accept_ticket(ticket.id)
    assert "slugify" not in (repository / "textkit" / "cleaning.py").read_text()


async def test_a_near_miss_is_mended_without_asking_again(gather: Gather) -> None:
    near_miss = SLUGIFY.replace("lower()", "upper()")
    assert near_miss != SLUGIFY
    team = await gather(near_miss)
    said: list[Progress] = []
    ticket = await team.run_ticket(await ready_ticket(team), said.append)
    assert ticket.state is TicketState.REVIEW
    assert any("mutation" in progress.text and "line" in progress.text for progress in said)
    assert [d for d in ticket.evidence.doubts if "since the search changed" in d]


async def test_code_that_the_model_wrote_is_not_said_to_be_bent(gather: Gather) -> None:
    team = await gather(SLUGIFY)
    ticket = await team.run_ticket(await ready_ticket(team), silent)
    assert not [d for d in ticket.evidence.doubts if "search changed" in d]


async def test_rejection_with_words_reaches_the_next_attempt(gather: Gather) -> None:
    team = await gather(SLUGIFY)
    ticket_id = await ready_ticket(team)
    await team.run_ticket(ticket_id, silent)

    reason = 'Digits stay: slugify("Top 10") returns "top-10".'
    again = await team.reject_ticket(ticket_id, reason, drop=False)
    assert again.state is TicketState.READY
    ticket = await team.run_ticket(ticket_id, silent)

    assert ticket.state is TicketState.REVIEW
    assert ticket.evidence.green_run and ticket.evidence.green_run.passed == 3
    assert ticket.feedback == [reason]


async def test_dropped_ticket_leaves_no_branch_and_no_change(
    gather: Gather, repository: Path
) -> None:
    team = await gather(SLUGIFY)
    ticket_id = await ready_ticket(team)
    await team.run_ticket(ticket_id, silent)
    ticket = await team.reject_ticket(ticket_id, "not wanted", drop=True)

    assert ticket.state is TicketState.REJECTED
    assert git(repository, "branch", "--list", "tenon/*") == ""
    assert git(repository, "worktree", "list").count("\n") == 0


async def test_every_step_is_narrated_by_its_agent(gather: Gather) -> None:
    team = await gather(SLUGIFY)
    heard: list[Progress] = []
    await team.run_ticket(await ready_ticket(team), heard.append)

    assert {"tester", "developer"} <= {p.agent for p in heard}
    assert any("green" in p.text for p in heard)


async def test_suggestion_that_candidates_contradict_is_withdrawn(gather: Gather) -> None:
    examples = [
        {"call": "slugify('A b')", "returns": "'a-b'"},
        {"call": "slugify('X')", "returns": "'X'"},  # wrong: the model forgot the lower case
    ]
    rules = [
        {"agent": "spec_builder", "contains": "Behaviours:",
         "reply": json.dumps({"examples": examples})},
    ]  # fmt: skip
    variants = [SLUGIFY, SLUGIFY.replace("words", "parts"), SLUGIFY.replace("words", "found")]
    team = await gather(*variants, WRONG_SLUGIFY, rules=rules)
    ticket_id = await ready_ticket(team, "Add a function slugify(text).")
    ticket = await team.run_ticket(ticket_id, silent)

    assert ticket.state is TicketState.REVIEW
    assert ticket.evidence.green_run and ticket.evidence.green_run.passed == 1
    withdrawn = [e.text for e in await team.ticket_log(ticket_id) if "withdrawn" in e.text]
    assert len(withdrawn) == 1 and withdrawn[0].startswith("AC-2")
    diff = (await team.ticket_changes(ticket_id)).diff
    assert "'a-b'" in diff and "'X'" not in diff
