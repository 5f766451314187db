"""The operators make the changes they say, and every result is code."""

import ast

import pytest

from agents.tools.mutation.hints import Hints, read_hints
from agents.tools.mutation.operators import lookups, mutations, text
from agents.tools.mutation.operators.patterns import variants
from agents.tools.mutation.unit import Unit
from tests.later_near_misses import LATER_NEAR_MISSES
from tests.near_misses import NEAR_MISSES

ALL = NEAR_MISSES | LATER_NEAR_MISSES

HINTS = Hints(strings=("a-b",), expected=("[]",), edges=("[]",), raises=("ValueError('no')",))


def results(source: str, symbol: str = "f", hints: Hints = HINTS) -> set[str]:
    unit = Unit(source, symbol, hints)
    return {m.apply(source) for m in mutations(unit)}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("return a < b", "return a <= b"),
        ("return a not in b", "return a in b"),
        ("return a and b", "return a or b"),
        ("return not a", "return a"),
        ("return a // b", "return -(-a // b)"),
        ("return a[1:b]", "return a[1:b + 1]"),
        ("return a[1:b]", "return a[:b]"),
        ("return list(range(a))", "return list(range(1, a + 1))"),
        ("return a.strip()", "return a.strip('-')"),
        ("return a.ljust(b)", "return a.zfill(b)"),
        ("return min(a)", "return max(a)"),
        ("return min(a)", "return min(a, default=[])"),
        ("return sorted(a)", "return sorted(a, reverse=True)"),
        ("return sorted(a)", "return sorted(a, key=len)"),
        ("return a[b]", "return a.get(b, 0)"),
        ("return a.isalpha()", "return a.isalnum()"),
        ("return a", "return b"),
        ("return a", "return sorted(a)"),
        ("return a + b", "return (a + b).strip()"),
        ("return a", "return '-'.join(part for part in a.split('-') if part)"),
        ("return a", "if not a:\n        return []\n    return a"),
        ("return None", "raise ValueError('no')"),
        ("raise KeyError(a)", "return []"),
        ("return f(a, b)", "return f(b, a)"),
        ("a[b] += 1", "a[b] = a.get(b, 0) + 1"),
        ("a[b] = [c]", "a.setdefault(b, []).append(c)"),
        ("a[b] = 1", "a[b] = a.get(b, 0) + 1"),
        ("a[b].append(c)", "a.setdefault(b, []).append(c)"),
        ("a[b].add(c)", "a.setdefault(b, set()).add(c)"),
        ("return a.pop", "return a.pop()"),
        (
            "n += 1\n    a.append('-')\n    return b + '-'",
            "n += 1\n    a.append('-' * n)\n    return b + '-' * n",
        ),
        ("n += 1\n    return b + '-'", "n += 1\n    return b + '-' * n"),
        ("return a[b]", "if b not in a:\n        return []\n    return a[b]"),
        ("return a / b", "if b == 0:\n        raise ValueError('no')\n    return a / b"),
        ("b = a[-1]", "if not a:\n        return []\n    b = a[-1]"),
        (
            "c = a.index(b)\n    return a.index(c)",
            "if b not in a:\n        return []\n    c = a.index(b)\n"
            "    if c not in a:\n        return []\n    return a.index(c)",
        ),
        (
            "return [b[c] for c in a]",
            "if any(c not in b for c in a):\n        return []\n    return [b[c] for c in a]",
        ),
        (
            "for c in a:\n        d(b[c])",
            "for c in a:\n        if c not in b:\n            continue\n        d(b[c])",
        ),
        ("del a[b]", "a.pop(b, None)"),
        (
            "return [b for b, c in a.items() if c]",
            "return [b for b, c in sorted(a.items(), key=lambda item: item[1]) if c]",
        ),
        (
            "for b, c in a.items():\n        d(b)",
            "for b, c in sorted(a.items(), key=lambda item: (-item[1], item[0])):\n        d(b)",
        ),
        ("return [b for b in a]", "return [b for b in sorted(a, key=a.get)]"),
        ("return [b.c for b in a]", "return [b.c for b in sorted(a, key=lambda item: item.c)]"),
        (
            "for i, b in enumerate(a):\n        c(i, b['d'])",
            "for i, b in enumerate(sorted(a, key=lambda item: -item['d'])):\n        c(i, b['d'])",
        ),
        (
            "b = sorted(a)\n    return [c.d for c in b]",
            "b = sorted(a, key=lambda item: item.d)\n    return [c.d for c in b]",
        ),
        ("return [b for b in a]", "return [b for b in reversed(list(a))]"),
        ("return c[a + 1:b]", "a, b = sorted((a, b))\n    return c[a + 1:b]"),
        ("return list(range(a, b))", "a, b = sorted((a, b))\n    return list(range(a, b))"),
        ("a += b", "a = b"),
        ("a = b", "a += b"),
        ("a = 1", "a = 2"),
        ("a = ''", "a = '-'"),
        ("a = b", "a = b.copy()"),
        ("if a:\n        b = 1", "if not (a):\n        b = 1"),
        ("a = 1\n    b = 2", "b = 2\n    a = 1"),
        ("for a in b:\n        a = 1\n        b = 2", "for a in b:\n        a = 1\n    b = 2"),
        ("for a in b:\n        a = 1\n    b = 2", "for a in b:\n        a = 1\n        b = 2"),
        ("for a in b:\n        break", "for a in b:\n        continue"),
        ("return re.sub('x', a, b)", 'return re.sub(r"x+", a, b)'),
        ("return re.match('x', a)", "return re.fullmatch('x', a)"),
        ("return ', '.join(a)", "return ', '.join(map(str, a))"),
        ("return ', '.join(b for b in a)", "return ', '.join(str(b) for b in a)"),
        ("return 'n: ' + a + b", "return 'n: ' + str(a) + str(b)"),
        (
            "return (a // 60).zfill(2) + ':' + (a % 60).rjust(2, '0') + b",
            "return str(a // 60).zfill(2) + ':' + str(a % 60).rjust(2, '0') + str(b)",
        ),
        ("return ('n' + a).zfill(b)", "return ('n' + str(a)).zfill(b)"),
    ],
)
def test_a_family_holds_its_change(before: str, after: str) -> None:
    head = "def f(a, b):\n    "
    assert f"{head}{after}\n" in results(f"{head}{before}\n")


