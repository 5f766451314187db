"""The settings in force, as the models read them."""

from __future__ import annotations

from server.models.configuration import AgentModel, Endpoint, ModelSettings, physical_cores
from server.settings import Settings


def model_settings(values: Settings) -> ModelSettings:
    """What `values` says about models."""
    return ModelSettings(
        cache_dir=values.cache_dir,
        model=values.model,
        model_paths=values.model_paths,
        context_window=values.context_window,
        threads=values.threads or physical_cores(),
        agents={
            agent: AgentModel(own.model, own.context_window, own.threads)
            for agent, own in values.agents.items()
        },
        heavy_model=values.heavy_model,
        mega_model=values.mega_model,
        endpoint=_endpoint(values),
        scripted_model=values.scripted_model,
    )


def _endpoint(values: Settings) -> Endpoint | None:
    if not values.endpoint_url:
        return None
    return Endpoint(
        url=values.endpoint_url,
        model=values.endpoint_model or "default",
        api_key=values.endpoint_api_key or "",
    )
