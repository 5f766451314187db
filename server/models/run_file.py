"""How a model is run, and the file that is loaded for it: its own, or a converted copy.

`tenon models probe` decides. Where it has not been run, the catalogue may know a format that
was the fastest on nearly every processor with AVX2 that was measured.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from glob import escape
from pathlib import Path

from filelock import AsyncFileLock

from memory.processor import has_avx2
from server.models.catalog import CatalogModel
from server.models.model_card import ModelCard, RunOptions, card_path, read_card

_log = logging.getLogger(__name__)


def chosen_way(
    cache_dir: Path, model_file: Path, known: CatalogModel | None
) -> tuple[RunOptions, Path]:
    """How a model is run, and the file for it; its own where there is no converted one.

    Raises OSError when the model's own file is missing.
    """
    way = best_known(read_card(cache_dir, model_file), known)
    file = run_file(cache_dir, model_file, way)
    return way, file if file.is_file() else model_file


async def prepare(cache_dir: Path, model_file: Path, known: CatalogModel | None) -> None:
    """Convert the weights if the model is run so; where that fails it runs as it is."""
    try:
        card = await asyncio.to_thread(read_card, cache_dir, model_file)
        await make_run_file(cache_dir, model_file, best_known(card, known))
    except OSError as error:
        _log.warning("%s runs with its weights as they are: %s", model_file.name, error)


def best_known(card: ModelCard, known: CatalogModel | None) -> RunOptions:
    """What was measured; else what the catalogue has for such a processor."""
    if card.speeds or known is None or not has_avx2():
        return card.run
    return card.run.model_copy(update={"file_format": known.avx2_format})


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
    # A killed server's converter may still write to a draft of its own.
    for left in target.parent.glob(f"{escape(target.stem)}.*.new"):
        left.unlink(missing_ok=True)
    draft = target.with_suffix(f".{os.getpid()}.new")
    command = ("-P", "-m", "server.models.engine.convert", model_file, draft, file_format)
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        if await process.wait() != 0:
            raise OSError(f"{model_file.name} cannot be converted to {file_format}.")
        draft.replace(target)
    finally:
        if process.returncode is None:
            process.kill()
        draft.unlink(missing_ok=True)
