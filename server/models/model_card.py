"""What is known of a model file on this machine, kept as a small JSON file in the cache.

A card belongs to one version of a file: another size or time of change is another card.
Several processes may write; each change is made under a lock on the newest card.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.tools.atomic_write import replace_file


class LoadMeasurement(BaseModel):
    """How loading went at one context window, measured."""

    # What a newer version of Tenon measured besides is kept when an older one writes.
    model_config = ConfigDict(extra="allow")

    memory_bytes: int = Field(ge=0)
    """The most that the process was seen to hold."""
    load_seconds: float = Field(default=0.0, ge=0)
    """The latest load, from the start of the process until it was ready."""


class RunOptions(BaseModel):
    """One way to run a model; the defaults are the plain way."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    file_format: str = ""
    """Number format that the weights were converted to; empty: as they are."""
    flash_attention: bool = False
    kv_type: Literal["f16", "q8_0"] = "f16"
    sequences: int = Field(default=16, ge=1, le=32)
    """Answers that are decoded together."""

    @property
    def name(self) -> str:
        """For a person."""
        attention = "flash attention" if self.flash_attention else "plain attention"
        return f"{self.file_format or 'as it is'}, {attention}, {self.kv_type} cache"


class Speed(BaseModel):
    """Rates of one way to run a model, in tokens per second, and what it costs in quality."""

    prefill: float
    decode: dict[int, float]
    """In total, by the number of sequences that are decoded together."""
    perplexity: float = 0.0
    """Of a fixed text; 0 where it was not measured."""

    @property
    def mixed(self) -> float:
        """For what a team does: a third reading, a third one answer, a third many tries."""
        return 3 / (1 / self.prefill + 1 / self.decode[1] + 1 / max(self.decode.values()))


class Ability(BaseModel):
    """What a model did right of what it was asked."""

    coding_tasks: int
    solved: int
    """Tasks that at least one answer solved."""
    answers: int = 0
    """To all coding tasks together."""
    right: int = 0
    """How many of the answers solved their task."""
    fenced: int
    """Coding answers that were exactly one fenced block, as asked."""
    decisions: int
    decided_right: int
    """Decisions under a JSON schema."""
    recalled: dict[int, bool] = Field(default_factory=dict)
    """Whether it still knew what its prompt began with, by the prompt's tokens."""


class ModelCard(BaseModel):
    """Everything measured of one version of a model file."""

    model_config = ConfigDict(extra="allow", protected_namespaces=())

    file_name: str
    size_bytes: int
    modified_ns: int
    loads: dict[int, LoadMeasurement] = Field(default_factory=dict)
    """By the context window asked for, in tokens."""
    run: RunOptions = RunOptions()
    """The way that `tenon models probe` found best."""
    speeds: dict[str, Speed] = Field(default_factory=dict)
    """By the name of the way."""
    ability: Ability | None = None

    def with_load(
        self, context_window: int, memory_bytes: int, load_seconds: float | None = None
    ) -> ModelCard:
        """Add a measurement; of memory the most that was ever seen counts."""
        old = self.loads.get(context_window, LoadMeasurement(memory_bytes=0))
        seconds = old.load_seconds if load_seconds is None else load_seconds
        most = max(memory_bytes, old.memory_bytes)
        new = old.model_copy(update={"memory_bytes": most, "load_seconds": seconds})
        return self.model_copy(update={"loads": self.loads | {context_window: new}})


def cards_dir(cache_dir: Path) -> Path:
    """Folder of the cards."""
    return cache_dir / "cards"


def card_path(cache_dir: Path, model_file: Path) -> Path:
    """Where the card of this version of a file lies. Raises OSError."""
    blank = _blank(model_file)
    identity = f"{blank.file_name}:{blank.size_bytes}:{blank.modified_ns}"
    key = hashlib.sha256(identity.encode()).hexdigest()[:16]
    return cards_dir(cache_dir) / f"{model_file.stem}-{key}.json"


def read_card(cache_dir: Path, model_file: Path) -> ModelCard:
    """The card of a file; an empty one if there is none that can be read. Raises OSError."""
    try:
        return ModelCard.model_validate_json(card_path(cache_dir, model_file).read_bytes())
    except (FileNotFoundError, ValidationError):
        return _blank(model_file)


def update_card(
    cache_dir: Path, model_file: Path, change: Callable[[ModelCard], ModelCard]
) -> ModelCard:
    """Replace the card by what `change` makes of it. Raises OSError."""
    path = card_path(cache_dir, model_file)
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock")):
        card = change(read_card(cache_dir, model_file))
        replace_file(path, card.model_dump_json(indent=2).encode())
    return card


def _blank(model_file: Path) -> ModelCard:
    status = model_file.stat()
    return ModelCard(
        file_name=model_file.name, size_bytes=status.st_size, modified_ns=status.st_mtime_ns
    )
