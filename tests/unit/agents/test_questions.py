"""What is asked next follows from what failed, and never takes more than it needs."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from agents.asking import spread
from agents.behaviors.open_function import Opening
from agents.behaviors.write_code import Candidate, Question, Rejected
from agents.budget import Budget
from agents.ladder import Rung, Stage
from agents.languages.python import PYTHON
from agents.languages.registry import language_of
from agents.questions import _dealt, _parts, _repairs, narrow_share, opening_of, wider
from agents.search import Attempt, Search
from agents.tools.test_report import Frame
from agents.tools.test_runner import TestCase

RUNG = Rung(Stage.REPAIR, (0.4, 0.9), starts=2)
PLAIN = Question(Stage.REPAIR, "", "f", RUNG.temperatures, seed=7)


def attempt(text: str, passed: int, failures: int) -> Attempt:
    cases = tuple(TestCase(f"t.py::test_{n}", "failed", f"wrong {n}") for n in range(failures))
    names = frozenset(map(str, range(passed)))
    return Attempt(Candidate(text, text, Stage.SAMPLE), names, "wrong 0", cases)


def searched(*attempts: Attempt) -> Search:
    return Search("", list(attempts))


def test_each_question_tells_one_failure_and_no_two_the_same():
    questions = _repairs(searched(attempt("x = 1\n", 1, 9)), RUNG, PLAIN)
    told = [question.hint.failure for question in questions]
    assert len(told) == len(set(told)) == 4 and told[0] == "wrong 0"
    assert len({question.seed for question in questions}) == 4


def test_the_two_best_attempts_are_asked_about_once():
    search = searched(attempt("x = 1\n", 1, 1), attempt("x = 2\n", 3, 1), attempt("x = 3\n", 2, 1))
    asked = {question.hint.attempt for question in _repairs(search, RUNG, PLAIN)}
    assert asked == {"x = 2\n", "x = 3\n"}
    assert _repairs(search, RUNG, PLAIN) == []


@pytest.mark.parametrize(
    ("unit", "source", "wide"),
    [
        ("Ledger.total", "", "Ledger"),
        ("total", "x = 1\n", ""),
        ("total", "x = 1\n" * 5000, None),
        ("", "x = 1\n", None),
    ],
)
def test_unit_grows_from_method_to_class_to_short_file(unit: str, source: str, wide: str | None):
    assert wider(unit, source) == wide


@pytest.mark.parametrize(
    ("narrow", "whole", "share"), [(2, 1, 0.75), (1, 2, 0.25), (1, 1, 0.5), (0, 0, 0.5)]
)
def test_most_answers_see_what_the_better_ones_have_seen(narrow: int, whole: int, share: float):
    search = searched(attempt("x = 1\n", whole, 1), attempt("x = 2\n", narrow, 1))
    seen = replace(search.attempts[1].candidate, narrow=True)
    search.attempts[1] = replace(search.attempts[1], candidate=seen)
    bent = replace(seen, origin=Stage.MUTATION, narrow=False)  # says nothing of what was seen
    search.attempts.append(replace(search.attempts[1], candidate=bent, passed=frozenset("abcdef")))
    assert narrow_share(search, Stage.SAMPLE) == share


@pytest.mark.parametrize(("narrow", "share"), [(True, 1.0), (False, 0.5)])
def test_other_opinions_have_the_view_of_code_that_needs_nothing_else(narrow: bool, share: float):
    search = searched(attempt("x = 1\n", 1, 1))
    search.green_is_narrow = narrow
    assert narrow_share(search, Stage.OPINION) == share


@pytest.mark.parametrize(
    ("share", "narrow"), [(0.0, []), (0.25, [3, 7]), (0.5, [1, 3, 5, 7]), (1.0, [*range(8)])]
)
def test_a_share_of_the_answers_is_spread_evenly(share: float, narrow: list[int]):
    assert [place for place, dealt in enumerate(_dealt(8, share)) if dealt] == narrow


def test_no_two_questions_go_on_from_the_same_place():
    first, second, third = (Opening("f", text, "", "", ()) for text in "abc")
    search = searched()
    assert search.unopened([first, second, third], 2) == [first, second]
    assert search.unopened([first, second, third], 2) == [third]


def test_an_answer_that_is_no_candidate_still_tells_how_fast_the_machine_is():
    search = searched()
    cut_off = Rejected("cut off", Stage.FIRST, tokens=1400, seconds=50.0)
    search.note(cut_off)
    search.note(Candidate("", "", Stage.SAMPLE, tokens=80, seconds=9.0))
    assert (search.first, search.longest_tokens) == (cut_off, 80)


def test_no_more_bodies_are_asked_for_than_end_in_time():
    body = "    x = 1\n" * 100
    text = f"def f():\n{body}\n\ndef g():\n{body}"
    trace = (Frame("x.py", 2), Frame("x.py", 104))
    failing = tuple(TestCase(f"t.py::{n}", "failed", trace=(each,)) for n, each in enumerate(trace))
    bench: Any = SimpleNamespace(
        ticket=SimpleNamespace(target_file="x.py", target_symbol=""),
        tests=None, language=PYTHON, budget=Budget(2, 100),
    )  # fmt: skip

    def answers(seconds: float) -> list[int]:
        search = searched(replace(attempt(text, 1, 0), failing=failing, cases=1))
        search.note(Rejected("", Stage.FIRST, tokens=100, seconds=seconds))
        rung = Rung(Stage.PART, spread(0.4, 1.2, 16), starts=4)
        return [len(each.temperatures) for each in _parts(bench, search, rung, PLAIN, True)]

    assert sum(answers(0.5)) == 16
    assert answers(5.0) == [2, 2]
    bench.budget = Budget(0.1, 100)
    assert answers(5.0) == []


def test_functions_that_were_not_written_are_asked_for_where_no_test_passes():
    text = "def f():\n    return 1\n\n\ndef g():\n    pass\n"
    failing = (TestCase("t.py::a", "failed", trace=(Frame("t.py", 3, "assert f() == g()"),)),)
    bench: Any = SimpleNamespace(
        ticket=SimpleNamespace(target_file="x.py", target_symbol=""),
        tests=None, language=PYTHON, budget=Budget(2, 100),
    )  # fmt: skip

    def opened(passed: int) -> list[str]:
        search = searched(replace(attempt(text, passed, 0), failing=failing, cases=passed))
        questions = _parts(bench, search, Rung(Stage.PART, (0.4, 0.9), starts=4), PLAIN, True)
        return [each.opening.name for each in questions if each.opening]

    assert opened(0) == ["g"]
    assert opened(1) == ["f"], "the rung has two answers, and the first function takes both"


WORDS = "total(lines, tax=0) gives the sum of the lines."
STUB = "def other():\n    return 1\n\n\ndef total(lines):\n    {body}\n"


def asked(unit: str, words: str = WORDS, tests: str = "") -> Any:
    """As much of a workbench as the head of a function takes."""
    module = SimpleNamespace(source=lambda: tests)
    return SimpleNamespace(
        language=PYTHON,
        words=words,
        ticket=SimpleNamespace(target_symbol=unit),
        tests=SimpleNamespace(modules=[module]),
    )


def test_answer_goes_on_from_the_head_that_the_words_give():
    opening = opening_of(asked("total"), "def other():\n    return 1\n")
    assert opening is not None
    assert opening.filled("    return 2") == (
        "def other():\n    return 1\n\n\ndef total(lines, tax=0):\n    return 2\n"
    )


@pytest.mark.parametrize(
    "body", ["pass", "...", "# later\n    pass", "raise NotImplementedError('x')"]
)
def test_answer_goes_on_from_a_stub(body: str):
    opening = opening_of(asked("total", "Sum them."), STUB.format(body=body))
    assert opening is not None and opening.before.endswith("def total(lines):\n")


@pytest.mark.parametrize(
    ("unit", "source", "tests", "end"),
    [
        ("total", "", "assert total([]) == 0", "def total("),
        ("total", "", "assert await total([]) == 0", "async def total("),
        ("Bill.total", "class Bill:\n    x = 1\n", "Bill().total(1)", "    def total(self"),
    ],
)
def test_parameters_that_no_words_give_are_the_answers(
    unit: str, source: str, tests: str, end: str
):
    above = "import os\n\n\ndef other():\n    return 1\n"
    opening = opening_of(asked(unit, "Sum the lines.", tests), above + source)
    assert opening is not None
    assert opening.before[opening.start :] == end, "nothing else of the file is the answer's"


def test_script_function_begins_as_its_module_wants_it():
    script = language_of("a.ts", ["a.ts"], {"a.ts": ""})
    bench = asked("total", "Sum the lines.", 'import { total } from "./a";')
    bench.language = script
    opening = opening_of(bench, "")
    assert opening is not None
    assert opening.before[opening.start :] == "export function total("
    assert opening.filled("lines: number[]) {\n  return 0;") == (
        "export function total(lines: number[]) {\n  return 0;\n}\n"
    )


@pytest.mark.parametrize(
    ("unit", "source"),
    [
        ("total", STUB.format(body="return 0")),  # its head may have to change
        ("Total", ""),
        ("Bill.total", ""),
        ("", ""),
    ],
)
def test_answer_is_free_where_it_is_more_than_a_function(unit: str, source: str):
    assert opening_of(asked(unit), source) is None
