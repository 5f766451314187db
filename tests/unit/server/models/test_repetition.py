"""Answers that go round are seen, and tables of code are not taken for them."""

import pytest

from server.models.repetition import LineLoop, first_round

COUNTING = "".join(f"    elif track == {n}:\n        self.state = 'low'\n" for n in range(200))
SAME = "    x = 1\n\n" * 200
FUNCTIONS = "".join(f"\ndef test_{n}():\n    a = {n}\n    assert f(a) == 1\n" for n in range(99))

MARKS = "".join(f'.replace("{mark}", "")' for mark in ".,;:!?-_()[]{}<>/|~^&%$#@*+='`")


def lines_until_it_is_seen(text: str, step: int) -> int | None:
    loop = LineLoop()
    for at in range(0, len(text), step):
        if loop.add(text[at : at + step]):
            return text[: at + step].count("\n")
    return None


@pytest.mark.parametrize("step", [1, 7, 100])
@pytest.mark.parametrize(("text", "most"), [(COUNTING, 20), (SAME, 40), (FUNCTIONS, 30)])
def test_a_loop_is_seen_after_some_rounds_however_the_text_comes(text: str, most: int, step: int):
    seen = lines_until_it_is_seen("def f(track):\n" + text, step)
    assert seen is not None and seen <= most


@pytest.mark.parametrize("step", [1, 7, 100])
@pytest.mark.parametrize("chain", [MARKS, '.replace(" ", "")', "0, ", '"a", "b", "c", '])
def test_a_chain_without_end_is_seen_in_its_line(chain: str, step: int):
    text, loop = "    return text" + chain * 90, LineLoop()
    seen = next(at for at in range(0, len(text), step) if loop.add(text[at : at + step]))
    assert seen <= len(chain) + 200


@pytest.mark.parametrize(
    "text",
    [
        f"    return text{MARKS}\n    return text{MARKS}\n",
        "    letters = [" + ", ".join(f'"{letter}"' for letter in "abcdefghijklmnopqrstuvwxyz"),
        f"    row = [{', '.join(['0'] * 50)}]\n",
        f"    print({'-' * 79!r})\n",
        "".join(f'    {n}: "{word}",\n' for n, word in enumerate("abcdefghijklm")),
        "".join(f"    if n >= {n}:\n        return {w!r}\n" for n, w in enumerate("abcdefghijkl")),
        "PRIMES = [\n" + "".join(f"    {n},\n" for n in range(12)) + "]\n",
        "    grid[0][1] = 1\n" * 8,
        "".join(f"    def {name}(self):\n        return self._x\n\n" for name in "abcdefghi"),
    ],
)
def test_tables_and_functions_alike_are_no_loops(text: str):
    assert lines_until_it_is_seen(text, 3) is None


@pytest.mark.parametrize("end", ["", "    elif tr"])
@pytest.mark.parametrize(("text", "period"), [(COUNTING, 2), (SAME, 1), (FUNCTIONS, 3)])
def test_of_a_loop_one_round_is_left(text: str, period: int, end: str):
    left = first_round(f"def f(track):\n{text}{end}")
    assert len([line for line in left.splitlines() if line.strip()]) == 1 + period
    assert f"def f(track):\n{text}".startswith(left)


@pytest.mark.parametrize("text", ["", "\n\n", "x = 1", "x = 1\n" * 8, f"    return text{MARKS}"])
def test_what_does_not_go_round_is_left_as_it_is(text: str):
    assert first_round(text) == text
