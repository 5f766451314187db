"""The Architect: plans tickets from accepted requirements and reviews finished diffs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from agents.asking import Context, request_for, write
from agents.base import Behavior, IAgent
from agents.behaviors.plan_ticket import PlanTicket, ticket_id
from agents.languages.contract import Language
from agents.lessons import lessons_for_review
from agents.tools.repo_map import RepoMap
from memory.records import Criterion, Requirement, RequirementChange, SpecProposal, Ticket

_DIFF_CHARACTERS = 5000


class Architect(IAgent):
    """Decides where a change belongs, and looks at what was made."""

    agent_type: ClassVar[str] = "architect"
    _plan_ticket = PlanTicket()

    @property
    def behaviors(self) -> tuple[Behavior, ...]:
        """Planning one ticket."""
        return (self._plan_ticket,)

    async def plan(
        self,
        proposal: SpecProposal,
        changes: Sequence[RequirementChange],
        repo_map: RepoMap,
        context: Context,
    ) -> list[Ticket]:
        """One draft ticket for each added or modified requirement."""
        async with self.working("planning tickets"):
            return [
                await self._ticket(proposal, change, change.after, repo_map, context)
                for change in changes
                if change.after is not None
            ]

    async def _ticket(
        self,
        proposal: SpecProposal,
        change: RequirementChange,
        requirement: Requirement,
        repo_map: RepoMap,
        context: Context,
    ) -> Ticket:
        symbol = _symbol(requirement, new_criteria(change), repo_map, context.language)
        place = await self._plan_ticket.run(self, requirement, symbol, repo_map, context)
        ticket = Ticket(
            id=ticket_id(proposal.id, requirement.id, place.symbol),
            repository=proposal.repository,
            title=requirement.title,
            description=proposal.request,
            proposal_id=proposal.id,
            requirement_ids=[requirement.id],
            criteria=new_criteria(change),
            target_file=place.file,
            target_symbol=place.symbol,
        )
        text = f"{place.symbol} in {place.file}, for {requirement.id}"
        await self.log("decision", f"planned: {text}", ticket.id)
        return ticket

    async def review(self, ticket: Ticket, statement: str, diff: str, context: Context) -> str:
        """What a person should look at in a finished diff. Facts are checked elsewhere."""
        async with self.working("reviewing"):
            lessons = await lessons_for_review(self.tools.memory, statement, ticket.repository)
            request = request_for(
                self,
                "review_diff",
                context,
                {"statement": statement, "diff": diff[:_DIFF_CHARACTERS], "lessons": lessons},
                max_tokens=110,
            )
            return whole_sentences(await write(self, request, context, "reviewing the change"))


def whole_sentences(text: str) -> str:
    """`text` up to its last full stop, since the model may have been stopped in a sentence."""
    text = " ".join(text.split())
    end = max(text.rfind(". "), text.rfind("! "), len(text) - 1 if text.endswith(".") else -1)
    return text[: end + 1] if end > 0 else text


def new_criteria(change: RequirementChange) -> list[Criterion]:
    """The criteria that a change adds or alters; all, if it only asks for the work again."""
    before = {c.id: c for c in change.before.criteria} if change.before else {}
    after = change.after.criteria if change.after else []
    return [c for c in after if before.get(c.id) != c] or after


def _symbol(
    requirement: Requirement, criteria: list[Criterion], repo_map: RepoMap, language: Language
) -> str:
    """What the criteria call, or else what the statement names in backticks."""
    classes = repo_map.names("class")
    text = " ".join(f"{c.call} returns 0." for c in criteria if c.call) + requirement.statement
    return language.subjects(text, classes, repo_map.names())[0].symbol
