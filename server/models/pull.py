"""Fetch models from the command line: `python -m server.models.pull ID…`.

Used by `make setup` before anything else of Tenon can run; `tenon models pull` shares it.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from platformdirs import user_cache_path
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

from server.models.catalog import CATALOG, CatalogModel
from server.models.sources import DEFAULT_SOURCES, fetch
from server.models.transfer import FetchError, megabytes


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


def default_models_dir() -> Path:
    """Return the folder of models in the user's cache."""
    cache = os.environ.get("TENON_CACHE_DIR")
    return (Path(cache) if cache else user_cache_path("tenon")) / "models"


async def pull(
    models: Sequence[CatalogModel], models_dir: Path, sources: Sequence[str], console: Console
) -> None:
    """Fetch the models one after the other and show how far it is. Raises FetchError."""
    if not console.is_terminal:
        lines = ProgressLines(console)
        for model in models:
            await fetch(model, models_dir, sources, lines)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        bar = ProgressBar(progress)
        for model in models:
            await fetch(model, models_dir, sources, bar)


def main() -> int:
    """Fetch the models named on the command line; return the exit code."""
    environment = os.environ.get("TENON_MODEL_SOURCES", ",".join(DEFAULT_SOURCES))
    parser = argparse.ArgumentParser(prog="python -m server.models.pull", description=__doc__)
    parser.add_argument("ids", nargs="+", metavar="ID", choices=sorted(CATALOG))
    parser.add_argument("--models-dir", type=Path, default=default_models_dir())
    parser.add_argument("--sources", default=environment, help="comma-separated, in order")
    options = parser.parse_args()
    console = Console(stderr=True)
    handler = RichHandler(console=console, show_time=False, show_path=False)
    logging.basicConfig(level=logging.WARNING, format="%(message)s", handlers=[handler])
    models = [CATALOG[name] for name in options.ids]
    sources = [source.strip() for source in options.sources.split(",") if source.strip()]
    try:
        asyncio.run(pull(models, options.models_dir, sources, console))
    except FetchError as error:
        console.print(str(error), style="red", highlight=False, markup=False)
        return 1
    except KeyboardInterrupt:
        console.print("Stopped. What has been fetched is kept; call again to go on.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
