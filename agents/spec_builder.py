"""The SpecBuilder: co-author of the spec. It proposes and never overwrites."""

from __future__ import annotations

from typing import ClassVar

from agents.asking import Context
from agents.base import Behavior, IAgent, NotReadyError
from agents.behaviors.draft_requirements import DraftRequirements, removals
from agents.behaviors.suggest_examples import SuggestExamples
from agents.progress import Progress
from agents.tools.repo_map import RepoMap
from memory.records import Requirement, RequirementChange, SpecProposal, new_id


class SpecBuilder(IAgent):
    """Turns a wish into a proposal of requirement changes."""

    agent_type: ClassVar[str] = "spec_builder"
    _draft = DraftRequirements()
    _suggest = SuggestExamples()

    @property
    def behaviors(self) -> tuple[Behavior, ...]:
        """Drafting, and suggesting examples where a person gave none."""
        return (self._draft, self._suggest)

    async def propose(
        self,
        request: str,
        existing: list[Requirement],
        project: str,
        repo_map: RepoMap,
        context: Context,
    ) -> SpecProposal:
        """A stored proposal for `request`. Raises NotReadyError for an empty request."""
        if not request.strip():
            raise NotReadyError("Say in a sentence what the software should do.")
        async with self.working("drafting a spec change"):
            changes = removals(request, existing)
            if not changes:
                changes = await self._changes(request, existing, project, repo_map, context)
            proposal = SpecProposal(
                id=new_id("prp"),
                repository=self.session.repository,
                request=request.strip(),
                changes=changes,
                questions=_questions(changes),
            )
            await self.tools.memory.proposals.insert(proposal)
            await self.log("decision", f"proposed {len(changes)} change(s) of the spec")
            return proposal

    async def _changes(
        self,
        request: str,
        existing: list[Requirement],
        project: str,
        repo_map: RepoMap,
        context: Context,
    ) -> list[RequirementChange]:
        subjects_of = context.language.subjects
        subjects = subjects_of(request, repo_map.names("class"), repo_map.names())
        changes: list[RequirementChange] = []
        for subject in subjects:
            change = await self._draft.run(self, request, subject, existing, project, context)
            if change.after is not None and not subject.examples:
                symbol = (
                    subject.symbol or subjects_of(change.after.statement, set(), set())[0].symbol
                )
                change.after = await self._suggest.run(
                    self, change.after, symbol, request, repo_map, context
                )
            context.report(Progress("step", self.agent_type, f"drafted {change.requirement_id}"))
            changes.append(change)
        return changes


def _questions(changes: list[RequirementChange]) -> list[str]:
    """Asked only where an answer helps most: behaviour without an example of the person."""
    open_ids = [
        change.requirement_id
        for change in changes
        if change.after and not any(c.origin == "person" for c in change.after.criteria)
    ]
    if not open_ids:
        return []
    return [
        f"Can you give an example for {', '.join(open_ids)}, such as `call(…)` returns `value`? "
        "The examples shown are suggestions of the model; please check them."
    ]
