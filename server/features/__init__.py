"""Thin handlers, one module per area: convert, call the team, reply."""

from __future__ import annotations

from server.dispatch import Handler
from server.features import chat, doctor, edits, memory, models, spec, status, tickets

HANDLERS: dict[str, Handler] = {
    **chat.HANDLERS,
    **spec.HANDLERS,
    **tickets.HANDLERS,
    **edits.HANDLERS,
    **memory.HANDLERS,
    **models.HANDLERS,
    **status.HANDLERS,
    **doctor.HANDLERS,
}
"""Request -> its handler."""
