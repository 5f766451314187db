"""A graph that multiplies in 8 bits, made once from the model's file.

The file stores its weights in 8 bits but multiplies in 32. Dynamic quantization (weights per
channel, activations per tensor) and fewer operations are four times as fast on processors with
VNNI instructions; the cosine to the vectors of the slow graph is 0.995. Processors without them
would saturate (onnxruntime's documentation of U8S8), so there the file is used as it is.
"""

from __future__ import annotations

import importlib.util
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock

from memory.embeddings.runtime import load_onnxruntime
from memory.processor import has_vnni

SLOW_FUSIONS = ["SkipLayerNormFusion"]
"""Optimizers of onnxruntime that cost time: its fused kernel is slower than its two parts."""
_GELU = ["Div", "Erf", "Add", "Mul", "Mul"]


def can_multiply_int8() -> bool:
    """Whether this processor has VNNI instructions and onnx is installed."""
    # Not imported, since it takes memory and is needed once.
    return has_vnni() and importlib.util.find_spec("onnx") is not None


def int8_graph(model: Path) -> Path:
    """Return the quantized file beside `model`; it is made if it is not there.

    Raises OSError where the folder cannot be written, and what onnx and onnxruntime raise.
    """
    version = load_onnxruntime().__version__
    made = model.with_name(f"{model.stem}.w8a8-gather-{version}.onnx")
    if not made.is_file():
        with FileLock(made.with_suffix(".lock")):
            if not made.is_file():
                _make(model, made)
    return made


def _make(model: Path, made: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory(dir=model.parent) as folder:
        folded, lean, result = (Path(folder, f"{name}.onnx") for name in ("folded", "lean", "made"))
        _fold(model, folded)
        _make_lean(folded, lean)
        # It advises on the root logger to preprocess, which has just been done.
        logging.disable(logging.WARNING)
        try:
            quantize_dynamic(
                lean,
                result,
                per_channel=True,
                weight_type=QuantType.QInt8,
                op_types_to_quantize=["MatMul", "Gather"],
                extra_options={"MatMulConstBOnly": True},
            )
        finally:
            logging.disable(logging.NOTSET)
        result.replace(made)


def _fold(model: Path, folded: Path) -> None:
    """Stored weights become constants, and what can be fused is; nothing of this processor."""
    onnxruntime = load_onnxruntime()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(folded)
    onnxruntime.InferenceSession(
        str(model), options, providers=["CPUExecutionProvider"], disabled_optimizers=SLOW_FUSIONS
    )


def _make_lean(source: Path, target: Path) -> None:
    """Take out what onnxruntime does not fuse by itself; other graphs stay as they are."""
    import onnx

    model = onnx.load(source)
    _fuse_gelu(model.graph)
    _drop_nan_checks(model.graph)
    onnx.save(model, target)


def _fuse_gelu(graph: Any) -> None:
    """0.5 * (1 + erf(x / sqrt 2)) * x (Hendrycks and Gimpel 2016) becomes one operation."""
    from onnx import helper

    made_by = {output: node for node in graph.node for output in node.output}
    for erf in [node for node in graph.node if node.op_type == "Erf"]:
        divide = made_by.get(erf.input[0])
        chain = [erf, *_only_users(graph, erf, 3)]
        if divide is None or [n.op_type for n in (divide, *chain)] != _GELU:
            continue
        value = divide.input[0]
        if value in chain[-1].input:
            gelu = helper.make_node("Gelu", [value], chain[-1].output, domain="com.microsoft")
            graph.node.insert(list(graph.node).index(chain[-1]), gelu)
            for node in (divide, *chain):
                graph.node.remove(node)


def _only_users(graph: Any, node: Any, length: int) -> Iterator[Any]:
    """The node that alone uses a node's output, the one that alone uses that one's, and so on."""
    for _ in range(length):
        users = [other for other in graph.node if node.output[0] in other.input]
        if len(users) != 1:
            return
        node = users[0]
        yield node


def _drop_nan_checks(graph: Any) -> None:
    """A softmax is never NaN here: every text has at least the two tokens that frame it."""
    made_by = {output: node for node in graph.node for output in node.output}
    for check in [node for node in graph.node if node.op_type == "IsNaN"]:
        value = check.input[0]
        choice = next(_only_users(graph, check, 1), None)
        if choice is None or choice.op_type != "Where" or choice.input[2] != value:
            continue
        if made_by[value].op_type != "Softmax":
            continue
        for node in graph.node:
            for place, name in enumerate(node.input):
                if name == choice.output[0]:
                    node.input[place] = value
        graph.node.remove(check)
        graph.node.remove(choice)
