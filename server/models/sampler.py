"""Choosing the next token: llama.cpp's sampler chain, with a grammar where one is asked for."""

from __future__ import annotations

import ctypes
import json
import math
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import llama_cpp
import numpy as np
from llama_cpp.llama_grammar import json_schema_to_gbnf

_REPEAT_WINDOW = 64
_MAX_GRAMMAR = 1_000_000
# "maxLength": N becomes N nested groups; llama.cpp's parser refuses 2,000 and, being
# recursive, overflows the stack at 20,000.
_MAX_NESTING = 4_000
_TOO_LARGE = (
    "The JSON schema gives a grammar that llama.cpp refuses, most often because of a length "
    "or an item limit above 1,000."
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


def grammar_of(schema: dict[str, Any]) -> str:
    """GBNF text of a JSON schema. Raises GrammarError."""
    try:
        grammar = str(json_schema_to_gbnf(json.dumps(schema)))
    except Exception as error:
        raise GrammarError(f"The JSON schema cannot be turned into a grammar: {error}") from error
    if len(grammar) > _MAX_GRAMMAR or _nesting(grammar) > _MAX_NESTING:
        raise GrammarError(_TOO_LARGE)
    return grammar


def _nesting(grammar: str) -> int:
    steps = {"(": 1, ")": -1}
    return max(accumulate(steps.get(character, 0) for character in grammar), default=0)


class Sampler:
    """Draws tokens for one completion; `close` frees what it holds in C."""

    def __init__(
        self, vocab: Any, vocab_size: int, sampling: Sampling, grammar: str | None
    ) -> None:
        self._grammar = _new_grammar(vocab, grammar) if grammar is not None else None
        self._chain = _new_chain(vocab_size, sampling)
        self._candidates = np.empty(vocab_size, dtype=_TOKEN_DATA)
        self._ids = np.arange(vocab_size, dtype=np.int32)

    def close(self) -> None:
        """Free the chain and the grammar."""
        llama_cpp.llama_sampler_free(self._chain)
        if self._grammar is not None:
            llama_cpp.llama_sampler_free(self._grammar)

    def sample(self, context: Any) -> int:
        """The next token after the last decoded one. Raises GrammarError at a dead end."""
        if self._grammar is None:
            return int(llama_cpp.llama_sampler_sample(self._chain, context, -1))
        token = self._pick(context, constrained=False)
        # Testing one token is cheap and testing the whole vocabulary is not, so the grammar
        # prunes only when the model's own choice breaks it.
        if not self._obeys(token):
            token = self._pick(context, constrained=True)
        llama_cpp.llama_sampler_accept(self._chain, token)
        llama_cpp.llama_sampler_accept(self._grammar, token)
        return token

    def _pick(self, context: Any, *, constrained: bool) -> int:
        logits = llama_cpp.llama_get_logits_ith(context, -1)
        self._candidates["id"] = self._ids
        self._candidates["logit"] = np.ctypeslib.as_array(logits, shape=self._ids.shape)
        array = _token_data_array(self._candidates)
        if constrained:
            llama_cpp.llama_sampler_apply(self._grammar, ctypes.byref(array))
        llama_cpp.llama_sampler_apply(self._chain, ctypes.byref(array))
        chosen = array.data[array.selected]
        if constrained and chosen.logit == -math.inf:
            raise GrammarError("The grammar allows no further token; change the JSON schema.")
        return int(chosen.id)

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
    sampler = llama_cpp.llama_sampler_init_grammar(vocab, grammar.encode(), b"root")
    if not sampler:
        raise GrammarError(_TOO_LARGE)
    return sampler


def _new_chain(vocab_size: int, sampling: Sampling) -> Any:
    chain = llama_cpp.llama_sampler_chain_init(llama_cpp.llama_sampler_chain_default_params())

    def add(sampler: Any) -> None:
        llama_cpp.llama_sampler_chain_add(chain, sampler)

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
