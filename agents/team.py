"""The agents of one repository, put together."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from agents.architect import Architect
from agents.base import AgentSession, IAgent, Toolbox
from agents.budget import TeamOptions
from agents.developer import Developer
from agents.project_manager import ProjectManager
from agents.resource_director import ResourceDirector
from agents.spec_builder import SpecBuilder
from agents.tester import Tester
from agents.tools.git import Workspace


@dataclass
class Team:
    """Everyone, and what they share."""

    workspace: Workspace
    tools: Toolbox
    options: TeamOptions
    project_manager: ProjectManager
    spec_builder: SpecBuilder
    architect: Architect
    pairs: list[tuple[Tester, Developer]]
    """As many as tickets may run at a time."""
    resource_director: ResourceDirector

    @classmethod
    def gather(cls, workspace: Workspace, tools: Toolbox, options: TeamOptions) -> Team:
        """Create every agent for `workspace`."""
        session = AgentSession(str(workspace.root))
        locks = options.data_dir / "locks" / repository_key(workspace)
        parallel = options.parallel_tickets
        return cls(
            workspace,
            tools,
            options,
            ProjectManager(session, tools),
            SpecBuilder(session, tools),
            Architect(session, tools),
            [(Tester(session, tools), Developer(session, tools)) for _ in range(parallel)],
            ResourceDirector(session, tools, locks, parallel),
        )

    @property
    def developer(self) -> Developer:
        """The Developer who proposes edits of open documents."""
        return self.pairs[0][1]

    @property
    def repository(self) -> str:
        """The key of the repository in the records: its top level."""
        return str(self.workspace.root)

    @property
    def agents(self) -> tuple[IAgent, ...]:
        """Every agent."""
        return (
            self.project_manager,
            self.spec_builder,
            self.architect,
            *(agent for pair in self.pairs for agent in pair),
            self.resource_director,
        )


def repository_key(workspace: Workspace) -> str:
    """A short name for files about `workspace` in the data folder."""
    return hashlib.sha256(str(workspace.root).encode()).hexdigest()[:16]
