"""Choosing the next token: llama.cpp's sampler chain, with a grammar where one is asked for."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import llama_cpp
import numpy as np

from server.models.engine.grammar_check import is_left_recursive, nesting, never_ends
from server.models.engine.schema_grammar import gbnf_of

_REPEAT_WINDOW = 64
_MAX_GRAMMAR = 1_000_000
# "maxLength": N becomes N nested groups; llama.cpp's parser refuses 2,000 and, being
# recursive, overflows the stack at 20,000.
_MAX_NESTING = 4_000
_REFUSED = (
    "llama.cpp refuses the grammar: a rule is missing or wrongly written, or, where it comes "
    "from a JSON schema, most often a length or an item limit is above 1,000."
)
_TOKEN_DATA = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])


class GrammarError(ValueError):
    """The JSON schema cannot be turned into a grammar, or the grammar leads nowhere."""


@dataclass(frozen=True)
class Sampling:
    """How one completion is sampled. Temperature 0 is greedy; top_k 0 means no limit."""

    temperature: float = 0.0
    top_k: int = 40
    top_p: float = 0.95
    min_p: float = 0.0
    repeat_penalty: float = 1.0
    seed: int = 0
    logit_bias: Sequence[Sequence[float]] = ()
    """Pairs of token id and what is added to its logit."""


def grammar_of(schema: dict[str, Any]) -> str:
    """GBNF text of a JSON schema. Raises GrammarError."""
    try:
        grammar = gbnf_of(schema)
    except Exception as error:
        raise GrammarError(f"The JSON schema cannot be turned into a grammar: {error}") from error
    if len(grammar) > _MAX_GRAMMAR or nesting(grammar) > _MAX_NESTING:
        raise GrammarError(_REFUSED)
    return grammar


class Sampler:
    """Draws tokens for one completion; `close` frees what it holds in C."""

    def __init__(
        self, vocab: Any, vocab_size: int, sampling: Sampling, grammar: str | None
    ) -> None:
        self._grammar = _new_grammar(vocab, grammar) if grammar is not None else None
        self._chain: Any = None
        self._vocab_size = vocab_size
        try:
            self._chain = _new_chain(vocab_size, sampling)
            if grammar is not None:
                self._require_a_beginning()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Free the chain and the grammar."""
        for sampler in (self._chain, self._grammar):
            if sampler is not None:
                llama_cpp.llama_sampler_free(sampler)

    def sample(self, context: Any, output: int) -> int:
        """The token after the one at index `output` of the last batch.

        Raises GrammarError at a dead end.
        """
        if self._grammar is None:
            return int(llama_cpp.llama_sampler_sample(self._chain, context, output))
        token = self._pick(context, output, constrained=False)
        # Testing one token is cheap and testing the whole vocabulary is not, so the grammar
        # prunes only when the model's own choice breaks it.
        if not self._obeys(token):
            token = self._pick(context, output, constrained=True)
        llama_cpp.llama_sampler_accept(self._chain, token)
        llama_cpp.llama_sampler_accept(self._grammar, token)
        return token

    def _pick(self, context: Any, output: int, *, constrained: bool) -> int:
        logits = llama_cpp.llama_get_logits_ith(context, output)
        candidates = self._vocabulary()
        candidates["logit"] = np.ctypeslib.as_array(logits, shape=candidates.shape)
        array = _token_data_array(candidates)
        if constrained:
            llama_cpp.llama_sampler_apply(self._grammar, ctypes.byref(array))
        llama_cpp.llama_sampler_apply(self._chain, ctypes.byref(array))
        chosen = array.data[array.selected]
        if constrained and chosen.logit == -math.inf:
            raise GrammarError("The grammar allows no further token; change the JSON schema.")
        return int(chosen.id)

    def _require_a_beginning(self) -> None:
        candidates = self._vocabulary()
        candidates["logit"] = 0.0
        llama_cpp.llama_sampler_apply(self._grammar, ctypes.byref(_token_data_array(candidates)))
        if np.isneginf(candidates["logit"]).all():
            raise GrammarError("The grammar allows no first token; it cannot match anything.")

    def _vocabulary(self) -> np.ndarray[Any, Any]:
        candidates = np.empty(self._vocab_size, dtype=_TOKEN_DATA)
        candidates["id"] = np.arange(self._vocab_size, dtype=np.int32)
        return candidates

    def _obeys(self, token: int) -> bool:
        single = np.array([(token, 1.0, 0.0)], dtype=_TOKEN_DATA)
        llama_cpp.llama_sampler_apply(self._grammar, ctypes.byref(_token_data_array(single)))
        return bool(single["logit"][0] != -math.inf)


def _token_data_array(candidates: np.ndarray[Any, Any]) -> Any:
    """A C view on `candidates`, which must outlive it."""
    pointer = candidates.ctypes.data_as(ctypes.POINTER(llama_cpp.llama_token_data))
    return llama_cpp.llama_token_data_array(
        data=pointer, size=len(candidates), selected=-1, sorted=False
    )


def _new_grammar(vocab: Any, grammar: str) -> Any:
    if not grammar or "\0" in grammar:  # llama.cpp would allow everything
        raise GrammarError("The grammar is empty or holds a NUL character.")
    if len(grammar) > _MAX_GRAMMAR or nesting(grammar) > _MAX_NESTING:
        raise GrammarError("The grammar is too large or too deeply nested.")
    if is_left_recursive(grammar):
        raise GrammarError("A rule of the grammar begins with itself; write it the other way.")
    if never_ends(grammar):
        raise GrammarError("No text of finite length matches the grammar.")
    sampler = llama_cpp.llama_sampler_init_grammar(vocab, grammar.encode(), b"root")
    if not sampler:
        raise GrammarError(_REFUSED)
    return sampler


def _new_chain(vocab_size: int, sampling: Sampling) -> Any:
    bias = _logit_bias(vocab_size, sampling.logit_bias)
    chain = llama_cpp.llama_sampler_chain_init(llama_cpp.llama_sampler_chain_default_params())

    def add(sampler: Any) -> None:
        llama_cpp.llama_sampler_chain_add(chain, sampler)

    if bias:
        add(llama_cpp.llama_sampler_init_logit_bias(vocab_size, len(bias), bias))
    if sampling.repeat_penalty != 1.0:
        add(
            llama_cpp.llama_sampler_init_penalties(
                vocab_size, _REPEAT_WINDOW, sampling.repeat_penalty, 0.0, 0.0
            )
        )
    if sampling.temperature <= 0:
        add(llama_cpp.llama_sampler_init_greedy())
        return chain
    add(llama_cpp.llama_sampler_init_top_k(sampling.top_k))
    add(llama_cpp.llama_sampler_init_top_p(sampling.top_p, 1))
    add(llama_cpp.llama_sampler_init_min_p(sampling.min_p, 1))
    add(llama_cpp.llama_sampler_init_temp(sampling.temperature))
    add(llama_cpp.llama_sampler_init_dist(sampling.seed & 0xFFFFFFFF))
    return chain


def _logit_bias(vocab_size: int, pairs: Sequence[Sequence[float]]) -> Any:
    """A C array; pairs of unknown tokens are left out."""
    known = [
        llama_cpp.llama_logit_bias(int(token), float(bias))
        for token, bias in pairs
        if 0 <= token < vocab_size
    ]
    return (llama_cpp.llama_logit_bias * len(known))(*known)
