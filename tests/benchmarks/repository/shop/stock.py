"""What lies in the store."""


class Stock:
    """Quantities by the articles' numbers."""

    def __init__(self, quantities: dict[str, int]) -> None:
        self._quantities = dict(quantities)

    def of(self, number: str) -> int:
        """How many there are of an article."""
        return self._quantities.get(number, 0)

    def take(self, number: str, quantity: int) -> None:
        """Take some away."""
        self._quantities[number] = self.of(number) - quantity
