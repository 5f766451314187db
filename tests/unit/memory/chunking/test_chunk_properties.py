"""What holds for the chunks of any bytes."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from memory.chunking.chunker import chunk_file
from memory.chunking.languages import file_type

PATHS = ["a.py", "a.ts", "a.tsx", "a.js", "a.go", "a.rs", "A.java", "a.md", "a.rst", "a.c"]
PIECES = [
    "def f(x):\n    return x\n",
    "class A:\n    y = 1\n    def m(self):\n        pass\n",
    "@decorator\n",
    "# comment\n",
    "// comment\n",
    "/* comment */\n",
    "function g() { return 1 }\n",
    "export class B { m() { return 2 } }\n",
    "const h = (x) => {\n  return x\n};\n",
    "func (s *S) Push(x int) {\n\tx++\n}\n",
    "type S struct { a int }\n",
    "impl S { fn new() -> S { S } }\n",
    "mod m {\n",
    "#[test]\n",
    "public class C { void m() { x++; } }\n",
    "import os\n",
    "x = [1, 2,\n",
    "# Title\n",
    "Title\n=====\n",
    "```\n",
    "\n\n",
    "{",
    "}",
    "(",
    '"""',
    "    ",
    "ünïcödé 漢字 \U0001f600\n",
    "\r\n",
    "\x0c\n",
    "\u2028",
]
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=25).map("".join)
data = texts.map(str.encode) | st.binary(max_size=200)


def lines_of(source):
    text = source.decode(errors="replace").removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(PATHS), data)
def test_chunks_lie_in_the_file_in_order_and_on_their_lines(path, source):
    if source.startswith((b"\xff\xfe", b"\xfe\xff")):
        return
    lines, last = lines_of(source), 1
    for chunk in chunk_file(path, source):
        assert chunk.path == path
        assert chunk.language == file_type(path).language
        assert last <= chunk.start_line <= chunk.end_line <= len(lines)
        last = chunk.start_line
        covered = lines[chunk.start_line - 1 : chunk.end_line]
        at = 0
        for line in chunk.text.split("\n"):  # each is found in the chunk's lines, in their order
            at = next(n for n in range(at, len(covered)) if line in covered[n])


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(PATHS), texts)
def test_no_letter_or_digit_of_a_file_is_lost(path, text):
    source = text.encode()
    if b"\0" in source:
        return
    kept = Counter("".join(chunk.text for chunk in chunk_file(path, source)))
    # Characters, since a broken word such as `0function` is cut where the grammar cuts it.
    assert Counter(filter(str.isalnum, "".join(lines_of(source)))) <= kept


names = st.lists(st.from_regex(r"[a-z]{4,8}", fullmatch=True), min_size=1, max_size=8, unique=True)


@settings(max_examples=100, deadline=None)
@given(names, st.data())
def test_every_function_of_a_whole_file_is_a_chunk(functions, draw):
    blocks = {
        "a.py": "class T:\n    def {0}(self):\n        return 1\n",
        "a.ts": "/** {0} */\nexport class T {{ {0}(): number {{ return 1; }} }}\n",
        "a.go": "func (t *T) {0}() int {{\n\treturn 1\n}}\n",
        "a.rs": "impl T {{\n    pub fn {0}(&self) -> i32 {{ 1 }}\n}}\n",
        "A.java": "class T {{ int {0}() {{ return 1; }} }}\n",
    }
    path = draw.draw(st.sampled_from(sorted(blocks)))
    between = st.sampled_from(["", "\n", "\n\n", "// x\n" if path != "a.py" else "# x\n"])
    source = "".join(blocks[path].format(name) + draw.draw(between) for name in functions)
    methods = [c.symbol for c in chunk_file(path, source.encode()) if c.kind == "method"]
    assert methods == [f"T.{name}" for name in functions]


def test_deep_nesting_and_endless_lines_are_cut_all_the_same():
    for source in (
        b"(x" * 5_000,
        b"class A:\n" + b"".join(b" " * n + b"class B:\n" for n in range(1, 400)),
        b"if x:\n" * 2_000,
        b"x = '" + b"a" * 50_000 + b"'",
        "漢".encode() * 5_000,
    ):
        for path in PATHS:
            chunks = chunk_file(path, source)
            assert chunks, path
            assert all(len(chunk.text.encode()) <= 3_300 for chunk in chunks)
