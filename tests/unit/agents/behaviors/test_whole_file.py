"""What is whole of an answer becomes the file, also where the answer was cut off."""

import pytest

from agents.behaviors.whole_file import sound_start

WHOLE = (
    "import re\n\n\ndef first():\n    return 1\n\n\n"
    "def second(a):\n    return (\n        a\n    )\n"
)


@pytest.mark.parametrize("lines", range(5, 12))
def test_a_cut_off_file_keeps_the_functions_before_the_cut(lines: int):
    start = sound_start("".join(WHOLE.splitlines(keepends=True)[:lines]))
    assert "return 1" in start and WHOLE.startswith(start)
    compile(start, "start", "exec")


def test_a_whole_file_stays_as_it_is():
    assert sound_start(WHOLE) == WHOLE


@pytest.mark.parametrize("text", ["", "import re\n", "def f(\n", "def f():\n"])
def test_a_beginning_without_a_function_is_nothing(text: str):
    assert sound_start(text) == ""
