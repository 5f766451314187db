"""Whether the team can take a request; if not, why, and what to do about it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from agents.errors import NotReadyError
from agents.inference import ModelUnavailableError
from agents.orchestrator import Orchestrator
from agents.tools.git import Workspace
from memory.errors import MemoryStoreError
from server.app import App


@asynccontextmanager
async def ready_team(app: App) -> AsyncGenerator[Orchestrator, None]:
    """The team, able to work.

    Raises NotReadyError, or ModelUnavailableError when only a model is missing, with the same
    words that the status shows.
    """
    async with app.team() as team:
        problem = await _working_problem(app)
        if problem is not None:
            raise _as_error(problem)
        yield team


async def find_problem(app: App) -> NotReadyError | None:
    """The first thing that keeps the team from working."""
    try:
        async with app.team():
            return await _working_problem(app)
    except NotReadyError as problem:
        return problem
    except MemoryStoreError as error:
        return NotReadyError(str(error))


async def _working_problem(app: App) -> NotReadyError | None:
    workspace = await app.workspace()
    return await _repository_problem(workspace) or _model_problem(app)


async def _repository_problem(workspace: Workspace) -> NotReadyError | None:
    head = await workspace.head()
    if head.branch is None:
        return NotReadyError(
            "No branch is checked out (detached HEAD). Check one out: git switch BRANCH",
            "detachedHead",
        )
    folder = await workspace.read_only_folder()
    if folder is not None:
        return NotReadyError(
            f"You may not write in {folder}. Give yourself the right to, or work on a copy of "
            f"your own: git clone {workspace.root} FOLDER",
            "readOnly",
        )
    return None


def _model_problem(app: App) -> NotReadyError | None:
    statuses = app.models.statuses()
    if any(status.state not in ("missing", "failed") for status in statuses):
        return None
    details = " ".join(status.detail for status in statuses[:1])
    return NotReadyError(
        f"No language model is ready. {details} Fetch one: tenon models pull "
        f"{app.settings.values.model}",
        "noModel",
    )


def _as_error(problem: NotReadyError) -> Exception:
    if problem.problem == "noModel":
        return ModelUnavailableError(str(problem))
    return problem
