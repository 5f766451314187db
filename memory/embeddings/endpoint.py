"""Embeddings of an OpenAI-compatible server (``POST {url}/embeddings``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from memory.embeddings.hosted import NO_PREFIXES, HostedEmbedder, Prefixes

_BATCH = 64


class EndpointEmbedder(HostedEmbedder):
    """Asks an endpoint. Raises httpx.HTTPError, or ValueError for an answer that does not fit."""

    def __init__(
        self,
        url: str,
        model: str,
        dimensions: int,
        *,
        api_key: str | None = None,
        prefixes: Prefixes = NO_PREFIXES,
    ) -> None:
        super().__init__(f"endpoint:{model}-{dimensions}", dimensions, self._ask, prefixes)
        self._url = url.rstrip("/") + "/embeddings"
        self._model = model
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}

    async def _ask(self, texts: Sequence[str]) -> list[list[float]]:
        import httpx

        rows: list[list[float]] = []
        async with httpx.AsyncClient(headers=self._headers, timeout=120) as client:
            for start in range(0, len(texts), _BATCH):
                body = {"model": self._model, "input": list(texts[start : start + _BATCH])}
                answer = await client.post(self._url, json=body)
                answer.raise_for_status()
                rows.extend(_vectors(answer.json()))
        return rows


def _vectors(answer: Any) -> list[list[float]]:
    try:
        items = sorted(answer["data"], key=lambda item: item["index"])
        return [item["embedding"] for item in items]
    except (KeyError, TypeError) as error:
        raise ValueError("The embeddings endpoint did not answer in OpenAI's form.") from error
