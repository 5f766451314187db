"""Small, dependency-free helpers for text."""

from textkit.cleaning import collapse_whitespace, strip_accents
from textkit.counting import word_count
from textkit.cutting import shorten

__all__ = ["collapse_whitespace", "shorten", "strip_accents", "word_count"]
