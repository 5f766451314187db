"""The configured models."""

from __future__ import annotations

from typing import Literal

from attrs import define


@define
class ModelsParams:
    """No parameters."""


@define
class Model:
    """A configured model."""

    id: str
    tier: Literal["standard", "heavy", "mega"]
    kind: Literal["local", "remote", "scripted"]
    state: Literal["missing", "stopped", "starting", "ready", "stopping", "failed"]
    detail: str = ""
    path: str = ""
    size_bytes: int = 0
    context_window: int = 0
    licence: str = ""
    memory_bytes: int = 0
    """What its process holds, as last measured; 0 when it is not in memory."""
    running: int = 0
    """Requests that it works on now."""
    queue_length: int = 0
    """Requests that wait for it."""
    idle_seconds: float = 0.0
    """How long it has been in memory without a request."""
    tokens_per_second: float = 0.0
    """Decoding rate of its latest answers, each by itself; 0 when there is none."""


@define
class ModelsResult:
    """Every configured model."""

    models: list[Model]


@define
class ModelPullParams:
    """Fetch a model of the catalogue into the cache."""

    id: str
    partial_result_token: str | int | None = None


@define
class ModelPullResult:
    """The model after the download."""

    model: Model
