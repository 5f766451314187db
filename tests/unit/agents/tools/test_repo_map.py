"""The map says what a repository defines, where, and how it is imported."""

from textwrap import dedent

import pytest

from agents.tools.repo_map import build_repo_map, is_test_file, module_name

FILES = {
    "src/texts/slug.py": dedent('''\
        """Slugs."""
        LIMIT: int = 10
        TABLE = {"a-rather-long-key": "a-rather-long-value", "b": "c"}
        logger = None

        @cache
        def slug(text: str, *, limit: int = LIMIT) -> str:
            """Make a slug.

            More words.
            """
            def inner(): ...

        class Box(list, metaclass=Meta):
            """A box."""
            def __init__(self): ...
            @property
            def first(self) -> int: ...
            async def fill(self): ...
        '''),
    "src/texts/broken.py": "def f(:\n",
    "tests/test_slug.py": "def test_slug(): ...\n",
}


def test_symbols_with_signature_words_and_line() -> None:
    repo_map = build_repo_map(FILES)
    found = {s.name: (s.kind, s.signature, s.line) for s in repo_map.modules["src/texts/slug.py"]}
    assert found == {
        "LIMIT": ("constant", "LIMIT: int = 10", 2),
        "TABLE": ("constant", "TABLE = {'a-rather-long-key': 'a-rather-…", 3),
        "slug": ("function", "slug(text: str, *, limit: int=LIMIT) -> str", 7),
        "Box": ("class", "class Box(list)", 14),
        "Box.__init__": ("method", "Box.__init__(self)", 16),
        "Box.first": ("method", "@property Box.first(self) -> int", 18),
        "Box.fill": ("method", "async Box.fill(self)", 19),
    }
    assert repo_map.find("slug")[0][1].doc_line == "Make a slug."


def test_file_that_does_not_parse_is_listed_without_symbols() -> None:
    assert build_repo_map(FILES).modules["src/texts/broken.py"] == []


def test_symbols_are_found_by_name() -> None:
    repo_map = build_repo_map(FILES)
    assert [path for path, _ in repo_map.find("Box.fill")] == ["src/texts/slug.py"]
    assert repo_map.find("nope") == []
    assert repo_map.names("class") == {"Box"}
    assert {"slug", "Box.first", "LIMIT", "test_slug"} <= repo_map.names()


def test_rendering_keeps_to_its_room() -> None:
    repo_map = build_repo_map(FILES)
    whole = repo_map.render(10_000)
    assert "slug(text: str, *, limit: int=LIMIT) -> str  # Make a slug." in whole
    assert "test_slug" not in whole
    short = repo_map.render(len(whole) - 1)
    assert "-> str" in short
    assert "Make a slug" not in short
    assert repo_map.render(60).endswith("(more is not shown)")
    assert len(repo_map.render(60)) <= 60


def test_what_is_nearest_is_left_when_the_map_is_cut() -> None:
    files = {f"a{n}.py": f"def first_{n}(): ...\n" for n in range(20)}
    repo_map = build_repo_map({**files, "z.py": 'def last():\n    """At the end."""\n'})
    assert "last()" not in repo_map.render(200)
    text = repo_map.render(200, [("z.py", "last"), ("unknown.py", "x"), ("z.py", "")])
    assert text.startswith("z.py\n  last()  # At the end.\na0.py\n") and len(text) <= 200
    whole = repo_map.render(10_000, [("z.py", "last")])
    assert whole.startswith("a0.py")


def test_near_files_share_the_room_and_show_what_is_near_of_them() -> None:
    long = "".join(f"def f{n}(): ...\n" for n in range(50))
    repo_map = build_repo_map({"a.py": long, "b.py": long, "c.py": long})
    text = repo_map.render(200, [("b.py", "f41"), ("c.py", "f7")])
    assert text.startswith("b.py\n  f41()\n  f0()\n") and "\nc.py\n  f7()\n  f0()\n" in text
    assert "a.py" not in text and len(text) <= 200


def test_a_path_that_is_longer_than_its_room_leaves_no_gap() -> None:
    names = {f"{'long' * 20}{n}.py": "x = 1\n" for n in range(3)}
    text = build_repo_map(names).render(120, [(path, "") for path in names])
    assert text == "\n(more is not shown)"


def test_fields_of_a_class_are_known_and_not_rendered() -> None:
    text = "class Box:\n    width: int = 3\n    RED = 1\n    def open(self): ...\n"
    repo_map = build_repo_map({"box.py": text})
    fields = [s for s in repo_map.modules["box.py"] if s.kind == "field"]
    assert [(s.name, s.signature) for s in fields] == [
        ("Box.width", "width: int = 3"),
        ("Box.RED", "RED = 1"),
    ]
    assert repo_map.render(999) == "box.py\n  class Box\n  Box.open(self)"
    assert repo_map.names() == {"Box", "Box.open"}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests/helper.py", True),
        ("test_a.py", True),
        ("pkg/a_test.py", True),
        ("conftest.py", True),
        ("pkg/contest.py", False),
        ("pkg/testing_tools.py", False),
        ("tests/data.json", False),
    ],
)
def test_test_files(path: str, expected: bool) -> None:
    assert is_test_file(path) is expected


@pytest.mark.parametrize(
    ("path", "others", "expected"),
    [
        ("slug.py", [], "slug"),
        ("pkg/slug.py", ["pkg/__init__.py"], "pkg.slug"),
        ("pkg/sub/slug.py", ["pkg/__init__.py", "pkg/sub/__init__.py"], "pkg.sub.slug"),
        ("pkg/__init__.py", ["pkg/__init__.py"], "pkg"),
        ("src/pkg/slug.py", ["src/pkg/__init__.py"], "pkg.slug"),
        ("src/slug.py", [], "slug"),
        ("src/space/slug.py", [], "space.slug"),
        ("src/slug.py", ["src/__init__.py"], "src.slug"),
        ("scripts/slug.py", [], "scripts.slug"),
        ("lib/pkg/slug.py", ["lib/pkg/__init__.py"], "pkg.slug"),
    ],
)
def test_import_names(path: str, others: list[str], expected: str) -> None:
    assert module_name(path, [path, *others]) == expected
