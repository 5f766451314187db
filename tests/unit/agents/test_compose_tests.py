"""Tests made from examples are whole pytest modules that import what they need."""

import ast

from agents.behaviors.compose_tests import TestModule, compose_test
from memory.records import Criterion, Ticket


def _ticket() -> Ticket:
    return Ticket(
        id="tkt-1", repository="/r", title="t", target_file="pkg/mod.py", target_symbol="f"
    )


def _import_of(name: str) -> str | None:
    return {"f": "from pkg.mod import f", "Thing": "from pkg.things import Thing"}.get(name)


def _criterion(**example: str) -> Criterion:
    return Criterion(id="AC-1", text='It says "so".', origin="person", **example)


def test_value_is_compared() -> None:
    test = compose_test(_ticket(), _criterion(call="f(Thing(1))", expected="[1]"), _import_of)
    assert test is not None
    assert "assert f(Thing(1)) == [1]" in test.source
    assert set(test.imports) == {"from pkg.mod import f", "from pkg.things import Thing"}


def test_names_of_the_standard_library_are_imported() -> None:
    test = compose_test(_ticket(), _criterion(call="f(Decimal('1'))", expected="1"), _import_of)
    assert test is not None
    assert "from decimal import Decimal" in test.imports


def test_exception_is_expected() -> None:
    test = compose_test(_ticket(), _criterion(call="f(0)", raises="ValueError"), _import_of)
    assert test is not None
    assert "with pytest.raises(ValueError):\n        f(0)" in test.source
    assert "import pytest" in test.imports


def test_floats_are_compared_approximately() -> None:
    test = compose_test(_ticket(), _criterion(call="f(1)", expected="0.3"), _import_of)
    assert test is not None
    assert "pytest.approx(0.3)" in test.source


def test_constants_are_compared_by_identity() -> None:
    test = compose_test(_ticket(), _criterion(call="f(1)", expected="True"), _import_of)
    assert test is not None
    assert "assert f(1) is True" in test.source


def test_example_with_an_unknown_name_makes_no_test() -> None:
    assert compose_test(_ticket(), _criterion(call="f(text)", expected="1"), _import_of) is None


def test_module_parses_and_leads_with_its_imports() -> None:
    test = compose_test(_ticket(), _criterion(call="f(0)", raises="ValueError"), _import_of)
    assert test is not None
    source = TestModule("tests/test_f.py", "Title.", [test]).source()
    body = ast.parse(source).body
    assert [type(node).__name__ for node in body[:3]] == ["Expr", "Import", "ImportFrom"]
    assert source.count('"""') == 4
