"""Which model answers for which agent and tier: pure functions of the settings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from agents.inference import CompletionRequest, Tier
from server.models.catalog import (
    CATALOG,
    CONTEXT_WINDOW,
    DEFAULT_MODEL,
    FALLBACK_MODEL,
    CatalogModel,
)

_T = TypeVar("_T")

ENDPOINT = "endpoint"
"""The model id that names the configured remote endpoint."""


@dataclass(frozen=True)
class SamplingOverride:
    """Sampling of one agent; None keeps what the request says."""

    temperature: float | None = None
    top_k: int | None = None
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
            top_k=_either(self.top_k, request.top_k),
            top_p=_either(self.top_p, request.top_p),
            min_p=_either(self.min_p, request.min_p),
            repeat_penalty=_either(self.repeat_penalty, request.repeat_penalty),
        )

    def over(self, other: SamplingOverride) -> SamplingOverride:
        """What is set here, and of `other` the rest."""
        return SamplingOverride(
            temperature=_either(self.temperature, other.temperature),
            top_k=_either(self.top_k, other.top_k),
            top_p=_either(self.top_p, other.top_p),
            min_p=_either(self.min_p, other.min_p),
            repeat_penalty=_either(self.repeat_penalty, other.repeat_penalty),
        )


@dataclass(frozen=True)
class ModelChoice:
    """One way to run a model; None leaves it to the next more general setting."""

    model: str | None = None
    context_window: int | None = None
    threads: int | None = None
    sampling: SamplingOverride = SamplingOverride()
    tier: Tier = Tier.STANDARD
    """The tier that it answers for."""

    def over(self, other: ModelChoice) -> ModelChoice:
        """What is set here, and of `other` the rest; the tier stays."""
        return ModelChoice(
            model=_either(self.model, other.model),
            context_window=_either(self.context_window, other.context_window),
            threads=_either(self.threads, other.threads),
            sampling=self.sampling.over(other.sampling),
            tier=self.tier,
        )


@dataclass(frozen=True)
class AgentModel(ModelChoice):
    """What the settings say for one agent."""

    models: tuple[ModelChoice, ...] = ()
    """Its models in the order of preference, instead of `model`."""

    @property
    def choices(self) -> tuple[ModelChoice, ...]:
        """Its models, each with the agent's own values where it has none."""
        return tuple(each.over(self) for each in self.models or (self,) if each.over(self).model)


@dataclass(frozen=True)
class Endpoint:
    """An OpenAI-compatible server. Naming it here is what allows the connection."""

    url: str
    """Up to and including the version, as in ``http://127.0.0.1:8080/v1``."""
    model: str
    api_key: str = field(default="", repr=False)
    context_window: int = 32768
    connect_timeout: float = 10.0
    timeout: float = 1800.0
    """Seconds until the first text, and between two pieces of it."""


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
    model_options: Mapping[str, ModelChoice] = field(default_factory=dict)
    """How a model is run wherever it is used: by its name in these settings."""
    catalog: Mapping[str, CatalogModel] = field(default_factory=lambda: CATALOG)
    memory_budget: int | None = None
    """Bytes that all models may hold together; None: a share of the machine's memory."""
    idle_seconds: float = 600.0
    """A model that was not used for so long leaves memory."""
    load_timeout: float = 900.0
    """Seconds that a model may take to load before the next one is tried."""
    memory_wait: float = 120.0
    """Seconds that a request waits for memory of models in use, before the next is tried."""
    turn_seconds: float = 10.0
    """How long one model decodes while another waits in the same class."""

    @property
    def models_dir(self) -> Path:
        """Folder of downloaded models."""
        return self.cache_dir / "models"


