"""A real repository, real Git, real sandbox and real stores; only the model is scripted."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from agents.base import Toolbox
from agents.budget import TeamOptions
from agents.bus import Bus
from agents.orchestrator import Orchestrator
from agents.tools.git import Workspace
from memory.manager import MemoryManager
from server.models.scripted import ScriptedModel

EXAMPLES = Path(__file__).parents[2] / "examples"

SLUGIFY = '''```python
import re


def slugify(text: str) -> str:
    """Turn a title into a URL slug."""
    words = re.findall(r"[a-z0-9]+", strip_accents(text).lower())
    return "-".join(words)
```'''

WRONG_SLUGIFY = """```python
def slugify(text: str) -> str:
    return text.lower().replace(" ", "-")
```"""

REQUEST = (
    "Add a function slugify(text) that turns a title into a URL slug. For example "
    'slugify("Hello, World!") returns "hello-world" and slugify("---") returns "".'
)

DRAFT = {
    "statement": "When a caller passes a title to `slugify`, the library shall return its slug.",
    "title": "URL slugs",
    "criteria": ["Words are joined by hyphens.", "Nothing but hyphens gives nothing."],
}

RULES: list[dict[str, Any]] = [
    {"contains": "Sort a message", "matches": r"Message: \"Add", "reply": '{"intent": "feature"}'},
    {"contains": "Sort a message", "matches": r"Message: \"go", "reply": '{"intent": "run"}'},
    {"contains": "Sort a message", "matches": r"Message: \"how", "reply": '{"intent": "status"}'},
    {"contains": "Sort a message", "reply": '{"intent": "talk"}'},
    {"agent": "spec_builder", "contains": "Behaviours:", "reply": '{"examples": []}'},
    {"agent": "spec_builder", "reply": json.dumps(DRAFT)},
    {"agent": "architect", "contains": "Map of", "reply": '{"file": "textkit/cleaning.py"}'},
    {"agent": "architect", "reply": "It adds slugify; look at the pattern for words."},
    {"agent": "project_manager", "reply": "Hello! Tell me what the software should do."},
]


def git(repository: Path, *arguments: str) -> str:
    """Run Git as the person would."""
    command = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", *arguments]
    done = subprocess.run(command, cwd=repository, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A fresh copy of the sample package as a Git repository on branch main."""
    root = tmp_path / "répo with space"
    shutil.copytree(EXAMPLES / "textkit", root)
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "config", "user.name", "Ada")
    git(root, "config", "user.email", "ada@example.org")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "initial")
    return root


Gather = Callable[..., Awaitable[Orchestrator]]


@pytest.fixture
async def gather(repository: Path, tmp_path: Path) -> AsyncIterator[Gather]:
    """Start a team with the given developer replies; every team shares one data folder."""
    opened: list[tuple[Orchestrator, MemoryManager]] = []

    async def start(
        *replies: str, delay: float = 0.0, rules: list[dict[str, Any]] | None = None, **options: Any
    ) -> Orchestrator:
        script = tmp_path / f"script-{len(opened)}.json"
        coded = [{"agent": "developer", "reply": r, "times": 1} for r in replies[:-1]]
        coded += [{"agent": "developer", "reply": r} for r in replies[-1:]]
        script.write_text(
            json.dumps(
                {"rules": [*(rules or []), *coded, *RULES], "delay_seconds_per_token": delay}
            )
        )
        data = tmp_path / "data"
        memory = await MemoryManager.open(data)
        tools = Toolbox(ScriptedModel(script), memory, Bus())
        workspace = await Workspace.open(repository)
        team = Orchestrator(workspace, tools, TeamOptions(data_dir=data, **options))
        await team.start()
        opened.append((team, memory))
        return team

    yield start
    for team, memory in opened:
        await team.stop()
        await memory.close()
