"""Imports that merged code needs are added once, and `__all__` stays complete."""

from textwrap import dedent

from agents.tools.edits import merge_symbols


def merged(source: str, code: str) -> str:
    return merge_symbols(dedent(source), dedent(code)).text


def test_import_goes_behind_the_last_one() -> None:
    source = '"""Doc."""\n\nimport os\n\nA = os\n'
    code = "import re\nimport os\nimport json\n\ndef f():\n    return re, os\n"
    text = merged(source, code)
    assert text.startswith('"""Doc."""\n\nimport os\nimport re\n\nA = os\n')
    assert "json" not in text


def test_first_import_goes_behind_docstring_and_header() -> None:
    source = '# Licence\n\n"""Doc."""\n\n\ndef g():\n    return 1\n'
    text = merged(source, "import re\n\ndef f():\n    return re\n")
    assert text.startswith('# Licence\n\n"""Doc."""\n\nimport re\n\n\ndef g():')


def test_first_import_in_a_module_without_docstring() -> None:
    text = merged("def g():\n    return 1\n", "import re\n\ndef g():\n    return re\n")
    assert text == "import re\n\n\ndef g():\n    return re\n"


def test_name_joins_an_existing_from_import() -> None:
    text = merged(
        "from a import b  # why\n\nX = b\n", "from a import c as d\n\ndef f():\n    return d\n"
    )
    assert text.startswith("from a import b, c as d  # why\n\nX = b\n")


def test_name_joins_an_import_in_parentheses() -> None:
    source = "from a import (\n    b,\n    c,\n)\n"
    text = merged(source, "from a import d\n\ndef f():\n    return d\n")
    assert text.startswith("from a import (\n    b,\n    c,\n    d,\n)\n")


def test_future_import_comes_first() -> None:
    code = "from __future__ import annotations\nimport re\n\ndef f():\n    return re\n"
    text = merged('"""Doc."""\n\nimport os\n', code)
    assert text.startswith(
        '"""Doc."""\n\nfrom __future__ import annotations\nimport os\nimport re\n'
    ) or text.startswith(
        '"""Doc."""\n\nfrom __future__ import annotations\n\nimport os\nimport re\n'
    )
    compile(text, "m", "exec")


def test_module_that_imports_itself_does_not() -> None:
    code = "from texts import slug, shorten\n\ndef slug(t):\n    return shorten(t)\n"
    text = merged("def shorten(t):\n    return t\n", code)
    assert "import" not in text


def test_import_of_another_thing_under_a_known_name_is_a_problem() -> None:
    result = merge_symbols(
        "import datetime\n",
        "from datetime import datetime\n\ndef f():\n    return datetime.now()\n",
    )
    assert result.text.startswith("import datetime\n\n\ndef f()")
    assert result.problems == [
        "Left out `from datetime import datetime`: the file has `import datetime` already."
    ]


def test_import_inside_try_counts_as_present() -> None:
    source = "try:\n    import json\nexcept ImportError:\n    json = None\n"
    assert merged(source, "import json\n\ndef f():\n    return json\n").count("import json") == 1


def test_string_annotation_needs_its_import() -> None:
    text = merged("A = 1\n", 'from x import Y\n\ndef f(a: "list[Y]") -> None:\n    print(a)\n')
    assert "from x import Y" in text


def test_star_import_is_a_problem() -> None:
    result = merge_symbols("A = 1\n", "from x import *\n\ndef f():\n    return 1\n")
    assert "import *" not in result.text
    assert result.problems == ["Left out `from x import *`: import the names that are needed."]


def test_imports_alone_are_all_added() -> None:
    assert (
        merged("from .a import b\n", "from .c import d\n") == "from .a import b\nfrom .c import d\n"
    )


def test_public_names_join_a_literal_all() -> None:
    code = "def c():\n    return 1\n\ndef _d():\n    return 2\n"
    assert merged("__all__ = ['a', 'b']\n", code).startswith("__all__ = ['a', 'b', 'c']\n")
    assert merged("__all__ = ()\n", code).startswith('__all__ = ("c",)\n')
    assert merged('__all__ = ("a",)\n', code).startswith('__all__ = ("a", "c")\n')
    source = '__all__ = [\n    "a",\n    "b",\n]\n'
    assert merged(source, code).startswith('__all__ = [\n    "a",\n    "b",\n    "c",\n]\n')


def test_repeated_all_of_the_answer_is_united() -> None:
    source = 'from .x import a\n\n__all__ = ["a"]\n'
    code = 'from .x import a, b\n\n__all__ = ["b"]\n'
    assert merged(source, code) == 'from .x import a, b\n\n__all__ = ["a", "b"]\n'