@pytest.mark.parametrize("name", ALL)
def test_every_change_with_a_key_is_code_and_differs_in_the_unit_alone(name: str) -> None:
    miss = ALL[name]
    source = f"# ä\nX  =  1\n\n\n{miss.source}\n\nY  =  2  # ü\n"
    unit = Unit(source, miss.symbol, read_hints([miss.module(miss.tests)]))
    start = unit.starts[unit.node.lineno - 1]
    for mutation in mutations(unit):
        text = mutation.apply(source)
        assert text.startswith(source[:start])
        assert text.endswith("\n\nY  =  2  # ü\n")
        if unit.key(mutation) is not None:
            ast.parse(text)


def test_equal_trees_have_equal_keys() -> None:
    unit = Unit("def f(a):\n    return (a)\n", "f", Hints())
    keys = [unit.key(m) for m in mutations(unit) if m.apply(unit.source).strip().endswith("a + 1")]
    assert len(set(keys)) <= 1


def test_changes_come_in_the_same_order() -> None:
    source = NEAR_MISSES["slugify"].source
    first, second = ([m.what for m in mutations(Unit(source, "slugify", HINTS))] for _ in range(2))
    assert first == second


def test_line_ends_of_windows_are_kept() -> None:
    source = "def f(a):\r\n    a = 1\r\n    return a\r\n"
    assert all("\n" not in text.replace("\r\n", "") for text in results(source))


def test_places_behind_letters_of_several_bytes_are_found() -> None:
    assert "def f(a):\n    return 'äö' + a <= 'ü'\n" in results(
        "def f(a):\n    return 'äö' + a < 'ü'\n"
    )


def test_a_method_is_changed_in_its_class_alone() -> None:
    method = "    def {}(self, a):\n        return a < 1\n\n"
    source = "class A:\n" + method.format("f") + method.format("g")
    assert {s.partition("    def g")[2] for s in results(source, "A.f")} == {
        source.partition("    def g")[2]
    }


def test_a_missing_symbol_and_broken_code_are_told() -> None:
    with pytest.raises(LookupError):
        Unit("x = 1", "f", Hints())
    with pytest.raises(SyntaxError):
        Unit("def f(:", "f", Hints())


def test_pattern_variants_compile_and_differ() -> None:
    found = list(variants("[^a-z]"))
    assert "[^a-z]+" in found
    assert "[^a-z0-9]" in found
    assert "[^a-z" not in found
    assert "[^a-z]" not in found


def test_hints_tell_what_empty_arguments_and_errors_give() -> None:
    hints = read_hints(
        [
            "def test_a():\n    '''doc'''\n    assert f('') == []\n    assert f('x', 3) == 'y-z'\n"
            "    with pytest.raises(ValueError, match='no'): f(0)\n",
            "not code (",
        ]
    )
    assert hints.edges == ("[]",)
    assert set(hints.expected) == {"[]", "'y-z'"}
    assert hints.raises == ("ValueError('no')",)
    assert hints.refused == ((0, "0"),)
    assert hints.characters == ["-"]
    assert "doc" not in hints.strings


