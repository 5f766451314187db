import json
from pathlib import Path

from agents.inference import Tier
from server.models.configuration import SamplingOverride, chain, physical_cores
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


def test_every_field_of_an_agents_models_reaches_them():
    choice = {"model": "a.gguf", "tier": "heavy", "context_window": 1024, "threads": 2}
    sampling = {"temperature": 0.5, "top_k": 3, "top_p": 0.8, "min_p": 0.1, "repeat_penalty": 1.2}
    own = {"models": [choice | sampling, "b.gguf"], "top_k": 9}
    settings = model_settings(Settings(cache_dir=Path("/c"), agents={"developer": own}))
    heavy, standard, *_ = chain(settings, "developer", Tier.HEAVY)
    assert (heavy.id, heavy.context_window, heavy.threads) == ("a", 1024, 2)
    assert heavy.sampling == SamplingOverride(0.5, 3, 0.8, 0.1, 1.2)
    assert (standard.id, standard.sampling.top_k) == ("b", 9)


def test_options_budget_and_limits_reach_the_models():
    settings = model_settings(
        Settings(
            cache_dir=Path("/c"),
            model_options={"qwen2.5-coder-7b": {"context_window": 4096}},
            model_fallbacks="one.gguf, two.gguf",
            memory_budget="6GiB",
            memory_wait=1,
            model_ttl=2,
            model_turn=3,
            load_timeout=4,
        )
    )
    assert settings.model_options["qwen2.5-coder-7b"].context_window == 4096
    assert settings.fallbacks == ("one.gguf", "two.gguf")
    assert settings.memory_budget == 6 * 1024**3
    assert (settings.memory_wait, settings.idle_seconds) == (1, 2)
    assert (settings.turn_seconds, settings.load_timeout) == (3, 4)


def test_entries_of_the_persons_own_are_known_by_their_id(tmp_path: Path):
    entry = {"id": "mine", "url": "https://x.org/m.gguf", "sha256": "a" * 64, "size": 10}
    (tmp_path / "catalog.json").write_text(json.dumps([entry]))
    settings = model_settings(
        Settings(cache_dir=tmp_path, catalog=tmp_path / "catalog.json", model="mine")
    )
    first = chain(settings, "pm", Tier.STANDARD)[0]
    assert first.path == tmp_path / "models" / "mine.gguf"
    assert first.known is not None
    assert first.known.size_bytes == 10


def test_threads_are_the_physical_cores_by_default():
    assert model_settings(Settings(cache_dir=Path("/cache"))).threads == physical_cores()


def test_an_endpoint_is_used_only_when_its_address_is_set():
    without = model_settings(Settings(cache_dir=Path("/c"), endpoint_api_key="k"))
    assert without.endpoint is None
    named = model_settings(
        Settings(cache_dir=Path("/c"), endpoint_url="http://127.0.0.1:1/v1", endpoint_model="m")
    )
    assert chain(named, "pm", Tier.STANDARD)[0].id == "m"
