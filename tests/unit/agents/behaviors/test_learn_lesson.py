"""A lesson is read off the evidence: what failed, and what made it pass."""

from __future__ import annotations

from typing import Any

import pytest

from agents.behaviors.learn_lesson import lesson_of
from agents.behaviors.write_code import Candidate
from agents.ladder import Stage
from agents.near_misses import near_miss
from agents.search import Attempt, Green
from agents.tools.test_runner import TestRun
from memory.records import Evidence, NearMiss, Ticket

WRONG = 'def slug(text):\n    return text.replace(" ", "-")'
RIGHT = 'def slug(text):\n    return text.lower().replace(" ", "-")'
MISS = NearMiss(rung="sample", failure='slug("A") gave "A", not "a"', diff="-  old\n+  new")


def ticket(feedback: tuple[str, ...] = (), **evidence: Any) -> Ticket:
    return Ticket(
        id="tkt-1",
        repository="/r",
        title="Slugs",
        target_file="text.py",
        target_symbol="slug",
        feedback=list(feedback),
        evidence=Evidence(**evidence),
    )


def attempt(code: str, failure: str) -> Attempt:
    return Attempt(Candidate(code, code, Stage.SAMPLE), frozenset(), failure)


def green(code: str) -> Green:
    run = TestRun("pytest", 0)
    return Green(Candidate(code, code, Stage.REPAIR), run, run)


def test_code_that_was_right_at_once_teaches_nothing() -> None:
    assert lesson_of(ticket()) is None
    assert near_miss([], green(RIGHT)) is None


def test_a_near_miss_holds_the_lines_that_were_still_to_change() -> None:
    miss = near_miss([attempt(WRONG, "it kept the capital A")], green(RIGHT))
    assert miss is not None
    assert (miss.rung, miss.failure) == ("sample", "it kept the capital A")
    assert miss.diff.splitlines() == [
        " def slug(text):",
        '-    return text.replace(" ", "-")',
        '+    return text.lower().replace(" ", "-")',
    ]


def test_the_lesson_says_what_failed_and_which_lines_made_it_pass() -> None:
    lesson = lesson_of(ticket(near_miss=MISS))
    assert lesson is not None
    assert lesson.symbol == "slug"
    assert lesson.failure == 'slug("A") gave "A", not "a".'
    assert lesson.remedy.splitlines() == ["", "-  old", "+  new"]
    for part in ("Slugs", lesson.failure, "+  new"):
        assert part in lesson.text


def test_the_same_lesson_has_the_same_id() -> None:
    first, again = lesson_of(ticket(near_miss=MISS)), lesson_of(ticket(near_miss=MISS))
    other = lesson_of(ticket(("No.",), near_miss=MISS))
    assert first is not None and again is not None and other is not None
    assert first.id == again.id != other.id


def test_what_mutation_changed_is_the_remedy_in_words() -> None:
    changes = ["runs of `-` collapsed", "`text = text.lower()` put in"]
    lesson = lesson_of(ticket(near_miss=MISS, mutations=changes))
    assert lesson is not None
    assert lesson.remedy == "runs of `-` collapsed; `text = text.lower()` put in."


def test_a_persons_words_weigh_more_than_a_test() -> None:
    lesson = lesson_of(ticket(("Too slow", "Keep the digits"), near_miss=MISS))
    assert lesson is not None
    assert lesson.failure == "The person sent it back: Keep the digits."


def test_a_failure_without_a_remedy_teaches_nothing() -> None:
    assert lesson_of(ticket(near_miss=MISS.model_copy(update={"diff": ""}))) is None


@pytest.mark.parametrize("length", [300, 5_000])
def test_a_lesson_is_short_whatever_the_evidence(length: int) -> None:
    words = "word " * length
    miss = NearMiss(rung="sample", failure=words, diff="\n".join(["+ line of code"] * length))
    lesson = lesson_of(ticket(near_miss=miss, mutations=[]))
    assert lesson is not None
    assert len(lesson.text) < 1_000
    assert lesson.failure.endswith(" …")
