"""Code is found in whatever form a small model replies."""

from agents.tools.edits import extract_code_blocks

CODE = "def f(x):\n    return x\n"


def test_fenced_block_with_prose_around() -> None:
    reply = f"Here you go:\n\n```python\n{CODE}```\nThis returns x."
    assert extract_code_blocks(reply) == [CODE]


def test_fence_without_language_tag() -> None:
    assert extract_code_blocks(f"```\n{CODE}```") == [CODE]


def test_unterminated_fence_runs_to_the_end() -> None:
    assert extract_code_blocks(f"Sure!\n```python\n{CODE}") == [CODE]


def test_indented_and_tilde_fences_are_dedented() -> None:
    assert extract_code_blocks("1. First:\n   ```py\n   a = 1\n   ```\n~~~\nb = 2\n~~~") == [
        "a = 1\n",
        "b = 2\n",
    ]


def test_other_languages_are_left_out_beside_python() -> None:
    reply = f"```bash\npip install x\n```\n```python\n{CODE}```"
    assert extract_code_blocks(reply) == [CODE]


def test_blocks_that_do_not_parse_are_left_out_beside_sound_ones() -> None:
    reply = f"Run it:\n```\n>>> f(1)\n1\n```\n```python\n{CODE}```\n```\nf(1) returns 1\n```"
    assert extract_code_blocks(reply) == [CODE]
    assert extract_code_blocks("```python\ndef f(:\n```") == ["def f(:\n"]


def test_windows_line_ends_in_reply() -> None:
    assert extract_code_blocks("```python\r\na = 1\r\n```\r\n") == ["a = 1\n"]


def test_code_without_any_fence() -> None:
    assert extract_code_blocks(CODE) == [CODE]


def test_code_between_sentences_without_any_fence() -> None:
    reply = f"To do so, use this function.\n\nfrom re import sub\n\n{CODE}\nIt returns x, as asked."
    assert extract_code_blocks(reply) == [f"from re import sub\n\n{CODE}"]


def test_prose_is_no_code() -> None:
    assert extract_code_blocks("I cannot do that.") == []
    assert extract_code_blocks("") == []
    assert extract_code_blocks("```python\n\n```") == []
