"""What the wish for `is_palindrome` means beyond its examples."""

import importlib
import pkgutil

import pytest
import textkit

_MODULES = [
    importlib.import_module(f"textkit.{m.name}") for m in pkgutil.iter_modules(textkit.__path__)
]
is_palindrome = next(m.is_palindrome for m in _MODULES if hasattr(m, "is_palindrome"))


@pytest.mark.parametrize(
    "text",
    ["Never odd or even.", "No lemon, no melon", "Was it a car or a cat I saw?", "x", "?!", "1a 1"],
)
def test_palindrome(text):
    assert is_palindrome(text)


@pytest.mark.parametrize(
    "text", ["ab", "ba", "12", "21", "1a2", "noneT", "Green tea", "tea, green"]
)
def test_other_text(text):
    assert not is_palindrome(text)
