"""Which attempts a search goes on with."""

from agents.behaviors.write_code import Candidate
from agents.ladder import Rung, Stage
from agents.search import Attempt, Search


def attempt(text: str, passed: str, cases: int) -> Attempt:
    return Attempt(Candidate(text, text, Stage.SAMPLE), frozenset(passed), "wrong", cases=cases)


def test_more_tests_are_better_than_more_parameters_of_one_and_these_than_shorter_code():
    fewer_tests, near = attempt("x", "a", 9), attempt("longer", "ab", 7)
    far, long = attempt("x", "ab", 2), attempt("the longest", "ab", 7)
    search = Search("", [fewer_tests, far, long, near])
    assert search.best(4) == [near, long, far, fewer_tests]


def test_code_that_mutation_changed_is_not_what_a_model_wrote_even_if_no_words_tell_the_change():
    bent = Attempt(Candidate("x", "x", Stage.MUTATION), frozenset())
    search = Search("", [bent, attempt("y", "a", 1)])
    assert [each.candidate.code for each in search.written] == ["y"]


def test_a_rung_waits_for_what_another_brings_and_goes_where_another_was():
    search = Search("")
    after, unless = Rung(Stage.MUTATION, after=Stage.SAMPLE), Rung(Stage.PLAN, unless=Stage.SAMPLE)
    assert search.leaves_out(after) and not search.leaves_out(unless)
    search.attempts.append(attempt("x", "a", 1))
    assert search.leaves_out(unless) and not search.leaves_out(after)
    assert not search.leaves_out(Rung(Stage.FIRST))


def test_another_set_of_parameters_is_progress_too():
    search = Search("", [attempt("x", "a", 3)])
    before = search.progress
    search.attempts.append(attempt("y", "a", 3))
    assert search.progress == before
    search.attempts.append(attempt("z", "a", 4))
    assert search.progress > before
