"""Which models are served, by which names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from agents.inference import Tier
from server.models.catalog import DEFAULT_MODEL
from server.models.configuration import ENDPOINT, ModelChoice, ModelSettings, chain

DEFAULT = "default"
"""The name under which the first model answers as well."""


class ServeError(Exception):
    """Serving cannot start; the message says what a person can do about it."""


def served_settings(
    settings: ModelSettings, names: Sequence[str], window: int | None
) -> tuple[ModelSettings, list[str]]:
    """Settings for these models alone (none: the configured one), and their ids in order.

    Raises ServeError for a name that is neither known nor a file.
    """
    names = [_checked(settings, name) for name in names] or [_configured(settings)]
    chosen = replace(
        settings,
        model=names[0],
        # Each request names its model, so that these never stand in for one another.
        fallbacks=tuple(names[1:]),
        heavy_model=None,
        mega_model=None,
        agents={},
        endpoint=settings.endpoint if ENDPOINT in names else None,
        context_window=window or settings.context_window,
        # Sampling is the client's matter, field by field.
        model_options={
            name: ModelChoice(context_window=window or each.context_window, threads=each.threads)
            for name, each in settings.model_options.items()
        },
    )
    if settings.scripted_model is not None:
        return chosen, ["scripted"]
    return chosen, _ids(chosen, names)


def _configured(settings: ModelSettings) -> str:
    if settings.endpoint is not None and settings.model == DEFAULT_MODEL:
        return ENDPOINT
    return settings.model


def _checked(settings: ModelSettings, name: str) -> str:
    known = settings.catalog.get(name)
    if known is not None and known.tier is None:
        raise ServeError(f"{name} is not a language model.")
    if (
        known is not None
        or name in settings.model_paths
        or (name == ENDPOINT and settings.endpoint)
    ):
        return name
    path = Path(name).expanduser()
    if not path.is_file():
        usable = ", ".join(
            model.id for model in settings.catalog.values() if model.tier is not None
        )
        raise ServeError(f"There is no model and no file {name}. Models: {usable}.")
    return str(path.absolute())


def _ids(settings: ModelSettings, names: Sequence[str]) -> list[str]:
    """The id of each; two files of one name could not be told apart."""
    ids = [_id(settings, name) for name in dict.fromkeys(names)]
    for id_ in ids:
        if ids.count(id_) > 1:
            raise ServeError(f"Two models are called {id_}. Rename one of the files.")
    return ids


def _id(settings: ModelSettings, name: str) -> str:
    alone = replace(
        settings,
        model=name,
        fallbacks=(),
        endpoint=settings.endpoint if name == ENDPOINT else None,
    )
    return chain(alone, "", Tier.STANDARD)[0].id
