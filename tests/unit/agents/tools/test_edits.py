"""What a model wrote gets into a file by name, and nothing else of the file changes."""

import ast
from textwrap import dedent

import pytest

from agents.tools.edits import extract_symbol, merge_symbols

MODULE = '''\
#!/usr/bin/env python3
"""Text helpers."""

import re
from os.path import (
    basename,
    join,  # used below
)

LIMIT = 10


# Shortens a text.
# Keeps whole words.
def shorten( text,limit = LIMIT ):   # odd spacing stays
    """Shorten."""
    return text[:limit]


class Box:
    """A box."""

    size: int = 0

    def __init__(self, items):
        self.items = items

    @property
    def first(self):
        return self.items[0]


if __name__ == "__main__":
    print(shorten("abc"))
'''


def merged(source: str, code: str, allowed: set[str] | None = None) -> str:
    result = merge_symbols(dedent(source), dedent(code), allowed)
    ast.parse(result.text)
    return result.text


def test_new_function_goes_before_the_main_block() -> None:
    result = merge_symbols(MODULE, "def slug(text):\n    return text.lower()\n")
    assert result.added == ["slug"]
    assert result.problems == []
    before, after = MODULE.split("if __name__")
    new = "def slug(text):\n    return text.lower()\n\n\n"
    assert result.text == f"{before}{new}if __name__{after}"


def test_new_function_goes_to_the_end_and_gets_a_final_newline() -> None:
    assert merged("a = 1", "def f():\n    return a") == "a = 1\n\n\ndef f():\n    return a\n"


def test_new_functions_keep_their_order() -> None:
    code = "A = 1\n\ndef f():\n    return 1\n\nB = 2\n\ndef g():\n    return 2\n"
    assert merged("import re\n\n\ndef e():\n    return re\n", code) == (
        "import re\n\nA = 1\n\nB = 2\n\n\ndef e():\n    return re\n\n\n"
        "def f():\n    return 1\n\n\ndef g():\n    return 2\n"
    )


def test_replaced_function_keeps_comments_docstring_and_the_rest() -> None:
    result = merge_symbols(MODULE, "def shorten(text, limit=LIMIT):\n    return text[:limit - 1]\n")
    assert result.replaced == ["shorten"]
    head, rest = MODULE.split("def shorten( text,limit = LIMIT ):   # odd spacing stays\n")
    rest = rest.replace("text[:limit]", "text[:limit - 1]")
    assert result.text == f"{head}def shorten(text, limit=LIMIT):\n{rest}"


def test_function_that_differs_only_in_layout_stays_byte_for_byte() -> None:
    code = MODULE.replace(
        "shorten( text,limit = LIMIT ):   # odd spacing stays", "shorten(text, limit=LIMIT):"
    )
    result = merge_symbols(MODULE, code + "\n\ndef extra():\n    return 1\n")
    assert result.added == ["extra"]
    assert result.replaced == []
    assert "def shorten( text,limit = LIMIT ):   # odd spacing stays" in result.text


def test_code_that_changes_nothing_is_a_problem() -> None:
    result = merge_symbols(MODULE, MODULE)
    assert result.text == MODULE
    assert result.problems == ["The code changes nothing."]


def test_class_with_only_the_new_method_is_merged() -> None:
    result = merge_symbols(
        MODULE, "class Box:\n    async def last(self):\n        return self.items[-1]\n"
    )
    assert result.added == ["Box.last"]
    assert result.replaced == []
    expected = (
        "        return self.items[0]\n\n    async def last(self):\n        return self.items[-1]\n"
    )
    assert result.text == MODULE.replace("        return self.items[0]\n", expected)


def test_bare_method_finds_its_class() -> None:
    code = "def first(self):\n    return self.items[0] if self.items else None\n"
    result = merge_symbols(MODULE, code)
    assert result.replaced == ["Box.first"]
    assert "    @property\n    def first(self):\n        return self.items[0] if" in result.text


def test_several_bare_methods_find_their_class_by_allowed_names() -> None:
    code = "def a(self):\n    return 1\n\ndef b(self):\n    return 2\n"
    result = merge_symbols(MODULE, code, {"Box.a", "Box.b"})
    assert result.added == ["Box.a", "Box.b"]


def test_property_setter_is_a_member_of_its_own() -> None:
    code = """\
        class Box:
            @first.setter
            def first(self, value):
                self.items[0] = value
        """
    text = merged(MODULE, code)
    assert text.index("return self.items[0]") < text.index("@first.setter")


