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

    assert "hush" not in str(settings.load().in_force())


def test_folders_may_start_with_a_tilde():
    assert settings.load({"dataDir": "~/here"}).values.data_dir == Path.home() / "here"
