"""all-MiniLM-L6-v2 (Wang et al. 2020; Reimers and Gurevych 2019)."""

from __future__ import annotations

from pathlib import Path

from memory.embeddings.bert import BertEmbedder, BertModel
from memory.embeddings.gate import Gate

DIMENSIONS = 384
_MAX_TOKENS = 256  # the length that MiniLM was trained with
_MINILM = BertModel("minilm-l6-v2", DIMENSIONS, "mean", "minilm-l6-v2-int8")


class MiniLmEmbedder(BertEmbedder):
    """See `BertEmbedder`."""

    def __init__(
        self,
        model: Path,
        tokenizer: Path,
        *,
        threads: int | None = None,
        max_tokens: int = _MAX_TOKENS,
        gate: Gate | None = None,
        quantize: bool = False,
    ) -> None:
        """With `quantize`, products of matrices run in 8 bits where the processor can (VNNI)."""
        super().__init__(
            _MINILM,
            model,
            tokenizer,
            max_tokens=max_tokens,
            threads=threads,
            gate=gate,
            quantize=quantize,
        )
