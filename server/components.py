"""Builds models, memory and the team's options from settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from agents.budget import TeamOptions
from agents.inference import LanguageModel
from memory.embeddings import BgeSmallEmbedder, Embedder, Gate, JoinedEmbedder, MiniLmEmbedder
from memory.embeddings.endpoint import EndpointEmbedder
from memory.embeddings.hosted import Prefixes
from memory.embeddings.int8_graph import can_multiply_int8
from memory.manager import MemoryManager
from memory.retention import RetentionLimits
from server.models.catalog import CATALOG, EMBEDDING_MODEL, SECOND_EMBEDDING_MODEL
from server.settings import Settings

GATE = Gate()
"""Held while a person waits for a model of this process; background embedding waits for it."""
EMBEDDED_TOKENS = 128
"""As good as 256 on CoSQA, and a tenth faster."""
SECOND_EMBEDDED_TOKENS = 64
"""As good as 128 beside the first model, and a third faster."""


def open_models(
    values: Settings, on_notice: Callable[[str], None], on_change: Callable[[], None]
) -> LanguageModel:
    """The configured models; for tests, a file of prepared replies.

    `on_notice` gets sentences for the person, `on_change` is told when a model's state changes.
    """
    from server.models.from_settings import model_settings
    from server.models.registry import ModelRegistry

    return ModelRegistry(model_settings(values), on_notice, on_change, GATE.held)


async def open_memory(values: Settings) -> MemoryManager:
    """The memory in the data folder. Raises MemoryStoreError."""
    memory = await MemoryManager.open(
        values.data_dir,
        mongodb_uri=values.mongodb_uri,
        embedder=open_embedder(values),
        long_term_uri=values.long_term_uri,
    )
    memory.turns.is_quiet = lambda: GATE.is_open
    return memory


def retention_limits(values: Settings) -> RetentionLimits:
    """How long records are kept."""
    size = values.retention_megabytes * 1024**2
    return RetentionLimits(values.retention_days, values.retention_records, size)


def team_options(values: Settings) -> TeamOptions:
    """How the team works."""
    return TeamOptions(
        data_dir=values.data_dir,
        spec_path=values.spec_path,
        commit_spec=values.commit_spec,
        python=values.python,
        test_runner=values.test_runner,
        max_minutes=values.max_minutes,
        max_candidates=values.max_candidates,
        test_timeout=values.test_timeout,
        parallel_tickets=values.parallel_tickets,
        git_hooks=values.git_hooks,
    )


def open_embedder(values: Settings) -> Embedder | None:
    """The endpoint or GGUF file that is set, else the models that have been fetched.

    Those are MiniLM and bge-small as one, or MiniLM alone if the other is missing or slow here.
    """
    prefixes = Prefixes(values.embedding_query_prefix, values.embedding_text_prefix)
    if values.embedding_endpoint_url:
        return EndpointEmbedder(
            values.embedding_endpoint_url,
            values.embedding_endpoint_model or "default",
            values.embedding_endpoint_dimensions,
            api_key=values.embedding_endpoint_api_key,
            prefixes=prefixes,
        )
    if values.embedding_model:
        from server.models.gguf_embedder import GgufEmbedder

        return GgufEmbedder(
            values.embedding_model, threads=values.threads, gate=GATE, prefixes=prefixes
        )
    first = _files(EMBEDDING_MODEL, values)
    return None if first is None else _local_embedder(first, values)


def has_embedder(values: Settings) -> bool:
    """Whether there is an embedding model: one that is set, or files that have been fetched."""
    chosen = values.embedding_endpoint_url or values.embedding_model
    return bool(chosen) or _files(EMBEDDING_MODEL, values) is not None


def _local_embedder(first: tuple[Path, Path], values: Settings) -> Embedder:
    fast = can_multiply_int8()
    minilm = MiniLmEmbedder(
        *first, threads=values.threads, max_tokens=EMBEDDED_TOKENS, gate=GATE, quantize=fast
    )
    second = _files(SECOND_EMBEDDING_MODEL, values)
    if second is None or not fast:
        return minilm
    bge = BgeSmallEmbedder(
        *second, threads=values.threads, max_tokens=SECOND_EMBEDDED_TOKENS, gate=GATE
    )
    return JoinedEmbedder(minilm, bge)


def _files(id_: str, values: Settings) -> tuple[Path, Path] | None:
    """The model's file and its tokenizer, if both are there."""
    model = CATALOG[id_]
    (tokenizer,) = model.companions
    files = (model.path(values.models_dir), CATALOG[tokenizer].path(values.models_dir))
    return files if all(file.is_file() for file in files) else None