@pytest.mark.parametrize(
    "check",
    [
        "assert str(error.value) == 'words'",
        "assert error.value.args[0] == 'words'",
        "self.assertEqual(str(error.exception), 'words')",
        "self.assertEqual('words', error.exception.args[0])",
    ],
)
def test_hints_tell_which_words_an_exception_has(check: str) -> None:
    module = (
        "def test_a(self):\n    with pytest.raises(KeyError) as error:\n        f(1)\n    {}\n"
        "    with pytest.raises(LookupError) as error:\n        f(2, b=3)\n"
    )
    assert read_hints([module.format(check)]).raises == ("KeyError('words')", "LookupError()")
    assert read_hints([module.format("pass")]).raises == ("KeyError()", "LookupError()")


def test_a_name_that_nothing_defines_becomes_a_like_one():
    source = (
        "class A:\n    def item_names(self):\n        return []\n\n"
        "    def f(self):\n        return self.items_name()\n"
    )
    assert any("return self.item_names()" in text for text in results(source, "A"))
    source = "def helper(a):\n    return a\n\n\ndef f(a):\n    return helpers(a)\n"
    assert any("return helper(a)" in text for text in results(source))


def test_a_name_that_is_known_is_not_taken_for_a_mistake():
    source = "import math\n\n\ndef maths(a):\n    return a\n\n\ndef f(a):\n    return math.pi\n"
    assert not any("maths.pi" in text for text in results(source))


def test_accents_are_taken_off_only_where_tests_speak_of_them():
    source = "def f(a):\n    return a\n"
    speaking = read_hints(['assert f("Brûlée") == "brulee"'])
    silent = read_hints(['assert f("Brûlée") == "Brûlée"'])
    assert any("unicodedata" in text for text in results(source, hints=speaking))
    assert not any("unicodedata" in text for text in results(source, hints=silent))


@pytest.mark.parametrize("takes", ["del b[k]", "b.pop(k)", "b.discard(k)"])
def test_a_loop_that_empties_what_it_reads_is_mended_before_most(takes: str) -> None:
    source = f"def f(a, b):\n    for k in b.keys():\n        if k > a:\n            {takes}\n"
    found = [m.apply(source) for m in mutations(Unit(source, "f", HINTS))]
    assert source.replace("b.keys()", "list(b.keys())") in found[: len(found) // 10]


@pytest.mark.parametrize(
    ("argument", "condition"),
    [("f(65)", "a >= 65"), ("f(2)", "a <= 2"), ("f('x', 'yz')", "len(a) != len(b)")],
)
def test_arguments_that_tests_refuse_are_refused(argument: str, condition: str) -> None:
    hints = read_hints(
        [
            "def test_a(self):\n    with self.assertRaises(ValueError) as error:\n"
            f"        {argument}\n    self.assertEqual(error.exception.args[0], 'not so')\n"
        ]
    )
    refusing = f"    if {condition}:\n        raise ValueError('not so')\n    return a\n"
    assert f"def f(a, b):\n{refusing}" in results("def f(a, b):\n    return a\n", hints=hints)


def test_a_change_says_the_line_that_it_changes() -> None:
    source = "def f(a):\n    n = 0\n    n += 1\n    a += '-'\n    return a + '-'\n"
    found = [m for m in mutations(Unit(source, "f", HINTS)) if "as often as" in m.what]
    assert [(m.line, len(m.edits)) for m in found] == [(4, 2), (4, 1), (5, 1)]


def test_states_are_refused_as_the_constructor_makes_them() -> None:
    source = (
        "class A:\n    def __init__(self):\n        self.open = False\n        self.names = []\n"
        "        self.most = 3\n        self.owner: str | None = None\n        a.b = True\n\n"
        "    def f(self, name):\n        return name\n"
    )
    found = results(source, "A.f")
    conditions = ["not self.open", "name in self.names", "name > self.most", "self.owner is None"]
    for condition in conditions:
        assert any(f"if {condition}:\n            raise ValueError('no')" in t for t in found)
    assert not any("self.names is None" in text or "if self.b" in text for text in found)
    silent = results(source, "A.f", Hints())
    assert not any("raise" in text for text in silent)


def test_no_exit_asks_for_what_only_a_part_of_the_statement_knows() -> None:
    source = "def f(a):\n    return [a[b] for b in a if b]\n"
    assert not list(lookups.mutations(Unit(source, "f", HINTS)))


def test_text_is_made_no_text_again() -> None:
    kept = "def f(a):\n    return str(a).zfill(2) + 'x'.join(str(b) for b in a) + f'{a}'\n"
    assert not list(text.mutations(Unit(kept, "f", HINTS)))
