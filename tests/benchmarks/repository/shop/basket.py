"""What a customer has chosen and not yet ordered."""

from shop.catalogue import Article


class Basket:
    """Articles with their quantities, in the order in which they were chosen."""

    def __init__(self) -> None:
        self._chosen: dict[Article, int] = {}

    def put(self, article: Article, quantity: int = 1) -> None:
        """Add some of an article."""
        self._chosen[article] = self._chosen.get(article, 0) + quantity

    def drop(self, article: Article) -> None:
        """Take all of an article out."""
        self._chosen.pop(article, None)

    def items(self) -> list[tuple[Article, int]]:
        """Articles with their quantities."""
        return list(self._chosen.items())
