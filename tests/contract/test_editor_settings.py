"""The editor's settings page shows the server's settings, with the same defaults and limits."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from agents import architect, developer, project_manager, resource_director, spec_builder, tester
from server import settings
from server.models.sources import DEFAULT_SOURCES
from server.protocol.schema import camel_case
from server.settings import AgentModel, ModelChoice, ModelOptions, Settings

MANIFEST = Path(__file__).parents[2] / "extension/package.json"
NOT_SHOWN = {"scripted_model", "endpoint_api_key", "embedding_endpoint_api_key", "mongodb_uri"}
"""For tests alone; secrets."""
OF_THE_EXTENSION = {"tenon.command", "tenon.trace.server"}
LIMITS = ("minimum", "exclusiveMinimum", "maximum")
TEAM = (
    architect.Architect,
    developer.Developer,
    project_manager.ProjectManager,
    resource_director.ResourceDirector,
    spec_builder.SpecBuilder,
    tester.Tester,
)

DECLARED: dict[str, dict[str, Any]] = {
    name: declared
    for section in json.loads(MANIFEST.read_text("utf-8"))["contributes"]["configuration"]
    for name, declared in section["properties"].items()
    if name not in OF_THE_EXTENSION
}
AGENT = DECLARED["tenon.agents"]["additionalProperties"]
SHOWN = {f"tenon.{camel_case(name)}": name for name in Settings.model_fields.keys() - NOT_SHOWN}

ARRIVES = {
    "contextWindow": (4096, 4096),
    "threads": (2, 2),
    "modelTtl": (0.5, 0.5),
    "offline": (False, False),
    "memoryBudget": ("2GiB", 2 * 1024**3),
    "modelSources": (["packages", "local"], ["packages", "local"]),
    "modelFallbacks": ([], []),
    "modelPaths": ({"x": "/x.gguf"}, {"x": Path("/x.gguf")}),
    "modelOptions": ({"x": {"topP": 0.5}}, {"x": ModelOptions(top_p=0.5)}),
    "agents": (
        {"tester": {"models": [{"model": "x", "tier": "heavy"}]}},
        {"tester": AgentModel.model_validate({"models": [{"model": "x", "tier": "heavy"}]})},
    ),
}


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("TENON_")]:
        monkeypatch.delenv(name)


def limits(schema: dict[str, Any]) -> dict[str, Any]:
    """The limits of a number, of which the server may also have none."""
    number = next((s for s in schema.get("anyOf", ()) if s.get("type") != "null"), schema)
    return {limit: number[limit] for limit in LIMITS if limit in number}


def test_every_setting_is_on_the_page_and_the_page_shows_no_other() -> None:
    assert set(DECLARED) == set(SHOWN)


def test_the_page_has_the_order_of_the_manifest() -> None:
    orders = [declared["order"] for declared in DECLARED.values()]
    assert orders == sorted(set(orders))  # the editor sorts equal ones by their names


@pytest.mark.parametrize("name", sorted(SHOWN))
def test_the_default_of_the_page_is_the_one_of_the_server(name: str) -> None:
    default = DECLARED[name]["default"]
    field = Settings.model_fields[SHOWN[name]]
    own = field.get_default(call_default_factory=True)
    loaded = settings.load({name.removeprefix("tenon."): default})

    assert loaded.findings == []
    assert getattr(loaded.values, SHOWN[name]) == own
    nothing = own is None or isinstance(own, Path)  # a folder of the user
    assert default in (None, "") if nothing else default == own


@pytest.mark.parametrize("name", sorted(SHOWN))
def test_the_page_refuses_the_numbers_that_the_server_refuses(name: str) -> None:
    server = Settings.model_json_schema()["properties"][SHOWN[name]]

    assert limits(DECLARED[name]) == limits(server)


@pytest.mark.parametrize("name", sorted(ARRIVES))
def test_a_value_of_each_kind_arrives(name: str) -> None:
    value, arrived = ARRIVES[name]
    loaded = settings.load({name: value})

    assert loaded.findings == []
    assert getattr(loaded.values, SHOWN[f"tenon.{name}"]) == arrived


def test_the_page_knows_the_agents_and_the_sources() -> None:
    assert set(DECLARED["tenon.agents"]["propertyNames"]["enum"]) == {
        agent.agent_type for agent in TEAM
    }
    assert DECLARED["tenon.modelSources"]["items"]["enum"] == list(DEFAULT_SOURCES)


@pytest.mark.parametrize(
    ("model", "declared"),
    [
        (ModelOptions, DECLARED["tenon.modelOptions"]["additionalProperties"]),
        (AgentModel, AGENT),
        (ModelChoice, AGENT["properties"]["models"]["items"]["anyOf"][1]),
    ],
)
def test_options_of_models_have_the_same_names_and_limits(
    model: type[ModelOptions], declared: dict[str, Any]
) -> None:
    own = model.model_json_schema(by_alias=False)["properties"]

    assert declared["additionalProperties"] is False
    assert {name: limits(schema) for name, schema in declared["properties"].items()} == {
        camel_case(name): limits(schema) for name, schema in own.items()
    }
