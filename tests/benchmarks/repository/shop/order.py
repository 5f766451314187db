"""What a customer has ordered."""

from dataclasses import dataclass, field

from shop.catalogue import Article


@dataclass(frozen=True)
class Line:
    """Some of one article."""

    article: Article
    quantity: int

    def cents(self) -> int:
        """What the line costs, before taxes."""
        return self.article.cents * self.quantity


@dataclass
class Order:
    """A number and its lines."""

    number: str
    lines: list[Line] = field(default_factory=list)

    def grams(self) -> int:
        """What everything weighs."""
        return sum(line.article.grams * line.quantity for line in self.lines)
