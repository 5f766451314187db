"""Which models are served, and by which names."""

from pathlib import Path

import pytest

from agents.inference import Tier
from server.models.configuration import (
    Endpoint,
    ModelChoice,
    ModelSettings,
    SamplingOverride,
    chain,
)
from server.openai_api.served import ServeError, served_settings

SMALL, LARGE = "qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b"
ENDPOINT = Endpoint("http://127.0.0.1:1/v1", "remote")


def settings(**fields: object) -> ModelSettings:
    return ModelSettings(cache_dir=Path("/nowhere"), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("configured", "names", "ids"),
    [
        (settings(), [], [LARGE]),
        (settings(model=SMALL), [], [SMALL]),
        (settings(endpoint=ENDPOINT), [], ["remote"]),
        (settings(endpoint=ENDPOINT), [LARGE], [LARGE]),
        (settings(endpoint=ENDPOINT), [LARGE, "endpoint"], [LARGE, "remote"]),
        (settings(), [SMALL, LARGE, SMALL], [SMALL, LARGE]),
        (settings(model_paths={"mine": Path("/x.gguf")}), ["mine"], ["mine"]),
    ],
)
def test_the_models_that_were_named_are_served_in_their_order(
    configured: ModelSettings, names: list[str], ids: list[str]
):
    assert served_settings(configured, names, None)[1] == ids


def test_no_other_model_of_the_settings_can_be_asked():
    configured = settings(heavy_model="heavy", mega_model="mega", endpoint=ENDPOINT)
    chosen, _ = served_settings(configured, [SMALL], None)
    assert [each.id for each in chain(chosen, "api", Tier.MEGA)] == [SMALL]


def test_a_window_that_was_given_wins_and_sampling_is_left_to_the_client():
    own = ModelChoice(context_window=1024, threads=3, sampling=SamplingOverride(temperature=1.0))
    configured = settings(model_options={SMALL: own})
    for window, expected in ((None, 1024), (4096, 4096)):
        chosen, _ = served_settings(configured, [SMALL], window)
        [only] = chain(chosen, "api", Tier.STANDARD)
        assert (only.context_window, only.threads) == (expected, 3)
        assert only.sampling == SamplingOverride()


def test_an_endpoint_that_is_not_configured_cannot_be_served():
    with pytest.raises(ServeError, match="no model and no file endpoint"):
        served_settings(settings(), ["endpoint"], None)
