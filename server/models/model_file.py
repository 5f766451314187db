"""Whether the file of a configuration is there, whole and a GGUF."""

from __future__ import annotations

from pathlib import Path

from server.models.catalog import CatalogModel
from server.models.configuration import ModelConfiguration
from server.models.verification import BadFileError, find_verified

_MAGIC = b"GGUF"


class BadModelFileError(Exception):
    """The file cannot be used; the message says what to do."""


class MissingModelFileError(BadModelFileError):
    """There is no file."""


def check_model_file(configuration: ModelConfiguration, *, thorough: bool = True) -> None:
    """Raise BadModelFileError unless the file can be loaded.

    `thorough` compares the hash with the catalogue's as well, once per file.
    """
    path, known = configuration.path, configuration.known
    if path is None or not path.is_file():
        raise MissingModelFileError(
            f"The model {configuration.id} is missing (no file {path}). {_remedy(known)}"
        )
    try:
        _check_magic(path)
        if known is not None and thorough:
            find_verified(path, known, configuration.models_dir)
        elif known is not None:
            _check_size(path, known)
    except BadFileError as error:
        raise BadModelFileError(f"{error}. Delete it. {_remedy(known)}") from error
    except OSError as error:
        raise BadModelFileError(
            f"The model file {path} cannot be read: {error.strerror}."
        ) from error


def _check_magic(path: Path) -> None:
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise BadFileError(f"{path} is not a GGUF file")


def _check_size(path: Path, known: CatalogModel) -> None:
    size = path.stat().st_size
    if size != known.size_bytes:
        raise BadFileError(f"{path} has {size:,} bytes, not {known.size_bytes:,}")


def _remedy(known: CatalogModel | None) -> str:
    if known is None:
        return "Name another file in TENON_MODEL or TENON_MODEL_PATHS."
    return f"Run `tenon models pull {known.id}`, or name a GGUF file of your own in TENON_MODEL."
