"""Takes secrets out of a text before anything of it is stored.

Well-known tokens, private keys, passwords in assignments, and quoted strings of high entropy, as
detect-secrets finds them. A secret is replaced where it stands and the rest of the file stays, so
a false alarm costs a string and not a file. Nothing is verified over the network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detect_secrets.plugins.base import BasePlugin

MASK = "[redacted]"
_SHORTEST = 8
_SHORTEST_PASSWORD = 6
_SHORTEST_RANDOM = 20
_PRIVATE_KEY = re.compile(
    r"(-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----)(.*?)(-----END|\n\s*\n|\Z)", re.DOTALL
)
_NAME = re.compile(r"key|pass|pwd|secret|contrase", re.IGNORECASE)
"""In the names that detect-secrets takes for those of passwords; a cheap test before the others."""
_LONGEST_LINE = 1_000
"""Of an assignment that a person wrote; the patterns take their time on longer ones."""
_NOT_TOKENS = frozenset({"Secret Keyword", "Private Key", "Public IP (ipv4)"})


def redact(path: str, text: str) -> str:
    """`text` without its secrets; lines keep their numbers."""
    text = _PRIVATE_KEY.sub(_without_key, text)
    for secret in {*_tokens(text), *_random_strings(text), *_passwords(path, text)}:
        text = text.replace(secret, MASK)
    return text


def _without_key(match: re.Match[str]) -> str:
    return match[1] + MASK + "\n" * match[2].count("\n") + match[3]


def _tokens(text: str) -> Iterator[str]:
    for detector in _detectors()[0]:
        for secret in detector.analyze_string(text):
            if len(secret) >= _SHORTEST and "\n" not in secret:
                yield secret


def _random_strings(text: str) -> Iterator[str]:
    from detect_secrets.filters.heuristic import is_potential_uuid, is_sequential_string

    for detector in _detectors()[1]:
        for secret in detector.analyze_string(text):
            mixed = re.search(r"\d", secret) and re.search(r"[A-Za-z]", secret)
            if len(secret) < _SHORTEST_RANDOM or not mixed or is_potential_uuid(secret):
                continue
            random = detector.calculate_shannon_entropy(secret) > detector.entropy_limit
            if random and not is_sequential_string(secret):
                yield secret


def _passwords(path: str, text: str) -> Iterator[str]:
    from detect_secrets.plugins.keyword import (
        QUOTES_REQUIRED_DENYLIST_REGEX_TO_GROUP,
        REGEX_BY_FILETYPE,
        KeywordDetector,
    )
    from detect_secrets.util.filetype import determine_file_type

    kind = determine_file_type(path)
    patterns = REGEX_BY_FILETYPE.get(kind, QUOTES_REQUIRED_DENYLIST_REGEX_TO_GROUP)
    detector = KeywordDetector()
    for line in text.split("\n"):
        if len(line) <= _LONGEST_LINE and _NAME.search(line):
            for secret in detector.analyze_string(line, patterns):
                if _is_password(secret, line):
                    yield secret


def _is_password(value: str, line: str) -> bool:
    from detect_secrets.filters import heuristic

    if len(value) < _SHORTEST_PASSWORD or re.search(r"\s", value):
        return False
    return not (
        heuristic.is_templated_secret(value)
        or heuristic.is_prefixed_with_dollar_sign(value)
        or heuristic.is_not_alphanumeric_string(value)
        or heuristic.is_sequential_string(value)
        or heuristic.is_indirect_reference(line)
    )


@cache
def _detectors() -> tuple[list[BasePlugin], list[Any]]:
    """Detectors of tokens by their form, and of random strings."""
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
    from detect_secrets.plugins.base import RegexBasedDetector
    from detect_secrets.plugins.high_entropy_strings import (
        Base64HighEntropyString,
        HexHighEntropyString,
    )

    known: dict[str, Any] = get_mapping_from_secret_type_to_class()
    tokens: list[BasePlugin] = [
        detector()
        for kind, detector in sorted(known.items())
        if issubclass(detector, RegexBasedDetector) and kind not in _NOT_TOKENS
    ]
    return tokens, [Base64HighEntropyString(), HexHighEntropyString()]
