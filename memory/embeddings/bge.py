"""bge-small-en-v1.5 (Xiao et al. 2023)."""

from __future__ import annotations

from pathlib import Path

from memory.embeddings.bert import BertEmbedder, BertModel
from memory.embeddings.gate import Gate

_MAX_TOKENS = 512  # the length that the model was trained with
_BGE_SMALL = BertModel("bge-small-en-v1.5", 384, "first", "bge-small-en-v1.5-int8")


class BgeSmallEmbedder(BertEmbedder):
    """See `BertEmbedder`. The file multiplies in 8 bits as it is.

    Questions go without the instruction that its authors advise for short ones: on CoSQA it
    makes no difference (docs/benchmarks.md).
    """

    def __init__(
        self,
        model: Path,
        tokenizer: Path,
        *,
        threads: int | None = None,
        max_tokens: int = _MAX_TOKENS,
        gate: Gate | None = None,
    ) -> None:
        super().__init__(
            _BGE_SMALL, model, tokenizer, max_tokens=max_tokens, threads=threads, gate=gate
        )
