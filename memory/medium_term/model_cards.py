"""What was measured of model files, for every machine that shares the records.

The card that a machine works with is a file in its cache (server/models/model_card.py), which is
read before any database is opened and belongs to that machine's copy of the model. What is kept
here is a copy of the newest one, so that a team with one MongoDB sees what each machine can do.
"""

from __future__ import annotations

import hashlib

from memory.database import DocumentStore
from memory.errors import DuplicateIdError, RevisionConflictError
from memory.medium_term.repository import Repository
from memory.records import ModelCard

_TRIES = 5


class ModelCardRepository(Repository[ModelCard]):
    """One record for each machine and version of a model file."""

    def __init__(self, store: DocumentStore) -> None:
        super().__init__(store, "model_cards", ModelCard)

    async def keep(self, card: ModelCard) -> ModelCard:
        """Store the card over an earlier one of the same machine and file.

        Raises RevisionConflictError if others keep on changing it meanwhile.
        """
        for _ in range(_TRIES):
            earlier = await self.get(card.id)
            try:
                if earlier is None:
                    return await self.insert(card)
                changes = {"revision": earlier.revision, "created_at": earlier.created_at}
                return await self.replace(card.model_copy(update=changes))
            except (DuplicateIdError, RevisionConflictError):
                continue
        raise RevisionConflictError("model_cards", card.id)

    async def all_machines(self) -> list[ModelCard]:
        """Every card, by machine and file."""
        return await self.find(sort=[("machine", 1), ("file_name", 1)])


def card_id(machine: str, file_name: str, size_bytes: int, modified_ns: int) -> str:
    """The id of the card of a version of a file on a machine."""
    identity = "\0".join((machine, file_name, str(size_bytes), str(modified_ns)))
    return f"card-{hashlib.sha256(identity.encode()).hexdigest()[:20]}"
