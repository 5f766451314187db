"""Where parcels go."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Address:
    """A place that a parcel can be sent to."""

    street: str
    postcode: str
    town: str
    country: str = "CH"


def is_postcode(text: str, country: str) -> bool:
    """Whether a text has the form of a country's postcodes."""
    return text.isdigit() and len(text) == (4 if country in ("CH", "AT") else 5)


def address_lines(address: Address) -> list[str]:
    """The lines of a label; the country is left out at home."""
    lines = [address.street, f"{address.postcode} {address.town.upper()}"]
    return lines if address.country == "CH" else [*lines, address.country]
