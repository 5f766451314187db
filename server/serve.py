"""Runs the language server on standard input and output until the client goes."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
from typing import BinaryIO

from pygls.io_ import StdoutWriter, run_async

from server.features import HANDLERS, code_actions, lifecycle
from server.language_server import TenonServer

logger = logging.getLogger(__name__)

_LEAVE_SECONDS = 2.0


def new_server() -> TenonServer:
    """A server with every feature registered."""
    from server import dispatch

    server = TenonServer()
    lifecycle.register(server)
    code_actions.register(server)
    dispatch.register(server, HANDLERS)
    return server


def serve() -> int:
    """Serve standard input and output; returns the exit code.

    Logs go to standard error, and so does what libraries print: a stray line on standard output
    would break the protocol's frames.
    """
    _configure_logging()
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        return asyncio.run(_serve(new_server(), output))
    except (KeyboardInterrupt, asyncio.CancelledError, BrokenPipeError):
        return 1


async def _serve(server: TenonServer, output: BinaryIO) -> int:
    loop = asyncio.get_running_loop()
    server.attach(loop)
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    server.protocol.set_writer(StdoutWriter(output))
    if (task := asyncio.current_task()) is not None:
        loop.add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        await run_async(
            stop_event=server.protocol.stopped,
            reader=reader,
            protocol=server.protocol,
            logger=logger,
            error_handler=server.report_server_error,
        )
    except asyncio.IncompleteReadError:
        logger.warning("The client went away in the middle of a message")
    finally:
        _leave_at_last()
        await lifecycle.stop(server)
    left_unasked = server.protocol.stopped.is_set() and not server.protocol.shutdown_seen
    return 1 if left_unasked else 0


def _leave_at_last() -> None:
    """End the process even if a thread that is still busy would keep it alive."""
    watchdog = threading.Timer(_LEAVE_SECONDS, os._exit, args=(1,))
    watchdog.daemon = True
    watchdog.start()


def _configure_logging() -> None:
    level = os.environ.get("TENON_LOG_LEVEL", "WARNING").upper()
    logging.basicConfig(
        stream=sys.stderr,
        level=level if level in logging.getLevelNamesMapping() else "WARNING",
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    logging.getLogger("pygls").setLevel(logging.WARNING)
    logging.getLogger("pygls.protocol.json_rpc").addFilter(_without_expected_errors)


def _without_expected_errors(record: logging.LogRecord) -> bool:
    """Drop pygls' traceback for errors that were answered in words; dispatch logs the others."""
    return not record.msg.startswith("Exception occurred for message")
