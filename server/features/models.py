"""Models: which there are, and fetching one."""

from __future__ import annotations

import time

from agents.errors import NotFoundError
from agents.inference import ModelStatus, Tier
from agents.progress import Progress, Report
from server import convert
from server.dispatch import Handler
from server.language_server import TenonServer
from server.models.catalog import CatalogModel
from server.models.from_settings import known_models
from server.models.sources import fetch
from server.notifications import announce_status
from server.protocol import Model, ModelPullParams, ModelPullResult, ModelsParams, ModelsResult

_REPORT_SECONDS = 0.5


async def list_models(server: TenonServer, _params: ModelsParams, _report: Report) -> ModelsResult:
    """Every configured model."""
    return ModelsResult([convert.model(status) for status in server.app.models.statuses()])


async def pull(server: TenonServer, params: ModelPullParams, report: Report) -> ModelPullResult:
    """Fetch a model of the catalogue into the cache."""
    values = server.app.settings.values
    catalog = known_models(values)
    if params.id not in catalog:
        known = ", ".join(sorted(catalog))
        raise NotFoundError(f"There is no model {params.id} in the catalogue. It has: {known}.")
    model = catalog[params.id]
    path = await fetch(
        model,
        values.models_dir,
        values.model_sources,
        _DownloadReport(report),
        local_path=values.model_paths.get(model.id),
        offline=server.app.settings.downloads_refused,
    )
    announce_status(server)
    return ModelPullResult(_pulled(server, model, str(path)))


def _pulled(server: TenonServer, model: CatalogModel, path: str) -> Model:
    for status in server.app.models.statuses():
        if status.id == model.id:
            return convert.model(status)
    return convert.model(
        ModelStatus(
            id=model.id,
            tier=model.tier or Tier.STANDARD,
            state="stopped",
            path=path,
            size_bytes=model.size_bytes,
            context_window=model.context_window,
            licence=model.licence,
        )
    )


class _DownloadReport:
    """Reports a download twice a second, with rate and estimate."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._started = time.monotonic()
        self._last = -_REPORT_SECONDS
        self._first_bytes: int | None = None

    def __call__(self, done: int, total: int, text: str) -> None:
        elapsed = time.monotonic() - self._started
        if self._first_bytes is None:
            self._first_bytes = done
        if elapsed - self._last < _REPORT_SECONDS and done < total:
            return
        self._last = elapsed
        self._report(
            Progress(
                kind="step",
                agent="download",
                text=f"{text}: {done / 1e6:.0f} of {total / 1e6:.0f} MB",
                elapsed_seconds=elapsed,
                remaining_seconds=self._remaining(done, total, elapsed),
            )
        )

    def _remaining(self, done: int, total: int, elapsed: float) -> float | None:
        fetched = done - (self._first_bytes or 0)
        return elapsed * (total - done) / fetched if fetched > 0 else None


HANDLERS: dict[str, Handler] = {"tenon/models/list": list_models, "tenon/models/pull": pull}