def test_class_attribute_goes_before_the_methods() -> None:
    text = merged(MODULE, "class Box:\n    colour: str = 'red'\n")
    assert "    size: int = 0\n    colour: str = 'red'\n\n    def __init__" in text


def test_empty_class_gets_its_first_method() -> None:
    assert merged(
        "class A(Exception): pass\n", "class A:\n    def f(self):\n        return 1\n"
    ) == ("class A(Exception):\n    def f(self):\n        return 1\n")


def test_multi_line_string_in_a_method_keeps_its_content() -> None:
    code = 'class Box:\n  def text(self):\n    return """a\n b\n"""\n'
    result = merge_symbols(MODULE, code)
    namespace: dict[str, type] = {}
    exec(compile(result.text, "box", "exec"), namespace)  # noqa: S102 - the merged code is under test
    assert namespace["Box"]([]).text() == "a\n b\n"


def test_decorators_come_with_the_function() -> None:
    code = "import functools\n\n@functools.cache\ndef shorten(text, limit):\n    return text\n"
    text = merged(MODULE, code)
    assert "# Keeps whole words.\n@functools.cache\ndef shorten(text, limit):" in text
    assert ")\nimport functools\n\nLIMIT" in text


def test_prints_tests_examples_and_main_are_left_out_and_named() -> None:
    code = """\
        def slug(text):
            result = text.lower()
            return result

        result = slug("A")
        print(result)
        assert slug("A") == "a"

        def test_slug():
            assert slug("A") == "a"

        if __name__ == "__main__":
            print(slug("B"))
        """
    result = merge_symbols(MODULE, dedent(code))
    assert result.added == ["slug"]
    assert result.problems == [
        'Left out `result = slug("A")`.',
        "Left out `print(result)`.",
        'Left out `assert slug("A") == "a"`.',
        "Left out `def test_slug():`.",
        'Left out `if __name__ == "__main__":`.',
    ]


def test_tests_are_merged_into_a_test_module() -> None:
    result = merge_symbols("def test_a():\n    assert 1\n", "def test_b():\n    assert 2\n")
    assert result.added == ["test_b"]


def test_whole_module_into_an_empty_file() -> None:
    code = '"""Doc."""\n\nimport re\n\nA = 1\n\n\ndef f():\n    return re\n\n\nprint(f())\n'
    result = merge_symbols("", code)
    assert result.text == '"""Doc."""\n\nimport re\n\nA = 1\n\n\ndef f():\n    return re\n'
    assert result.added == ["A", "f"]


def test_allowed_protects_the_other_symbols() -> None:
    code = """\
        LIMIT = 99

        def helper():
            return LIMIT

        def unrelated():
            return 1

        def shorten(text):
            return text[:helper()]
        """
    result = merge_symbols(MODULE, dedent(code), {"shorten"})
    assert result.added == ["helper"]
    assert result.replaced == ["shorten"]
    assert "LIMIT = 10\n" in result.text
    assert result.problems == ["Left out `LIMIT = 99`.", "Left out `def unrelated():`."]


def test_allowed_method_protects_the_other_methods() -> None:
    code = """\
        class Box:
            def __init__(self, items):
                self.items = []

            def _count(self):
                return len(self.items)

            def total(self):
                return self._count()
        """
    result = merge_symbols(MODULE, dedent(code), {"Box.total"})
    assert result.added == ["Box._count", "Box.total"]
    assert "self.items = items" in result.text
    assert result.problems == ["Left Box.__init__ as it is: it is not part of the task."]


@pytest.mark.parametrize(
    "body", ["...", "pass", '"""Only words."""', "x = 1\n    # ... rest of the code\n    return x"]
)
def test_placeholder_never_replaces_a_body(body: str) -> None:
    result = merge_symbols(MODULE, f"def shorten(text):\n    {body}\n")
    assert result.text == MODULE
    assert result.problems == ["Kept shorten: the new version has only a placeholder for a body."]


def test_new_placeholder_is_named() -> None:
    result = merge_symbols(MODULE, "def later():\n    pass\n")
    assert result.problems == ["later has only a placeholder for a body."]


def test_ordinary_comment_is_no_placeholder() -> None:
    code = (
        "def shorten(text):\n    # The rest is cut; existing code may pass None.\n    return text\n"
    )
    assert merge_symbols(MODULE, code).replaced == ["shorten"]


