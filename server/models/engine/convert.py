"""Converts weights: ``python -m server.models.engine.convert SOURCE TARGET FORMAT``.

Every matrix gets the one format. The usual mixtures keep some in another one, for which
llama.cpp's fast kernels for several rows at once are missing on most processors.
"""

from __future__ import annotations

import os
import sys

import llama_cpp

_FILE_TYPES = {
    "Q4_0": llama_cpp.LLAMA_FTYPE_MOSTLY_Q4_0,
    "Q4_K": llama_cpp.LLAMA_FTYPE_MOSTLY_Q4_K_S,
}


def convert(source: str, target: str, file_format: str) -> bool:
    """Write `source` to `target` with its matrices as ``Q4_0`` or ``Q4_K``."""
    params = llama_cpp.llama_model_quantize_default_params()
    params.ftype = _FILE_TYPES[file_format]
    params.pure = True
    params.allow_requantize = True
    params.nthread = os.cpu_count() or 1
    status = llama_cpp.llama_model_quantize(source.encode(), target.encode(), params)
    return bool(status == 0)


if __name__ == "__main__":
    sys.exit(0 if convert(*sys.argv[1:4]) else 1)
