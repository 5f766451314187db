"""Measure the team's model on this machine, through the same door as the team.

Usage: python tests/benchmarks/bench_model.py
Run it with nothing else going on: another busy process costs far more than its share.
"""

from __future__ import annotations

import asyncio
import time

from agents.inference import ChatTurn, Completion, CompletionRequest, complete_one
from server import settings
from server.components import open_models

ANSWER_TOKENS = 128
PROMPT_WORDS = (20, 700)


def request(words: int) -> CompletionRequest:
    """Return a prompt of about that many words whose answer is as long as it may be."""
    filler = " ".join(f"value_{number} = {number}" for number in range(words // 3))
    question = f"Settings: {filler}\nDescribe a text editor in detail, in at least 300 words."
    return CompletionRequest(
        agent="developer",
        messages=(ChatTurn("user", question),),
        max_tokens=ANSWER_TOKENS,
    )


def report(completion: Completion) -> None:
    """Print one line of the table."""
    usage = completion.usage
    prefilled = usage.prompt_tokens - usage.cached_tokens
    prefill_rate = prefilled / usage.prefill_seconds if usage.prefill_seconds else 0
    print(
        f"{completion.model:<22} prompt {usage.prompt_tokens:>5} tokens "
        f"at {prefill_rate:>4.0f}/s   answer {usage.completion_tokens:>4} tokens "
        f"at {usage.tokens_per_second:>4.0f}/s"
    )


async def main() -> None:
    """Load the model, then measure a short and a long prompt."""
    model = open_models(settings.load().values, print, lambda: None)
    try:
        started = time.monotonic()
        await model.count_tokens(request(1))
        print(f"Loaded in {time.monotonic() - started:.1f} s.")
        for words in PROMPT_WORDS:
            report(await complete_one(model, request(words)))
    finally:
        await model.close()


if __name__ == "__main__":
    asyncio.run(main())
