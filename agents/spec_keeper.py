"""Keeps the spec: reads the file, and carries out what a person decided about a proposal."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, replace
from pathlib import Path

from agents.asking import Context
from agents.base import (
    ConflictError,
    GitRefusedError,
    InvalidStateError,
    NotFoundError,
    NotReadyError,
)
from agents.bus import SpecChanged, TicketsChanged
from agents.planning_ahead import PlanningAhead
from agents.repository_reader import read_snapshot
from agents.spec_document import apply_change, parse_spec
from agents.team import Team
from agents.tools.atomic_write import replace_file
from memory.errors import DuplicateIdError
from memory.records import (
    Requirement,
    RequirementChange,
    SpecProposal,
    SpecVersion,
    Ticket,
    TicketState,
    new_id,
)


@dataclass(frozen=True)
class SpecView:
    """The spec as it stands."""

    path: str
    exists: bool
    title: str
    requirements: list[Requirement]
    proposals: list[SpecProposal]
    """Those with a change still pending, oldest first."""


class SpecKeeper:
    """The one who writes the spec file, and only on a person's click."""

    def __init__(self, team: Team) -> None:
        self._team = team
        self._deciding = asyncio.Lock()
        self._planning = PlanningAhead(team)

    @property
    def path(self) -> Path:
        """The spec file. Raises NotReadyError if the setting points out of the repository."""
        root = self._team.workspace.root
        path = (root / self._team.options.spec_path).resolve()
        if not path.is_relative_to(root) or ".git" in path.relative_to(root).parts:
            raise NotReadyError(
                f"The spec file {self._team.options.spec_path} lies outside the repository. "
                "Set TENON_SPEC_PATH to a path inside it."
            )
        return path

    async def text(self) -> str:
        """The file's text; empty if there is none."""
        try:
            raw = await asyncio.to_thread(self.path.read_bytes)
            return raw.decode("utf-8")
        except FileNotFoundError:
            return ""
        except UnicodeDecodeError:
            raise NotReadyError(
                f"{self._team.options.spec_path} is not UTF-8 text. Save it as UTF-8, or set "
                "TENON_SPEC_PATH to another file."
            ) from None
        except OSError as error:
            raise NotReadyError(
                f"{self._team.options.spec_path} cannot be read: {error.strerror}."
            ) from error

    async def view(self) -> SpecView:
        """Requirements and open proposals."""
        text = await self.text()
        document = parse_spec(text)
        return SpecView(
            self._team.options.spec_path,
            bool(text),
            document.title or self._team.workspace.root.name,
            document.requirements,
            await self._open_proposals(),
        )

    async def propose(self, request: str, context: Context) -> SpecProposal:
        """A stored proposal for a wish; nothing is written to the repository."""
        document = parse_spec(await self.text())
        head = await self._team.workspace.head()
        snapshot = await read_snapshot(self._team.workspace, head.commit)
        proposal = await self._team.spec_builder.propose(
            request,
            document.requirements,
            document.title or self._team.workspace.root.name,
            snapshot.repo_map,
            replace(context, language=snapshot.language_for(request)),
        )
        self._team.tools.bus.publish(SpecChanged())
        self._planning.later(proposal)
        return proposal

    async def stop(self) -> None:
        """End what is done ahead of a decision."""
        await self._planning.stop()

    async def accept(
        self, proposal_id: str, requirement_ids: list[str] | None, context: Context
    ) -> tuple[list[Ticket], str]:
        """Put the chosen changes into the spec file and make their tickets ready.

        The order makes a kill harmless: drafts of the tickets first, then the file, then the
        decision, then the tickets become ready; accepting again goes on where it stopped.
        """
        async with self._deciding:
            proposal, chosen = await self._pending(proposal_id, requirement_ids)
            await self._require_unchanged(chosen)
            tickets = await self._plan(proposal, chosen, context)
            message = await self._write(proposal, chosen)
            await self._decide(proposal, chosen, "accepted")
            ready = [await self.make_ready(ticket) for ticket in tickets]
        self._team.tools.bus.publish(SpecChanged())
        self._team.tools.bus.publish(TicketsChanged(tuple(t.id for t in ready)))
        return ready, message

    async def reject(self, proposal_id: str, requirement_ids: list[str] | None) -> None:
        """Drop the chosen changes; the proposal stays in the records."""
        async with self._deciding:
            proposal, chosen = await self._pending(proposal_id, requirement_ids)
            await self._decide(proposal, chosen, "rejected")
            if len(chosen) == sum(c.status == "pending" for c in proposal.changes):
                await self._planning.stop(proposal_id)
        self._team.tools.bus.publish(SpecChanged())

    async def make_ready(self, ticket: Ticket) -> Ticket:
        """A draft becomes ready; any other state stays."""
        if ticket.state is not TicketState.DRAFT:
            return ticket
        ready = ticket.model_copy(update={"state": TicketState.READY})
        return await self._team.tools.memory.tickets.replace(ready)

    async def _open_proposals(self) -> list[SpecProposal]:
        found = await self._team.tools.memory.proposals.find(
            {"repository": self._team.repository}, [("created_at", 1)], 1000
        )
        return [p for p in found if any(c.status == "pending" for c in p.changes)]

    async def _pending(
        self, proposal_id: str, requirement_ids: list[str] | None
    ) -> tuple[SpecProposal, list[RequirementChange]]:
        proposal = await self._team.tools.memory.proposals.get(proposal_id)
        if proposal is None or proposal.repository != self._team.repository:
            raise NotFoundError(f"There is no proposal {proposal_id} in this repository.")
        chosen = [
            c
            for c in proposal.changes
            if c.status == "pending"
            and (requirement_ids is None or c.requirement_id in requirement_ids)
        ]
        if not chosen:
            raise InvalidStateError("Nothing of that proposal is still to be decided.")
        return proposal, chosen

    async def _require_unchanged(self, chosen: list[RequirementChange]) -> None:
        """A person's edits of a requirement since the proposal are not overwritten."""
        now = {r.id: r for r in parse_spec(await self.text()).requirements}
        for change in chosen:
            current = now.get(change.requirement_id)
            if change.before is None or current in (change.before, change.after):
                continue
            if change.kind == "remove" and current is None:
                continue
            if current is None or current.statement != change.before.statement:
                raise ConflictError(
                    f"{change.requirement_id} was changed in the spec file since this was "
                    "proposed. Reject the proposal and ask again."
                )

    async def _plan(
        self, proposal: SpecProposal, chosen: list[RequirementChange], context: Context
    ) -> list[Ticket]:
        tickets = []
        for ticket in await self._planning.tickets(proposal, chosen, context):
            with contextlib.suppress(DuplicateIdError):
                await self._team.tools.memory.tickets.insert(ticket)
            tickets.append(await self._team.tools.memory.tickets.get(ticket.id) or ticket)
        return tickets

    async def _write(self, proposal: SpecProposal, chosen: list[RequirementChange]) -> str:
        """Change the file, keep the version, commit the file if it was clean; say how it went."""
        text = await self.text()
        dirty = self._team.options.spec_path in await self._team.workspace.dirty_files()
        changed = text
        for change in chosen:
            changed = apply_change(changed, change, self._team.workspace.root.name)
        if changed != text:
            await asyncio.to_thread(_write, self.path, changed)
        commit, message = await self._commit(chosen, dirty)
        await self._team.tools.memory.spec_versions.insert(
            SpecVersion(
                id=new_id("spv"),
                repository=self._team.repository,
                path=self._team.options.spec_path,
                text=changed,
                proposal_id=proposal.id,
                commit=commit,
            )
        )
        return message

    async def _commit(self, chosen: list[RequirementChange], dirty: bool) -> tuple[str | None, str]:
        path = self._team.options.spec_path
        if not self._team.options.commit_spec:
            return None, f"{path} is changed and not committed, as the settings ask."
        if dirty:
            return None, f"{path} had changes of yours, so it is left for you to commit."
        if path not in await self._team.workspace.dirty_files():
            return None, ""
        titles = "; ".join(shown.title for c in chosen if (shown := c.after or c.before))
        trailers = "\n".join(f"Requirement: {c.requirement_id}" for c in chosen)
        try:
            return await self._team.workspace.commit_file(path, f"docs: {titles}\n\n{trailers}"), ""
        except GitRefusedError as error:
            return None, f"{path} is changed but not committed: {error}"

    async def _decide(
        self, proposal: SpecProposal, chosen: list[RequirementChange], status: str
    ) -> None:
        ids = {c.requirement_id for c in chosen}
        changes = [
            c.model_copy(update={"status": status}) if c.requirement_id in ids else c
            for c in proposal.changes
        ]
        await self._team.tools.memory.proposals.replace(
            proposal.model_copy(update={"changes": changes})
        )


def _write(path: Path, text: str) -> None:
    """Replace a file's text in one step, so that a kill leaves the old or the new one.

    Raises NotReadyError if the folder cannot be written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, text.encode())
    except OSError as error:
        raise NotReadyError(
            f"{path} cannot be written ({error.strerror}). Give yourself the right to write the "
            "file and its folder, then try again."
        ) from error
