"""Fetch a model file from its own home on the web, going on where an earlier try stopped."""

from __future__ import annotations

import httpx

from server.models.transfer import BLOCK_BYTES, NotOfferedError, SourceError, Transfer, megabytes

CONNECT_SECONDS = 3.0
STALL_SECONDS = 20.0
MAX_TRIES = 4


async def download(transfer: Transfer) -> None:
    """Extend the partial file to its full size.

    A connection that breaks after it brought something is taken up again, a few times.
    Raises SourceError, DiskFullError.
    """
    url = transfer.model.url
    if url is None:
        raise NotOfferedError("this very file is not on the web")
    transfer.require_space(transfer.model.size_bytes - transfer.done_bytes)
    timeout = httpx.Timeout(STALL_SECONDS, connect=CONNECT_SECONDS)
    async with httpx.AsyncClient(timeout=timeout, follow_redirects=True) as client:
        for _ in range(MAX_TRIES):
            before = transfer.done_bytes
            problem = await _try(client, url, transfer)
            if transfer.done_bytes == transfer.model.size_bytes:
                return
            if transfer.done_bytes <= before:
                break
    raise SourceError(problem)


async def _try(client: httpx.AsyncClient, url: str, transfer: Transfer) -> str:
    """Make one request; return why it ended early ("" if it did not)."""
    start = transfer.done_bytes
    if start == transfer.model.size_bytes:
        return ""
    headers = {"Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    try:
        async with client.stream("GET", url, headers=headers) as response:
            await _receive(response, transfer, start)
    except httpx.HTTPError as error:
        return f"{httpx.URL(url).host} is out of reach or broke off ({_reason(error)})"
    return f"the file broke off after {megabytes(transfer.done_bytes)}"


async def _receive(response: httpx.Response, transfer: Transfer, start: int) -> None:
    if response.status_code not in (httpx.codes.OK, httpx.codes.PARTIAL_CONTENT):
        raise SourceError(f"{response.url.host} answered with status {response.status_code}")
    resumed = response.status_code == httpx.codes.PARTIAL_CONTENT
    done = reported = start if resumed else 0
    _check_length(response, transfer.model.size_bytes - done)
    with transfer.disk_full_named(), transfer.partial.open("ab" if resumed else "wb") as file:
        async for block in response.aiter_raw():
            file.write(block)
            done += len(block)
            if done - reported >= BLOCK_BYTES:
                transfer.report(done, "from the web")
                reported = done


def _check_length(response: httpx.Response, expected: int) -> None:
    """Refuse another file before a gigabyte of it was fetched."""
    length = response.headers.get("Content-Length")
    if length is not None and int(length) != expected:
        raise SourceError(f"{response.url.host} has another file there ({length} bytes)")


def _reason(error: httpx.HTTPError) -> str:
    """Return the error in words; some of httpx's have none."""
    return str(error) or type(error).__name__
