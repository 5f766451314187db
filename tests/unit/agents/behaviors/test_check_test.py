"""A test that a model wrote is kept only if it can prove something about what is asked for."""

from __future__ import annotations

import ast

import pytest

from agents.behaviors.check_test import check_answer, same_test
from agents.behaviors.compose_tests import WrittenTest
from agents.languages.contract import Scope
from memory.records import Criterion

CRITERION = Criterion(id="AC-2", text="Words are joined by hyphens.")
KNOWN = {"slug": "from kit import slug", "Ledger": "from kit import Ledger"}


def check(code: str, symbol: str = "slug", **scope: object) -> list[WrittenTest] | str:
    held = Scope(symbol, KNOWN.get, **scope)  # type: ignore[arg-type]
    return check_answer(f"```python\n{code}\n```", CRITERION, held)


def body(code: str, symbol: str = "slug", **scope: object) -> list[WrittenTest] | str:
    lines = "\n".join(f"    {line}" for line in code.splitlines())
    return check(f"def test_it():\n{lines}", symbol, **scope)


def only(tests: list[WrittenTest] | str) -> WrittenTest:
    assert not isinstance(tests, str), tests
    (test,) = tests
    return test


def sources(tests: list[WrittenTest] | str) -> list[str]:
    assert not isinstance(tests, str), tests
    return ["\n".join(t.source.splitlines()[2:]).strip() for t in tests]


@pytest.mark.parametrize(
    "code",
    [
        "assert slug('A b') == 'a-b'",
        "result = slug('A b')\nassert result == 'a-b'",
        "parts = slug('A b').split('-')\nfirst, second = parts\nassert second == 'b'",
        "assert len(slug('A b')) == 3",
        "words = ['b', 'a']\nslug(words)\nassert words == ['a', 'b']",
        "found = []\nfor x in ('a', 'b'):\n    found.append(slug(x))\nassert found == ['a', 'b']",
        "with pytest.raises(ValueError):\n    slug('')",
        "with pytest.raises(ValueError, match='empty') as caught:\n    slug('')\n"
        "assert 'empty' in str(caught.value)",
        "assert slug(slug('A b')) == slug('A b')",
        "total = ''\ntotal += slug('a')\nassert total == 'a'",
        "assert slug('a') == 'a' or slug('a') == 'A'",
        "if True:\n    pass\nassert isinstance(slug('a'), str)",
    ],
)
def test_assertion_on_what_comes_out_of_a_call_holds(code: str) -> None:
    assert not isinstance(body(code), str), body(code)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("assert True", "never calls"),
        ("slug('a')", "asserts nothing"),
        ("slug('a')\nassert True", "`assert True` is True whatever `slug` gives"),
        ("x = slug('a')\nassert x == x", "is True whatever"),
        ("assert slug(1) is not None or True", "is True whatever"),
        ("assert (slug(1) == 2, 'words')", "is True whatever"),
        ("x = slug('a')\nassert len(x) >= 0", "is True whatever"),
        ("expected = slug('a')\nassert slug('a') == expected", "is True whatever"),
        ("slug('a')\nexpected = 'a'\nassert expected == 'a'", "is True whatever"),
        ("x = slug('a')\nassert 'a'.upper() == 'A'", "no assertion depends"),
        ("x = slug('a')\ny = other()\nassert x == 'a' or y", "no assertion depends"),
        ("x = slug('a')\nx = 'b'\nassert x.upper() == 'B'", "no assertion depends"),
        ("assert callable(slug)", "never calls"),
        ("x = slug('a')\nif x:\n    assert x == 'a'", "only under a condition"),
        ("for x in slug('a'):\n    assert x == 'a'", "only under a condition"),
        ("try:\n    slug('')\nexcept ValueError:\n    assert slug('a') == 'a'", "condition"),
        ("with pytest.raises(Exception):\n    slug('')", "takes any error"),
        ("with pytest.raises(ValueError):\n    int('x')\nslug('a')", "no assertion depends"),
        ("return\nassert slug('a') == 'a'", "asserts nothing"),
        ("pytest.skip('later')\nassert slug('a') == 'a'", "before anything is proved"),
        ("assert slug(unknown) == 'a'", "`unknown`, which is defined nowhere"),
        ("import random\nassert slug(random.random()) == 'a'", "depends on chance"),
        ("import time\ntime.sleep(1)\nassert slug('a') == 'a'", "depends on the time"),
        ("assert slug(datetime.now()) == 'a'", "depends on the time"),
        ("import requests\nassert slug(requests.get('x')) == 'a'", "reaches outside"),
    ],
)
def test_what_proves_nothing_or_not_twice_is_refused_with_the_reason(
    code: str, reason: str
) -> None:
    told = body(code)
    assert isinstance(told, str) and reason in told, told


def test_chance_with_a_seed_is_no_chance() -> None:
    seeded = "import random\nrandom.seed(1)\nassert slug(random.random()) == 'a'"
    assert not isinstance(body(seeded), str)
    imported = "from random import randint\n\ndef test_it():\n    assert slug(randint(1, 2)) == '1'"
    assert "random.randint" in str(check(imported))


