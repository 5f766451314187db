"""Letters to customers."""


def greeting(name: str, language: str) -> str:
    """How a letter begins."""
    return {"de": "Guten Tag", "fr": "Bonjour"}.get(language, "Hello") + f" {name}"


def farewell(language: str) -> str:
    """How a letter ends."""
    return {"de": "Freundliche Grüsse", "fr": "Salutations"}.get(language, "Kind regards")


def subject(number: str, language: str) -> str:
    """What a letter about an order is called."""
    return {"de": "Ihre Bestellung", "fr": "Votre commande"}.get(language, "Your order") + " " + number


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` characters, broken between words."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
