import pytest

from tide_table import height_at, read

DAY = """\
03:10 high 4.2
09:25 low 0.9

# the afternoon
15:40 high 4.4
21:50 low 0.7
"""


def test_tides_are_read():
    assert read("03:10 high 4.2\n09:25 low 0.9") == [(190, "high", 4.2), (565, "low", 0.9)]


def test_empty_lines_and_remarks_do_not_count():
    assert len(read(DAY)) == 4


def test_tides_come_in_the_order_of_time():
    assert read("09:25 low 0.9\n03:10 high 4") == [(190, "high", 4.0), (565, "low", 0.9)]


def test_empty_table():
    assert read("# nothing\n") == []


@pytest.mark.parametrize(
    "line", ["high 4.2", "03:10 high", "03:10 ebb 4.2", "25:00 low 1.0", "03:60 low 1.0", "x y z"]
)
def test_other_lines_are_named(line):
    with pytest.raises(ValueError, match="^line 3 is no tide$"):
        read(f"03:10 high 4.2\n\n{line}\n")


@pytest.mark.parametrize(
    ("time", "height"),
    [
        ("03:10", 4.2),
        ("09:25", 0.9),
        ("00:00", 4.2),
        ("23:59", 0.7),
        ("06:17", 2.55),
        ("12:30", 2.63),
        ("18:45", 2.55),
    ],
)
def test_height_changes_evenly(time, height):
    assert height_at(DAY, time) == height


def test_height_without_tides():
    with pytest.raises(ValueError, match="^no tides$"):
        height_at("# nothing", "12:00")
