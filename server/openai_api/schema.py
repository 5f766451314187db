"""Bodies of requests, as far as they are read. Fields that are not named here are ignored.

The names and defaults are OpenAI's; `top_k`, `min_p`, `repeat_penalty` and `grammar` are
llama-server's, with its defaults.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

_MAX_CHOICES = 128
_MAX_STOPS = 64
_MAX_TEXTS = 2048

StopText = Annotated[str, Field(min_length=1)]
TokenId = Annotated[int, Field(ge=0, lt=2**31)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore", allow_inf_nan=False, protected_namespaces=())

    model: str = "default"


class Part(BaseModel):
    """One part of a message; only text is supported."""

    type: str
    text: str = ""


class Message(BaseModel):
    """One message of the conversation."""

    role: str
    content: str | list[Part] | None = None
    tool_calls: Any = None
    function_call: Any = None


class SchemaOfAnswer(BaseModel):
    """A named JSON schema."""

    schema_: dict[str, Any] = Field(alias="schema")


class ResponseFormat(BaseModel):
    """What the answer must look like."""

    type: Literal["text", "json_object", "json_schema"]
    json_schema: SchemaOfAnswer | None = None


class StreamOptions(BaseModel):
    """What a stream tells besides the text."""

    include_usage: bool = False


class ChatBody(_Body):
    """``POST /v1/chat/completions``."""

    messages: list[Message] = Field(min_length=1)
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, ge=0, le=1)
    top_k: int | None = Field(default=None, ge=-1)
    min_p: float | None = Field(default=None, ge=0, le=1)
    repeat_penalty: float | None = Field(default=None, gt=0)
    logit_bias: dict[TokenId, float] | None = None
    seed: int | None = None
    stop: StopText | Annotated[list[StopText], Field(max_length=_MAX_STOPS)] | None = None
    n: int | None = Field(default=None, ge=1, le=_MAX_CHOICES)
    response_format: ResponseFormat | None = None
    grammar: str | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    # Refused unless they say what is the case anyhow (`chat.refuse_unsupported`).
    tools: Any = None
    tool_choice: Any = None
    functions: Any = None
    function_call: Any = None
    logprobs: Any = None
    top_logprobs: Any = None
    modalities: Any = None
    audio: Any = None
    presence_penalty: Any = None
    frequency_penalty: Any = None


class EmbeddingsBody(_Body):
    """``POST /v1/embeddings``."""

    input: StopText | Annotated[list[StopText], Field(min_length=1, max_length=_MAX_TEXTS)]
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = None
