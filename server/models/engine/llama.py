"""One GGUF model in this process: text to tokens, batches to logits, sequences to bytes.

A thin layer over llama.cpp's C interface. It knows nothing of requests.
"""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import llama_cpp

from server.models.engine.batch import TokenBatch
from server.models.engine.chat_template import ChatTemplate
from server.models.memory_need import KV_WINDOWS
from server.models.system_memory import available_bytes

_LOG_ERROR = 4
"""ggml's level; llama-cpp-python's own logger takes it for debugging and hides it."""
_errors: deque[str] = deque(maxlen=20)
"""What llama.cpp said about why something failed."""


@llama_cpp.llama_log_callback  # type: ignore[untyped-decorator]
def _keep_errors(level: int, text: bytes, _: Any) -> None:
    if level == _LOG_ERROR:
        _errors.append(text.decode(errors="replace").strip())


llama_cpp.llama_log_set(_keep_errors, None)

MAX_SEQUENCES = 64
"""Sequence ids of the KV cache; llama.cpp's own limit is 256."""
_NO_SPACE, _ABORTED = 1, 2
"""What llama_decode returns when no cells are free, and when the abort callback said stop."""
_COMPUTE_BYTES = 400 * 1024**2
"""Room for llama.cpp's compute buffers (measured: about 300 MiB for a 152k vocabulary)."""
_KV_TYPES = {
    "f16": llama_cpp.GGML_TYPE_F16,
    "q8_0": llama_cpp.GGML_TYPE_Q8_0,
}


class LoadError(Exception):
    """The model cannot be loaded; the message says why and what to do."""


class DecodeAbortedError(Exception):
    """The abort callback stopped the step; the KV cache is as it was before."""


class CacheFullError(Exception):
    """No free cells for the batch; the KV cache is as it was before."""


@dataclass(frozen=True)
class LoadOptions:
    """How a model is loaded."""

    path: str
    context_window: int
    """Tokens of prompt and answer of one sequence."""
    threads: int
    cells: int = 0
    """Tokens in the KV cache, shared by all sequences; 0: four times the window if they fit."""
    batch: int = 512
    """The most tokens that one step may decode."""
    kv_type: str = "f16"
    """Number format of the KV cache: ``f16`` or ``q8_0``."""
    flash_attention: bool = False


