"""Who may ask: programs of this machine that know the token."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from server.openai_api.errors import ApiError

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_OPEN = frozenset({"/health"})


class Guard:
    """Refuses what a web page may have sent, and requests without the token.

    A page in a browser of this machine can reach loopback. By DNS rebinding it would even be
    of the same origin, but then the Host header still has the name of its own site.
    """

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode() if token else b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with the reason."""
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            refusal = _foreign(headers) or self._unknown(scope["path"], headers)
            if refusal is not None:
                await refusal.response()(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _unknown(self, path: str, headers: Headers) -> ApiError | None:
        given = headers.get("authorization", "").encode("latin-1")
        if path in _OPEN or not self._expected or hmac.compare_digest(given, self._expected):
            return None
        text = "The token is missing or wrong. Send it as `Authorization: Bearer TOKEN`."
        return ApiError(401, text, code="invalid_api_key")


def _foreign(headers: Headers) -> ApiError | None:
    if not _is_loopback(f"//{headers.get('host', '')}"):
        return ApiError(403, "The Host header is not this machine's loopback.", code="bad_host")
    origin = headers.get("origin")
    if origin is not None and not _is_loopback(origin):
        return ApiError(403, "Web pages of other sites may not ask.", code="bad_origin")
    return None


def _is_loopback(url: str) -> bool:
    try:
        return urlsplit(url).hostname in _LOOPBACK
    except ValueError:
        return False
