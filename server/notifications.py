"""Tells the client what happens: the team's bus, and the status after a change."""

from __future__ import annotations

import asyncio

from lsprotocol import types

from agents import bus
from server import convert, protocol, wire
from server.language_server import TenonServer
from server.status import current_status

_STATUS_SECONDS = 0.1


def forward(server: TenonServer) -> None:
    """Send everything on the team's bus that concerns the client, and news of the models."""
    server.app.on_model_change = lambda: announce_status(server)
    server.app.on_notice = lambda text: server.emit(
        types.WINDOW_SHOW_MESSAGE, types.ShowMessageParams(types.MessageType.Warning, text)
    )
    messages = server.app.bus
    messages.subscribe(
        bus.TicketsChanged,
        lambda message: server.emit("tenon/ticketsChanged", {"ticketIds": [*message.ticket_ids]}),
    )
    messages.subscribe(bus.SpecChanged, lambda _message: announce_spec(server))
    messages.subscribe(bus.AgentStateChanged, lambda _message: announce_status(server))
    messages.subscribe(
        bus.Activity,
        lambda message: server.emit(
            "tenon/activity", wire.to_json(convert.activity(message.entry))
        ),
    )


def announce_spec(server: TenonServer) -> None:
    """Tell that the spec file or its proposals changed."""
    server.emit("tenon/specChanged", {})


def announce_status(server: TenonServer) -> None:
    """Tell the status soon; changes that follow closely are told together."""
    if server.status_task is None or server.status_task.done():
        server.status_task = server.spawn(_announce_status(server), "status")


async def _announce_status(server: TenonServer) -> None:
    await asyncio.sleep(_STATUS_SECONDS)
    server.status_task = None  # a change from here on asks for another notification
    changed = protocol.StatusChanged(await current_status(server.app))
    server.emit("tenon/statusChanged", wire.to_json(changed))
