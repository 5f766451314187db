import pytest

from warehouse_cart import orders, seconds


def plan(*rows):
    return "\n".join(rows)


@pytest.mark.parametrize(
    ("rows", "time", "expected"),
    [
        (["SG"], 2, "F"),
        (["S..G"], 6, "FFF"),
        (["G.S"], 10, "LLFF"),
        (["G", "S"], 5, "LF"),
        (["S", "G"], 5, "RF"),
        (["S..", "#.G"], 9, "FFRF"),
    ],
)
def test_straight_ways_and_turns(rows, time, expected):
    assert seconds(plan(*rows)) == time
    assert orders(plan(*rows)) == expected


def test_first_in_the_alphabet_of_equally_fast_ones():
    assert orders(plan("S.", ".G")) == "FRF"
    assert seconds(plan("S.", ".G")) == 7
    assert orders(plan(".G.", "#S#", "...")) == "LF"
    assert orders(plan("...", "G#S", "...")) == "LFLFFLF"


def test_longer_way_with_fewer_turns_is_faster():
    rows = ["###..G", "##..#.", "#..##.", "S.#...", "#....."]
    assert seconds(plan(*rows)) == 29
    assert orders(plan(*rows)) == "FRFLFFFFLFFFF"
    stairs = ["....G", "....#", "...##", "..###", "S####"]
    assert seconds(plan(*stairs)) == 22
    assert orders(plan(*stairs)) == "LFFFFRFFFF"


def test_shelves_stand_in_the_way():
    rows = ["S#G", ".#.", "..."]
    assert seconds(plan(*rows)) == 21
    assert orders(plan(*rows)) == "RFFLFFLFF"


def test_no_way():
    assert seconds(plan("S#G")) is None
    assert orders(plan("S#G")) is None


def test_arrow_is_left_only_in_its_direction():
    assert seconds(plan("S>G")) == 4
    assert seconds(plan("S<G")) is None
    assert seconds(plan("SvG", "...")) == 17
    assert orders(plan("SvG", "...")) == "FRFLFLF"


def test_arrow_is_entered_from_any_side():
    assert orders(plan("S.v", "##G")) == "FFRF"
    assert orders(plan("S<.", ".#.", "G..")) == "RFF"
    assert orders(plan("G<#", "#^S")) == "LLFRFLF"


def test_arrows_may_close_the_way():
    assert seconds(plan("S^.G", ".#..", "..v#")) is None


def test_lines_of_different_lengths():
    rows = ["S.", "#...G", "#"]
    assert seconds(plan(*rows)) == 16
    assert seconds(plan("S.", "#", "..G")) is None


def test_cart_does_not_drive_out_of_one_end_and_in_at_the_other():
    assert seconds(plan("S#G")) is None
    assert seconds(plan("S", "#", "G")) is None


def test_line_break_at_the_end():
    assert seconds("S.G\n") == 4


def test_large_empty_hall():
    rows = ["S" + "." * 39, *["." * 40] * 38, "." * 39 + "G"]
    assert seconds(plan(*rows)) == 159
    assert orders(plan(*rows)) == "F" * 39 + "R" + "F" * 39


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["S.G", ".x.", "y.."], "line 2: what is x?"),
        (["S G"], "line 1: what is  ?"),
        (["s.G"], "line 1: what is s?"),
        (["..G"], "one S is needed"),
        (["S.G", "..S"], "one S is needed"),
        (["S.."], "one G is needed"),
        (["SGG"], "one G is needed"),
        (["..."], "one S is needed"),
        ([""], "one S is needed"),
        (["?S.S"], "line 1: what is ??"),
    ],
)
def test_wrong_plans(rows, message):
    for ask in (seconds, orders):
        with pytest.raises(ValueError) as err:
            ask(plan(*rows))
        assert str(err.value) == message
