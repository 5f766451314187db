"""Real sandboxes for the tests of the tools."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.tools.sandbox import Sandbox


@pytest.fixture(scope="session")
def bubblewrap() -> Sandbox:
    """The bubblewrap sandbox; its tests are skipped where the kernel forbids it."""
    import asyncio

    sandbox = asyncio.run(Sandbox.probe())
    if sandbox.kind != "bubblewrap":
        pytest.skip(sandbox.warning)
    return sandbox


@pytest.fixture
def limits() -> Sandbox:
    """The sandbox for machines without bubblewrap."""
    return Sandbox("limits", "a warning")


@pytest.fixture
def secret_in_home() -> Iterator[Path]:
    """A file in the real home folder that nothing in a sandbox may read."""
    folder = Path.home() / ".tenon-test-secret"
    folder.mkdir(exist_ok=True)
    (folder / "key").write_text("hunter2")
    yield folder / "key"
    shutil.rmtree(folder)
