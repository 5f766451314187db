"""Reads the head of a GGUF file: what is needed to foretell memory, without loading it.

The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q"} | {
    12: "d"
}
_STRING, _ARRAY = 8, 9
_TOKENS = "tokenizer.ggml.tokens"
_MOST_KEYS = 10_000
_MOST_TEXT = 1 << 24


class UnreadableHeaderError(Exception):
    """The head is cut off, or not GGUF of version 2 or 3."""


@dataclass(frozen=True)
class GgufHeader:
    """The shape of a model. Zero where the file does not say."""

    architecture: str = ""
    layers: int = 0
    embedding_length: int = 0
    heads: int = 0
    kv_heads: int = 0
    key_length: int = 0
    value_length: int = 0
    trained_context: int = 0
    vocabulary: int = 0

    @property
    def bytes_per_token(self) -> int:
        """Keys and values of one token in all layers, as 16-bit numbers."""
        width = self.embedding_length // self.heads if self.heads else 0
        lengths = (self.key_length or width) + (self.value_length or width)
        return self.layers * (self.kv_heads or self.heads) * lengths * 2


def read_header(path: Path) -> GgufHeader:
    """Read the shape from the file's head. Raises UnreadableHeaderError, OSError."""
    try:
        with path.open("rb") as file:
            return _shape(_values(file))
    except (struct.error, UnicodeDecodeError, KeyError) as error:
        raise UnreadableHeaderError(f"{path} has no readable GGUF header") from error


def check_embedding_model(path: Path) -> None:
    """Raise ValueError, for a person, unless vectors can be expected of the file."""
    try:
        length = read_header(path).embedding_length
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    except UnreadableHeaderError as error:
        raise ValueError(f"{path} is not a GGUF file") from error
    if not length:
        raise ValueError(f"{path} does not say how long its vectors are")


def _values(file: BinaryIO) -> dict[str, Any]:
    """The keys before the vocabulary, and how many tokens that has."""
    magic, version, _tensors, keys = struct.unpack("<4sIQQ", file.read(24))
    if magic != b"GGUF" or version not in (2, 3) or keys > _MOST_KEYS:
        raise UnreadableHeaderError(f"not a GGUF file of version 2 or 3: {magic!r} {version}")
    values: dict[str, Any] = {}
    for _ in range(keys):
        key, kind = _text(file), _scalar(file, "I")
        if kind == _ARRAY:
            item, count = _scalar(file, "I"), _scalar(file, "Q")
            values[key] = count
            if key == _TOKENS:
                break
            values[key] = _skip_items(file, item, count)
        else:
            values[key] = _text(file) if kind == _STRING else _scalar(file, _SCALARS[kind])
    return values


def _skip_items(file: BinaryIO, item: int, count: int) -> Any:
    """Pass over an array; of numbers the largest is kept, as some are given per layer."""
    if item == _STRING:
        for _ in range(count):
            _text(file)
        return None
    form = _SCALARS[item]
    data = file.read(count * struct.calcsize("<" + form))
    return max(struct.unpack(f"<{count}{form}", data), default=None)


def _text(file: BinaryIO) -> str:
    length = _scalar(file, "Q")
    if length > _MOST_TEXT:
        raise UnreadableHeaderError("a text of the header is too long to be one")
    return file.read(length).decode()


def _scalar(file: BinaryIO, form: str) -> Any:
    return struct.unpack("<" + form, file.read(struct.calcsize("<" + form)))[0]


def _shape(values: dict[str, Any]) -> GgufHeader:
    name = str(values.get("general.architecture", ""))

    def number(key: str) -> int:
        return int(values.get(f"{name}.{key}") or 0)

    return GgufHeader(
        architecture=name,
        layers=number("block_count"),
        embedding_length=number("embedding_length"),
        heads=number("attention.head_count"),
        kv_heads=number("attention.head_count_kv"),
        key_length=number("attention.key_length"),
        value_length=number("attention.value_length"),
        trained_context=number("context_length"),
        vocabulary=int(values.get(_TOKENS) or number("vocab_size")),
    )
