"""What goes wrong, in the shape in which OpenAI's clients read it."""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError
from starlette.responses import JSONResponse

from agents.inference import (
    CompletionRequest,
    GenerationFailedError,
    ModelError,
    ModelUnavailableError,
    PromptTooLongError,
)
from server.models.worker_process import WorkerCrashedError

_UNION_TAG = re.compile(r"str|.*[\[-].*")


class ApiError(Exception):
    """A request is refused or has failed; everything in here may go over the wire."""

    def __init__(
        self, status: int, message: str, *, code: str | None = None, param: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.param = param

    def body(self) -> dict[str, Any]:
        """The JSON of the answer, or of an event in a stream that has begun."""
        kind = "invalid_request_error" if self.status < 500 else "server_error"
        return {
            "error": {
                "message": self.message,
                "type": kind,
                "param": self.param,
                "code": self.code,
            }
        }

    def response(self) -> JSONResponse:
        """The whole answer."""
        headers = {"WWW-Authenticate": "Bearer"} if self.status == 401 else None
        return JSONResponse(self.body(), self.status, headers)


def unsupported(field: str, why: str = "") -> ApiError:
    """A field that would change the meaning of the answer and cannot be honoured."""
    text = f"{field} is not supported by Tenon's models. {why}".strip()
    return ApiError(400, text, code="unsupported_parameter", param=field)


def unknown_model(name: str, known: list[str]) -> ApiError:
    """No model of that name is served."""
    text = f"The model {name!r} is not served here. There are: {', '.join(known)}."
    return ApiError(404, text, code="model_not_found", param="model")


def of_validation(error: ValidationError) -> ApiError:
    """One thing that is wrong with a body: the deepest, which is in the likelier of two forms."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    problem = max(problems, key=lambda each: len(each["loc"]))
    if problem["type"] == "json_invalid":
        return ApiError(400, f"The body is not JSON: {problem['msg']}.", code="invalid_json")
    param = _path(problem["loc"])
    return ApiError(400, f"{param or 'The body'}: {problem['msg']}.", param=param or None)


def of_model(error: ModelError, request: CompletionRequest) -> ApiError:
    """What a model's error means for the client who asked."""
    if isinstance(error, PromptTooLongError):
        return _too_long(error)
    if isinstance(error, ModelUnavailableError):
        return ApiError(503, str(error), code="model_unavailable")
    refused = isinstance(error, GenerationFailedError) and not isinstance(error, WorkerCrashedError)
    if refused and request.grammar is not None:
        return ApiError(400, str(error), code="invalid_grammar", param="grammar")
    if refused and request.json_schema is not None:
        return ApiError(400, str(error), code="invalid_schema", param="response_format")
    return ApiError(500, str(error), code="generation_failed")


def _too_long(error: PromptTooLongError) -> ApiError:
    text = (
        f"This model's context window is {error.context_window} tokens. The messages have "
        f"{error.prompt_tokens}, and {error.max_tokens} are wanted for the answer. Shorten the "
        "messages, lower max_tokens, or serve with a larger --ctx."
    )
    return ApiError(400, text, code="context_length_exceeded", param="messages")


def _path(location: tuple[int | str, ...]) -> str:
    """``messages[0].content`` from pydantic's location, without the tags of its unions."""
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        elif not _UNION_TAG.fullmatch(part):
            path += f".{part}"
    return path.removeprefix(".")
