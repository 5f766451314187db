import pytest

from mask_contacts import mask_email, mask_phone


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("anna.berg@mail.example.org", "a***@***.org"),
        ("bo@example.com", "b***@***.com"),
        ("c@d.e", "c***@***.e"),
        ("Ulf@Example.NO", "U***@***.NO"),
        ("7up@x-y.museum", "7***@***.museum"),
    ],
)
def test_addresses(address, masked):
    assert mask_email(address) == masked


@pytest.mark.parametrize(
    "address", ["", "anna", "@example.org", "a@b@c.org", "anna@", "anna@org", "anna@.org", "anna@b."]
)
def test_no_addresses(address):
    with pytest.raises(ValueError) as err:
        mask_email(address)
    assert str(err.value) == "not an address"


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("+44 20 7946 0123", "+xx xx xxxx x123"),
        ("(030) 90-18-20", "(xxx) xx-x8-20"),
        ("555123", "xxx123"),
        ("12345", "xxxxx"),
        ("1-1-0", "x-x-x"),
        ("", ""),
        ("ext. 4", "ext. x"),
    ],
)
def test_numbers(number, masked):
    assert mask_phone(number) == masked
