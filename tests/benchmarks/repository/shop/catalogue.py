"""What the shop sells."""

from typing import NamedTuple

from shop.errors import ShopError


class Article(NamedTuple):
    """Something that is sold."""

    number: str
    name: str
    cents: int
    category: str = "other"
    grams: int = 0


ARTICLES = {
    article.number: article
    for article in (
        Article("T-100", "Green tea, loose leaf", 1250, "food", 250),
        Article("T-200", "Tea pot made of cast iron", 8900, "other", 1800),
        Article("B-300", "A book about tea", 3400, "book", 700),
    )
}


def find_article(number: str) -> Article:
    """The article of that number. Raises ShopError."""
    try:
        return ARTICLES[number.strip().upper()]
    except KeyError:
        raise ShopError("article", f"{number.strip()} is not sold here") from None
