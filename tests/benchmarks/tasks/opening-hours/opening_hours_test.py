import pytest

from opening_hours import is_open, minutes_a_week, week

SHOP = "Mo-Fr 09:00-12:30,14:00-18:00; Sa 10:00-13:00"


def test_week_has_all_days_in_their_order():
    assert list(week("Sa 10:00-13:00")) == ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]


def test_no_rules():
    assert set(map(tuple, week("").values())) == {()}


def test_one_day():
    assert week("Sa 10:00-13:00")["Sa"] == [(600, 780)]
    assert week("Sa 10:00-13:00")["Fr"] == []


def test_range_of_days():
    days = week(SHOP)
    assert days["Mo"] == days["We"] == days["Fr"] == [(540, 750), (840, 1080)]
    assert (days["Sa"], days["Su"]) == ([(600, 780)], [])


def test_range_of_two_days():
    assert [day for day, spans in week("Sa-Su 10:00-13:00").items() if spans] == ["Sa", "Su"]


def test_spans_come_in_the_order_of_time():
    assert week("Tu 14:00-18:00,09:00-12:30")["Tu"] == [(540, 750), (840, 1080)]


def test_last_rule_of_a_day_counts_alone():
    days = week("Mo-Sa 09:00-18:00; We 09:00-12:00; Th off")
    assert days["We"] == [(540, 720)]
    assert days["Th"] == []
    assert days["Fr"] == [(540, 1080)]


def test_whole_day():
    assert week("Mo-Su 00:00-24:00")["Su"] == [(0, 1440)]


@pytest.mark.parametrize(
    ("day", "time", "expected"),
    [
        ("Mo", "08:59", False),
        ("Mo", "09:00", True),
        ("Fr", "12:29", True),
        ("Fr", "12:30", False),
        ("We", "13:15", False),
        ("We", "17:59", True),
        ("Sa", "14:00", False),
        ("Su", "11:00", False),
    ],
)
def test_is_open(day, time, expected):
    assert is_open(SHOP, day, time) is expected


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("", 0), ("Sa off", 0), ("Sa 10:00-13:00", 180), (SHOP, 2430), ("Mo-Su 00:00-24:00", 10080)],
)
def test_minutes_a_week(text, minutes):
    assert minutes_a_week(text) == minutes


@pytest.mark.parametrize(
    "rule",
    [
        "Xx 09:00-12:00",
        "Fr-Mo 09:00-12:00",
        "Mo-Mo 09:00-12:00",
        "Mo 9:00-12:00",
        "Mo 09:60-12:00",
        "Mo 09:00-24:01",
        "Mo 12:00-12:00",
        "Mo 22:00-02:00",
        "Mo 09:00-12:00,",
        "Mo closed",
        "Mo",
        "09:00-12:00",
    ],
)
def test_other_rules_are_named(rule):
    for ask in (week, minutes_a_week, lambda text: is_open(text, "Tu", "10:00")):
        with pytest.raises(ValueError) as err:
            ask(f"Tu 10:00-13:00; {rule}")
        assert str(err.value) == f"not understood: {rule}"
