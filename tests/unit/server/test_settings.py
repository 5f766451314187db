"""Settings: the editor over the environment over defaults; nothing unusable stops Tenon."""

from pathlib import Path

import pytest

from server import settings


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch):
    import os

    for name in [name for name in os.environ if name.startswith("TENON_")]:
        monkeypatch.delenv(name)


def in_force(loaded, name):
    return next(setting for setting in loaded.in_force() if setting.name == name)


def test_editor_goes_over_environment_and_environment_over_default(monkeypatch):
    monkeypatch.setenv("TENON_CONTEXT_WINDOW", "2048")
    monkeypatch.setenv("TENON_THREADS", "3")

    loaded = settings.load({"contextWindow": 4096})

    assert (loaded.values.context_window, in_force(loaded, "context_window").source) == (
        4096,
        "editor",
    )
    assert (loaded.values.threads, in_force(loaded, "threads").source) == (3, "environment")
    assert in_force(loaded, "model").source == "default"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CONTEXT_WINDOW", "many"),
        ("MODEL_PATHS", "{not json"),
        ("AGENTS", '{"developer": {"colour": "red"}}'),
        ("ENDPOINT_URL", "ftp://example.org"),
        ("SPEC_PATH", "../outside.md"),
        ("AGENTS", '{"developer": {"models": [{"tier": "heavy"}]}}'),
        ("MODEL_OPTIONS", '{"a.gguf": {"top_p": 2}}'),
        ("MEMORY_BUDGET", "lots"),
        ("CATALOG", "/nowhere/catalog.json"),
        ("ENDPOINT_API_KEY", "of two words"),
    ],
)
def test_unusable_value_gives_a_finding_and_the_default(monkeypatch, name, value):
    default = getattr(settings.load().values, name.lower())
    monkeypatch.setenv(f"TENON_{name}", value)

    loaded = settings.load()

    assert getattr(loaded.values, name.lower()) == default
    assert f"TENON_{name}" in loaded.findings[0].text


def test_unusable_editor_value_falls_back_to_the_environment(monkeypatch):
    monkeypatch.setenv("TENON_THREADS", "2")

    loaded = settings.load({"threads": "all of them"})

    assert loaded.values.threads == 2
    assert "tenon.threads" in loaded.findings[0].text


def test_values_left_empty_count_as_not_set(monkeypatch):
    monkeypatch.setenv("TENON_PYTHON", "")

    loaded = settings.load({"model": "", "threads": None, "trace": {"server": "off"}})

    assert loaded.findings == []
    assert in_force(loaded, "model").source == "default"


def test_settings_of_an_agent_come_as_json(monkeypatch):
    monkeypatch.setenv("TENON_AGENTS", '{"developer": {"model": "x", "threads": 2}}')

    assert settings.load().values.agents["developer"].threads == 2


def test_sources_of_models_are_a_comma_separated_list(monkeypatch):
    monkeypatch.setenv("TENON_MODEL_SOURCES", "local, packages")

    assert settings.load().values.model_sources == ["local", "packages"]


def test_secrets_are_not_shown(monkeypatch):
    monkeypatch.setenv("TENON_ENDPOINT_API_KEY", "hush")
    monkeypatch.setenv("TENON_MONGODB_URI", "mongodb://me:hush@localhost")

    loaded = settings.load()

    assert "hush" not in str(loaded.in_force()) + repr(loaded)
    assert in_force(loaded, "endpoint_api_key").value == "(set)"


@pytest.mark.parametrize(
    ("name", "value"),
    [("ENDPOINT_API_KEY", "hush\r\nX-More: 1"), ("MONGODB_URI", "postgres://me:hush@localhost")],
)
def test_a_secret_that_is_not_usable_is_not_repeated(monkeypatch, name, value):
    monkeypatch.setenv(f"TENON_{name}", value)

    loaded = settings.load()

    assert f"TENON_{name}" in loaded.findings[0].text
    assert "hush" not in str(loaded.findings)


def test_the_end_of_line_of_a_key_file_is_no_part_of_the_key(monkeypatch):
    monkeypatch.setenv("TENON_ENDPOINT_API_KEY", "hush\r\n")

    assert settings.load().values.endpoint_api_key == "hush"


@pytest.mark.parametrize("name", ["endpointApiKey", "mongodbUri"])
def test_secrets_are_not_taken_from_the_editors_settings(name):
    loaded = settings.load({name: "mongodb://me:hush@localhost"})

    assert loaded.values == settings.Settings()
    assert f"tenon.{name} is a secret" in loaded.findings[0].text
    assert "hush" not in str(loaded.findings)


def test_keys_of_objects_may_be_spelled_as_in_the_editor_or_as_in_the_environment():
    options = {"topK": 20, "repeat_penalty": 1.1}
    loaded = settings.load(
        {
            "modelOptions": {"x": options},
            "agents": {"developer": {"contextWindow": 4096, "models": ["y", {"model": "z"}]}},
        }
    )

    assert loaded.findings == []
    x, developer = loaded.values.model_options["x"], loaded.values.agents["developer"]
    assert (x.top_k, x.repeat_penalty, developer.context_window) == (20, 1.1, 4096)
    assert [choice.model for choice in developer.models] == ["y", "z"]


def test_folders_may_start_with_a_tilde():
    assert settings.load({"dataDir": "~/here"}).values.data_dir == Path.home() / "here"