@dataclass(frozen=True)
class ModelConfiguration:
    """One way to run one model. Equal configurations share a process."""

    id: str
    tier: Tier = field(compare=False)
    path: Path | None
    """The GGUF file; None for a remote endpoint."""
    context_window: int
    """Tokens of prompt and answer together."""
    threads: int
    models_dir: Path
    """Folder of downloaded models."""
    endpoint: Endpoint | None = None
    sampling: SamplingOverride = field(default=SamplingOverride(), compare=False)
    known: CatalogModel | None = field(default=None, compare=False)
    """The catalogue's entry, if it has one."""

    @property
    def cache_dir(self) -> Path:
        """Tenon's cache folder."""
        return self.models_dir.parent


def chain(settings: ModelSettings, agent: str, tier: Tier) -> list[ModelConfiguration]:
    """Configurations to try for an agent at a tier, best first, without repeats."""
    own = settings.agents.get(agent, AgentModel())
    wanted = [
        *_stronger(settings, own, tier),
        *(each for each in own.choices if each.tier == Tier.STANDARD),
        *(ModelChoice(name).over(own) for name in (_usual(settings, own), *settings.fallbacks)),
    ]
    found = [
        resolve(settings, each)
        for each in wanted
        if each.model != ENDPOINT or settings.endpoint is not None
    ]
    return list(dict.fromkeys(found))


def _stronger(settings: ModelSettings, own: AgentModel, tier: Tier) -> list[ModelChoice]:
    """The models of the tiers from `tier` down to above standard, the agent's own first."""
    general = {Tier.HEAVY: settings.heavy_model, Tier.MEGA: settings.mega_model}
    tiers = {Tier.STANDARD: (), Tier.HEAVY: (Tier.HEAVY,), Tier.MEGA: (Tier.MEGA, Tier.HEAVY)}
    found: list[ModelChoice] = []
    for each in tiers[tier]:
        found += [choice for choice in own.choices if choice.tier == each]
        name = general[each]
        found += [ModelChoice(name, tier=each).over(own)] if name else []
    return found


def _usual(settings: ModelSettings, own: AgentModel) -> str:
    """The general model. An endpoint is meant only where no other model is named at all."""
    if settings.endpoint and settings.model == DEFAULT_MODEL and not own.choices:
        return ENDPOINT
    return settings.model


def resolve(settings: ModelSettings, choice: ModelChoice) -> ModelConfiguration:
    """The configuration of a model named in the settings."""
    name = choice.model or settings.model
    choice = choice.over(settings.model_options.get(name, ModelChoice()))
    if name == ENDPOINT and settings.endpoint:
        return _remote(settings, settings.endpoint, choice)
    path = model_path(settings, name)
    return ModelConfiguration(
        id=_id(name),
        tier=choice.tier,
        path=path,
        context_window=choice.context_window or settings.context_window,
        threads=choice.threads or settings.threads,
        models_dir=settings.models_dir,
        sampling=choice.sampling,
        known=settings.catalog.get(name) or _at(settings, path),
    )


def _at(settings: ModelSettings, path: Path) -> CatalogModel | None:
    """The catalogue's entry whose file lies there, however the model was named."""
    entries = settings.catalog.values()
    return next((each for each in entries if each.path(settings.models_dir) == path), None)


def _remote(settings: ModelSettings, endpoint: Endpoint, choice: ModelChoice) -> ModelConfiguration:
    return ModelConfiguration(
        id=endpoint.model,
        tier=choice.tier,
        path=None,
        context_window=endpoint.context_window,
        threads=0,
        models_dir=settings.models_dir,
        endpoint=endpoint,
        sampling=choice.sampling,
    )


def model_path(settings: ModelSettings, name: str) -> Path:
    """Where the file of a model is, or would be. An unknown name is taken as a path."""
    if name in settings.model_paths:
        return Path(settings.model_paths[name]).expanduser()
    if name in settings.catalog:
        return settings.catalog[name].path(settings.models_dir)
    return Path(name).expanduser()


def _id(name: str) -> str:
    return Path(name).stem if name.endswith(".gguf") else name


def _either(value: _T | None, default: _T) -> _T:
    return default if value is None else value
