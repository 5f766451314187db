"""Text as labels and lists need it."""

SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e", "è": "e"})


def plain(text: str) -> str:
    """Text in capitals that every printer has."""
    return text.lower().translate(SPELT).upper()


def shorten(text: str, width: int) -> str:
    """Text that is no longer than `width`; what is cut ends with a dot."""
    return text if len(text) <= width else text[: width - 1].rstrip(" ,") + "."
