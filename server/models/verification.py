"""Is this the very file that the catalogue means? Hashed once, then remembered by a stamp."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from server.models.catalog import CatalogModel

STAMP_SUFFIX = ".verified"


class BadFileError(Exception):
    """The file is truncated, damaged or another one. The message says which and names it."""


def verify(path: Path, model: CatalogModel) -> None:
    """Compare size, then SHA-256 (seconds for a gigabyte). Raises BadFileError, OSError."""
    size = path.stat().st_size
    if size != model.size_bytes:
        kind = "truncated" if size < model.size_bytes else "too long"
        raise BadFileError(f"{path} is {kind}: {size:,} bytes, not {model.size_bytes:,}")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != model.sha256:
        raise BadFileError(
            f"{path} is damaged or another file: its SHA-256 begins with {digest[:12]}, "
            f"not {model.sha256[:12]}"
        )


def is_stamped(path: Path, model: CatalogModel, models_dir: Path) -> bool:
    """Return whether this file was verified before and has not been touched since."""
    try:
        stamp = json.loads(_stamp_path(model, models_dir).read_text("utf-8"))
        return bool(stamp == _stamp(path, model))
    except (OSError, ValueError):
        return False


def write_stamp(path: Path, model: CatalogModel, models_dir: Path) -> None:
    """Remember that `path` was verified."""
    target = _stamp_path(model, models_dir)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(target.name + ".new")
    draft.write_text(json.dumps(_stamp(path, model)), "utf-8")
    draft.replace(target)


def find_verified(path: Path, model: CatalogModel, models_dir: Path) -> bool:
    """Return whether the file is there and whole, hashing it only without a valid stamp.

    Raises BadFileError when a file is there but is not the one of the catalogue.
    """
    if not path.is_file():
        return False
    if not is_stamped(path, model, models_dir):
        verify(path, model)
        write_stamp(path, model, models_dir)
    return True


def _stamp_path(model: CatalogModel, models_dir: Path) -> Path:
    file = model.path(models_dir)
    return file.with_name(file.name + STAMP_SUFFIX)


def _stamp(path: Path, model: CatalogModel) -> dict[str, str | int]:
    status = path.stat()
    return {
        "path": str(path.resolve()),
        "size": status.st_size,
        "mtime_ns": status.st_mtime_ns,
        "sha256": model.sha256,
    }
