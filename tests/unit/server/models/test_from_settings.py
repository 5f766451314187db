from pathlib import Path

from agents.inference import Tier
from server.models.configuration import chain, physical_cores
from server.models.from_settings import model_settings
from server.settings import Settings


def test_every_setting_reaches_the_models():
    settings = model_settings(
        Settings(
            cache_dir=Path("/cache"),
            model="a.gguf",
            heavy_model="heavy.gguf",
            context_window=4096,
            threads=3,
            agents={"tester": {"model": "b.gguf", "context_window": 1024, "threads": 1}},
            model_paths={"qwen2.5-coder-1.5b": Path("/own.gguf")},
        )
    )
    heavy, general, own, *_ = chain(settings, "developer", Tier.HEAVY)
    assert (heavy.id, general.id, own.path) == ("heavy", "a", Path("/own.gguf"))
    assert (general.context_window, general.threads) == (4096, 3)
    tester = chain(settings, "tester", Tier.STANDARD)[0]
    assert (tester.id, tester.context_window, tester.threads) == ("b", 1024, 1)


def test_threads_are_the_physical_cores_by_default():
    assert model_settings(Settings(cache_dir=Path("/cache"))).threads == physical_cores()


def test_an_endpoint_is_used_only_when_its_address_is_set():
    without = model_settings(Settings(cache_dir=Path("/c"), endpoint_api_key="k"))
    assert without.endpoint is None
    named = model_settings(
        Settings(cache_dir=Path("/c"), endpoint_url="http://127.0.0.1:1/v1", endpoint_model="m")
    )
    assert chain(named, "pm", Tier.STANDARD)[0].id == "m"
