"""What goes wrong."""


class ShopError(Exception):
    """Something that the customer is told."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(f"{field}: {words}")
        self.field = field
        self.words = words


class StockError(ShopError):
    """There is not enough of an article."""

    def __init__(self, number: str, missing: int) -> None:
        super().__init__("quantity", f"{missing} of {number} are missing")
        self.number = number
        self.missing = missing
