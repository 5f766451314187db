"""What a wish is about is read off its words."""

from collections.abc import Set as AbstractSet

from agents.behaviors.find_subjects import find_subjects


def _symbols(
    text: str, classes: AbstractSet[str] = frozenset(), known: AbstractSet[str] = frozenset()
) -> list[str]:
    return [s.symbol for s in find_subjects(text, set(classes), set(known))]


def test_function_written_like_a_definition_is_the_subject() -> None:
    assert _symbols("Add slugify(text, sep) that makes slugs") == ["slugify"]


def test_two_new_functions_are_two_subjects() -> None:
    assert _symbols("Add a function a_b(x). And a function c_d(y).") == ["a_b", "c_d"]


def test_examples_belong_to_the_method_that_the_wish_defines() -> None:
    text = 'Add Ledger.total(kind). Ledger.parse("x 1").total("x") returns 1'
    (subject,) = find_subjects(text, {"Ledger"}, {"Ledger"})
    assert subject.symbol == "Ledger.total"
    assert [e.expected for e in subject.examples] == ["1"]


def test_known_function_in_plain_words_is_the_subject() -> None:
    assert _symbols("shorten should refuse numbers", known={"shorten", "strip"}) == ["shorten"]


def test_wish_without_a_name_has_one_nameless_subject() -> None:
    assert _symbols("wrap text at a width") == [""]