@pytest.mark.parametrize(
    ("symbol", "code"),
    [
        ("Ledger.total", "ledger = Ledger([1])\nassert ledger.total() == 1"),
        ("Ledger.total", "assert Ledger([1]).total == 1"),
        ("Ledger.add", "ledger = Ledger([])\nledger.add(1)\nassert ledger.entries == [1]"),
        ("Ledger.__len__", "assert len(Ledger([1])) == 1"),
        ("Ledger", "ledger = Ledger([1])\nassert ledger.entries == [1]"),
    ],
)
def test_methods_properties_and_objects_are_followed(symbol: str, code: str) -> None:
    assert not isinstance(body(code, symbol), str), body(code, symbol)


def test_output_of_a_call_is_what_it_gives() -> None:
    code = "def test_it(capsys):\n    slug('a')\n    assert capsys.readouterr().out == 'a'"
    assert "(capsys)" in only(check(code, fixtures=("capsys",))).source
    assert "no fixture `capsys`" in str(check(code))


def test_test_of_a_class_becomes_a_function_with_plain_asserts() -> None:
    code = (
        "class SlugTest(unittest.TestCase):\n"
        "    def setUp(self):\n        self.word = 'A'\n"
        "    def test_it(self):\n"
        "        self.assertEqual(slug(self.word), 'a')\n"
        "        with self.assertRaises(ValueError):\n            slug('')\n"
        "    def test_float(self):\n        self.assertAlmostEqual(slug('a'), 0.5, places=2)\n"
    )
    first, second = sources(check(code))
    assert "assert slug(word) == 'a'" in first and "with pytest.raises(ValueError)" in first
    assert second.endswith("assert slug('a') == pytest.approx(0.5, abs=0.005)")


@pytest.mark.parametrize(
    "code",
    [
        "@pytest.mark.parametrize('text, slugged', [('A', 'a'), pytest.param('B', 'b')])\n"
        "def test_it(text, slugged):\n    assert slug(text) == slugged",
        "def test_it():\n    for text, slugged in [('A', 'a'), ('B', 'b')]:\n"
        "        assert slug(text) == slugged",
        "def test_it():\n    assert slug('A') == 'a'\n    assert slug('B') == 'b'",
    ],
)
def test_each_value_becomes_a_test_of_its_own(code: str) -> None:
    assert sources(check(code)) == ["assert slug('A') == 'a'", "assert slug('B') == 'b'"]


def test_assertions_that_share_something_stay_together() -> None:
    (test,) = sources(
        body("stack = slug([1, 2])\nassert stack.pop() == 2\nassert stack.pop() == 1")
    )
    assert test.count("assert") == 2


def test_name_comes_from_the_criterion_whatever_the_model_called_it() -> None:
    test = only(body("assert slug('A b') == 'a-b'"))
    assert test.name == "test_slug_ac_2_words_are_joined_by_hyphens"
    assert not test.binding and test.imports == ("from kit import slug",)
    assert ast.get_docstring(ast.parse(test.source).body[0]) == f"AC-2: {CRITERION.text}"  # type: ignore[arg-type]


def test_answer_that_was_cut_off_keeps_what_is_whole() -> None:
    code = "def test_a():\n    assert slug('A') == 'a'\n\ndef test_b():\n    assert slug('B') == 'b"
    assert sources(check(code)) == ["assert slug('A') == 'a'"]
    assert check("def test_a(:") == "it is no Python"
    assert "no test function" in str(check("assert slug('A') == 'a'"))


def test_wrong_part_of_an_answer_does_not_take_the_right_one_with_it() -> None:
    code = "def test_a():\n    assert True\n\ndef test_b():\n    assert slug('B') == 'b'"
    assert sources(check(code)) == ["assert slug('B') == 'b'"]


def test_same_test_in_other_words_is_known() -> None:
    first = same_test(only(body("assert slug('A') == 'a'")))
    assert same_test(only(body("result = slug('A')\nassert result == 'a'"))) == first
    assert same_test(only(body("assert slug('A') == 'A'"))) != first
    longer = "one = slug('A')\ntwo = slug(one)\nassert one == two and one"
    renamed = longer.replace("one", "a").replace("two", "b")
    assert same_test(only(body(longer))) == same_test(only(body(renamed)))


def test_answer_that_grows_without_end_when_it_is_written_out_is_bounded() -> None:
    doubling = "x = slug('a')\n" + "x = x + x\n" * 60 + "assert x == 'a'"
    assert not isinstance(body(doubling), str)
    rows = "".join(f"@pytest.mark.parametrize('p{n}', [1, 2, 3])\n" for n in range(30))
    names = ", ".join(f"p{n}" for n in range(30))
    found = check(f"{rows}def test_it({names}):\n    assert slug(p0) == p1")
    assert len(found) <= 12
