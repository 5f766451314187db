"""From the first message of the parent to an engine that serves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import llama_cpp

from server.models.engine.engine import Emit, Engine
from server.models.engine.kv_cache import KVCache
from server.models.engine.llama import Llama, LoadOptions
from server.models.engine.prefix_cache import PrefixCache
from server.models.engine.prefix_store import PrefixStore, fingerprint
from server.models.engine.scheduler import StepLimits

_HOT_CELLS = 2048
"""Kept prefixes in the KV cache: 2,000 cells slow a single step by an eighth (1.5B)."""
_MEMORY_BYTES = 512 * 1024**2
_DISK_BYTES = 1024**3


def load(message: dict[str, Any], emit: Emit) -> tuple[Llama, Engine]:
    """Load the model that `message` names. Raises LoadError."""
    prefix_dir = message.pop("prefix_dir", None)
    limits = StepLimits(running=message.pop("sequences", StepLimits.running))
    options = LoadOptions(**message)
    llama = Llama(options)
    kv = KVCache(llama)
    store = PrefixStore(_folder(Path(prefix_dir), options), _DISK_BYTES) if prefix_dir else None
    prefixes = PrefixCache(kv, min(_HOT_CELLS, llama.cells // 4), _MEMORY_BYTES, store)
    return llama, Engine(llama, kv, prefixes, emit, limits)


def _folder(parent: Path, options: LoadOptions) -> Path:
    """States fit one file, one number format and one version of llama.cpp."""
    attention = "flash" if options.flash_attention else "plain"
    way = f"{options.kv_type}-{attention}-{llama_cpp.__version__}"
    return parent / f"{fingerprint(Path(options.path))}-{way}"
