"""The HTTP application: its routes, and an answer in OpenAI's shape whatever happens."""

from __future__ import annotations

from contextlib import aclosing
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agents.inference import Completion, ModelError, ModelStatus, Priority
from server.models.catalog import EMBEDDING_MODEL
from server.openai_api import chat
from server.openai_api.body import read_body
from server.openai_api.costs import costs
from server.openai_api.embeddings import MAX_TOKENS, Embeddings
from server.openai_api.errors import ApiError, of_model, unknown_model
from server.openai_api.guard import Guard
from server.openai_api.schema import ChatBody, EmbeddingsBody
from server.openai_api.served import DEFAULT
from server.openai_api.streaming import ClientGoneError, EventStream, unless_gone
from server.openai_api.work import NamedModels, Work

_PRIORITY = "X-Tenon-Priority"
_CLIENT_CLOSED = 499


class Api:
    """The handlers. `ids` are the models that answer, `default` the first of them."""

    def __init__(
        self, models: NamedModels, ids: list[str], embeddings: Embeddings, work: Work
    ) -> None:
        self._models = models
        self._ids = ids
        self._embeddings = embeddings
        self._work = work

    def app(self, token: str) -> Starlette:
        """The application; an empty token lets everyone of this machine in."""
        routes = [
            Route("/health", self.health),
            Route("/v1/models", self.list_models),
            Route("/v1/models/{id:path}", self.get_model),
            Route("/v1/chat/completions", self.complete, methods=["POST"]),
            Route("/v1/embeddings", self.embed, methods=["POST"]),
        ]
        handlers: dict[Any, Any] = {
            ApiError: _refused,
            HTTPException: _no_route,
            ClientDisconnect: _gone,
            ClientGoneError: _gone,
            Exception: _failed,
        }
        app = Starlette(
            routes=routes,
            middleware=[Middleware(Guard, token=token)],
            exception_handlers=handlers,
        )
        app.router.redirect_slashes = False
        return app

    async def health(self, _request: Request) -> Response:
        """Whether the server answers; the models start on demand."""
        return JSONResponse({"status": "ok"})

    async def list_models(self, _request: Request) -> Response:
        """Every model that is served."""
        return JSONResponse({"object": "list", "data": list(self._described().values())})

    async def get_model(self, request: Request) -> Response:
        """One of them."""
        name = request.path_params["id"]
        described = self._described()
        id_ = self._ids[0] if name == DEFAULT else name
        if id_ not in described:
            raise unknown_model(name, list(described))
        return JSONResponse(described[id_])

    async def complete(self, request: Request) -> Response:
        """A chat completion, whole or in chunks."""
        priority = _priority(request)
        body = await read_body(request, ChatBody)
        asked = chat.read(body, self._resolved(body.model), priority)
        try:
            return await (self._streamed if asked.stream else self._whole)(asked, request)
        except ModelError as error:
            raise of_model(error, asked.request) from error

    async def embed(self, request: Request) -> Response:
        """Vectors of texts."""
        body = await read_body(request, EmbeddingsBody)
        return JSONResponse(await self._embeddings.answer(body))

    async def _whole(self, asked: chat.Asked, request: Request) -> Response:
        completions = await unless_gone(request.receive, self._completions(asked))
        return JSONResponse(chat.whole(asked, completions, costs(completions)))

    async def _completions(self, asked: chat.Asked) -> list[Completion]:
        async with aclosing(self._work.events(asked)) as events:
            return [event async for event in events if isinstance(event, Completion)]

    async def _streamed(self, asked: chat.Asked, request: Request) -> Response:
        """The head of the answer waits for the first event, so that an error has its status."""
        events = self._work.events(asked)
        first = await unless_gone(request.receive, anext(events))
        return EventStream(asked, first, events)

    def _resolved(self, name: str) -> str:
        id_ = self._ids[0] if name == DEFAULT else name
        if id_ not in self._ids:
            raise unknown_model(name, self._ids)
        return id_

    def _described(self) -> dict[str, dict[str, Any]]:
        by_id = {status.id: status for status in self._models.statuses()}
        described = {id_: _described(by_id[id_]) for id_ in self._ids if id_ in by_id}
        if self._embeddings.present:
            described[EMBEDDING_MODEL] = _model(EMBEDDING_MODEL, MAX_TOKENS)
        return described


def _described(status: ModelStatus) -> dict[str, Any]:
    state = {"state": status.state, "queue_length": status.queue_length}
    return _model(status.id, status.context_window) | state


def _model(id_: str, window: int) -> dict[str, Any]:
    known = {"id": id_, "object": "model", "created": 0, "owned_by": "tenon"}
    return known | {"context_window": window}


def _priority(request: Request) -> Priority:
    given = request.headers.get(_PRIORITY, Priority.BACKGROUND)
    try:
        return Priority(given)
    except ValueError as error:
        text = f"{_PRIORITY} must be one of {', '.join(Priority)}, not {given!r}."
        raise ApiError(400, text, code="invalid_priority", param=_PRIORITY) from error


async def _refused(_request: Request, error: ApiError) -> Response:
    return error.response()


async def _no_route(_request: Request, error: HTTPException) -> Response:
    response = ApiError(error.status_code, f"{error.detail}.", code="unknown_url").response()
    response.headers.update(error.headers or {})
    return response


async def _gone(_request: Request, _error: Exception) -> Response:
    return Response(status_code=_CLIENT_CLOSED)


async def _failed(_request: Request, _error: Exception) -> Response:
    return ApiError(500, "The server failed; its log says how.").response()
