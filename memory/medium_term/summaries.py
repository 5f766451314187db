"""Running summaries of conversations; they stand beside the turns and never replace them."""

from __future__ import annotations

from memory.database import DocumentStore
from memory.errors import DuplicateIdError, RevisionConflictError
from memory.medium_term.repository import Repository
from memory.records import ConversationSummary


class SummaryRepository(Repository[ConversationSummary]):
    """One summary a session, under the session's id."""

    def __init__(self, store: DocumentStore) -> None:
        super().__init__(store, "summaries", ConversationSummary)

    async def keep(self, summary: ConversationSummary) -> bool:
        """Store the summary instead of the session's earlier one, in one step.

        False, with nothing changed, if another process has stored one meanwhile, or if the
        stored one covers more.
        """
        try:
            before = await self.get(summary.id)
            if before is None:
                await self.insert(summary)
                return True
            if before.turns > summary.turns:
                return False
            kept = {"revision": before.revision, "created_at": before.created_at}
            await self.replace(summary.model_copy(update=kept))
        except (DuplicateIdError, RevisionConflictError):
            return False
        return True
