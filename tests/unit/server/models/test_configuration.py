from dataclasses import replace
from pathlib import Path

from agents.inference import ChatTurn, CompletionRequest, Tier
from server.models.configuration import (
    AgentModel,
    Endpoint,
    ModelChoice,
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


def test_a_model_of_the_catalogue_is_known_by_its_path_too():
    by_id = chain(SETTINGS, "pm", Tier.STANDARD)[0]
    by_path = chain(replace(SETTINGS, model=str(by_id.path)), "pm", Tier.STANDARD)[0]
    assert by_path.known == by_id.known is not None


def test_an_agent_has_its_own_model_window_and_threads():
    own = AgentModel(model="qwen2.5-coder-0.5b", context_window=4096, threads=1)
    settings = replace(SETTINGS, agents={"tester": own})
    first = chain(settings, "tester", Tier.STANDARD)[0]
    assert (first.id, first.context_window, first.threads) == ("qwen2.5-coder-0.5b", 4096, 1)
    assert ids(settings, "tester") == ["qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b"]
    assert ids(settings, "developer")[0] == "qwen2.5-coder-1.5b"


def test_an_agents_models_are_tried_in_its_order_each_in_its_own_way():
    large = ModelChoice("a.gguf", 16384, sampling=SamplingOverride(top_k=7))
    own = AgentModel(threads=1, models=(large, ModelChoice("a.gguf", 4096), ModelChoice("b.gguf")))
    first, second, third, *rest = chain(
        replace(SETTINGS, agents={"tester": own}), "tester", Tier.STANDARD
    )
    assert [each.id for each in (first, second, third)] == ["a", "a", "b"]
    assert [each.context_window for each in (first, second, third)] == [16384, 4096, 8192]
    assert (first.threads, first.sampling.top_k, second.sampling.top_k) == (1, 7, None)
    assert [each.id for each in rest] == ["qwen2.5-coder-1.5b", "qwen2.5-coder-0.5b"]


def test_an_agent_has_stronger_models_of_its_own():
    own = AgentModel(models=(ModelChoice("big.gguf", tier=Tier.HEAVY), ModelChoice("a.gguf")))
    settings = replace(SETTINGS, agents={"developer": own}, heavy_model="heavy.gguf")
    assert ids(settings)[0] == "a"
    assert ids(settings, tier=Tier.HEAVY)[:3] == ["big", "heavy", "a"]


def test_options_of_a_model_hold_wherever_it_is_used_and_the_agents_own_go_first():
    options = {"heavy.gguf": ModelChoice(context_window=1024, threads=4)}
    settings = replace(SETTINGS, heavy_model="heavy.gguf", model_options=options)
    first = chain(settings, "pm", Tier.HEAVY)[0]
    assert (first.context_window, first.threads) == (1024, 4)
    settings = replace(settings, agents={"pm": AgentModel(threads=1)})
    first = chain(settings, "pm", Tier.HEAVY)[0]
    assert (first.context_window, first.threads) == (1024, 1)


def test_equal_ways_to_run_a_model_are_one_whatever_the_tier_and_the_sampling():
    warm = AgentModel(sampling=SamplingOverride(temperature=1.0))
    settings = replace(SETTINGS, agents={"pm": warm}, heavy_model="qwen2.5-coder-1.5b")
    assert chain(settings, "pm", Tier.HEAVY)[0] == chain(settings, "tester", Tier.STANDARD)[0]


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
    assert ids(settings, "pm") == ["qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b"]
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
