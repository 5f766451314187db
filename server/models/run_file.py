"""The file that is loaded for a way to run a model: the model's own, or a converted copy."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from server.models.model_card import RunOptions, card_path


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
    if target.is_file():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".new")
    command = ("-P", "-m", "server.models.engine.convert", model_file, draft, way.file_format)
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
        raise OSError(f"{model_file.name} cannot be converted to {way.file_format}.")
    draft.replace(target)
    return target
