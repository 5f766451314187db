"""Bring text into a tidy form."""

import re
import unicodedata

_WHITESPACE = re.compile(r"\s+")


def collapse_whitespace(text: str) -> str:
    """Replace every run of white space by one space and trim both ends."""
    return _WHITESPACE.sub(" ", text).strip()


def strip_accents(text: str) -> str:
    """Remove accents and other combining marks: "café" becomes "cafe"."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c))
