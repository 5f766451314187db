"""Real sandboxes for mutants."""

import asyncio

import pytest

from agents.tools.sandbox import Sandbox


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    """The strongest that works here."""
    return asyncio.run(Sandbox.probe())
