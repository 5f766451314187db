"""Texts to vectors, with the model that Tenon's memory uses."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

from memory.embeddings import DIMENSIONS, MiniLmEmbedder, Vectors
from server.models.catalog import CATALOG, EMBEDDING_MODEL
from server.openai_api.errors import ApiError, unknown_model, unsupported
from server.openai_api.schema import EmbeddingsBody
from server.openai_api.served import DEFAULT

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MAX_TOKENS = CATALOG[EMBEDDING_MODEL].context_window


class Embeddings:
    """``POST /v1/embeddings``; refuses a text that the model would cut."""

    def __init__(self, models_dir: Path, threads: int) -> None:
        model = CATALOG[EMBEDDING_MODEL]
        self._files = [CATALOG[id_].path(models_dir) for id_ in (model.id, *model.companions)]
        self._embedder = MiniLmEmbedder(*self._files, threads=threads)
        self._tokenizer: Tokenizer | None = None

    @property
    def present(self) -> bool:
        """Whether the model's files have been fetched."""
        return all(file.is_file() for file in self._files)

    async def answer(self, body: EmbeddingsBody) -> dict[str, Any]:
        """Vectors of length 1, in the order of the texts. Raises ApiError."""
        if body.model not in (EMBEDDING_MODEL, DEFAULT):
            raise unknown_model(body.model, [EMBEDDING_MODEL])
        if body.dimensions not in (None, DIMENSIONS):
            raise unsupported("dimensions", f"Vectors have {DIMENSIONS}.")
        if not self.present:
            text = f"The embedding model is missing. Run `tenon models pull {EMBEDDING_MODEL}`."
            raise ApiError(503, text, code="model_unavailable")
        texts = [body.input] if isinstance(body.input, str) else body.input
        tokens = self._count(texts)
        vectors = await self._embedder.embed(texts)
        return {
            "object": "list",
            "model": EMBEDDING_MODEL,
            "data": _data(vectors, body.encoding_format),
            "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
        }

    def _count(self, texts: list[str]) -> int:
        """Tokens of all texts. Raises ApiError for one beyond the model's window."""
        lengths = [len(self._whole_tokenizer().encode(text).ids) for text in texts]
        for index, length in enumerate(lengths):
            if length > MAX_TOKENS:
                raise ApiError(
                    400,
                    f"input[{index}] has {length} tokens; the model reads {MAX_TOKENS}.",
                    code="context_length_exceeded",
                    param="input",
                )
        return sum(lengths)

    def _whole_tokenizer(self) -> Tokenizer:
        if self._tokenizer is None:
            from tokenizers import Tokenizer

            self._tokenizer = Tokenizer.from_file(str(self._files[1]))
            self._tokenizer.no_padding()
            self._tokenizer.no_truncation()
        return self._tokenizer


def _data(vectors: Vectors, encoding: str) -> list[dict[str, Any]]:
    return [
        {
            "object": "embedding",
            "index": index,
            # Base64 is of float32 in little-endian order.
            "embedding": base64.b64encode(row.astype("<f4").tobytes()).decode()
            if encoding == "base64"
            else row.tolist(),
        }
        for index, row in enumerate(vectors)
    ]
