"""Writes a BERT with random weights as GGUF: what most embedding models are, in 60 kB.

The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

import struct
from pathlib import Path

import numpy as np

WIDTH, INNER, CONTEXT = 32, 64, 128
WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    *(f"\u2581{word}" for word in ["a", "b", "def", "return"]),
]
_UINT, _INT, _FLOAT, _BOOL, _STRING, _ARRAY = 4, 5, 6, 7, 8, 9
_ALIGNMENT = 32
_CLS_POOLING = 2


def write_bert(path: Path) -> Path:
    """Write the file and return its path."""
    keys, tensors = _keys(), _tensors()
    heads, data, offset = b"", b"", 0
    for name, tensor in tensors.items():
        shape = tensor.shape[::-1]
        heads += _text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, offset)
        data += _padded(tensor.tobytes())
        offset = len(data)
    start = struct.pack("<4sIQQ", b"GGUF", 3, len(tensors), len(keys)) + b"".join(keys) + heads
    path.write_bytes(_padded(start) + data)
    return path


def _keys() -> list[bytes]:
    numbers = {
        "bert.context_length": CONTEXT,
        "bert.embedding_length": WIDTH,
        "bert.block_count": 1,
        "bert.feed_forward_length": INNER,
        "bert.attention.head_count": 2,
        "bert.pooling_type": _CLS_POOLING,
        "tokenizer.ggml.token_type_count": 2,
        "tokenizer.ggml.padding_token_id": 0,
        "tokenizer.ggml.unknown_token_id": 1,
        "tokenizer.ggml.bos_token_id": 2,
        "tokenizer.ggml.seperator_token_id": 3,
    }
    types = [3] * 4 + [1] * (len(WORDS) - 4)
    return [
        _key("general.architecture", _STRING, _text("bert")),
        _key("tokenizer.ggml.model", _STRING, _text("bert")),
        _key("bert.attention.layer_norm_epsilon", _FLOAT, struct.pack("<f", 1e-12)),
        _key("bert.attention.causal", _BOOL, b"\0"),
        *(_key(name, _UINT, struct.pack("<I", number)) for name, number in numbers.items()),
        _array("tokenizer.ggml.tokens", _STRING, [_text(word) for word in WORDS]),
        _array("tokenizer.ggml.token_type", _INT, [struct.pack("<i", kind) for kind in types]),
    ]


def _tensors() -> dict[str, np.ndarray]:
    square, vector = (WIDTH, WIDTH), (WIDTH,)
    shapes: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (len(WORDS), WIDTH),
        "position_embd.weight": (CONTEXT, WIDTH),
        "token_types.weight": (2, WIDTH),
        "blk.0.ffn_up.weight": (INNER, WIDTH),
        "blk.0.ffn_up.bias": (INNER,),
        "blk.0.ffn_down.weight": (WIDTH, INNER),
        "blk.0.ffn_down.bias": vector,
    }
    for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
        shapes |= {f"blk.0.{name}.weight": square, f"blk.0.{name}.bias": vector}
    draw = np.random.default_rng(0)
    tensors = {name: draw.normal(0, 0.3, shape) for name, shape in shapes.items()}
    for name in ("token_embd_norm", "blk.0.attn_output_norm", "blk.0.layer_output_norm"):
        tensors |= {f"{name}.weight": np.ones(vector), f"{name}.bias": np.zeros(vector)}
    return {name: tensor.astype(np.float32) for name, tensor in tensors.items()}


def _text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def _key(name: str, kind: int, value: bytes) -> bytes:
    return _text(name) + struct.pack("<I", kind) + value


def _array(name: str, kind: int, items: list[bytes]) -> bytes:
    return _key(name, _ARRAY, struct.pack("<IQ", kind, len(items)) + b"".join(items))


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % _ALIGNMENT)
