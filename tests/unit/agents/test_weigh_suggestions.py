"""A model's suggested test goes only when candidates agree with each other against it."""

from agents.behaviors.weigh_suggestions import contradicted

A, B, C = frozenset("a"), frozenset("b"), frozenset("c")


def test_suggestion_that_agreeing_candidates_fail_is_withdrawn() -> None:
    assert contradicted([A, A, A], binding=A, suggested=B) == B


def test_two_candidates_are_too_few() -> None:
    assert contradicted([A, A], binding=A, suggested=B) == frozenset()


def test_tests_of_a_person_are_never_withdrawn() -> None:
    assert not contradicted([B, B, B], binding=A, suggested=B) & A


def test_candidates_that_fail_a_binding_test_have_no_say() -> None:
    assert contradicted([B, B, B], binding=A, suggested=B | C) == frozenset()


def test_without_any_binding_test_passing_nothing_is_no_agreement() -> None:
    assert contradicted([frozenset()] * 5, binding=frozenset(), suggested=B) == frozenset()


def test_code_that_was_written_more_often_weighs_more() -> None:
    few, many = B | A, C | A
    assert contradicted([few, few, many, many], A, B | C, votes=[2, 1, 8, 1]) == B


def test_one_program_alone_outvotes_no_test_however_often_it_was_written() -> None:
    assert contradicted([A], binding=A, suggested=B, votes=[9]) == frozenset()


def test_group_that_passes_more_tests_wins_over_a_larger_one() -> None:
    small, large = A | B | C, A | frozenset("d")
    suggested = B | C | frozenset("d")
    assert contradicted([small] * 3 + [large] * 4, A, suggested) == frozenset("d")


def test_tests_that_every_candidate_fails_go() -> None:
    assert contradicted([A | B, A | B, A | B], A, B | C) == C
