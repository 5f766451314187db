"""A graph that multiplies in 8 bits, made once from the model's file.

The file stores its weights in 8 bits but multiplies in 32. Dynamic quantization (weights per
channel, activations per tensor) is twice as fast on processors with VNNI instructions; the
cosine to the vectors of the slow graph is 0.995. Processors without them would saturate
(onnxruntime's documentation of U8S8), so there the file is used as it is.
"""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

from filelock import FileLock


def can_multiply_int8() -> bool:
    """Whether this processor has VNNI instructions and onnx is installed."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
        import onnx  # noqa: F401
    except (OSError, ImportError):
        return False
    return "avx512_vnni" in flags or "avx_vnni" in flags


def int8_graph(model: Path) -> Path:
    """Return the quantized file beside `model`; it is made if it is not there.

    Raises OSError where the folder cannot be written, and what onnxruntime raises.
    """
    import onnxruntime

    made = model.with_name(f"{model.stem}.w8a8-{onnxruntime.__version__}.onnx")
    if not made.is_file():
        with FileLock(made.with_suffix(".lock")):
            if not made.is_file():
                _make(model, made)
    return made


def _make(model: Path, made: Path) -> None:
    import onnxruntime
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory(dir=model.parent) as folder:
        folded, result = Path(folder, "folded.onnx"), Path(folder, "result.onnx")
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # Stored weights become constants, and what can be fused is; nothing of this processor.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        options.optimized_model_filepath = str(folded)
        onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        # It advises on the root logger to preprocess, which has just been done.
        logging.disable(logging.WARNING)
        try:
            quantize_dynamic(
                folded,
                result,
                per_channel=True,
                weight_type=QuantType.QInt8,
                op_types_to_quantize=["MatMul"],
                extra_options={"MatMulConstBOnly": True},
            )
        finally:
            logging.disable(logging.NOTSET)
        result.replace(made)
