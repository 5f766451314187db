"""onnxruntime as Tenon uses it: silent.

From 1.29 on its Linux wheels report every session, with names and hashes of the model, to a server
of Microsoft's, unless this variable is set before the library is loaded; `disable_telemetry_events`
comes too late for the first report (its Privacy.md, *Disabling Telemetry*).
"""

from __future__ import annotations

import os
from importlib import import_module
from types import ModuleType

_SILENT = {"ORT_DISABLE_TELEMETRY": "1"}


def load_onnxruntime() -> ModuleType:
    """The module, imported only when it is needed; nothing else here may import it.

    Raises ImportError where it is not installed.
    """
    os.environ.update(_SILENT)
    return import_module("onnxruntime")
