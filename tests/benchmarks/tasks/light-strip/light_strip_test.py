import pytest

from light_strip import run


def lines(*commands):
    return "\n".join(commands)


@pytest.mark.parametrize("program", ["", "\n\n", "# nothing", "light 1 R", "routine a\nshow\nend"])
def test_nothing_is_shown(program):
    assert run(program, 3) == []


def test_all_lamps_are_dark_at_first():
    assert run("show", 4) == ["...."]


@pytest.mark.parametrize(
    ("commands", "picture"),
    [
        (["light 2 R"], ".R..."),
        (["light 2 to 4 G"], ".GGG."),
        (["light 1 to 5 B", "light 3 to 3 R"], "BBRBB"),
        (["light 1 to 5 B", "dim 1"], ".BBBB"),
        (["light 1 to 5 B", "dim 2 to 4"], "B...B"),
        (["light 1 to 5 B", "dim all", "light 5 Z"], "....Z"),
        (["light 1 A", "light 2 B", "shift right"], ".AB.."),
        (["light 1 A", "light 2 B", "shift left"], "B...A"),
        (["light 5 A", "shift right"], "A...."),
    ],
)
def test_commands(commands, picture):
    assert run(lines(*commands, "show"), 5) == [picture]


def test_every_show_adds_a_picture():
    assert run(lines("show", "light 1 R", "show", "show"), 2) == ["..", "R.", "R."]


def test_spaces_remarks_and_empty_lines_do_not_count():
    assert run("  # red\n\n   light   1   R  \n show", 2) == ["R."]


def test_repeat():
    program = lines("light 1 R", "repeat 3", "  shift right", "  show", "end", "show")
    assert run(program, 3) == [".R.", "..R", "R..", "R.."]


def test_repeat_never():
    assert run(lines("repeat 0", "light 9 R", "end", "show"), 2) == [".."]


def test_repeats_inside_one_another():
    program = lines("repeat 2", "light 1 A", "repeat 2", "shift right", "end", "show", "end")
    assert run(program, 4) == ["..A.", "A.A."]


def test_routine_is_defined_before_or_after_it_is_used():
    program = lines("do dot", "routine dot", "light 1 R", "show", "end", "dim all", "do dot")
    assert run(program, 2) == ["R.", "R."]


def test_routine_in_a_repeat_and_in_another_routine():
    program = lines(
        "routine step",
        "shift left",
        "show",
        "end",
        "routine walk",
        "repeat 2",
        "do step",
        "end",
        "end",
        "light 3 R",
        "do walk",
    )
    assert run(program, 3) == [".R.", "R.."]


@pytest.mark.parametrize(
    "line",
    [
        "blink 3",
        "light 1",
        "light 1 r",
        "light -1 R",
        "light 3 to 2 R",
        "light all R",
        "dim 2 to 1",
        "shift up",
        "show me",
        "repeat x",
        "do Dot",
        "end",
        "routine two words",
    ],
)
def test_lines_that_are_not_understood(line):
    with pytest.raises(ValueError) as err:
        run(lines("light 9 R", "", line, "nonsense"), 2)
    assert str(err.value) == "line 3: not understood"


def test_routine_at_a_place_where_it_may_not_stand():
    for outer in ("repeat 1", "routine a"):
        with pytest.raises(ValueError) as err:
            run(lines(outer, "routine b", "end", "end"), 2)
        assert str(err.value) == "line 2: not understood"


def test_routine_that_is_defined_twice():
    with pytest.raises(ValueError) as err:
        run(lines("routine a", "end", "show", "routine a", "end"), 2)
    assert str(err.value) == "line 4: not understood"


def test_missing_end():
    with pytest.raises(ValueError) as err:
        run(lines("repeat 2", "show", "repeat 3", "repeat 4", "end", "light 9 R"), 2)
    assert str(err.value) == "line 3: no end"


def test_line_that_is_not_understood_is_told_before_a_missing_end():
    with pytest.raises(ValueError) as err:
        run(lines("repeat 2", "show", "wait"), 2)
    assert str(err.value) == "line 3: not understood"


def test_unknown_routine_only_when_it_is_run():
    assert run(lines("repeat 0", "do dot", "end", "show"), 2) == [".."]
    with pytest.raises(ValueError) as err:
        run(lines("show", "do dot"), 2)
    assert str(err.value) == "line 2: no routine dot"


@pytest.mark.parametrize("line", ["light 0 R", "light 4 R", "light 2 to 4 R", "dim 4", "dim 0 to 2"])
def test_lamp_outside_of_the_strip(line):
    with pytest.raises(ValueError) as err:
        run(lines("routine a", line, "end", "do a"), 3)
    assert str(err.value) == "line 2: no such lamp"


def test_routine_that_runs_itself():
    with pytest.raises(ValueError) as err:
        run(lines("do a", "routine a", "show", "do a", "end"), 2)
    assert str(err.value) == "line 4: too deep"


def test_fifty_routines_are_not_too_deep():
    names = [letter + other for letter in "abcde" for other in "abcdefghij"]
    program = ["do aa"]
    for name, following in zip(names, names[1:]):
        program += [f"routine {name}", f"do {following}", "end"]
    deepest = ["routine ej", "show", "end"]
    assert run(lines(*program, *deepest), 1) == ["."]
    deeper = ["routine ej", "do last", "end", "routine last", "show", "end"]
    assert run(lines(*program, *deeper), 1) == ["."]
    too_deep = [*deeper[:4], "do more", "end", "routine more", "end"]
    with pytest.raises(ValueError) as err:
        run(lines(*program, *too_deep), 1)
    assert str(err.value) == "line 153: too deep"
