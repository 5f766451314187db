import pytest

from menu_card import render


def test_one_dish():
    assert render([("Soups", "Leek", 450)], 20) == "       SOUPS\nLeek .......... 4.50"


def test_two_dishes_of_a_section():
    menu = render([("Soups", "Leek", 450), ("Soups", "Oxtail", 1250)], 24)
    assert menu == "         SOUPS\nLeek .............. 4.50\nOxtail ........... 12.50"


def test_sections_in_the_order_in_which_they_are_first_named():
    dishes = [("Pies", "Apple", 500), ("Ices", "Lemon", 300), ("Pies", "Plum", 90)]
    assert render(dishes, 20).split("\n") == [
        "        PIES",
        "Apple ......... 5.00",
        "Plum .......... 0.90",
        "",
        "        ICES",
        "Lemon ......... 3.00",
    ]


@pytest.mark.parametrize(
    ("section", "line"),
    [("Tea", "        TEA"), ("Teas", "        TEAS"), ("to share", "      TO SHARE")],
)
def test_section_in_the_middle(section, line):
    assert render([(section, "Mint", 250)], 20).split("\n")[0] == line


@pytest.mark.parametrize(("cents", "price"), [(5, "0.05"), (90, "0.90"), (100, "1.00"), (12345, "123.45")])
def test_prices(cents, price):
    line = render([("Tea", "Mint", cents)], 20).split("\n")[1]
    assert line.endswith(f". {price}") and len(line) == 20


def test_name_that_just_fits():
    assert render([("Tea", "Earl Grey X", 250)], 20).split("\n")[1] == "Earl Grey X ... 2.50"


def test_name_that_is_one_letter_too_long():
    assert render([("Tea", "Earl Grey XY", 250)], 20).split("\n")[1] == "Earl Grey.. ... 2.50"


def test_long_name_is_cut():
    assert render([("Tea", "Chrysanthemum", 1250)], 20).split("\n")[1] == "Chrysant.. ... 12.50"


def test_no_space_before_the_cut():
    assert render([("Tea", "Jasmine blossoms", 1250)], 20).split("\n")[1] == "Jasmine.. .... 12.50"


def test_no_dishes():
    assert render([], 20) == ""


@pytest.mark.parametrize("dishes", [[], [("Tea", "Mint", 250)]])
def test_narrow_card(dishes):
    with pytest.raises(ValueError) as err:
        render(dishes, 19)
    assert str(err.value) == "the card is too narrow"
