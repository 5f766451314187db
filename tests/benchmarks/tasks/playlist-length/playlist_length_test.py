import pytest

from playlist_length import fitting, total


@pytest.mark.parametrize(
    ("tracks", "length"),
    [
        ([], "0:00"),
        (["3:45"], "3:45"),
        (["3:45", "4:10"], "7:55"),
        (["0:40", "0:25"], "1:05"),
        (["2:58", "0:02"], "3:00"),
        (["59:59", "0:01"], "1:00:00"),
        (["1:02:03", "9:08"], "1:11:11"),
        (["75:30"], "1:15:30"),
        (["9:59:59", "0:06"], "10:00:05"),
    ],
)
def test_total(tracks, length):
    assert total(tracks) == length


@pytest.mark.parametrize(
    ("tracks", "limit", "count"),
    [
        ([], "1:00", 0),
        (["3:00", "4:00", "5:00"], "8:00", 2),
        (["3:00", "4:00", "5:00"], "12:00", 3),
        (["3:00", "4:00"], "7:00", 2),
        (["3:00", "4:00"], "6:59", 1),
        (["5:00", "1:00"], "4:00", 0),
        (["40:00", "20:00", "0:01"], "1:00:00", 2),
    ],
)
def test_fitting(tracks, limit, count):
    assert fitting(tracks, limit) == count


@pytest.mark.parametrize("length", ["3:60", "1:60:00", "345", "3:5", "a:10", "", "-1:10", "1:2:03:04"])
def test_other_forms(length):
    with pytest.raises(ValueError) as err:
        total(["3:45", length])
    assert str(err.value) == f"not a length: {length}"


def test_other_forms_where_the_count_has_ended():
    with pytest.raises(ValueError) as err:
        fitting(["3:00", "9:00", "9:99"], "4:00")
    assert str(err.value) == "not a length: 9:99"


def test_other_form_of_the_limit():
    with pytest.raises(ValueError) as err:
        fitting([], "soon")
    assert str(err.value) == "not a length: soon"
