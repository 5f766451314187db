"""Builds models, memory and the team's options from settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from agents.budget import TeamOptions
from agents.inference import LanguageModel
from memory.embeddings import Embedder, Gate, MiniLmEmbedder
from memory.embeddings.endpoint import EndpointEmbedder
from memory.embeddings.int8_graph import can_multiply_int8
from memory.manager import MemoryManager
from memory.retention import RetentionLimits
from server.models.catalog import CATALOG, EMBEDDING_MODEL
from server.settings import Settings

GATE = Gate()
"""Held while a person waits for a model of this process; background embedding waits for it."""
EMBEDDED_TOKENS = 128
"""As good as 256 on CoSQA, and a tenth faster."""


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
    """The endpoint that is set, else the model of this machine if its files have been fetched."""
    if values.embedding_endpoint_url:
        return EndpointEmbedder(
            values.embedding_endpoint_url,
            values.embedding_endpoint_model or "default",
            values.embedding_endpoint_dimensions,
            api_key=values.embedding_endpoint_api_key,
        )
    files = _embedding_files(values)
    if not all(file.is_file() for file in files):
        return None
    return MiniLmEmbedder(
        *files,
        threads=values.threads,
        max_tokens=EMBEDDED_TOKENS,
        gate=GATE,
        quantize=can_multiply_int8(),
    )


def has_embedder(values: Settings) -> bool:
    """Whether there is an embedding model: an endpoint, or files that have been fetched."""
    return bool(values.embedding_endpoint_url) or all(
        file.is_file() for file in _embedding_files(values)
    )


def _embedding_files(values: Settings) -> list[Path]:
    model = CATALOG[EMBEDDING_MODEL]
    return [CATALOG[id_].path(values.models_dir) for id_ in (model.id, *model.companions)]
