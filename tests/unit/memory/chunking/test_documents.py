"""Documentation, notebooks and other text."""

import json

from memory.chunking.chunker import chunk_file

MARKDOWN = b"""---
title: Guide
---
Before all.

# Guide
Words.

```sh
# no heading
```

Install
-------
With pip.

### Debian
apt

- # in a list
"""

RESTRUCTURED = b"""=====
Guide
=====

Words.

Install
-------
With pip.

Debian
~~~~~~
apt

Use
---
.. code::

   x = 1
"""


def test_a_markdown_section_carries_the_headings_above_it():
    chunks = chunk_file("a.md", MARKDOWN)
    assert [(c.kind, c.symbol, c.start_line, c.end_line) for c in chunks] == [
        ("head", "", 1, 4),
        ("section", "Guide", 6, 11),
        ("section", "Guide > Install", 13, 15),
        ("section", "Guide > Install > Debian", 17, 20),
    ]


def test_a_restructured_section_carries_the_titles_above_it():
    chunks = chunk_file("a.rst", RESTRUCTURED)
    assert [(c.symbol, c.start_line) for c in chunks] == [
        ("Guide", 1),
        ("Guide > Install", 7),
        ("Guide > Install > Debian", 11),
        ("Guide > Use", 15),
    ]


def test_a_long_section_is_cut_between_paragraphs():
    text = "# Long\n\n" + "".join(f"Paragraph {n}. " + "word " * 60 + "\n\n" for n in range(20))
    chunks = chunk_file("a.md", text.encode())
    assert len(chunks) > 3
    assert {c.symbol for c in chunks} == {"Long"}
    assert all(c.text.startswith("Paragraph") for c in chunks[1:])


def test_other_text_gives_its_head_alone():
    lines = "".join(f"entry_{n}: value number {n}\n" for n in range(500))
    (chunk,) = chunk_file("data.yaml", lines.encode())
    assert (chunk.language, chunk.kind, chunk.start_line) == ("text", "head", 1)
    assert len(chunk.text) <= 1600


def test_code_without_a_grammar_is_cut_at_empty_lines_to_its_end():
    source = "".join(f"int f{n}(void) {{\n  return {n};\n}}\n\n" for n in range(200))
    chunks = chunk_file("a.c", source.encode())
    assert [c.kind for c in chunks[:2]] == ["head", "section"]
    assert "int f199" in chunks[-1].text
    assert all(c.text.startswith("int f") for c in chunks)


def test_a_notebook_gives_its_cells_and_never_their_outputs():
    cells = [
        {"cell_type": "markdown", "source": ["# Title\n", "words"]},
        {
            "cell_type": "code",
            "source": ["x = 1\n", 'print("ü")'],
            "outputs": [{"text": ["SECRET-OUTPUT"]}],
        },
    ]
    text = json.dumps({"cells": cells, "nbformat": 4}, indent=1)
    chunks = chunk_file("n.ipynb", text.encode())
    assert [(c.language, c.text) for c in chunks] == [
        ("markdown", "# Title\nwords"),
        ("python", 'x = 1\nprint("ü")'),
    ]
    lines = text.split("\n")
    assert '"# Title\\n"' in lines[chunks[0].start_line - 1]
    assert "print(" in lines[chunks[1].end_line - 1]


def test_a_damaged_notebook_gives_nothing():
    assert chunk_file("n.ipynb", b'{"cells": [') == []
    assert chunk_file("n.ipynb", b'{"cells": {"a": 1}}') == []
