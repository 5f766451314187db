"""What becomes of messages in the chat, with the model that is set.

    python -m tests.benchmarks.bench_chat intents [--every N]
    python -m tests.benchmarks.bench_chat answers [--every N] [--json OUT]

`intents`: how many messages of `chat_messages.txt` are taken for what they are. `answers`: how many
answers to questions about three installed packages (`chat_questions.txt`) name what they must, and
how long it takes to the first word of an answer. The code index is up to date; every question
begins a conversation, unless it goes on from the one above.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from agents.asking import Context
from agents.base import AgentSession, Toolbox
from agents.bus import Bus
from agents.inference import LanguageModel, Priority
from agents.orchestrator import Orchestrator
from agents.progress import Progress
from agents.project_manager import Intent, ProjectManager
from agents.tools.git import Workspace
from agents.tools.repository_files import GitFiles
from memory.manager import MemoryManager
from memory.records import Session, new_id
from server import settings
from server.components import open_memory, open_models, team_options
from tests.benchmarks.bench_context import copy_package

_HERE = Path(__file__).parent
_PACKAGES = ("click", "httpx", "jinja2")


@dataclass(frozen=True)
class Question:
    """One question, and what an answer names."""

    text: str
    names: tuple[str, ...]
    goes_on: bool

    def answered_by(self, text: str) -> bool:
        """Whether one of the names is in the answer."""
        return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in self.names)


@dataclass
class Answered:
    """What came of a question."""

    question: str
    answer: str
    right: bool
    first: float
    """Seconds to the first word."""


@dataclass
class Place:
    """A team in a repository, with what it is made of."""

    team: Orchestrator
    manager: ProjectManager
    memory: MemoryManager
    root: str


def labelled(file: Path) -> Iterator[tuple[str, str]]:
    """Lines "label: text" of a file, without its comments."""
    for line in file.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            label, _, text = line.partition(": ")
            yield label, text


def questions() -> list[list[Question]]:
    """Conversations of one or more questions."""
    found: list[list[Question]] = []
    for label, text in labelled(_HERE / "chat_questions.txt"):
        names = tuple(label.removeprefix("+ ").split("|"))
        if not label.startswith("+ "):
            found.append([])
        found[-1].append(Question(text, names, label.startswith("+ ")))
    return found


@asynccontextmanager
async def opened(models: LanguageModel, folder: Path) -> AsyncGenerator[Place, None]:
    """A team in a repository that holds the packages, and is indexed."""
    root = folder / "repository"
    root.mkdir()
    for package in _PACKAGES:
        copy_package(package, root)
    values = settings.load().values
    memory = await open_memory(
        values.model_copy(update={"data_dir": folder / "data", "mongodb_uri": None})
    )
    workspace = await Workspace.open(root)
    tools = Toolbox(models, memory, Bus())
    team = Orchestrator(workspace, tools, team_options(values))
    manager = ProjectManager(AgentSession(str(workspace.root)), tools)
    manager.start()
    try:
        await team.start()
        await memory.code_indexer(GitFiles(workspace.root), str(workspace.root)).update()
        yield Place(team, manager, memory, str(workspace.root))
    finally:
        await team.stop()
        await memory.close()


async def sort_messages(place: Place, every: int) -> None:
    """Print what is taken for something else, and how many are not."""
    right, wrong, seconds = Counter[str](), Counter[str](), list[float]()
    context = Context(priority=Priority.INTERACTIVE)
    messages = list(labelled(_HERE / "chat_messages.txt"))[::every]
    for label, text in messages:
        began = time.monotonic()
        intent = await place.manager.route(text, context)
        seconds.append(time.monotonic() - began)
        (right if intent is Intent(label) else wrong)[label] += 1
        if intent is not Intent(label):
            print(f"{label} taken for {intent}: {text}", flush=True)
    total = right.total() + wrong.total()
    shares = {label: f"{right[label]}/{right[label] + wrong[label]}" for label in Intent}
    print(f"{right.total()} of {total} right, {shares}, {statistics.median(seconds):.1f} s each")


async def answer_questions(place: Place, every: int) -> list[Answered]:
    """Ask the questions, and print what is answered."""
    found: list[Answered] = []
    for conversation in questions()[::every]:
        session = Session(id=new_id("ses"), repository=place.root, title="questions")
        await place.memory.sessions.insert(session)
        for question in conversation:
            found.append(await _ask(place, question, session.id))
            print(json.dumps(asdict(found[-1])), flush=True)
    return found


async def _ask(place: Place, question: Question, session_id: str) -> Answered:
    began, first = time.monotonic(), list[float]()

    def listen(progress: Progress) -> None:
        if progress.kind == "text":
            first.append(time.monotonic() - began)

    turn = await place.team.chat(question.text, session_id, listen)
    right = question.answered_by(turn.text)
    return Answered(question.text, turn.text, right, round(first[0], 1))


async def run(options: argparse.Namespace) -> None:
    """Ask what is to be measured."""
    models = open_models(settings.load().values, print, lambda: None)
    try:
        with tempfile.TemporaryDirectory(prefix="tenon-bench-") as name:
            async with opened(models, Path(name)) as place:
                if options.what == "intents":
                    await sort_messages(place, options.every)
                    return
                answers = await answer_questions(place, options.every)
    finally:
        await models.close()
    right = sum(answer.right for answer in answers)
    first = statistics.median(answer.first for answer in answers)
    print(f"{right} of {len(answers)} right, {first:.1f} s to the first word")
    if options.json:
        text = json.dumps([asdict(answer) for answer in answers], indent=1)
        options.json.write_text(text + "\n", "utf-8")


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("what", choices=("intents", "answers"))
    parser.add_argument("--every", type=int, default=1, help="only every N-th")
    parser.add_argument("--json", type=Path)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
