"""Models that a person adds to the catalogue: a JSON file with a list of entries.

::

    [{"id": "my-coder", "url": "https://example.org/my-coder.gguf", "sha256": "64 hex digits",
      "size": 4683073536, "tier": "heavy", "licence": "Apache-2.0", "context": 8192}]

`licence`, `tier` and `context` may be left out. The chat template is the file's own.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from agents.inference import Tier
from server.models.catalog import CATALOG, CONTEXT_WINDOW, CatalogModel


class CatalogError(ValueError):
    """The file cannot be used; the message says where."""


class CatalogEntry(BaseModel):
    """One model of a person's own."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    """Also the name of the file in the folder of models."""
    url: str = Field(pattern=r"^https?://")
    sha256: str = Field(pattern=r"^[0-9a-fA-F]{64}$")
    size: int = Field(gt=0)
    tier: Tier = Tier.STANDARD
    licence: str = ""
    context: int = Field(default=CONTEXT_WINDOW, ge=512)

    def as_model(self) -> CatalogModel:
        """The entry as the catalogue has it."""
        return CatalogModel(
            id=self.id,
            file_name=f"{self.id}.gguf",
            size_bytes=self.size,
            sha256=self.sha256.lower(),
            licence=self.licence,
            url=self.url,
            tier=self.tier,
            context_window=self.context,
        )


_ENTRIES = TypeAdapter(list[CatalogEntry])


def read_catalog(path: Path) -> dict[str, CatalogModel]:
    """The entries of a file by id. Raises CatalogError."""
    try:
        entries = _ENTRIES.validate_json(path.read_bytes())
    except OSError as error:
        raise CatalogError(f"{path} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        raise CatalogError(f"{path}: {_first_problem(error)}") from error
    ids = [entry.id for entry in entries]
    for name in ids:
        if name in CATALOG or ids.count(name) > 1:
            raise CatalogError(f"{path}: {name} is in the catalogue already; choose another id")
    return {entry.id: entry.as_model() for entry in entries}


def whole_catalog(path: Path | None) -> dict[str, CatalogModel]:
    """Tenon's models and those of the file, if there is one. Raises CatalogError."""
    return CATALOG | read_catalog(path) if path else CATALOG


def _first_problem(error: ValidationError) -> str:
    problem = error.errors()[0]
    where = ".".join(str(part) for part in problem["loc"])
    return f"{where}: {problem['msg']}" if where else str(problem["msg"])
