"""From the body of a chat request to what a model is asked, and from its answers back."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from agents.inference import ChatTurn, Completion, CompletionRequest, Priority
from server.openai_api.errors import ApiError, unsupported
from server.openai_api.schema import ChatBody, Message, Part

_T = TypeVar("_T")

AGENT = "api"
"""The agent type of requests that come from outside."""

_ROLES: dict[str, Literal["system", "user", "assistant"]] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
}
_SEEDS = 2**31
_DEFAULT_TOP_K = 40
_DEFAULT_MIN_P = 0.05

# Field -> values that ask for nothing.
_HARMLESS: dict[str, tuple[Any, ...]] = {
    "tools": (None, []),
    "tool_choice": (None, "none", "auto"),
    "functions": (None, []),
    "function_call": (None, "none", "auto"),
    "logprobs": (None, False),
    "top_logprobs": (None, 0),
    "modalities": (None, [], ["text"]),
    "audio": (None,),
    "presence_penalty": (None, 0),
    "frequency_penalty": (None, 0),
}


@dataclass(frozen=True)
class Asked:
    """A request as the models read it, and how its answer is wanted."""

    request: CompletionRequest
    fill_window: bool
    """No limit was given: the answer may take what the prompt leaves of the window."""
    stream: bool = False
    include_usage: bool = False
    id: str = field(default_factory=lambda: f"chatcmpl-{secrets.token_hex(12)}")
    created: int = field(default_factory=lambda: int(time.time()))

    def envelope(self, kind: str) -> dict[str, Any]:
        """The fields that every object of the answer begins with."""
        model = self.request.model
        return {"id": self.id, "object": kind, "created": self.created, "model": model}


def read(body: ChatBody, model: str, priority: Priority) -> Asked:
    """What is asked of `model`. Raises ApiError for what cannot be done."""
    refuse_unsupported(body)
    limit = body.max_completion_tokens or body.max_tokens
    schema = _json_schema(body)
    if schema is not None and body.grammar is not None:
        raise ApiError(400, "grammar and response_format exclude each other.", param="grammar")
    stops = [body.stop] if isinstance(body.stop, str) else body.stop or []
    request = CompletionRequest(
        agent=AGENT,
        messages=tuple(_turn(message, f"messages[{i}]") for i, message in enumerate(body.messages)),
        max_tokens=limit or 1,
        n=body.n or 1,
        temperatures=(_or(body.temperature, 1.0),),
        top_k=max(_or(body.top_k, _DEFAULT_TOP_K), 0),
        top_p=_or(body.top_p, 1.0),
        min_p=_or(body.min_p, _DEFAULT_MIN_P),
        repeat_penalty=_or(body.repeat_penalty, 1.0),
        logit_bias=tuple((body.logit_bias or {}).items()),
        seed=secrets.randbelow(_SEEDS) if body.seed is None else body.seed % _SEEDS,
        stop=tuple(stops),
        json_schema=schema,
        grammar=body.grammar,
        priority=priority,
        model=model,
    )
    usage = body.stream_options is not None and body.stream_options.include_usage
    return Asked(request, limit is None, bool(body.stream), usage)


def refuse_unsupported(body: ChatBody) -> None:
    """Raise ApiError for a field that asks for something that would silently be missing."""
    for name, harmless in _HARMLESS.items():
        if getattr(body, name) not in harmless:
            raise unsupported(name)


def choice(completion: Completion) -> dict[str, Any]:
    """One finished answer."""
    return {
        "index": completion.index,
        "message": {"role": "assistant", "content": completion.text, "refusal": None},
        "logprobs": None,
        "finish_reason": finish_reason(completion),
    }


def finish_reason(completion: Completion) -> str:
    """OpenAI's word: an answer that ran out of time is as incomplete as one out of tokens."""
    return "stop" if completion.finish_reason == "stop" else "length"


def whole(asked: Asked, completions: Sequence[Completion], costs: dict[str, Any]) -> dict[str, Any]:
    """The answer of a request that does not stream."""
    ordered = sorted(completions, key=lambda completion: completion.index)
    choices = [choice(completion) for completion in ordered]
    return {**asked.envelope("chat.completion"), "choices": choices, **costs}


def _turn(message: Message, path: str) -> ChatTurn:
    if message.role not in _ROLES:
        raise unsupported(f"{path}.role", f"{message.role!r} is none of {', '.join(_ROLES)}.")
    for name in ("tool_calls", "function_call"):
        if getattr(message, name):
            raise unsupported(f"{path}.{name}")
    return ChatTurn(_ROLES[message.role], _text(message.content, f"{path}.content"))


def _text(content: str | list[Part] | None, path: str) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    for i, part in enumerate(content):
        if part.type != "text":
            raise unsupported(f"{path}[{i}].type", f"{part.type!r} is not text.")
    return "\n".join(part.text for part in content)


def _json_schema(body: ChatBody) -> dict[str, Any] | None:
    wanted = body.response_format
    if wanted is None or wanted.type == "text":
        return None
    if wanted.type == "json_object":
        return {"type": "object"}
    if wanted.json_schema is None:
        raise ApiError(400, "The schema is missing.", param="response_format.json_schema")
    return wanted.json_schema.schema_


def _or(value: _T | None, default: _T) -> _T:
    return default if value is None else value
