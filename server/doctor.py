"""Checks of the machine and the repository, each with the command that mends it."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from agents.tools.runners.choose import choose
from agents.tools.runners.contract import Adapter, NotRunnableError
from agents.tools.runners.script_runner import ScriptRunner
from agents.tools.sandbox import Sandbox
from memory.errors import MemoryStoreError
from server.app import App
from server.components import open_memory
from server.models.catalog import CATALOG, EMBEDDING_MODEL, SECOND_EMBEDDING_MODEL
from server.protocol import Finding
from server.readiness import find_problem

Check = Callable[[App], Awaitable[list[Finding]]]


async def examine(app: App) -> list[Finding]:
    """Every finding, good and bad. A check that fails is a finding itself."""
    results = [await _guarded(check, app) for check in _CHECKS]
    return [finding for findings in results for finding in findings]


async def _guarded(check: Check, app: App) -> list[Finding]:
    name = check.__name__.strip("_").replace("_", " ")
    try:
        return await check(app)
    except Exception as error:
        return [Finding(name, "error", f"The check itself failed: {error}")]


async def _git(_app: App) -> list[Finding]:
    path = shutil.which("git")
    if path is None:
        return [Finding("git", "error", "git was not found.", "sudo apt-get install git")]
    return [Finding("git", "ok", (await _output(path, "--version")).strip())]


async def _python(app: App) -> list[Finding]:
    adapter = await asyncio.to_thread(_adapter, app, "a.py")
    python = adapter.python or Path(sys.executable)
    findings = [Finding("python", "ok", f"Tests run with {python}.")]
    if adapter.name == "unittest":
        return [*findings, Finding("unittest", "ok", "The repository's tests are unittest's.")]
    version = await _output(str(python), "-c", "import pytest; print(pytest.__version__)")
    if version:
        return [*findings, Finding("pytest", "ok", f"pytest {version.strip()}")]
    remedy = f"{python} -m pip install pytest"
    return [*findings, Finding("pytest", "error", f"{python} cannot import pytest.", remedy)]


async def _node(app: App) -> list[Finding]:
    """Only where there is JavaScript."""
    if not app.folder or not (app.folder / "package.json").is_file():
        return []
    adapter = await asyncio.to_thread(_adapter, app, "a.js")
    if not isinstance(adapter, ScriptRunner):
        return []
    try:
        node = adapter.require()
    except NotRunnableError as error:
        return [Finding("node", "error", str(error))]
    return [Finding("node", "ok", f"JavaScript tests run with {adapter.name} on {node.path}.")]


def _adapter(app: App, target: str) -> Adapter:
    values = app.settings.values
    folder = app.folder or Path(os.devnull)  # in which nothing is found
    return choose(folder, target, values.python, values.test_runner)


async def _sandbox(_app: App) -> list[Finding]:
    sandbox = await Sandbox.probe()
    if sandbox.kind == "bubblewrap":
        return [Finding("sandbox", "ok", "Tests run inside bubblewrap.")]
    remedy = "sudo apt-get install bubblewrap"
    return [Finding("sandbox", "warning", sandbox.warning, remedy)]


async def _models(app: App) -> list[Finding]:
    findings = []
    for status in app.models.statuses():
        usable = status.state not in ("missing", "failed")
        text = f"{status.state}{': ' if status.detail else ''}{status.detail}"
        remedy = "" if usable else f"tenon models pull {status.id}"
        findings.append(Finding(f"model {status.id}", "ok" if usable else "warning", text, remedy))
    if all(finding.level != "ok" for finding in findings):
        text = "No language model is present."
        remedy = f"tenon models pull {app.settings.values.model}"
        findings.append(Finding("models", "error", text, remedy))
    return findings


async def _embeddings(app: App) -> list[Finding]:
    values = app.settings.values
    chosen = values.embedding_endpoint_url or values.embedding_model
    if chosen:
        return [Finding("embeddings", "ok", f"Texts are embedded by {chosen}.")]
    without = {
        EMBEDDING_MODEL: "Code, lessons and earlier turns are found by their words alone.",
        SECOND_EMBEDDING_MODEL: "With one embedding model instead of two, code is found less well.",
    }
    return [_embedding(app, id_, text) for id_, text in without.items()]


def _embedding(app: App, id_: str, without: str) -> Finding:
    if CATALOG[id_].path(app.settings.values.models_dir).is_file():
        return Finding("embeddings", "ok", f"{id_} is present.")
    return Finding("embeddings", "warning", without, f"tenon models pull {id_}")


async def _data_folder(app: App) -> list[Finding]:
    folder = app.settings.values.data_dir
    try:
        await asyncio.to_thread(_try_to_write, folder)
    except OSError as error:
        text = f"{folder} cannot be written: {error.strerror}."
        return [Finding("data folder", "error", text, "Set TENON_DATA_DIR to a writable folder.")]
    return [Finding("data folder", "ok", str(folder))]


def _try_to_write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"x")


async def _mongodb(app: App) -> list[Finding]:
    if not app.settings.values.mongodb_uri:
        return []
    try:
        memory = await open_memory(app.settings.values)
        await memory.close()
    except MemoryStoreError as error:
        remedy = "Start MongoDB, or correct TENON_MONGODB_URI."
        return [Finding("mongodb", "error", str(error), remedy)]
    return [Finding("mongodb", "ok", "MongoDB answers.")]


async def _repository(app: App) -> list[Finding]:
    problem = await find_problem(app)
    if problem is None:
        workspace = await app.workspace()
        return [Finding("repository", "ok", f"{workspace.root} is ready.")]
    remedy = _REMEDIES.get(problem.problem, "")
    return [Finding("repository", "error", str(problem), remedy)]


_REMEDIES = {
    "noFolder": "tenon doctor --repository PATH",
    "noRepository": "git init",
    "noCommit": "git add --all && git commit -m 'First commit'",
    "detachedHead": "git switch BRANCH",
}


async def _output(*command: str) -> str:
    """Standard output of a command; empty when it fails."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C"},
        )
    except OSError:
        return ""
    output, _ = await process.communicate()
    return output.decode(errors="replace") if process.returncode == 0 else ""


_CHECKS: tuple[Check, ...] = (
    _git,
    _python,
    _node,
    _sandbox,
    _models,
    _embeddings,
    _data_folder,
    _mongodb,
    _repository,
)
