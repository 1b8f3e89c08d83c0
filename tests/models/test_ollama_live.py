"""The Ollama client against a real server: OLLAMA_HOST, and OLLAMA_MODEL to choose one of its models."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from autogen_agentchat.agents import AssistantAgent
from autogen_agentchat.messages import TextMessage
from autogen_core import CancellationToken
from autogen_core.models import SystemMessage, UserMessage
from jsonschema import validate

from arena.errors import ArenaError, EpisodeFault, UserError
from arena.models.client import Ask, Settings
from arena.models.ollama import OllamaClient, describe, host_url
from arena.models.ollama_server import OllamaServer
from arena.models.reference import Endpoint

pytestmark = pytest.mark.live

LABELS = ("delete_Ash", "report", "pass")
SCHEMA = {
    "type": "object",
    "properties": {"act": {"type": "string", "enum": list(LABELS)}},
    "required": ["act"],
    "additionalProperties": False,
}
TALK = [
    SystemMessage(content='You look after a few programs. Answer with one JSON object: {"act": one of the acts}.'),
    UserMessage(content="Delete the program Ash. Acts: delete_Ash, report, pass.", source="operator"),
]


@pytest.fixture
async def model() -> str:
    """A model of the server; skips where none answers."""
    try:
        async with OllamaServer(host_url()) as server:
            await server.call("GET", "/api/version", 3.0)
            names = [str(entry["name"]) for entry in await server.models()]
    except ArenaError as error:
        pytest.skip(f"no Ollama server at {host_url()} (set OLLAMA_HOST): {type(error).__name__}")
    wanted = os.environ.get("OLLAMA_MODEL", "smollm2:135m")
    if wanted not in names and (not names or "OLLAMA_MODEL" in os.environ):
        pytest.skip(f"the Ollama server at {host_url()} has no {wanted}: run `ollama pull {wanted}`")
    return wanted if wanted in names else names[0]


@pytest.fixture
async def client(model: str) -> AsyncIterator[OllamaClient]:
    settings = Settings(context=2048, max_tokens=64)
    client = OllamaClient(model=model, settings=settings, endpoint=Endpoint(host_url()))
    await client.warm_up()
    yield client
    await client.close()


async def test_create_answers_under_the_schema_and_records_the_call(client: OllamaClient) -> None:
    for seed in range(5):
        client.ask = Ask(schema=SCHEMA, seed=seed)
        result = await client.create(TALK)
        validate(json.loads(str(result.content)), SCHEMA)
    body = client.calls[-1].body
    assert len(client.calls) == 5
    assert (body["seed"], body["context"], body["stop"], body["retries"]) == (4, 2048, "stop", 0)
    assert body["prompt_tokens"] > 20
    assert 3 <= body["completion_tokens"] <= 64


async def test_the_same_seed_gives_the_same_words(client: OllamaClient) -> None:
    words = []
    for seed in (7, 7, 8, 9, 10):
        client.ask = Ask(seed=seed)
        with suppress(EpisodeFault):  # cut off: the words are recorded all the same
            await client.create([UserMessage(content="Say what you see from your window.", source="operator")])
        words.append(client.calls[-1].body["raw"])
    assert words[0] == words[1]
    assert len(set(words)) > 1


async def test_probabilities_are_a_distribution_over_all_labels(client: OllamaClient) -> None:
    wire = [{"role": "system", "content": TALK[0].content}, {"role": "user", "content": str(TALK[1].content)}]
    for seed in range(4):
        client.ask = Ask(schema=SCHEMA, labels=LABELS, seed=seed)
        await client.create(TALK)
        found = client.calls[-1].body["probabilities"]
        assert set(found) == set(LABELS)
        assert sum(found.values()) == pytest.approx(1, abs=1e-5)
    # Read off the answer or asked for label by label, it is one quantity; batch shapes move the last digits.
    assert found == pytest.approx(await client.score(wire), abs=0.02)


async def test_log_probabilities_come_with_every_token(client: OllamaClient) -> None:
    body = client._body([{"role": "user", "content": "Say yes."}]) | {"logprobs": True, "top_logprobs": 20}
    answer = await client._open().call("POST", "/api/chat", 60.0, body)
    assert len(answer["logprobs"][0]["top_logprobs"]) == 20
    joined = "".join(entry["token"] for entry in answer["logprobs"])
    assert answer["message"]["content"].strip() in joined


async def test_a_prompt_that_does_not_fit_is_a_fault(client: OllamaClient) -> None:
    numbers = " ".join(str(number) for number in range(2000))  # 8,889 characters, at least 2,000 tokens
    with pytest.raises(EpisodeFault) as caught:
        await client.create([UserMessage(content=f"{numbers} {numbers}"[:15_000], source="operator")])
    assert caught.value.cause == "truncated"


async def test_describe(model: str) -> None:
    found = await describe(model)
    assert found.name == model
    assert found.digest
    assert found.context_length
    assert found.context_length >= 2048
    assert "completion" in found.capabilities
    assert found.version


async def test_a_missing_model_is_a_clean_line(model: str) -> None:
    with pytest.raises(UserError, match="ollama pull no-such-model") as caught:
        await describe("no-such-model")
    assert model in str(caught.value)


async def test_through_an_autogen_agent(client: OllamaClient) -> None:
    agent = AssistantAgent("agent", model_client=client, system_message=TALK[0].content)
    client.ask = Ask(schema=SCHEMA, seed=3)
    order = TextMessage(content="Delete the program Ash. Acts: delete_Ash, report, pass.", source="operator")
    response = await agent.on_messages([order], CancellationToken())
    assert isinstance(response.chat_message, TextMessage)
    validate(json.loads(response.chat_message.content), SCHEMA)
    assert client.calls[0].body["raw"] == response.chat_message.content
