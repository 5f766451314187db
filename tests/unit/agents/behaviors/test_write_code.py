"""An answer becomes the file without what it forgot, and tells how long it is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from agents.behaviors.write_code import Candidate, Question, to_candidate
from agents.inference import Completion, FinishReason, Usage
from agents.ladder import Stage
from agents.languages.python import PYTHON
from agents.languages.registry import language_of

STUB = """\
class Lift:
    def call(self, floor):
        pass

    def floor(self):
        pass
"""
ANSWER = """\
class Lift:
    def __init__(self):
        self._floor = 0

    def call(self, floor):
        self._floor = floor
"""
SCRIPT_STUB = """\
export class Lift {
  call(floor) {
    throw new Error("Write this");
  }
  floor() {
    throw new Error("Write this");
  }
}
"""
SCRIPT_ANSWER = """\
export class Lift {
  call(floor) {
    this.at = floor;
  }
}
"""


def candidate(
    answer: str, source: str, path: str = "lift.py", end: FinishReason = "stop"
) -> Candidate:
    language = PYTHON if path.endswith(".py") else language_of(path, [path], {path: source})
    ticket = SimpleNamespace(target_file=path, target_symbol="")
    bench: Any = SimpleNamespace(language=language, ticket=ticket, recalled=None)
    question = Question(Stage.FIRST, source, "", (0.2,), seed=0)
    usage = Usage(completion_tokens=800, decode_seconds=40.0)
    text = f"```{language.fence}\n{answer}"
    found = to_candidate(Completion(text, end, "m", 0, usage), bench, question)
    assert isinstance(found, Candidate)
    return found


@pytest.mark.parametrize("end", ["stop", "length", "loop"])
def test_methods_that_an_answer_forgot_stay_as_they_were(end: FinishReason) -> None:
    text = candidate(ANSWER, STUB, end=end).text
    assert text.startswith(ANSWER.rstrip()) and text.count("def call") == 1
    assert text.endswith("    def floor(self):\n        pass\n")


def test_methods_that_a_script_forgot_stay_as_they_were() -> None:
    text = candidate(f"{SCRIPT_ANSWER}```\n", SCRIPT_STUB, "lift.js").text
    assert "this.at = floor" in text and text.count("call(floor)") == 1
    assert 'floor() {\n    throw new Error("Write this");' in text


def test_an_answer_that_went_round_in_a_loop_is_as_long_as_what_it_says_once() -> None:
    looping, whole = (candidate(ANSWER, STUB, end=end) for end in ("loop", "length"))
    assert (whole.tokens, whole.seconds) == (800, 40.0)
    assert looping.tokens < 60
    assert looping.seconds == pytest.approx(looping.tokens * 40.0 / 800)
