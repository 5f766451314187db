"""Cut text to a length."""

from textkit.cleaning import collapse_whitespace


def shorten(text: str, width: int, ellipsis: str = "…") -> str:
    """Cut `text` at a word boundary so that it has at most `width` characters.

    Raises ValueError if not even the ellipsis fits.
    """
    if width < len(ellipsis):
        raise ValueError("width is too small for the ellipsis")
    text = collapse_whitespace(text)
    if len(text) <= width:
        return text
    cut = text[: width - len(ellipsis) + 1]
    head = cut.rsplit(" ", 1)[0] if " " in cut else cut[:-1]
    return head.rstrip() + ellipsis
