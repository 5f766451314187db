"""Of a repository that is too large to be shown, the agents see what is of use to them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agents.inference import CompletionRequest
from agents.orchestrator import Orchestrator
from agents.progress import silent
from agents.tools.repository_files import GitFiles
from memory.records import AcceptanceTest, TicketState
from server.models.scripted import ScriptedModel
from tests.sample import git
from tests.team.conftest import Gather

PRICE = '''"""Prices."""

from typing import NamedTuple


class Price(NamedTuple):
    """What something costs."""

    cents: int
    currency: str

    def in_words(self) -> str:
        """As it is printed."""
        return f"{self.cents / 100:.2f} {self.currency}"


def round_cash(cents: int) -> int:
    """The amount that is paid in cash."""
    return (cents + 2) // 5 * 5
'''
TESTS = """from shop.bill import total
from shop.money.price import Price


def test_cash():
    assert total([Price(203, "CHF"), Price(100, "CHF")]) == Price(305, "CHF")
"""
TOTAL = """```python
def total(prices: list[Price]) -> Price:
    return Price(round_cash(sum(p.cents for p in prices)), prices[0].currency)
```"""
REVIEW = {"agent": "architect", "reply": "Look at it."}


@pytest.fixture
def large(repository: Path) -> Path:
    """The sample repository beside thirty other modules and a shop."""
    folder = repository / "shop"
    for number in range(30):
        file = folder / f"area{number}" / "store.py"
        file.parent.mkdir(parents=True)
        lines = [f"def store_{number}_{n}(item):\n    '''Keep it.'''\n" for n in range(12)]
        file.write_text("\n\n".join(lines))
    (folder / "money").mkdir()
    (folder / "money" / "price.py").write_text(PRICE)
    (folder / "bill.py").write_text('"""Bills."""\n')
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "-m", "a shop")
    return repository


async def index(team: Orchestrator, repository: Path) -> None:
    """Bring the code index up to date, without a model: words find."""
    memory = team._team.tools.memory
    await memory.code_indexer(GitFiles(repository), team._team.repository).update()


async def test_the_developer_sees_what_the_tests_use_and_forgotten_imports_are_added(
    gather: Gather, large: Path
) -> None:
    seen = (
        r"- class Price\(NamedTuple\) \(shop/money/price.py\): What something costs.\n"
        r"    cents: int\n"
        r"    currency: str\n"
        r"    in_words\(\) -> str: As it is printed.\n"
        r"- round_cash\(cents: int\) -> int \(shop/money/price.py\): The amount"
    )
    developer = {"agent": "developer", "matches": seen, "reply": TOTAL}
    team = await gather("It saw something else.", rules=[developer, REVIEW])
    test = AcceptanceTest(path="tests/test_bill.py", text=TESTS, origin="ticket")
    ticket = await team.add_ticket(
        "Totals", "The total of a bill, as it is paid in cash.", "shop/bill.py", "total", [test]
    )
    done = await team.run_ticket(ticket.id, silent)
    assert done.state is TicketState.REVIEW, done.note
    assert done.evidence.candidates_run == 1
    changes = str(await team.ticket_changes(ticket.id))
    assert "from shop.money.price import Price, round_cash" in changes


@pytest.mark.parametrize(("wrong", "rung"), [(0, "first answer"), (1, "sample")])
async def test_some_answers_do_not_see_what_nobody_names(
    gather: Gather, large: Path, wrong: int, rung: str
) -> None:
    body = "    return round_cash(sum(p.cents for p in prices))"
    misled = f"```python\ndef total(prices):\n{body}\n```"
    right = "```python\ndef total(prices):\n    return sum(p.cents for p in prices)\n```"
    narrow = r"\A(?!.*round_cash)(?!.*def earlier).*class Price\(NamedTuple\).*import Any"
    developer = {"agent": "developer", "matches": narrow, "reply": right}
    first = {**developer, "reply": misled, "times": wrong}
    (large / "shop" / "bill.py").write_text(
        "from typing import Any\n\n\ndef earlier(bill: Any) -> Any:\n    return bill\n"
    )
    git(large, "commit", "--quiet", "-am", "bills")
    team = await gather(misled, rules=[first, developer, REVIEW])
    text = TESTS.replace('Price(305, "CHF")', "303")
    text += "\n\ndef test_nothing():\n    assert total([]) == 0\n"
    test = AcceptanceTest(path="tests/test_bill.py", text=text, origin="ticket")
    ticket = await team.add_ticket(
        "Totals", "The total of a bill, not as it is paid in cash.", "shop/bill.py", "total", [test]
    )
    done = await team.run_ticket(ticket.id, silent)
    assert done.state is TicketState.REVIEW, done.note
    assert done.evidence.rung == rung
    if not wrong:  # it is asked for first, and the other view not at all
        assert done.evidence.candidates_run == 1


async def test_the_architect_sees_the_nearest_code_first(gather: Gather, large: Path) -> None:
    request = "The amount that is paid in cash shall be rounded to ten cents."
    draft = {"statement": request, "title": "Cash", "criteria": ["It ends with a zero."]}
    short = r"Map of the repository:\nshop/money/price.py\n(?s:.{1,1200})\n\nRequirement: "
    seen = short + r"(?s:.*)Similar code: round_cash in shop/"
    place = '{"file": "shop/money/price.py", "symbol": "round_cash"}'
    rules = [
        {"agent": "spec_builder", "contains": "Behaviours:", "reply": '{"examples": []}'},
        {"agent": "spec_builder", "reply": json.dumps(draft)},
        {"agent": "architect", "matches": seen, "reply": place},
    ]
    team = await gather("nothing", rules=rules)
    await index(team, large)
    proposal = await team.propose_spec(request, silent)
    tickets, _ = await team.accept_spec(proposal.id, None, silent)
    assert [ticket.target_file for ticket in tickets] == ["shop/money/price.py"]


QUESTION = "To what is the amount rounded that is paid in cash?"
ROUNDING = r"`shop/money/price.py:\d+ round_cash`:\n```\n(?s:.*)return \(cents \+ 2\) // 5 \* 5"
IS_QUESTION = {"contains": "Sort a message", "reply": '{"intent": "question"}'}


async def test_a_question_is_answered_from_the_code_it_is_about(
    gather: Gather, large: Path
) -> None:
    seen = {"agent": "project_manager", "matches": ROUNDING, "reply": "To five cents."}
    team = await gather("nothing", rules=[IS_QUESTION, seen])
    await index(team, large)
    assert (await team.chat(QUESTION, None, silent)).text == "To five cents."


async def test_a_question_that_goes_on_from_another_is_about_the_same_code(
    gather: Gather, large: Path
) -> None:
    together = {**IS_QUESTION, "contains": f'Message: "{QUESTION} And where is that?"'}
    seen = {"agent": "project_manager", "matches": f"{ROUNDING}(?s:.*)And where", "reply": "There."}
    talk = {"contains": "Sort a message", "reply": '{"intent": "talk"}'}
    team = await gather("nothing", rules=[together, talk, seen])
    await index(team, large)
    await team.chat(QUESTION, None, silent)
    assert (await team.chat("And where is that?", None, silent)).text == "There."


async def test_of_long_code_the_beginning_is_read_for_an_answer(
    gather: Gather, large: Path
) -> None:
    lines = "".join(f"    cents += {number}  # of the discount\n" for number in range(60))
    source = f"def discount(cents):\n{lines}    return cents\n"
    (large / "shop" / "discount.py").write_text(source)
    git(large, "add", "-A")
    git(large, "commit", "--quiet", "-m", "discount")
    shown = r"discount.py:1 discount`:\n```\ndef discount(?s:.{300,600})\n\.\.\.\n```"
    seen = {"agent": "project_manager", "matches": shown, "reply": "By sums."}
    team = await gather("nothing", rules=[IS_QUESTION, seen])
    await index(team, large)
    assert (await team.chat("How is the discount computed?", None, silent)).text == "By sums."


async def test_no_code_is_read_for_small_talk(gather: Gather, large: Path) -> None:
    talk = {"contains": "Sort a message", "reply": '{"intent": "talk"}'}
    seen = {"contains": "The person says: Thanks", "reply": "You are welcome."}
    code = {"matches": r"Map of the repository|round_cash", "reply": "I read code."}
    team = await gather("nothing", rules=[talk, code, seen])
    await index(team, large)
    assert (await team.chat("Thanks", None, silent)).text == "You are welcome."


async def test_without_an_index_the_map_and_files_named_alike_are_read(
    gather: Gather, large: Path
) -> None:
    shown = r"Map of the repository:(?s:.*)`shop/money/price.py`:\n```(?s:.*)def round_cash"
    seen = {"agent": "project_manager", "matches": shown, "reply": "To five cents."}
    team = await gather("nothing", rules=[IS_QUESTION, seen])
    turn = await team.chat("What does round_cash do with a price?", None, silent)
    assert turn.text == "To five cents."


TOTAL_WISH = "Add a function total(prices) that gives the price of all of them together, in cash."
TOTAL_DRAFT = {"statement": TOTAL_WISH, "title": "Totals", "criteria": ["Everything counts."]}


async def test_suggested_examples_are_of_what_the_repository_has(
    gather: Gather, large: Path
) -> None:
    seen = r"What it takes:\n- class Price(?s:.*)    cents: int"
    call = "total([Price(1, 'CHF'), Price(4, 'CHF')])"
    examples = {"examples": [{"call": call, "returns": "(5, 'CHF')"}]}
    rules = [
        {"agent": "spec_builder", "matches": seen, "reply": json.dumps(examples)},
        {"agent": "spec_builder", "contains": "Behaviours:", "reply": '{"examples": []}'},
        {"agent": "spec_builder", "reply": json.dumps(TOTAL_DRAFT)},
    ]
    team = await gather("nothing", rules=rules)
    proposal = await team.propose_spec(TOTAL_WISH, silent)
    after = proposal.changes[0].after
    assert after is not None and [c.call for c in after.criteria] == [call]


async def no_room_for_an_example(_model: ScriptedModel, request: CompletionRequest) -> int:
    """Tokens of a prompt, as a model counts that has a small window."""
    text = "\n".join(turn.content for turn in request.messages)
    return 9999 if "A test of this repository" in text else 100


@pytest.mark.parametrize("room", ["enough", "for one of both"])
async def test_the_tester_sees_what_a_test_has_to_make(
    gather: Gather, large: Path, monkeypatch: pytest.MonkeyPatch, room: str
) -> None:
    """Where the prompt is too long, the test that shows the style is left out first."""
    seen = r"What it takes, imported already(?s:.*)- class Price(?s:.*)    cents: int"
    if room != "enough":
        monkeypatch.setattr(ScriptedModel, "count_tokens", no_room_for_an_example)
        seen = rf"(?s:\A(?!.*A test of this repository).*){seen}"
    reply = "```python\ndef test_it():\n    assert total([Price(3, 'CHF')]) == (5, 'CHF')\n```"
    rules = [
        {"agent": "tester", "matches": seen, "reply": reply},
        {"agent": "spec_builder", "contains": "Behaviours:", "reply": '{"examples": []}'},
        {"agent": "spec_builder", "reply": json.dumps(TOTAL_DRAFT)},
        {"agent": "architect", "contains": "Map of", "reply": '{"file": "shop/bill.py"}'},
        REVIEW,
    ]
    team = await gather(TOTAL, rules=rules)
    proposal = await team.propose_spec(TOTAL_WISH, silent)
    tickets, _ = await team.accept_spec(proposal.id, None, silent)
    done = await team.run_ticket(tickets[0].id, silent)
    assert done.state is TicketState.REVIEW, done.note
    assert "from shop.money.price import Price\n" in (await team.ticket_changes(done.id)).diff


async def test_the_file_that_a_person_names_is_where_the_code_goes(
    gather: Gather, large: Path
) -> None:
    request = "Add tens(cents) to shop/new.py. For example tens(14) returns 10."
    statement = "When cents are given, `tens` shall round them to ten."
    draft = {"statement": statement, "title": "Tens"}
    team = await gather("nothing", rules=[{"agent": "spec_builder", "reply": json.dumps(draft)}])
    proposal = await team.propose_spec(request, silent)
    tickets, _ = await team.accept_spec(proposal.id, None, silent)
    assert [(t.target_file, t.target_symbol) for t in tickets] == [("shop/new.py", "tens")]
