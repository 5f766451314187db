"""The child process that embeds with one GGUF model: JSON lines in, JSON lines out.

Started as ``python -m server.models.embedding_worker PARENT_PID``. The first line loads it::

    {"path": …, "threads": 2, "tokens": 256}   -> {"event": "ready"}
                                               or {"event": "failed", "message": …}
    {"texts": […]}                             -> {"event": "vectors", "data": …} or "error"

`data` is base64 of float32, one row for each text. The process ends with its parent.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Sequence
from typing import Any

import llama_cpp
import numpy as np

from server.models.worker import Wire, die_with_parent, private_stdout

_BATCH_TOKENS = 512
_ENDS = 2
"""Tokens that a model sets before and after a text."""


class EmbeddingModel:
    """Texts to vectors. A model that does not say how to pool, as one that writes, has its mean."""

    def __init__(self, path: str, threads: int | None, tokens: int) -> None:
        """`tokens` of each text are read. Raises ValueError when the file cannot be loaded."""
        self._tokens = tokens
        options: dict[str, Any] = {
            "model_path": path,
            "embedding": True,
            "n_ctx": max(_BATCH_TOKENS, tokens),
            "n_batch": max(_BATCH_TOKENS, tokens),
            "n_ubatch": max(_BATCH_TOKENS, tokens),
            "n_threads": threads,
            "n_threads_batch": threads,
            "verbose": False,
        }
        self._llama = llama_cpp.Llama(**options)
        if int(self._llama.pooling_type()) == llama_cpp.LLAMA_POOLING_TYPE_NONE:
            self._llama.close()
            mean = llama_cpp.LLAMA_POOLING_TYPE_MEAN
            self._llama = llama_cpp.Llama(**options, pooling_type=mean)

    def embed(self, texts: Sequence[str]) -> Any:
        """Return float32 of shape [n, dimensions]."""
        cut = [self._cut(text) for text in texts]
        return np.asarray(self._llama.embed(cut, normalize=False), dtype=np.float32)

    def _cut(self, text: str) -> str:
        tokens = self._llama.tokenize(text.encode(), add_bos=False)
        if not tokens:  # llama.cpp aborts without any
            return " "
        most = self._tokens - _ENDS
        if len(tokens) <= most:
            return text
        kept: bytes = self._llama.detokenize(tokens[:most])
        return kept.decode(errors="ignore")


def main() -> None:
    """Load what the first line names and embed until stdin ends."""
    die_with_parent(int(sys.argv[1]))
    wire = Wire(private_stdout())
    try:
        model = EmbeddingModel(**json.loads(sys.stdin.readline() or "null"))
    except (ValueError, TypeError) as error:
        wire.send("failed", message=str(error))
        return
    wire.send("ready")
    for line in sys.stdin:
        try:
            rows = model.embed(json.loads(line)["texts"])
        except (ValueError, RuntimeError) as error:
            wire.send("error", message=str(error))
        else:
            wire.send("vectors", data=base64.b64encode(rows.tobytes()).decode())


if __name__ == "__main__":
    main()