class Llama:
    """A loaded model whose KV cache holds up to `MAX_SEQUENCES` sequences."""

    def __init__(self, options: LoadOptions) -> None:
        require_memory(
            Path(options.path).stat().st_size, "the model's weights", "Choose a smaller model."
        )
        self._model = _load_model(options.path)
        self.vocab = llama_cpp.llama_model_get_vocab(self._model)
        self.vocab_size = int(llama_cpp.llama_vocab_n_tokens(self.vocab))
        trained = int(llama_cpp.llama_model_n_ctx_train(self._model))
        self.context_window = min(options.context_window, trained)
        self.cells = self._affordable_cells(options)
        self.recurrent = bool(
            llama_cpp.llama_model_is_recurrent(self._model)
            or llama_cpp.llama_model_is_hybrid(self._model)
        )
        """Whether a sequence's state is (in part) of its last token alone."""
        # Tokens before the next one that must be there.
        self._window = max(int(llama_cpp.llama_model_n_swa(self._model)) - 1, 1)
        self._template = self._read_template()
        self.context = self._new_context(options)
        self._memory = llama_cpp.llama_get_memory(self.context)

    # ------------------------------------------------------------------ text and tokens

    def prompt_tokens(self, messages: Sequence[dict[str, str]]) -> list[int]:
        """Tokens of `messages` under the model's chat template. Raises ValueError."""
        bos = None
        if llama_cpp.llama_vocab_get_add_bos(self.vocab):
            bos = int(llama_cpp.llama_vocab_bos(self.vocab))
        return self._template.tokens(messages, self.tokenize, bos)

    def tokenize(self, text: str, special: bool) -> list[int]:
        """Tokens of `text`; control tokens are recognised if `special`."""
        data = text.encode()
        size = len(data) + 16
        tokens = (llama_cpp.llama_token * size)()
        count = llama_cpp.llama_tokenize(self.vocab, data, len(data), tokens, size, False, special)
        if count < 0:
            raise ValueError("The text cannot be turned into tokens.")
        return list(tokens[:count])

    def piece(self, token: int) -> bytes:
        """Bytes of one token; control tokens have none."""
        buffer = ctypes.create_string_buffer(256)
        size = llama_cpp.llama_token_to_piece(self.vocab, token, buffer, 256, 0, False)
        return buffer.raw[: max(size, 0)]

    def ends_answer(self, token: int) -> bool:
        """Whether `token` is an end-of-generation token."""
        return bool(llama_cpp.llama_vocab_is_eog(self.vocab, token))

    # ------------------------------------------------------------------ decoding

    def decode(self, batch: TokenBatch, should_abort: Callable[[], bool] | None = None) -> None:
        """Run one step. Raises DecodeAbortedError, CacheFullError or RuntimeError.

        `should_abort` is asked between the nodes of the graph. That costs too much for a step
        of single tokens, where looking between the steps is enough.
        """
        if should_abort is None:
            status = llama_cpp.llama_decode(self.context, batch.as_llama_batch())
        else:
            callback = llama_cpp.ggml_abort_callback(lambda _: should_abort())
            llama_cpp.llama_set_abort_callback(self.context, callback, None)
            try:
                status = llama_cpp.llama_decode(self.context, batch.as_llama_batch())
            finally:
                none = llama_cpp.ggml_abort_callback()
                llama_cpp.llama_set_abort_callback(self.context, none, None)
        if status == _ABORTED:
            raise DecodeAbortedError
        if status == _NO_SPACE:
            raise CacheFullError
        if status != 0:
            raise RuntimeError(f"llama.cpp could not decode (status {status}). {_said()}")

    # ------------------------------------------------------------------ the KV cache

    def copy_sequence(self, source: int, target: int, length: int) -> None:
        """Let `target` share the first `length` cells of `source`; nothing is copied."""
        llama_cpp.llama_memory_seq_cp(self._memory, source, target, 0, length)

    def can_cut(self, sequence: int, length: int) -> bool:
        """Whether the state after the first `length` tokens of a sequence is still there.

        Recurrent models have that of the last token alone, and those with a sliding window
        may have overwritten what left it.
        """
        first = int(llama_cpp.llama_memory_seq_pos_min(self._memory, sequence))
        return first <= max(length - self._window, 0)

    def cut_sequence(self, sequence: int, length: int) -> bool:
        """Forget a sequence after its first `length` tokens; False where that cannot be done."""
        return bool(llama_cpp.llama_memory_seq_rm(self._memory, sequence, length, -1))

    def sequence_length(self, sequence: int) -> int:
        """Tokens of a sequence in the KV cache, as llama.cpp sees it."""
        return int(llama_cpp.llama_memory_seq_pos_max(self._memory, sequence)) + 1

    def save_sequence(self, sequence: int) -> bytes:
        """The KV state of a sequence."""
        size = llama_cpp.llama_state_seq_get_size(self.context, sequence)
        buffer = (ctypes.c_uint8 * size)()
        written = llama_cpp.llama_state_seq_get_data(self.context, buffer, size, sequence)
        return memoryview(buffer)[:written].tobytes()

    def load_sequence(self, sequence: int, state: bytes) -> bool:
        """Fill an empty sequence from `save_sequence`; False when llama.cpp refuses."""
        buffer = (ctypes.c_uint8 * len(state)).from_buffer_copy(state)
        return bool(llama_cpp.llama_state_seq_set_data(self.context, buffer, len(state), sequence))

    # ------------------------------------------------------------------ loading

    def _read_template(self) -> ChatTemplate:
        template = llama_cpp.llama_model_chat_template(self._model, None)
        if not template:
            raise LoadError("The file carries no chat template; use an instruct model.")
        return ChatTemplate(
            template.decode(),
            bos=self._special_text(llama_cpp.llama_vocab_bos(self.vocab)),
            eos=self._special_text(llama_cpp.llama_vocab_eos(self.vocab)),
        )

    def _special_text(self, token: int) -> str:
        if token < 0:
            return ""
        return bytes(llama_cpp.llama_vocab_get_text(self.vocab, token)).decode()

    @property
    def bytes_per_cell(self) -> int:
        """Bytes of one token's keys and values in all layers, as f16."""
        heads = llama_cpp.llama_model_n_head(self._model)
        width = llama_cpp.llama_model_n_embd(self._model) // max(heads, 1)
        per_layer = llama_cpp.llama_model_n_head_kv(self._model) * width * 2 * 2
        return int(llama_cpp.llama_model_n_layer(self._model) * per_layer)

    def _affordable_cells(self, options: LoadOptions) -> int:
        """The cells asked for, or as many as fit; one window at least. Raises LoadError."""
        require_memory(
            self.bytes_per_cell * self.context_window + _COMPUTE_BYTES,
            f"a context window of {self.context_window} tokens",
            "Set a smaller TENON_CONTEXT_WINDOW, or close other programs.",
        )
        wanted = max(options.cells or KV_WINDOWS * self.context_window, self.context_window)
        available = available_bytes()
        if available is None:
            return wanted
        # Half of what is free, so that the rest of the machine goes on.
        affordable = (available // 2 - _COMPUTE_BYTES) // self.bytes_per_cell
        return max(min(wanted, affordable // 256 * 256), self.context_window)

    def _new_context(self, options: LoadOptions) -> Any:
        params = llama_cpp.llama_context_default_params()
        params.n_ctx = self.cells
        params.n_seq_max = MAX_SEQUENCES
        # One cache for all sequences: a prefix that several share lies in it once.
        params.kv_unified = True
        # A step is one ubatch, so that an aborted step leaves nothing behind.
        params.n_batch = params.n_ubatch = options.batch
        params.n_threads = params.n_threads_batch = options.threads
        params.type_k = params.type_v = _KV_TYPES[options.kv_type]
        params.flash_attn_type = (
            llama_cpp.LLAMA_FLASH_ATTN_TYPE_ENABLED
            if options.flash_attention
            else llama_cpp.LLAMA_FLASH_ATTN_TYPE_DISABLED
        )
        params.no_perf = True
        context = llama_cpp.llama_init_from_model(self._model, params)
        if not context:
            raise LoadError(
                f"llama.cpp could not make a context; set a smaller context window. {_said()}"
            )
        return context


def require_memory(needed: int, what: str, remedy: str) -> None:
    """Raise LoadError when less than `needed` bytes are available."""
    available = available_bytes()
    if available is not None and needed > available:
        raise LoadError(
            f"Not enough memory for {what}: it needs {needed / 1024**3:.1f} GiB and "
            f"{available / 1024**3:.1f} GiB are available. {remedy}"
        )


def _load_model(path: str) -> Any:
    model = llama_cpp.llama_model_load_from_file(
        path.encode(), llama_cpp.llama_model_default_params()
    )
    if not model:
        raise LoadError(
            f"llama.cpp cannot load {path}: it is damaged or of an unknown kind {_said()}"
        )
    return model


def _said() -> str:
    """The first, most precise complaint since the last one that was told."""
    first = _errors[0].split(": ", 1)[-1] if _errors else ""
    _errors.clear()
    return f"({first})" if first else ""
