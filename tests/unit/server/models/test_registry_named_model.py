"""A request that names its model is answered by that one alone."""

from pathlib import Path

import pytest

from agents.inference import ChatTurn, CompletionRequest, ModelUnavailableError, complete_one
from server.models.configuration import AgentModel, ModelSettings
from server.models.registry import ModelRegistry


def settings(folder: Path, **fields: object) -> ModelSettings:
    return ModelSettings(
        cache_dir=folder,
        model=str(folder / "first.gguf"),
        fallbacks=(str(folder / "second.gguf"),),
        **fields,  # type: ignore[arg-type]
    )


def asked(model: str | None) -> CompletionRequest:
    return CompletionRequest("developer", (ChatTurn("user", "Hello."),), model=model)


async def test_no_other_model_answers_for_the_one_that_was_named(tmp_path: Path):
    registry = ModelRegistry(settings(tmp_path))
    with pytest.raises(ModelUnavailableError, match="second is missing") as caught:
        await complete_one(registry, asked("second"))
    assert "first" not in str(caught.value)


async def test_a_model_of_another_agent_can_be_named(tmp_path: Path):
    own = {"pm": AgentModel(model=str(tmp_path / "third.gguf"))}
    registry = ModelRegistry(settings(tmp_path, agents=own))
    with pytest.raises(ModelUnavailableError, match="third is missing"):
        await registry.count_tokens(asked("third"))


async def test_a_name_that_is_not_configured_is_told_with_those_that_are(tmp_path: Path):
    registry = ModelRegistry(settings(tmp_path))
    for ask in (
        complete_one(registry, asked("nobody")),
        registry.count_tokens(asked("nobody")),
        registry.context_window("developer", model="nobody"),
    ):
        with pytest.raises(ModelUnavailableError, match=r"No model nobody.*first, second"):
            await ask
