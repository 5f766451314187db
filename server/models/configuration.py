"""Which model answers for which agent and tier: pure functions of the settings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from agents.inference import CompletionRequest, Tier
from server.models.catalog import CATALOG, CONTEXT_WINDOW, DEFAULT_MODEL, FALLBACK_MODEL

_T = TypeVar("_T")

ENDPOINT = "endpoint"
"""The model id that names the configured remote endpoint."""


@dataclass(frozen=True)
class SamplingOverride:
    """Sampling of one agent; None keeps what the request says."""

    temperature: float | None = None
    top_k: int = 40
    top_p: float | None = None
    min_p: float | None = None
    repeat_penalty: float | None = None

    def apply(self, request: CompletionRequest) -> CompletionRequest:
        """Return `request` with the values that are set here."""
        return replace(
            request,
            temperatures=_either(
                None if self.temperature is None else (self.temperature,), request.temperatures
            ),
            top_p=_either(self.top_p, request.top_p),
            min_p=_either(self.min_p, request.min_p),
            repeat_penalty=_either(self.repeat_penalty, request.repeat_penalty),
        )


@dataclass(frozen=True)
class AgentModel:
    """What the settings say for one agent; None takes the general setting."""

    model: str | None = None
    context_window: int | None = None
    threads: int | None = None
    sampling: SamplingOverride = SamplingOverride()


@dataclass(frozen=True)
class Endpoint:
    """An OpenAI-compatible server. Naming it here is what allows the connection."""

    url: str
    """Up to and including the version, as in ``http://127.0.0.1:8080/v1``."""
    model: str
    api_key: str = field(default="", repr=False)
    context_window: int = 32768


def physical_cores() -> int:
    """Cores that this process may use, hyper-threads counted once.

    Two threads of one core wait for each other in matrix products.
    """
    usable = (
        os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    )
    topology = Path("/sys/devices/system/cpu")
    siblings: set[str] = set()
    for cpu in usable:
        try:
            siblings.add((topology / f"cpu{cpu}/topology/thread_siblings_list").read_text())
        except OSError:
            siblings.add(str(cpu))
    return max(len(siblings), 1)


@dataclass(frozen=True)
class ModelSettings:
    """Everything that the settings say about models."""

    cache_dir: Path
    """Tenon's cache folder; model files lie in its `models` folder."""
    model: str = DEFAULT_MODEL
    """Id of the catalogue, id of `model_paths`, path of a GGUF file, or `endpoint`."""
    fallbacks: tuple[str, ...] = (DEFAULT_MODEL, FALLBACK_MODEL)
    """Tried in this order when the configured model is missing or broken."""
    model_paths: Mapping[str, Path] = field(default_factory=dict)
    context_window: int = CONTEXT_WINDOW
    threads: int = field(default_factory=physical_cores)
    agents: Mapping[str, AgentModel] = field(default_factory=dict)
    heavy_model: str | None = None
    mega_model: str | None = None
    endpoint: Endpoint | None = None
    """When set, it comes first wherever no other model is named."""
    scripted_model: Path | None = None
    """Rules of a ScriptedModel, for tests: it then answers everything."""
    idle_seconds: float = 600.0
    """A model that was not used for so long leaves memory."""

    @property
    def models_dir(self) -> Path:
        """Folder of downloaded models."""
        return self.cache_dir / "models"


@dataclass(frozen=True)
class ModelConfiguration:
    """One way to run one model. Equal configurations share a process."""

    id: str
    tier: Tier
    path: Path | None
    """The GGUF file; None for a remote endpoint."""
    context_window: int
    """Tokens of prompt and answer together."""
    threads: int
    models_dir: Path
    """Folder of downloaded models."""
    endpoint: Endpoint | None = None


def chain(settings: ModelSettings, agent: str, tier: Tier) -> list[ModelConfiguration]:
    """Configurations to try for an agent at a tier, best first, without repeats."""
    override = settings.agents.get(agent, AgentModel())
    usual = override.model or (
        ENDPOINT if settings.endpoint and settings.model == DEFAULT_MODEL else settings.model
    )
    stronger = {
        Tier.STANDARD: [],
        Tier.HEAVY: [(settings.heavy_model, Tier.HEAVY)],
        Tier.MEGA: [(settings.mega_model, Tier.MEGA), (settings.heavy_model, Tier.HEAVY)],
    }[tier]
    standard = [(name, Tier.STANDARD) for name in (usual, settings.model, *settings.fallbacks)]
    found = [
        resolve(settings, name, name_tier, override)
        for name, name_tier in [*stronger, *standard]
        if name and (name != ENDPOINT or settings.endpoint)
    ]
    unique: dict[tuple[str, Path | None], ModelConfiguration] = {}
    for each in found:
        unique.setdefault((each.id, each.path), each)
    return list(unique.values())


def resolve(
    settings: ModelSettings, name: str, tier: Tier, override: AgentModel = AgentModel()
) -> ModelConfiguration:
    """The configuration of a model named in the settings."""
    window = override.context_window or settings.context_window
    threads = override.threads or settings.threads
    if name == ENDPOINT and settings.endpoint:
        return ModelConfiguration(
            id=settings.endpoint.model,
            tier=tier,
            path=None,
            context_window=settings.endpoint.context_window,
            threads=0,
            models_dir=settings.models_dir,
            endpoint=settings.endpoint,
        )
    path = model_path(settings, name)
    return ModelConfiguration(_id(name), tier, path, window, threads, settings.models_dir)


def model_path(settings: ModelSettings, name: str) -> Path:
    """Where the file of a model is, or would be. An unknown name is taken as a path."""
    if name in settings.model_paths:
        return Path(settings.model_paths[name]).expanduser()
    if name in CATALOG:
        return CATALOG[name].path(settings.models_dir)
    return Path(name).expanduser()


def _id(name: str) -> str:
    return Path(name).stem if name.endswith(".gguf") else name


def _either(value: _T | None, default: _T) -> _T:
    return default if value is None else value
