"""The same wish twice leaves one requirement, not a doubled one."""

from agents.behaviors.draft_requirements import Draft, _extended
from memory.records import Criterion, Requirement

PREVIOUS = Requirement(
    id="REQ-aaaaaa",
    title="Slugs",
    statement="When asked, `f` shall answer.",
    source="Add f(x). f(1) returns 2",
    criteria=[Criterion(id="AC-1", text="Example:", call="f(1)", expected="2")],
)
DRAFT = Draft(statement="When asked again, `f` shall answer again.", title="Slugs")


def test_same_wish_again_changes_nothing() -> None:
    same = [Criterion(id="", text="Example:", call="f(1)", expected="2")]
    assert _extended(PREVIOUS, DRAFT, same, "Add f(x). f(1) returns 2") == PREVIOUS


def test_further_wish_adds_its_words_and_its_new_examples_only() -> None:
    criteria = [
        Criterion(id="", text="Example:", call="f(1)", expected="2"),
        Criterion(id="", text="Example:", call="f(2)", expected="4"),
    ]
    after = _extended(PREVIOUS, DRAFT, criteria, "f(2) returns 4")
    assert [(c.id, c.call) for c in after.criteria] == [("AC-1", "f(1)"), ("AC-2", "f(2)")]
    assert after.statement.startswith(PREVIOUS.statement)
    assert after.source.endswith("\nf(2) returns 4")
