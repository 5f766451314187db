"""Fetch models from the command line: `python -m server.models.pull ID…`.

Used by `make setup` before anything else of Tenon can run; `tenon models pull` shares it.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.logging import RichHandler
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from server import settings
from server.models.catalog import CatalogModel
from server.models.from_settings import known_models
from server.models.sources import fetch
from server.models.transfer import FetchError, OnProgress, megabytes
from server.settings import LoadedSettings


class ProgressLines:
    """Progress for a log file: one line for each tenth."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last = ("", -1)

    def __call__(self, done: int, total: int, text: str) -> None:
        """Show how far it is, unless that line was the last one."""
        name, tenth = text.partition(":")[0], 10 * done // total
        if (name, tenth) != self._last:
            self._last = (name, tenth)
            self._console.print(f"{text}: {megabytes(done)} of {megabytes(total)}")


class ProgressBar:
    """Progress for a person at a terminal: a bar for each file."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, done: int, total: int, text: str) -> None:
        """Move the bar of the file that `text` begins with."""
        name = text.partition(":")[0]
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(text, total=total)
        self._progress.update(self._tasks[name], completed=done, description=text)


async def pull(models: Sequence[CatalogModel], loaded: LoadedSettings, console: Console) -> None:
    """Fetch the models one after the other and show how far it is. Raises FetchError."""
    if not console.is_terminal:
        await _fetch_all(models, loaded, ProgressLines(console))
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        await _fetch_all(models, loaded, ProgressBar(progress))


async def _fetch_all(
    models: Sequence[CatalogModel], loaded: LoadedSettings, on_progress: OnProgress
) -> None:
    values = loaded.values
    for model in models:
        await fetch(
            model,
            values.models_dir,
            values.model_sources,
            on_progress,
            local_path=values.model_paths.get(model.id),
            offline=loaded.downloads_refused,
        )


def main() -> int:
    """Fetch the models named on the command line; return the exit code."""
    loaded = settings.load()
    catalog = known_models(loaded.values)
    parser = argparse.ArgumentParser(prog="python -m server.models.pull", description=__doc__)
    parser.add_argument("ids", nargs="+", metavar="ID", choices=sorted(catalog))
    options = parser.parse_args()
    console = Console(stderr=True)
    handler = RichHandler(console=console, show_time=False, show_path=False)
    logging.basicConfig(level=logging.WARNING, format="%(message)s", handlers=[handler])
    models = [catalog[name] for name in options.ids]
    try:
        asyncio.run(pull(models, loaded, console))
    except FetchError as error:
        console.print(str(error), style="red", highlight=False, markup=False)
        return 1
    except KeyboardInterrupt:
        console.print("Stopped. What has been fetched is kept; call again to go on.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
