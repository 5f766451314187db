"""One GGUF model in this process: tokens in, logits out, with the KV prefix kept.

Only the worker process imports this module; the server never loads llama.cpp itself.
"""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import llama_cpp

from server.models.chat_template import ChatTemplate
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

_ABORTED = 2
"""What llama_decode returns when the abort callback said stop."""
_COMPUTE_BYTES = 400 * 1024**2
"""Room for llama.cpp's compute buffers (measured: about 300 MiB for a 152k vocabulary)."""


class LoadError(Exception):
    """The model cannot be loaded; the message says why and what to do."""


class CancelledError(Exception):
    """The request was cancelled while the model worked on it."""


@dataclass(frozen=True)
class LoadOptions:
    """How a model is loaded."""

    path: str
    context_window: int
    """Tokens of prompt and answer together."""
    threads: int
    batch: int = 512
    """Prompt tokens decoded per call."""


class Llama:
    """A loaded model with one sequence in its KV cache."""

    def __init__(self, options: LoadOptions) -> None:
        self._batch = options.batch
        require_memory(
            Path(options.path).stat().st_size, "the model's weights", "Choose a smaller model."
        )
        self._model = _load_model(options.path)
        self.vocab = llama_cpp.llama_model_get_vocab(self._model)
        self.vocab_size = int(llama_cpp.llama_vocab_n_tokens(self.vocab))
        trained = int(llama_cpp.llama_model_n_ctx_train(self._model))
        self.context_window = min(options.context_window, trained)
        self._template = self._read_template()
        self.context = self._new_context(options)
        self._memory = llama_cpp.llama_get_memory(self.context)
        self._cached: list[int] = []

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

    def prefill(self, tokens: list[int], cancelled: Callable[[], bool]) -> int:
        """Decode a prompt; returns how many of its tokens were still in the KV cache.

        Raises CancelledError; what was decoded until then stays usable as a prefix.
        """
        # At least one token is decoded anew: sampling needs fresh logits.
        kept = min(_common_prefix(self._cached, tokens), len(tokens) - 1)
        self._keep(kept)
        # The callback runs between graph nodes and costs too much per single decoding step,
        # where a check between the steps is enough.
        abort = llama_cpp.ggml_abort_callback(lambda _: cancelled())
        llama_cpp.llama_set_abort_callback(self.context, abort, None)
        try:
            for start in range(len(self._cached), len(tokens), self._batch):
                self.decode(tokens[start : start + self._batch])
        finally:
            llama_cpp.llama_set_abort_callback(self.context, llama_cpp.ggml_abort_callback(), None)
        return kept

    @property
    def cached_tokens(self) -> int:
        """Tokens in the KV cache now."""
        return len(self._cached)

    def decode(self, tokens: list[int]) -> None:
        """Append `tokens` to the sequence. Raises CancelledError or RuntimeError."""
        array = (llama_cpp.llama_token * len(tokens))(*tokens)
        status = llama_cpp.llama_decode(
            self.context, llama_cpp.llama_batch_get_one(array, len(tokens))
        )
        if status == 0:
            self._cached.extend(tokens)
            return
        # Parts of an aborted batch may be in the cache already.
        self._keep(len(self._cached))
        if status == _ABORTED:
            raise CancelledError
        raise RuntimeError(f"llama.cpp could not decode (status {status}). {_said()}")

    def _keep(self, count: int) -> None:
        """Cut the KV cache after the first `count` tokens."""
        if not llama_cpp.llama_memory_seq_rm(self._memory, 0, count, -1):
            # Recurrent models cannot go back part of the way.
            llama_cpp.llama_memory_clear(self._memory, True)
            count = 0
        del self._cached[count:]

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

    def _kv_bytes(self) -> int:
        heads = llama_cpp.llama_model_n_head(self._model)
        width = llama_cpp.llama_model_n_embd(self._model) // max(heads, 1)
        per_token = llama_cpp.llama_model_n_head_kv(self._model) * width * 2 * 2  # K and V, f16
        return int(llama_cpp.llama_model_n_layer(self._model) * per_token * self.context_window)

    def _new_context(self, options: LoadOptions) -> Any:
        require_memory(
            self._kv_bytes() + _COMPUTE_BYTES,
            f"a context window of {self.context_window} tokens",
            "Set a smaller TENON_CONTEXT_WINDOW, or close other programs.",
        )
        params = llama_cpp.llama_context_default_params()
        params.n_ctx = self.context_window
        params.n_batch = params.n_ubatch = options.batch
        params.n_threads = params.n_threads_batch = options.threads
        params.flash_attn_type = llama_cpp.LLAMA_FLASH_ATTN_TYPE_DISABLED
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


def _common_prefix(left: Sequence[int], right: Sequence[int]) -> int:
    for index, (a, b) in enumerate(zip(left, right, strict=False)):
        if a != b:
            return index
    return min(len(left), len(right))
