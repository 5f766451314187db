"""The settings in force, as the models read them."""

from __future__ import annotations

from typing import Any

from server.models.catalog import CatalogModel
from server.models.configuration import (
    AgentModel,
    Endpoint,
    ModelChoice,
    ModelSettings,
    SamplingOverride,
    physical_cores,
)
from server.models.user_catalog import CatalogError, whole_catalog
from server.settings import ModelOptions, Settings


def model_settings(values: Settings) -> ModelSettings:
    """What `values` says about models."""
    return ModelSettings(
        cache_dir=values.cache_dir,
        model=values.model,
        fallbacks=tuple(values.model_fallbacks),
        model_paths=values.model_paths,
        context_window=values.context_window,
        threads=values.threads or physical_cores(),
        agents={
            agent: AgentModel(
                **_options(own),
                model=own.model,
                models=tuple(
                    ModelChoice(**_options(each), model=each.model, tier=each.tier)
                    for each in own.models
                ),
            )
            for agent, own in values.agents.items()
        },
        model_options={
            name: ModelChoice(**_options(options)) for name, options in values.model_options.items()
        },
        catalog=known_models(values),
        heavy_model=values.heavy_model,
        mega_model=values.mega_model,
        endpoint=_endpoint(values),
        scripted_model=values.scripted_model,
        memory_budget=values.memory_budget,
        memory_wait=values.memory_wait,
        idle_seconds=values.model_ttl,
        turn_seconds=values.model_turn,
        load_timeout=values.load_timeout,
    )


def known_models(values: Settings) -> dict[str, CatalogModel]:
    """Tenon's catalogue with the person's own entries."""
    try:
        return whole_catalog(values.catalog)
    except CatalogError:  # it was checked with the settings, but may have changed since
        return whole_catalog(None)


def _options(options: ModelOptions) -> dict[str, Any]:
    return {
        "context_window": options.context_window,
        "threads": options.threads,
        "sampling": SamplingOverride(
            temperature=options.temperature,
            top_k=options.top_k,
            top_p=options.top_p,
            min_p=options.min_p,
            repeat_penalty=options.repeat_penalty,
        ),
    }


def _endpoint(values: Settings) -> Endpoint | None:
    if not values.endpoint_url:
        return None
    return Endpoint(
        url=values.endpoint_url,
        model=values.endpoint_model or "default",
        api_key=values.endpoint_api_key or "",
        context_window=values.endpoint_context_window,
        connect_timeout=values.endpoint_connect_timeout,
        timeout=values.endpoint_timeout,
    )
