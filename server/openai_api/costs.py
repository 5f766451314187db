"""What an answer cost: OpenAI's `usage`, and `timings` under llama-server's names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agents.inference import Completion


def costs(completions: Sequence[Completion]) -> dict[str, Any]:
    """`usage` and `timings` of all choices of one request.

    The prompt is read once for all of them: by the one that found least of it in the cache.
    """
    reader = min(completions, key=lambda completion: completion.usage.cached_tokens)
    return {
        "usage": _usage(reader, completions),
        "timings": _timings(reader, completions),
    }


def _usage(reader: Completion, completions: Sequence[Completion]) -> dict[str, Any]:
    prompt = reader.usage.prompt_tokens
    answer = sum(completion.usage.completion_tokens for completion in completions)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": answer,
        "total_tokens": prompt + answer,
        "prompt_tokens_details": {"cached_tokens": reader.usage.cached_tokens},
    }


def _timings(reader: Completion, completions: Sequence[Completion]) -> dict[str, Any]:
    """Times in milliseconds, rates in tokens per second.

    Decoding is summed over the choices, so that its rate is that of one of them.
    """
    read = reader.usage
    tokens = sum(each.usage.completion_tokens for each in completions)
    seconds = sum(each.usage.decode_seconds for each in completions)
    return {
        "queue_ms": _milliseconds(min(each.usage.queue_seconds for each in completions)),
        "cache_n": read.cached_tokens,
        "prompt_n": read.prompt_tokens - read.cached_tokens,
        "prompt_ms": _milliseconds(read.prefill_seconds),
        "prompt_per_second": round(read.prefill_tokens_per_second, 2),
        "predicted_n": tokens,
        "predicted_ms": _milliseconds(seconds),
        "predicted_per_second": round(tokens / seconds, 2) if seconds > 0 else 0.0,
    }


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 1)
