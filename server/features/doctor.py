"""The doctor: settings in force, what is missing, and how to mend it."""

from __future__ import annotations

from agents.progress import Report
from server.dispatch import Handler
from server.doctor import examine
from server.language_server import TenonServer
from server.protocol import DoctorParams, DoctorResult


async def doctor(server: TenonServer, _params: DoctorParams, _report: Report) -> DoctorResult:
    """Check this machine, the models, the memory and the repository."""
    loaded = server.app.settings
    return DoctorResult(loaded.in_force(), [*loaded.findings, *await examine(server.app)])


HANDLERS: dict[str, Handler] = {"tenon/doctor": doctor}
