"""Node is found where version managers keep it, and can be read in the sandbox there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from agents.tools.runners import node_program
from agents.tools.runners.choose import choose
from agents.tools.runners.contract import NotRunnableError
from agents.tools.runners.node_program import Node, find_node
from agents.tools.runners.node_runner import NodeTest
from agents.tools.runners.packages import Package
from agents.tools.sandbox import Sandbox
from agents.tools.test_runner import TestRunner
from tests.unit.agents.tools.runners.conftest import write

TEST = {"a.test.js": "require('node:test')('one', () => {});\n"}


@pytest.fixture
def managed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Node as a version manager has it: a starter on the PATH, the program elsewhere."""
    found = find_node()
    assert found is not None
    real = tmp_path / "versions" / "v20" / "bin" / "node"
    real.parent.mkdir(parents=True)
    shutil.copy(found.path, real)
    starter = tmp_path / "shims" / "node"
    starter.parent.mkdir()
    starter.write_text(f'#!/bin/sh\nexec "{real}" "$@"\n')
    starter.chmod(0o755)
    monkeypatch.setenv("PATH", f"{starter.parent}:{os.environ['PATH']}")
    return real


async def test_node_of_a_version_manager_runs_in_the_sandbox(
    managed: Path, bubblewrap: Sandbox, tmp_path: Path
) -> None:
    root = write(tmp_path / "repository", TEST)
    adapter = choose(root, "a.js")
    assert isinstance(adapter, NodeTest) and adapter.node is not None
    assert adapter.node.path == managed
    run = await TestRunner(bubblewrap, adapter, 30).run(root)
    assert run.green, run


async def test_without_node_the_person_is_told(
    bubblewrap: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write(tmp_path / "repository", TEST)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(node_program, "_FOLDERS", ())
    monkeypatch.setattr(node_program, "_VERSIONS", ())
    run = await TestRunner(bubblewrap, choose(root, "a.js"), 30).run(root)
    assert run.problem.startswith("Node was not found. Install")


def test_a_node_that_is_too_old_is_told(tmp_path: Path) -> None:
    old = NodeTest(Node(Path("/opt/node/bin/node"), (18, 20)), Package(tmp_path))
    with pytest.raises(NotRunnableError, match=r"20 or newer; /opt/node/bin/node is 18\.20"):
        old.require()


def test_typescript_without_a_way_to_run_it_is_told(tmp_path: Path) -> None:
    root = write(tmp_path, {"a.test.ts": ""})
    runner = NodeTest(Node(Path("/usr/bin/node"), (20, 20)), Package(root))
    with pytest.raises(NotRunnableError, match="Install tsx"):
        runner.command(root, ["a.test.ts"], tmp_path / "report", stop_at_first=False)
    strips = NodeTest(Node(Path("/usr/bin/node"), (22, 18), types=True), Package(root))
    command = strips.command(root, [], tmp_path / "report", stop_at_first=False)
    assert command.argv[-1] == str(root / "a.test.ts")
