"""`tenon models serve`: the models on loopback until a signal comes."""

from __future__ import annotations

import argparse
import os
import secrets
import socket
import sys

from server import settings
from server.models.configuration import ModelSettings
from server.models.from_settings import model_settings
from server.models.registry import ModelRegistry
from server.openai_api.app import Api
from server.openai_api.embeddings import Embeddings
from server.openai_api.http_server import HOST, HttpServer, listener, until_signal
from server.openai_api.served import ServeError, served_settings
from server.openai_api.work import Work

TOKEN_VARIABLE = "TENON_SERVE_TOKEN"  # noqa: S105 - its name
_FAILURE = 1


async def serve_models(options: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM; returns the exit code."""
    try:
        loaded = model_settings(settings.load().values)
        chosen, ids = served_settings(loaded, options.model or [], options.ctx)
        with listener(options.port) as listening:
            await _serve(chosen, ids, listening, options.token)
    except ServeError as error:
        print(f"tenon: {error}", file=sys.stderr)
        return _FAILURE
    return 0


async def _serve(
    chosen: ModelSettings, ids: list[str], listening: socket.socket, given: str | None
) -> None:
    models = ModelRegistry(chosen)
    try:
        _require_files(models, ids)
        work = Work(models)
        token = _token(given)
        app = Api(models, ids, Embeddings(chosen.models_dir, chosen.threads), work).app(token)
        server = HttpServer(app, lambda: _tell(listening, token, given))

        def stop() -> None:
            server.should_exit = True
            work.stop()

        with until_signal(stop):
            await server.serve([listening])
    finally:
        await models.close()


def _require_files(models: ModelRegistry, ids: list[str]) -> None:
    for status in models.statuses():
        if status.id in ids and status.state in ("missing", "failed"):
            raise ServeError(status.detail)


def _token(given: str | None) -> str:
    """What was given on the command line, else in the environment, else a random one."""
    if given is not None:
        return given
    return os.environ.get(TOKEN_VARIABLE) or secrets.token_urlsafe(24)


def _tell(listening: socket.socket, token: str, given: str | None) -> None:
    """The address on standard output; the token on standard error if nobody knows it yet."""
    if not token:
        print("No token: every program of this machine may ask.", file=sys.stderr)
    elif given is None and not os.environ.get(TOKEN_VARIABLE):
        print(f"Token: {token}", file=sys.stderr, flush=True)
    print(f"http://{HOST}:{listening.getsockname()[1]}/v1", flush=True)
