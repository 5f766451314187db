"""How a model is run, and the file that is loaded for it: its own, or a converted copy.

`tenon models probe` decides. Where it has not been run, the catalogue may know a format that
was the fastest on every processor with VNNI instructions that was measured.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path

from filelock import AsyncFileLock

from memory.processor import has_vnni
from server.models.catalog import CatalogModel
from server.models.model_card import ModelCard, RunOptions, card_path, read_card

_log = logging.getLogger(__name__)


async def usual_way(
    cache_dir: Path, model_file: Path, known: CatalogModel | None
) -> tuple[RunOptions, Path]:
    """The best known way to run a model, and the file for it, converted if it has to be.

    Where that cannot be done the model's own file is taken. Raises OSError when it is missing.
    """
    way = chosen_way(await asyncio.to_thread(read_card, cache_dir, model_file), known)
    try:
        return way, await make_run_file(cache_dir, model_file, way)
    except OSError as error:
        _log.warning("%s runs with its weights as they are: %s", model_file.name, error)
        return way, model_file


def chosen_way(card: ModelCard, known: CatalogModel | None) -> RunOptions:
    """What was measured; else what the catalogue has for such a processor."""
    if card.speeds or known is None or not has_vnni():
        return card.run
    return card.run.model_copy(update={"file_format": known.vnni_format})


def run_file(cache_dir: Path, model_file: Path, way: RunOptions) -> Path:
    """Where the weights in the format of `way` lie. Raises OSError."""
    if not way.file_format:
        return model_file
    # Named after the card, which belongs to one version of the model's own file.
    name = f"{card_path(cache_dir, model_file).stem}.{way.file_format}.gguf"
    return cache_dir / "converted" / name


async def make_run_file(cache_dir: Path, model_file: Path, way: RunOptions) -> Path:
    """Convert the weights, unless that was done. Raises OSError when it cannot be done."""
    target = run_file(cache_dir, model_file, way)
    if target.is_file() or not way.file_format:
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    async with AsyncFileLock(target.with_suffix(".lock")):
        if not target.is_file():
            await _convert(model_file, target, way.file_format)
    return target


async def _convert(model_file: Path, target: Path, file_format: str) -> None:
    draft = target.with_suffix(".new")
    command = ("-P", "-m", "server.models.engine.convert", model_file, draft, file_format)
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        status = await process.wait()
    except asyncio.CancelledError:
        process.kill()
        raise
    if status != 0:
        draft.unlink(missing_ok=True)
        raise OSError(f"{model_file.name} cannot be converted to {file_format}.")
    draft.replace(target)
