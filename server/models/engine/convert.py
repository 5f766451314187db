"""Converts weights: ``python -m server.models.engine.convert SOURCE TARGET FORMAT``."""

from __future__ import annotations

import os
import sys

import llama_cpp


def convert(source: str, target: str, file_format: str) -> bool:
    """Write `source` to `target` in one of llama.cpp's formats, such as ``Q4_0``."""
    params = llama_cpp.llama_model_quantize_default_params()
    params.ftype = getattr(llama_cpp, f"LLAMA_FTYPE_MOSTLY_{file_format}")
    params.allow_requantize = True
    params.nthread = os.cpu_count() or 1
    status = llama_cpp.llama_model_quantize(source.encode(), target.encode(), params)
    return bool(status == 0)


if __name__ == "__main__":
    sys.exit(0 if convert(*sys.argv[1:4]) else 1)