def test_crlf_file_keeps_crlf() -> None:
    source = MODULE.replace("\n", "\r\n")
    method = 'def s(self):\n        """One.\n\n        Two."""\n        return string\n'
    code = f"import string\n\nclass Box:\n    {method}"
    result = merge_symbols(source, code)
    assert result.added == ["Box.s"]
    assert result.text.count("\n") == result.text.count("\r\n")
    assert result.text.replace("\r\n", "\n") == merge_symbols(MODULE, code).text


def test_odd_spacing_stays_everywhere() -> None:
    source = "try :\n    a = 1 ;b = 2\nexcept ( ValueError ) :\n\tpass\nx=[ 1,\n  2 ]  #c\n\f\n"
    assert merge_symbols(source, "def f():\n    return 1\n").text.startswith(source.rstrip())


def test_definition_that_occurs_twice_is_replaced_where_it_counts() -> None:
    source = "def f():\n    return 1\n\n\ndef f():\n    return 2\n"
    assert merge_symbols(source, source).text == source
    assert merged(source, "def f():\n    return 3\n") == source.replace("2", "3")


def test_deeply_nested_code_is_a_problem() -> None:
    code = "A = " + "(" * 3000 + ")" * 3000
    result = merge_symbols(MODULE, code)
    assert result.text == MODULE
    assert result.problems
    assert merge_symbols("A = 1\n", "A = " + "1+" * 5000 + "1\n").problems


def test_byte_order_mark_and_non_ascii_stay() -> None:
    source = "\ufeff# Überschrift\nGRÖSSE = 'ß'\n"
    text = merge_symbols(source, "def größe():\n    return GRÖSSE\n").text
    assert text.startswith(source)


def test_constant_goes_behind_the_imports_and_before_its_users() -> None:
    text = merged(MODULE, "MAX = 3\n\ndef shorten(text, limit=MAX):\n    return text\n")
    assert ")\n\nMAX = 3\n" in text
    exec(compile(text, "m", "exec"), {"__name__": "m"})  # noqa: S102


def test_new_class_is_put_before_the_function_that_is_annotated_with_it() -> None:
    code = """\
        from dataclasses import dataclass

        class Part:
            pass

        @dataclass
        class Token:
            part: Part

        def shorten(text) -> Token:
            return Token(Part())
        """
    text = merged(MODULE, code)
    exec(compile(text, "m", "exec"), {"__name__": "m"})  # noqa: S102
    assert text.index("class Part") < text.index("class Token") < text.index("def shorten")


def test_constant_that_calls_a_new_function_comes_after_it() -> None:
    text = merged(MODULE, "def table():\n    return {}\n\nTABLE = table()\n")
    exec(compile(text, "m", "exec"), {"__name__": "m"})  # noqa: S102


def test_replaced_constant_stays_in_place() -> None:
    assert merged(MODULE, "LIMIT = 20\n") == MODULE.replace("LIMIT = 10", "LIMIT = 20")


def test_source_that_does_not_parse_is_unchanged() -> None:
    result = merge_symbols("def f(:\n", "def g():\n    return 1\n")
    assert result.text == "def f(:\n"
    assert result.problems == ["The file does not parse: invalid syntax (line 1)."]


def test_code_that_does_not_parse_is_a_problem() -> None:
    result = merge_symbols(MODULE, "def g(:\n    return 1\n")
    assert result.text == MODULE
    assert result.problems == ["The code does not parse: invalid syntax (line 1)."]


def test_whole_definitions_before_a_cut_are_kept() -> None:
    result = merge_symbols(MODULE, "def g():\n    return 1\n\ndef test_g():\n    assert g( ==")
    assert result.added == ["g"]
    assert result.problems[0].startswith("The code does not parse")


def test_last_of_two_versions_counts() -> None:
    text = merged("", "def f():\n    return 1\n\ndef f():\n    return 2\n")
    assert text.count("def f") == 1
    assert "return 2" in text


def test_extract_symbol() -> None:
    assert extract_symbol(MODULE, "Box.first") == (
        "@property\ndef first(self):\n    return self.items[0]\n"
    )
    assert extract_symbol(MODULE, "LIMIT") == "LIMIT = 10\n"
    shorten = extract_symbol(MODULE, "shorten")
    assert shorten is not None
    assert shorten.startswith("# Shortens a text.\n# Keeps whole words.\ndef shorten( text")
    assert extract_symbol(MODULE, "Box.none") is None
    assert extract_symbol("def f(:", "f") is None
