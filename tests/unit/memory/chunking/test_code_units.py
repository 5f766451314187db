"""Which chunks each language gives: the units that a person would name."""

import pytest

from memory.chunking.chunker import chunk_file

PYTHON = b'''"""Stacks."""
import os

LIMIT = 3

# The only one.
@register
class Stack(Base):
    """Last in, first out."""

    size = 0

    # Puts on top.
    @traced
    def push(self, item):
        """Put."""
        self.items.append(item)  # fast

    class Empty(Exception):
        def tell(self):
            return "empty"


if os.name == "nt":
    def slash():
        return "\\\\"
else:
    def slash():
        return "/"


def make(): return Stack()
'''

TYPESCRIPT = b"""import { a } from "b";

/** A stack. */
@Injectable()
export class Stack<T> extends Base {
  size = 1;
  /** Puts on top. */
  @Traced()
  push(item: T): void {
    this.items.push(item);
  }
  pop = (): T => {
    return this.items.pop();
  };
  abstract peek(): T;
}
export default function () {
  return 1;
}
export const make = async (x: number) => new Stack();
export const Button = memo((props) => {
  return null;
});
interface Shape { area(): number }
type Pair = { a: string };
enum Colour { Red }
namespace Tools { export function sharpen() { return 1; } }
"""

JAVASCRIPT = b"""const api = {
  get() { return 1; },
  put: function () { return 2; },
};
exports.load = function () { return 3; };
Stack.prototype.push = function (item) { this.items.push(item); };
module.exports = class Queue { add(item) { return item; } };
(function () {
  function inner() { return 4; }
})();
export default { name: "view", methods: { click() { return 5; } } };
"""

GO = b"""// Package stack is about stacks.
package stack

import "fmt"

const Limit = 3

// Stack is one.
type Stack[T any] struct {
	items []T
}

type (
	// Shape has an area.
	Shape interface{ Area() float64 }
	Name  string
)

// Push puts on top.
func (s *Stack[T]) Push(item T) {
	fmt.Println(item)
}

func Make() int { return 1 }
"""

RUST = b"""//! Stacks.
use std::fmt;

/// A stack.
#[derive(Debug)]
pub struct Stack<T> {
    items: Vec<T>,
}

impl<T> fmt::Display for Stack<T> {
    /// Writes it.
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        Ok(())
    }
}

pub trait Shape {
    fn area(&self) -> f64;
    fn name(&self) -> &str {
        "shape"
    }
}

mod tools {
    pub fn sharpen() {}
}

macro_rules! square {
    ($x:expr) => { $x * $x };
}
"""

JAVA = b"""package a.b;

import java.util.*;

/** A stack. */
@Deprecated
public class Stack<T> extends Base {
    private int size = 1;

    /** Puts on top. */
    @Override
    public void push(T item) {
        size++;
    }

    Stack() { super(); }

    static class Empty {
        void tell() { size = 0; }
    }

    enum Colour {
        RED;
        void paint() { size = 2; }
    }
}

record Point(int x) {
    Point { x = 1; }
}

interface Shape {
    double area();
    default String name() { return "shape"; }
}
"""

EXPECTED = {
    "a.py": (
        PYTHON,
        "head: class:Stack method:Stack.push class:Stack.Empty method:Stack.Empty.tell"
        " function:slash function:slash function:make",
    ),
    "a.ts": (
        TYPESCRIPT,
        "head: class:Stack method:Stack.push method:Stack.pop function:default function:make"
        " function:Button class:Shape class:Pair class:Colour head: function:Tools.sharpen",
    ),
    "a.js": (
        JAVASCRIPT,
        "class:api method:api.get method:api.put function:load method:Stack.push class:Queue"
        " method:Queue.add head: function:inner class:default class:default.methods"
        " method:default.methods.click",
    ),
    "a.go": (
        GO,
        "head: class:Stack class:Shape class:Name method:Stack.Push function:Make",
    ),
    "a.rs": (
        RUST,
        "head: class:Stack class:Stack method:Stack.fmt class:Shape method:Shape.name"
        " function:tools.sharpen function:square",
    ),
    "A.java": (
        JAVA,
        "head: class:Stack method:Stack.push method:Stack.Stack class:Stack.Empty"
        " method:Stack.Empty.tell class:Stack.Colour method:Stack.Colour.paint class:Point"
        " method:Point.Point class:Shape method:Shape.name",
    ),
}


@pytest.mark.parametrize("path", EXPECTED)
def test_every_named_unit_is_a_chunk(path):
    source, expected = EXPECTED[path]
    found = [f"{chunk.kind}:{chunk.symbol}" for chunk in chunk_file(path, source)]
    # A namespace's bare frame may be a head of its own or part of another one.
    assert sorted(set(found)) == sorted(set(expected.split()))
    assert len([f for f in found if f != "head:"]) == len(
        [f for f in expected.split() if f != "head:"]
    )


