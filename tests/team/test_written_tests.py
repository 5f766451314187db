"""Where no example is given, tests are written, held to account, and never trusted blindly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agents.orchestrator import Orchestrator
from agents.progress import silent
from memory.records import Ticket, TicketState
from tests.sample import SLUGIFY, git
from tests.team.conftest import WRONG_SLUGIFY, Gather, ready_ticket

WISH = "Add a function slugify(text)."
VARIANTS = [SLUGIFY, SLUGIFY.replace("words", "parts"), SLUGIFY.replace("words", "found")]
WORDS, NOTHING = "Words are joined by hyphens", "Nothing but hyphens"

RIGHT = "```python\ndef test_it():\n    assert slugify('A') == 'a'\n```"


def answer(reply: str, contains: str = "Criterion to test", **rule: Any) -> dict[str, Any]:
    text = f"```python\n{reply}\n```" if reply else "Sorry."
    return {"agent": "tester", "contains": contains, "reply": text, **rule}


def a_test(*assertions: str) -> str:
    return "\n".join(["def test_it():", *(f"    assert {text}" for text in assertions)])


async def built(team: Orchestrator, wish: str = WISH) -> Ticket:
    return await team.run_ticket(await ready_ticket(team, wish), silent)


async def thrown_away(team: Orchestrator, ticket: Ticket) -> list[str]:
    return [e.text for e in await team.ticket_log(ticket.id) if "thrown away" in e.text]


async def test_criteria_without_examples_become_tests_that_the_code_passes(gather: Gather) -> None:
    right = a_test("slugify('A b') == 'a-b'", "slugify('c D') == 'c-d'")
    rules = [answer(right, WORDS), answer(a_test("slugify('--') == ''"), NOTHING)]
    team = await gather(SLUGIFY, rules=rules)
    ticket = await built(team)

    assert ticket.state is TicketState.REVIEW, ticket.note
    assert ticket.evidence.green_run and ticket.evidence.green_run.passed == 3
    diff = (await team.ticket_changes(ticket.id)).diff
    for name in ("ac_1_words_are_joined_by_hyphens", "ac_1_words_are_joined_by_hyphens_2",
                 "ac_2_nothing_but_hyphens_gives_nothing"):  # fmt: skip
        assert f"+def test_slugify_{name}():" in diff, "in the style of this repository"


async def test_test_that_proves_nothing_is_redone_with_the_reason(gather: Gather) -> None:
    told = r"thrown away: `assert True` is True whatever `slugify` gives"
    rules = [
        {"agent": "tester", "matches": told, "reply": RIGHT},
        answer("def test_it():\n    slugify('A')\n    assert True"),
    ]
    team = await gather(SLUGIFY, rules=rules)
    ticket = await built(team)

    assert ticket.state is TicketState.REVIEW, ticket.note
    assert any("AC-1" in text and "assert True" in text for text in await thrown_away(team, ticket))
    assert "slugify('A') == 'a'" in (await team.ticket_changes(ticket.id)).diff


async def test_tries_end_and_the_other_criteria_go_on(gather: Gather) -> None:
    rules = [answer("", NOTHING), answer(a_test("slugify('A') == 'a'"), WORDS)]
    team = await gather(SLUGIFY, rules=rules)
    ticket = await built(team)

    assert ticket.state is TicketState.REVIEW, ticket.note
    asked = [e for e in await team.ticket_log(ticket.id)
             if e.agent == "tester" and e.text.startswith("writing tests for AC-2")]  # fmt: skip
    assert len(asked) == 12, "three tries of four answers"


async def test_without_any_test_that_holds_the_person_is_asked_for_an_example(
    gather: Gather,
) -> None:
    team = await gather(SLUGIFY, rules=[answer("")])
    ticket = await built(team)
    assert ticket.state is TicketState.BLOCKED and "Give an example" in ticket.note


async def test_test_that_breaks_elsewhere_is_found_before_the_code_exists(gather: Gather) -> None:
    broken = a_test("slugify({}['x']) == 'x'")
    rules = [answer(broken, WORDS, times=4), answer(a_test("slugify('A') == 'a'"))]
    team = await gather(SLUGIFY, rules=rules)
    ticket = await built(team)

    assert ticket.state is TicketState.REVIEW, ticket.note
    assert "{}['x']" not in (await team.ticket_changes(ticket.id)).diff
    assert any("another reason: KeyError" in text for text in await thrown_away(team, ticket))


async def test_test_of_the_repository_shows_the_style(gather: Gather) -> None:
    shown = r"A test of this repository.*def test_\w+\(\):.*assert .*Criterion to test"
    team = await gather(SLUGIFY, rules=[{"agent": "tester", "matches": shown, "reply": RIGHT}])
    ticket = await built(team)
    assert ticket.state is TicketState.REVIEW, ticket.note


async def test_tests_are_laid_out_as_in_the_repository(gather: Gather, repository: Path) -> None:
    for path in (repository / "tests").glob("test_*.py"):
        path.unlink()
    old = (
        "import unittest\n\nfrom textkit import collapse_whitespace\n\n\n"
        "class CollapseTest(unittest.TestCase):\n    def test_lines(self):\n"
        "        self.assertEqual(collapse_whitespace(' a  b'), 'a b')\n"
    )
    (repository / "tests/test_cleaning.py").write_text(old)
    git(repository, "add", "--all")
    git(repository, "commit", "-qm", "unittest")
    shown = r"A test of this repository.*def test_lines\(\):.*assert collapse_whitespace"
    team = await gather(SLUGIFY, rules=[{"agent": "tester", "matches": shown, "reply": RIGHT}])
    ticket = await built(team)

    assert ticket.state is TicketState.REVIEW, ticket.note
    diff = (await team.ticket_changes(ticket.id)).diff
    assert "+class AcceptanceTest(unittest.TestCase):" in diff
    assert "+        self.assertEqual(slugify('A'), 'a')" in diff
    assert "pytest" not in diff


async def test_wrong_test_is_outvoted_and_shown_with_the_disagreement(gather: Gather) -> None:
    rules = [
        answer(a_test("slugify('A b') == 'a-b'", "slugify('C d') == 'C-d'"), WORDS),
        answer(a_test("slugify('--') == ''"), NOTHING),
    ]
    team = await gather(*VARIANTS, WRONG_SLUGIFY, rules=rules)
    ticket = await built(team)

    assert ticket.state is TicketState.REVIEW, ticket.note
    (doubt,) = [text for text in ticket.evidence.doubts if "withdrawn" in text]
    assert doubt.startswith("AC-1: a suggested test")
    assert "expects slugify('C d') to give 'C-d'; of 4 candidates 4 give 'c-d'" in doubt
    diff = (await team.ticket_changes(ticket.id)).diff
    assert "'A b'" in diff and "'C-d'" not in diff
    assert "__" not in diff.split("def slugify")[0]
    assert not ticket.evidence.reservation, "two tests are left, and one is withdrawn"


async def test_code_that_contradicts_most_of_the_written_tests_is_not_called_done(
    gather: Gather,
) -> None:
    rules = [
        answer(a_test("slugify('A b') == 'a-b'", "slugify('C d') == 'C-d'"), WORDS),
        answer(a_test("slugify('-') == '-'"), NOTHING),
    ]
    ticket = await built(await gather(*VARIANTS, WRONG_SLUGIFY, rules=rules))
    assert ticket.state is TicketState.REVIEW, ticket.note
    assert "contradicts most of the suggested tests" in ticket.evidence.reservation


async def test_code_that_few_wrote_does_not_outvote_a_test(gather: Gather) -> None:
    rules = [answer(a_test("slugify('A b') == 'a-b'"), WORDS), answer(a_test("slugify('-') == ''"))]
    team = await gather(WRONG_SLUGIFY, SLUGIFY, rules=rules)
    ticket = await built(team)
    assert ticket.state is TicketState.REVIEW, ticket.note
    assert ticket.evidence.green_run and ticket.evidence.green_run.passed == 2
    assert not [text for text in ticket.evidence.doubts if "withdrawn" in text]


async def test_example_of_a_person_stays_and_is_shown_where_no_code_agrees(gather: Gather) -> None:
    wish = (
        'Add a function slugify(text). slugify("A b") returns "a-b" and '
        'slugify("C d") returns "c_d".'
    )
    team = await gather(*VARIANTS, max_candidates=4)
    ticket = await built(team, wish)

    assert ticket.state is TicketState.BLOCKED
    (doubt,) = ticket.evidence.doubts
    assert "your example" in doubt and "expects slugify('C d') to give 'c_d'" in doubt
    assert "of 3 candidates 3 give 'c-d'" in doubt and "withdrawn" not in doubt


async def test_code_that_only_fits_the_written_tests_is_outvoted(gather: Gather) -> None:
    fitted = SLUGIFY.replace('"-".join(words)', '{"A b": "a-b"}.get(text, "")')
    other = SLUGIFY.replace("[a-z0-9]+", "[0-9a-z]+")
    rules = [answer(a_test("slugify('A b') == 'a-b'"))]
    team = await gather(fitted, SLUGIFY, other, rules=rules)
    ticket = await built(team)
    assert ticket.state is TicketState.REVIEW, ticket.note
    assert ticket.evidence.rung == "second opinion"


async def test_person_is_told_of_an_example_that_no_test_could_be_made_of(gather: Gather) -> None:
    rules = [answer(a_test("slugify('x') == 'x'"))]
    team = await gather(SLUGIFY, rules=rules)
    wish = 'Add a function slugify(text). slugify(title) returns "a" and slugify("A") returns "a".'
    ticket = await built(team, wish)
    assert ticket.state is TicketState.REVIEW, ticket.note
    assert any("your example slugify(title)" in doubt for doubt in ticket.evidence.doubts)
