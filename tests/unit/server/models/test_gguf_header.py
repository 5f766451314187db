import struct
from pathlib import Path

import pytest

from server.models.gguf_header import UnreadableHeaderError, read_header

STRING, UINT32, ARRAY = 8, 4, 9


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def pair(key: str, kind: int, value: bytes) -> bytes:
    return text(key) + struct.pack("<I", kind) + value


def gguf(path: Path, *pairs: bytes, magic: bytes = b"GGUF", version: int = 3) -> Path:
    path.write_bytes(struct.pack("<4sIQQ", magic, version, 0, len(pairs)) + b"".join(pairs))
    return path


def number(key: str, value: int) -> bytes:
    return pair(key, UINT32, struct.pack("<I", value))


def array(key: str, item: int, items: list[bytes]) -> bytes:
    return pair(key, ARRAY, struct.pack("<IQ", item, len(items)) + b"".join(items))


ARCHITECTURE = pair("general.architecture", STRING, text("toy"))
SHAPE = (
    number("toy.block_count", 10),
    number("toy.embedding_length", 64),
    number("toy.attention.head_count", 8),
    number("toy.attention.head_count_kv", 2),
    number("toy.context_length", 4096),
)


def test_the_shape_tells_the_bytes_of_a_token(tmp_path: Path):
    words = array("tokenizer.ggml.tokens", STRING, [text(word) for word in "abc"])
    header = read_header(gguf(tmp_path / "toy.gguf", ARCHITECTURE, *SHAPE, words))
    assert header.bytes_per_token == 10 * 2 * (8 + 8) * 2
    assert (header.vocabulary, header.trained_context) == (3, 4096)


def test_heads_of_their_own_size_count(tmp_path: Path):
    sizes = number("toy.attention.key_length", 128), number("toy.attention.value_length", 64)
    header = read_header(gguf(tmp_path / "toy.gguf", ARCHITECTURE, *SHAPE, *sizes))
    assert header.bytes_per_token == 10 * 2 * (128 + 64) * 2


def test_of_numbers_per_layer_the_largest_counts(tmp_path: Path):
    heads = array("toy.attention.head_count_kv", UINT32, [struct.pack("<I", n) for n in (1, 4)])
    names = array("general.tags", STRING, [text("one"), text("two")])
    header = read_header(gguf(tmp_path / "toy.gguf", ARCHITECTURE, names, *SHAPE[:3], heads))
    assert header.kv_heads == 4


@pytest.mark.parametrize("version", [1, 99])
def test_other_versions_are_refused(tmp_path: Path, version: int):
    with pytest.raises(UnreadableHeaderError):
        read_header(gguf(tmp_path / "toy.gguf", version=version))


@pytest.mark.parametrize("length", [0, 3, 24, 40, 80])
def test_a_cut_file_is_refused(tmp_path: Path, length: int):
    path = gguf(tmp_path / "toy.gguf", ARCHITECTURE, *SHAPE)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(UnreadableHeaderError):
        read_header(path)


def test_a_length_that_cannot_be_is_not_read(tmp_path: Path):
    with pytest.raises(UnreadableHeaderError):
        read_header(gguf(tmp_path / "toy.gguf", struct.pack("<Q", 1 << 60)))
