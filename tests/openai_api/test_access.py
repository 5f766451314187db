"""Who may ask what: token, hosts, paths, and the models that are told."""

import httpx
import pytest

from tests.openai_api.prepared import CHAT, TOKEN

HELLO = {"messages": [{"role": "user", "content": "Hello."}]}


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer wrong", TOKEN, f"Bearer {TOKEN}é"])
@pytest.mark.parametrize("path", [CHAT, "/v1/models", "/v1/models/first", "/nothing"])
async def test_without_the_token_nothing_is_told(http: httpx.AsyncClient, given: str, path: str):
    headers = [(b"Authorization", given.encode())]
    done = await http.request("POST" if path == CHAT else "GET", path, headers=headers)
    assert done.status_code == 401
    assert done.json()["error"]["code"] == "invalid_api_key"


async def test_health_needs_no_token(http: httpx.AsyncClient):
    done = await http.get("/health", headers={"Authorization": ""})
    assert (done.status_code, done.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "10.0.0.1", "[", ""]
)
@pytest.mark.parametrize("path", ["/health", "/v1/models"])
async def test_a_name_that_was_bound_to_loopback_is_refused(
    http: httpx.AsyncClient, host: str, path: str
):
    done = await http.get(path, headers={"Host": host})
    assert done.status_code == 403
    assert done.json()["error"]["code"] == "bad_host"


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1", "[::1]:8765", "LOCALHOST"])
async def test_loopback_is_welcome_by_any_of_its_names(http: httpx.AsyncClient, host: str):
    assert (await http.get("/v1/models", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://[", ""])
async def test_a_page_of_another_site_is_refused(http: httpx.AsyncClient, origin: str):
    done = await http.post(CHAT, json=HELLO, headers={"Origin": origin})
    assert done.status_code == 403
    assert done.json()["error"]["code"] == "bad_origin"


async def test_no_page_may_read_an_answer(http: httpx.AsyncClient):
    for done in (
        await http.get("/v1/models", headers={"Origin": "http://localhost:3000"}),
        await http.options(CHAT, headers={"Origin": "http://localhost:3000"}),
    ):
        assert not [name for name in done.headers if name.startswith("access-control-")]


async def test_the_models_are_told_and_default_is_the_first(http: httpx.AsyncClient):
    listed = (await http.get("/v1/models")).json()
    assert [(model["id"], model["context_window"]) for model in listed["data"]] == [
        ("first", 100),
        ("second", 200),
    ]
    for name, id_ in (("default", "first"), ("second", "second")):
        assert (await http.get(f"/v1/models/{name}")).json()["id"] == id_
    missing = await http.get("/v1/models/third/of/all")
    assert missing.status_code == 404
    assert missing.json()["error"]["code"] == "model_not_found"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", CHAT, 405), ("POST", "/v1/completions", 404), ("GET", "/v1/models/", 404)],
)
async def test_what_is_not_there_is_told_in_the_protocols_shape(
    http: httpx.AsyncClient, method: str, path: str, status: int
):
    done = await http.request(method, path)
    assert done.status_code == status
    assert done.json()["error"]["type"] == "invalid_request_error"


async def test_vectors_without_their_model_name_the_remedy(http: httpx.AsyncClient):
    done = await http.post("/v1/embeddings", json={"input": "x"})
    assert done.status_code == 503
    assert "tenon models pull minilm-l6-v2-int8" in done.json()["error"]["message"]
