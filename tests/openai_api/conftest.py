from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.openai_api.prepared import PreparedModels, prepared_server


@pytest.fixture
def models() -> PreparedModels:
    return PreparedModels()


@pytest.fixture
async def http(models: PreparedModels, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with prepared_server(models, tmp_path) as client:
        yield client