def one(path, source, symbol, kind=None):
    found = [c for c in chunk_file(path, source) if c.symbol == symbol and kind in (None, c.kind)]
    return found[0]


@pytest.mark.parametrize(
    ("path", "source", "symbol", "begins", "ends"),
    [
        ("a.py", PYTHON, "Stack.push", "    # Puts on top.\n    @traced", "# fast"),
        ("a.ts", TYPESCRIPT, "Stack.push", "  /** Puts on top. */\n  @Traced()", "}"),
        ("a.go", GO, "Stack.Push", "// Push puts on top.\nfunc (s", "}"),
        ("a.rs", RUST, "Stack.fmt", "    /// Writes it.\n    #[inline]", "}"),
        ("A.java", JAVA, "Stack.push", "    /** Puts on top. */\n    @Override", "}"),
    ],
)
def test_comments_and_decorators_stay_with_their_method(path, source, symbol, begins, ends):
    chunk = one(path, source, symbol, "method")
    assert chunk.text.startswith(begins)
    assert chunk.text.endswith(ends)


@pytest.mark.parametrize(
    ("path", "source", "present", "absent"),
    [
        (
            "a.py",
            PYTHON,
            ["# The only one.", '"""Last in', "size = 0", "def push(self, item):"],
            ["append", "import os"],
        ),
        (
            "a.ts",
            TYPESCRIPT,
            ["/** A stack. */", "@Injectable()", "push(item: T): void", "peek()"],
            ["this.items"],
        ),
        (
            "A.java",
            JAVA,
            ["/** A stack. */", "int size = 1", "public void push(T item)"],
            ["size++"],
        ),
    ],
)
def test_a_class_shows_signatures_and_leaves_bodies_to_its_methods(path, source, present, absent):
    text = one(path, source, "Stack", "class").text
    assert [words for words in present if words not in text] == []
    assert [words for words in absent if words in text] == []


def test_a_class_without_methods_is_kept_whole():
    source = b"class Point:\n    x: int = 0\n    y: int = 0\n"
    (chunk,) = chunk_file("p.py", source)
    assert (chunk.kind, chunk.text) == ("class", source.decode().rstrip())


def test_a_head_holds_what_is_at_the_top_level_and_nothing_of_functions():
    head = next(c for c in chunk_file("a.py", PYTHON) if c.kind == "head")
    assert '"""Stacks."""\nimport os\n\nLIMIT = 3' in head.text
    assert "append" not in head.text
    assert head.start_line == 1


def test_a_comment_that_an_empty_line_parts_from_a_function_is_not_the_functions():
    chunks = chunk_file("a.py", b"# About the file.\n\n# About f.\ndef f():\n    pass\n")
    assert [(c.kind, c.text.split("\n")[0]) for c in chunks] == [
        ("head", "# About the file."),
        ("function", "# About f."),
    ]


def test_a_long_function_is_cut_between_statements_without_overlap():
    body = "".join(f"    value_{n} = compute({n}, 'some words to be long')\n" for n in range(90))
    source = f"def long():\n{body}    return 1\n"
    parts = chunk_file("a.py", source.encode())
    assert len(parts) > 1
    assert {part.symbol for part in parts} == {"long"}
    assert "\n".join(part.text for part in parts) == source.rstrip()
    assert [p.start_line for p in parts[1:]] == [p.end_line + 1 for p in parts[:-1]]
    assert all(len(part.text) <= 1600 for part in parts)


def test_a_long_function_is_cut_inside_a_statement_only_where_it_is_too_long_itself():
    block = "    if {n}:\n" + "        call('{n}')\n" * 20
    source = "def long():\n" + "".join(block.replace("{n}", str(n)) for n in range(12))
    for part in chunk_file("a.py", source.encode())[1:]:
        assert part.text.startswith("    if ")


def test_functions_of_broken_files_are_found():
    source = (
        b"import (\n\ndef good():\n    return 1\n\nclass Half:\n    def f(self:\n        x = [1,\n"
    )
    text = "\n".join(chunk.text for chunk in chunk_file("a.py", source))
    assert "def good" in text
    assert "def f(self" in text
    assert "good" in {
        c.symbol for c in chunk_file("a.py", b"def good():\n    return 1\n\ndef (:\n")
    }


def test_line_numbers_hold_with_other_line_ends_and_byte_order_marks():
    plain = b"import os\n\ndef f():\n    return 1\n\ndef g():\n    return 2\n"
    expected = chunk_file("a.py", plain)
    for ends in (b"\r\n", b"\r"):
        assert chunk_file("a.py", b"\xef\xbb\xbf" + plain.replace(b"\n", ends)) == expected
    assert chunk_file("a.py", plain.decode().encode("utf-16")) == expected


def test_binary_files_have_no_chunks():
    assert chunk_file("a.py", b"\x7fELF\0\0\1def f(): pass") == []
