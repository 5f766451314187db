import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import platformdirs
import pytest

from server.models.catalog import CATALOG, TEST_MODEL
from server.models.configuration import ModelSettings
from server.models.registry import ModelRegistry

Eventually = Callable[[Callable[[], bool]], Awaitable[None]]
CACHE = platformdirs.user_cache_path("tenon")


@pytest.fixture(scope="session")
def gguf() -> Path:
    """The smallest real model."""
    path = CATALOG[TEST_MODEL].path(CACHE / "models")
    if not path.is_file():
        pytest.fail(f"The test model is missing; run `tenon models pull {TEST_MODEL}`.")
    return path


async def _eventually(condition: Callable[[], bool]) -> None:
    """Wait for something that only the operating system tells."""
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.02)


@pytest.fixture
def eventually() -> Eventually:
    return _eventually


@pytest.fixture
def settings(gguf: Path, tmp_path_factory: pytest.TempPathFactory) -> ModelSettings:
    cache = tmp_path_factory.mktemp("cache")
    # The model is the one on this machine; what is measured of it stays in the test.
    (cache / "models").symlink_to(CACHE / "models")
    return ModelSettings(
        cache_dir=cache, model=TEST_MODEL, fallbacks=(), context_window=2048, threads=2
    )


@pytest.fixture
async def registry(settings: ModelSettings) -> AsyncIterator[ModelRegistry]:
    models = ModelRegistry(settings)
    yield models
    await models.close()
