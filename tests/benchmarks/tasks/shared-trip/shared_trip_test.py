import pytest

from shared_trip import Trip


@pytest.fixture
def trip():
    return Trip(["Mia", "Jon", "Ada"])


def balances(trip):
    return [trip.balance(name) for name in ("Mia", "Jon", "Ada")]


def test_nothing_was_paid_yet(trip):
    assert balances(trip) == [0, 0, 0]
    assert trip.settle() == []


def test_paid_for_all(trip):
    trip.pay("Jon", 900)
    assert balances(trip) == [-300, 600, -300]


def test_paid_for_some(trip):
    trip.pay("Jon", 900, ["Jon", "Ada"])
    assert balances(trip) == [0, 450, -450]


def test_paid_for_others_alone(trip):
    trip.pay("Mia", 500, ["Ada"])
    assert balances(trip) == [500, 0, -500]


def test_payments_add_up(trip):
    trip.pay("Mia", 600)
    trip.pay("Ada", 300, ["Mia"])
    assert balances(trip) == [100, -200, 100]


def test_cent_that_is_left_over(trip):
    trip.pay("Ada", 100)
    assert balances(trip) == [-34, -33, 67]


def test_one_cent_in_all(trip):
    trip.pay("Jon", 1)
    assert balances(trip) == [-1, 1, 0]


def test_two_cents_that_are_left_over(trip):
    trip.pay("Ada", 200)
    assert balances(trip) == [-67, -67, 134]


def test_left_over_in_the_order_of_the_travellers(trip):
    trip.pay("Mia", 101, ["Ada", "Jon"])
    assert balances(trip) == [101, -51, -50]


def test_sharers_stay_as_they_are(trip):
    sharers = ["Ada", "Jon"]
    trip.pay("Mia", 101, sharers)
    assert sharers == ["Ada", "Jon"]


def test_one_pays_two(trip):
    trip.pay("Jon", 300, ["Mia"])
    trip.pay("Ada", 100, ["Mia"])
    assert trip.settle() == [("Mia", "Jon", 300), ("Mia", "Ada", 100)]
    assert balances(trip) == [-400, 300, 100]


def test_who_owes_most_pays_who_gets_most():
    trip = Trip(["A", "B", "C", "D"])
    trip.pay("A", 200, ["C"])
    trip.pay("B", 700, ["D"])
    trip.pay("B", 150, ["C"])
    assert trip.settle() == [("D", "B", 700), ("C", "A", 200), ("C", "B", 150)]


def test_equal_amounts_by_the_order_of_the_travellers():
    trip = Trip(["Zoe", "Bea", "Yan", "Ali"])
    trip.pay("Ali", 50, ["Yan"])
    trip.pay("Bea", 50, ["Zoe"])
    assert trip.settle() == [("Zoe", "Bea", 50), ("Yan", "Ali", 50)]


def test_largest_is_looked_for_again_after_each_payment():
    trip = Trip(["A", "B", "C", "D"])
    trip.pay("B", 100, ["A"])
    trip.pay("C", 90, ["A"])
    trip.pay("C", 90, ["D"])
    assert trip.settle() == [("A", "C", 180), ("D", "B", 90), ("A", "B", 10)]


def test_unknown_names_change_nothing(trip):
    for payer, sharers in (("Eve", None), ("Mia", ["Jon", "Eve"])):
        with pytest.raises(KeyError) as err:
            trip.pay(payer, 100, sharers)
        assert err.value.args[0] == "Eve"
    with pytest.raises(KeyError) as err:
        trip.balance("Eve")
    assert err.value.args[0] == "Eve"
    assert balances(trip) == [0, 0, 0]


def test_nobody_to_share_with(trip):
    with pytest.raises(ValueError) as err:
        trip.pay("Mia", 100, [])
    assert str(err.value) == "nobody to share with"


@pytest.mark.parametrize("cents", [0, -5])
def test_payment_of_nothing(trip, cents):
    with pytest.raises(ValueError) as err:
        trip.pay("Mia", cents)
    assert str(err.value) == "nothing was paid"


def test_traveller_named_twice():
    with pytest.raises(ValueError) as err:
        Trip(["Mia", "Jon", "Mia"])
    assert str(err.value) == "Mia travels twice"
