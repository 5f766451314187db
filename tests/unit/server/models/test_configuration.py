from dataclasses import replace
from pathlib import Path

from agents.inference import ChatTurn, CompletionRequest, Tier
from server.models.configuration import (
    AgentModel,
    Endpoint,
    ModelSettings,
    SamplingOverride,
    chain,
    physical_cores,
)

SETTINGS = ModelSettings(cache_dir=Path("cache"), threads=2)
ENDPOINT = Endpoint("http://127.0.0.1:1/v1", "big", api_key="secret-key", context_window=1000)


def ids(settings: ModelSettings, agent: str = "developer", tier: Tier = Tier.STANDARD) -> list[str]:
    return [configuration.id for configuration in chain(settings, agent, tier)]


def test_the_small_model_stands_in_for_the_default_model():
    assert ids(SETTINGS) == ["qwen2.5-coder-1.5b", "qwen2.5-coder-0.5b"]


def test_catalogue_models_lie_in_the_cache():
    first = chain(SETTINGS, "developer", Tier.STANDARD)[0]
    assert first.path == Path("cache/models/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf")
    assert (first.context_window, first.threads) == (8192, 2)


def test_the_users_own_path_comes_before_the_cache():
    settings = replace(SETTINGS, model_paths={"qwen2.5-coder-1.5b": Path("own.gguf")})
    assert chain(settings, "pm", Tier.STANDARD)[0].path == Path("own.gguf")


def test_any_gguf_file_can_be_named_by_its_path():
    first = chain(replace(SETTINGS, model="some folder/mine.gguf"), "pm", Tier.STANDARD)[0]
    assert (first.id, first.path) == ("mine", Path("some folder/mine.gguf"))


def test_an_agent_has_its_own_model_window_and_threads():
    own = AgentModel(model="qwen2.5-coder-0.5b", context_window=4096, threads=1)
    settings = replace(SETTINGS, agents={"tester": own})
    first = chain(settings, "tester", Tier.STANDARD)[0]
    assert (first.id, first.context_window, first.threads) == ("qwen2.5-coder-0.5b", 4096, 1)
    assert ids(settings, "tester") == ["qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b"]
    assert ids(settings, "developer")[0] == "qwen2.5-coder-1.5b"


def test_stronger_tiers_fall_back_to_weaker_ones():
    settings = replace(SETTINGS, heavy_model="heavy.gguf", mega_model="mega.gguf")
    assert ids(settings, tier=Tier.MEGA)[:3] == ["mega", "heavy", "qwen2.5-coder-1.5b"]
    assert ids(settings, tier=Tier.HEAVY)[:2] == ["heavy", "qwen2.5-coder-1.5b"]
    assert ids(SETTINGS, tier=Tier.HEAVY) == ids(SETTINGS)


def test_a_configured_endpoint_comes_first_and_local_models_stand_in():
    settings = replace(SETTINGS, endpoint=ENDPOINT)
    assert ids(settings) == ["big", "qwen2.5-coder-1.5b", "qwen2.5-coder-0.5b"]


def test_an_agent_can_be_kept_off_the_endpoint():
    settings = replace(SETTINGS, endpoint=ENDPOINT, agents={"pm": AgentModel("qwen2.5-coder-0.5b")})
    assert ids(settings, "pm")[0] == "qwen2.5-coder-0.5b"
    assert ids(settings, "developer")[0] == "big"


def test_an_agent_can_be_sent_to_the_endpoint():
    settings = replace(
        SETTINGS, model="own.gguf", endpoint=ENDPOINT, agents={"developer": AgentModel("endpoint")}
    )
    assert ids(settings, "developer")[:2] == ["big", "own"]
    assert ids(settings, "pm")[0] == "own"


def test_the_key_of_the_endpoint_is_never_printed():
    assert "secret-key" not in repr(replace(SETTINGS, endpoint=ENDPOINT))


def test_an_agents_sampling_overrides_the_request_where_it_is_set():
    request = CompletionRequest("pm", (ChatTurn("user", "hi"),), temperatures=(0.1, 0.9), top_p=0.5)
    changed = SamplingOverride(temperature=0.3, min_p=0.1).apply(request)
    assert (changed.temperatures, changed.min_p, changed.top_p) == ((0.3,), 0.1, 0.5)
    assert SamplingOverride().apply(request) == request


def test_there_is_at_least_one_thread():
    assert physical_cores() >= 1
