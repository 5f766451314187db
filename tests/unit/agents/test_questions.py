"""What is asked next follows from what failed, and never takes more than it needs."""

import pytest

from agents.behaviors.write_code import Candidate, Question
from agents.ladder import Rung, Stage
from agents.languages.python import PYTHON
from agents.questions import _repairs, as_before, wider
from agents.search import Attempt, Search
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


STUB = "class Timer:\n    def start(self):\n        pass\n\n    def left(self):\n        pass\n"
WRONG = (
    "import math\n\n\nclass Timer:\n    def start(self):\n        self.n = 1\n\n"
    "    def left(self):\n        # wrong\n        return math.pi\n\n"
    "    def more(self):\n        return 2\n"
)


def test_a_part_is_written_anew_without_its_wrong_code_in_view():
    shown = as_before(WRONG, STUB, "Timer.left", PYTHON)
    assert "self.n = 1" in shown and "def more" in shown and "math.pi" not in shown
    assert "    def left(self):\n        pass\n" in shown


@pytest.mark.parametrize("before", ["", "def broken(:\n", "class Timer:\n    pass\n"])
def test_a_part_that_the_file_did_not_have_stays_in_view(before: str):
    assert as_before(WRONG, before, "Timer.left", PYTHON) == WRONG
