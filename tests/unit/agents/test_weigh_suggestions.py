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
