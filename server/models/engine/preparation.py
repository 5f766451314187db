"""From a `generate` message to a request with tokens and samplers, without the decoder."""

from __future__ import annotations

import time

import numpy as np

from server.models.engine.llama import Llama
from server.models.engine.prefix_cache import common_length
from server.models.engine.sampler import GrammarError, Sampler, grammar_of
from server.models.engine.sequence import GenerateMessage, Request, Sequence
from server.models.engine.text_stream import TextStream


class PromptTooLong(Exception):  # noqa: N818 - the parent's PromptTooLongError is raised from it
    """Prompt and answer do not fit the window."""

    def __init__(self, prompt_tokens: int, max_tokens: int, context_window: int) -> None:
        super().__init__()
        self.numbers = (prompt_tokens, max_tokens, context_window)


def prepare(llama: Llama, message: GenerateMessage) -> Request:
    """Tokenise the prompt and make the samplers. Only the vocabulary is touched.

    Raises PromptTooLong, GrammarError, or ValueError when the chat template refuses the
    messages or nothing is asked for.
    """
    if not message.samplings or message.max_tokens < 1:
        raise ValueError("At least one candidate of at least one token must be asked for.")
    tokens = llama.prompt_tokens(message.messages)
    if not tokens:
        raise ValueError("The prompt is empty.")
    if len(tokens) + message.max_tokens > llama.context_window:
        raise PromptTooLong(len(tokens), message.max_tokens, llama.context_window)
    request = Request(
        id=message.id,
        rank=message.rank,
        prompt=np.asarray(tokens, np.int32),
        stable=_stable_length(llama, message.messages, tokens),
        max_tokens=message.max_tokens,
        deadline=_deadline(message),
    )
    grammar = _grammar(message)
    try:
        for index, sampling in enumerate(message.samplings):
            sampler = Sampler(llama.vocab, llama.vocab_size, sampling, grammar)
            constrained = grammar is not None
            stream = TextStream(message.stop, constrained=constrained, watched=message.end_loops)
            request.sequences.append(Sequence(request, index, sampler, stream, [*tokens]))
    except BaseException:
        for sequence in request.sequences:
            sequence.sampler.close()
        raise
    return request


def _grammar(message: GenerateMessage) -> str | None:
    if message.json_schema is not None and message.grammar is not None:
        raise GrammarError("A request has a JSON schema or a grammar, not both.")
    return grammar_of(message.json_schema) if message.json_schema is not None else message.grammar


def _deadline(message: GenerateMessage) -> float | None:
    seconds = message.deadline_seconds
    return None if seconds is None else time.monotonic() + seconds


def _stable_length(llama: Llama, messages: list[dict[str, str]], tokens: list[int]) -> int:
    """Tokens of the leading system message: an agent's role, which its requests repeat."""
    if len(messages) < 2 or messages[0]["role"] != "system":
        return 0
    try:
        role = llama.prompt_tokens(messages[:1])
    except ValueError:  # some templates want a user message
        return 0
    return common_length(np.asarray(role, np.int32), np.asarray(tokens, np.int32))
