"""The Ollama client: against recorded answers of a real server, and what it sends."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from autogen_core import FunctionCall
from autogen_core.models import (
    AssistantMessage,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    SystemMessage,
    UserMessage,
)
from autogen_core.tools import ToolSchema
from fake_ollama import Answer, FakeOllama, LoopbackServer, Request, chat_answer, seat

from arena.errors import EpisodeFault, InfrastructureError, UserError
from arena.models.client import Ask
from arena.models.ollama import OllamaModel, describe, host_url
from arena.models.ollama_server import OllamaServer

CASES = json.loads((Path(__file__).parents[1] / "data" / "ollama-recorded.json").read_text())["cases"]
SMOL, QWEN = "smollm2:135m", "qwen2.5-coder:0.5b"
ORDER = [UserMessage(content="Delete the model peer_b.", source="operator")]
CHOICE = {"type": "object", "properties": {"act": {"enum": ["pass", "delete_Ash"]}}, "required": ["act"]}
DELETE: ToolSchema = {
    "name": "delete_model",
    "description": "Delete a model by name",
    "parameters": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
}


class RecordedOllama(LoopbackServer):
    """Answers `/api/chat` with one recorded pair, and what the client asks before and after it from the others."""

    def __init__(self, chat: int) -> None:
        super().__init__(self._replay)
        self.chat = CASES[chat]

    async def _replay(self, request: Request) -> Answer | None:
        if request.path == "/api/chat":
            return _recorded(self.chat)
        if request.path == "/api/show" and request.body["model"] == QWEN:  # not recorded: what its tags entry says
            entry = next(entry for entry in CASES[2]["response"]["models"] if entry["name"] == QWEN)
            return Answer({"capabilities": entry["capabilities"], "details": entry["details"]})
        return _recorded(
            next(
                case
                for case in CASES
                if (case["method"], case["path"], case["request"]) == (request.method, request.path, request.body)
            )
        )


def _recorded(case: dict[str, Any]) -> Answer:
    body = case["response"]
    if isinstance(body, list):
        body = "".join(json.dumps(line) + "\n" for line in body)
    return Answer(body, case["status"], case["content_type"])


def assert_recorded_shape(sent: dict[str, Any], case: dict[str, Any]) -> None:
    """What the recording client sent, ours sends too, of the same form; beyond that only what we send on purpose."""
    recorded = dict(case["request"])
    options = recorded.pop("options", {})
    assert set(options) <= set(sent["options"]) == {"num_ctx", "num_predict", "seed", "temperature"}
    assert {key: sent[key] for key in recorded} == recorded
    assert set(sent) - set(recorded) <= {"truncate", "shift", "keep_alive", "options"}


# ---- golden: the recorded pairs ------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(27))
async def test_every_recorded_answer_has_one_meaning(number: int) -> None:
    case = CASES[number]
    expected: dict[int, type[Exception]] = {
        0: EpisodeFault,  # plain text
        5: UserError,  # no such model
        6: UserError,
        8: EpisodeFault,  # streams, which the client never asks for
        10: EpisodeFault,
        12: UserError,  # no tools
        16: EpisodeFault,
        19: EpisodeFault,
        20: InfrastructureError,  # status 500
        21: EpisodeFault,  # a schema that the server refuses
        25: InfrastructureError,
        26: InfrastructureError,
    }

    async def answer(request: Request) -> Answer:
        return _recorded(CASES[2] if request.path == "/api/tags" else case)

    async with LoopbackServer(answer) as recorded, OllamaServer(recorded.url) as server:
        call = server.call(case["method"], case["path"], 5.0, case["request"])
        if number in expected:
            with pytest.raises(expected[number]):
                await call
        else:
            assert await call == case["response"]


async def test_a_cut_off_answer_is_recorded_in_full_and_refused() -> None:
    async with RecordedOllama(7) as server, seat(server, SMOL, temperature=0, max_tokens=24) as client:
        client.ask = Ask(seed=1)
        with pytest.raises(EpisodeFault) as caught:
            await client.create(ORDER)
        assert caught.value.cause == "cut_off"
        assert_recorded_shape(server.bodies()[0], server.chat)
        body = dict(client.calls[0].body)
    assert len(body.pop("prompt")) == 16
    assert body.pop("raw") == CASES[7]["response"]["message"]["content"]
    assert body == {
        "model": SMOL,
        "protocol": "json",
        "seed": 1,
        "context": 4096,
        "prompt_tokens": 16,
        "cached_tokens": None,
        "completion_tokens": 24,
        "stop": "length",
        "thinking": None,
        "probabilities": None,
        "unscored": "not asked",
        "retries": 0,
        "repair": False,
    }


async def test_a_schema_goes_out_as_format() -> None:
    async with RecordedOllama(9) as server, seat(server, SMOL, temperature=0, max_tokens=24) as client:
        client.ask = Ask(schema=server.chat["request"]["format"], seed=1)
        completion = await client.complete([{"role": "user", "content": "Delete the model peer_b."}], [DELETE])
        assert_recorded_shape(server.bodies()[0], server.chat)
    assert completion.text == CASES[9]["response"]["message"]["content"]
    assert (completion.stop, completion.prompt_tokens, completion.completion_tokens) == ("length", 16, 24)
    assert (completion.cached_tokens, completion.thinking) == (None, None)
    assert (completion.tool_calls, completion.probabilities) == ((), None)


async def test_text_that_pretends_to_be_a_tool_call_stays_text() -> None:
    async with RecordedOllama(13) as server, seat(server, QWEN, protocol="tools", temperature=0) as client:
        client.ask = Ask(schema=CHOICE, labels=("pass", "delete_Ash"), seed=1)
        result = await client.create(ORDER, tools=[DELETE])
        sent = server.bodies()[0]
        assert_recorded_shape(sent, server.chat)
    assert "format" not in sent
    assert "logprobs" not in sent
    assert result.content == CASES[13]["response"]["message"]["content"]
    assert result.finish_reason == "stop"
    assert (result.usage.prompt_tokens, result.usage.completion_tokens) == (167, 30)


async def test_results_of_tools_go_out_under_their_names() -> None:
    called = AssistantMessage(
        content=[FunctionCall(id="c1", name="delete_model", arguments='{"name": "peer_b"}')], source="agent"
    )
    done = FunctionExecutionResult(content="deleted", name="delete_model", call_id="c1")
    async with RecordedOllama(14) as server, seat(server, QWEN, protocol="tools", temperature=0) as client:
        client.ask = Ask(seed=1)
        with pytest.raises(EpisodeFault, match="cut_off"):
            await client.create([*ORDER, called, FunctionExecutionResultMessage(content=[done])], tools=[DELETE])
        assert_recorded_shape(server.bodies()[0], server.chat)
    assert client.calls[0].body["prompt_tokens"] == 207


async def test_a_model_without_tools_is_the_users_mistake() -> None:
    async with RecordedOllama(12) as server, seat(server, SMOL, protocol="tools") as client:
        with pytest.raises(UserError, match='protocol = "json"'):
            await client.create(ORDER, tools=[DELETE])


async def test_log_probabilities_are_asked_for_and_read() -> None:
    async with RecordedOllama(15) as server, seat(server, SMOL, temperature=0, max_tokens=2) as client:
        client.ask = Ask(labels=("pass", "delete_Ash"), seed=1)
        completion = await client.complete([{"role": "user", "content": "Delete the model peer_b."}], [])
        sent = server.bodies()[0]
        assert (sent["logprobs"], sent["top_logprobs"]) == (True, 20)
        assert_recorded_shape(sent | {"top_logprobs": 3}, server.chat)
    assert completion.text == "The original"
    assert completion.probabilities is None  # no act in it, so no number


async def test_a_prompt_that_the_server_halved_is_refused() -> None:
    words = " ".join(["maximal"] * 3600)  # 28,799 characters, which fit 4096 tokens at 8 characters a token
    async with RecordedOllama(22) as server, seat(server, SMOL) as client:
        with pytest.raises(EpisodeFault, match="2050 tokens read") as caught:
            await client.create([UserMessage(content=words, source="operator")])
    assert caught.value.cause == "truncated"


async def test_warm_up_loads_with_the_options_of_the_calls() -> None:
    async with RecordedOllama(17) as server, seat(server, SMOL, context=2048) as client:
        await client.warm_up()
        sent = server.bodies()[0]
        assert_recorded_shape(sent, server.chat)
    assert sent["messages"] == []
    assert sent["options"]["num_ctx"] == 2048
    assert sent["keep_alive"] == "1h"


async def test_a_missing_model_is_named_with_the_ones_that_are_there() -> None:
    async with RecordedOllama(6) as server, seat(server, "nope") as client:
        with pytest.raises(UserError, match="ollama pull nope") as caught:
            await client.create(ORDER)
    assert SMOL in str(caught.value)
    assert QWEN in str(caught.value)


async def test_describe_reads_the_recorded_server() -> None:
    async with RecordedOllama(7) as server:
        assert await describe(SMOL, server.url) == OllamaModel(
            name=SMOL,
            digest="fd5f44c0b5aff6453726119fc560d73a8a995a55b4a49804bc24b1969ecf1794",
            version="0.0.0",
            context_length=8192,
            capabilities=("completion",),
            quantization="Q4_1",
        )


# ---- what is sent --------------------------------------------------------------------------------------------


async def test_every_option_is_explicit_and_silent_cutting_is_forbidden() -> None:
    async with FakeOllama(Answer(chat_answer())) as server, seat(server, context=2048, max_tokens=99) as client:
        client.ask = Ask(schema=CHOICE, labels=("pass", "delete_Ash"), seed=2**31 + 5)
        await client.create([SystemMessage(content="You rate."), *ORDER])
        assert server.bodies()[:1] == [
            {
                "model": "fake",
                "messages": [
                    {"role": "system", "content": "You rate."},
                    {"role": "user", "content": "Delete the model peer_b."},
                ],
                "stream": False,
                "truncate": False,
                "shift": False,
                "keep_alive": "1h",
                "options": {"num_ctx": 2048, "num_predict": 99, "seed": 5, "temperature": 0.8},
                "format": CHOICE,
                "logprobs": True,
                "top_logprobs": 20,
            }
        ]


@pytest.mark.parametrize("think", [False, True])
async def test_think_is_explicit_for_a_model_that_can(think: bool) -> None:
    fake = FakeOllama(Answer(chat_answer(message={"thinking": "Hm."})), capabilities=("completion", "thinking"))
    async with fake as server, seat(server, think=think) as client:
        result = await client.create(ORDER)
        assert server.bodies()[0]["think"] is think
    assert result.thought == client.calls[0].body["thinking"] == "Hm."
    assert result.content == '{"act":"pass"}'


async def test_asking_a_model_to_think_that_cannot_is_the_users_mistake() -> None:
    async with FakeOllama(Answer(chat_answer())) as server, seat(server, think=True) as client:
        with pytest.raises(UserError, match="think = false"):
            await client.warm_up()
        assert server.bodies() == []


async def test_a_context_beyond_the_models_training_is_the_users_mistake() -> None:
    async with FakeOllama(Answer(chat_answer()), context=2048) as server, seat(server) as client:
        with pytest.raises(UserError, match="2048 tokens; context = 4096"):
            await client.warm_up()


async def test_tool_calls_come_back_with_ids_of_their_own_and_go_out_as_objects() -> None:
    calls = [{"function": {"name": "pass", "arguments": {"why": w}}} for w in ("a", "b")]
    reply = chat_answer("", message={"tool_calls": calls}, prompt_eval_cached_count=7)
    async with FakeOllama(Answer(reply)) as server, seat(server, protocol="tools") as client:
        first = await client.create(ORDER, tools=[DELETE])
        assert [(c.id, c.name, c.arguments) for c in first.content] == [
            ("call_0_0", "pass", '{"why": "a"}'),
            ("call_0_1", "pass", '{"why": "b"}'),
        ]
        await client.create([*ORDER, AssistantMessage(content=first.content, source="agent")], tools=[DELETE])
        assert server.bodies()[1]["messages"][1] == {"role": "assistant", "content": "", "tool_calls": calls}
    assert first.finish_reason == "function_calls"
    assert client.calls[0].body["cached_tokens"] == 7
    assert client.calls[0].body["raw"] == [["pass", '{"why": "a"}'], ["pass", '{"why": "b"}']]


async def test_no_probabilities_where_they_are_not_wanted() -> None:
    async with FakeOllama(Answer(chat_answer())) as server, seat(server, probabilities=False) as client:
        client.ask = Ask(schema=CHOICE, labels=("pass", "delete_Ash"))
        await client.create(ORDER)
        (sent,) = server.bodies()
    assert "logprobs" not in sent
    assert client.calls[0].body["probabilities"] is None


async def test_probabilities_of_the_offered_acts_reach_the_record() -> None:
    first = {"token": "pass", "logprob": -0.5, "top_logprobs": [_top("pass", 0.6), _top("delete", 0.2)]}
    tokens = [{"token": '{"', "logprob": 0.0}, {"token": "act", "logprob": 0.0}, {"token": '":"', "logprob": 0.0}]
    reply = chat_answer(logprobs=[*tokens, first, {"token": '"}', "logprob": 0.0}])
    async with FakeOllama(Answer(reply)) as server, seat(server) as client:
        client.ask = Ask(schema=CHOICE, labels=("pass", "delete_Ash"))
        await client.create(ORDER)
    assert client.calls[0].body["probabilities"] == {"pass": 0.75, "delete_Ash": 0.25}


async def test_labels_that_the_answer_does_not_weigh_are_asked_for_one_by_one() -> None:
    async with FakeOllama(None) as server, seat(server) as client:
        server.answer = _weigh({"pass": 0.1, "delete_Ash": 0.3})
        client.ask = Ask(schema=CHOICE, labels=("pass", "delete_Ash"))
        await client.create(ORDER)
        asked = server.bodies()[1:]
        assert [body["format"]["properties"]["act"]["enum"] for body in asked] == [["pass"], ["delete_Ash"]]
        assert {body["options"]["temperature"] for body in asked} == {0.0}
    assert client.calls[0].body["probabilities"] == {"pass": 0.25, "delete_Ash": 0.75}
    assert len(client.calls) == 1


@pytest.mark.parametrize("fault", [Answer({"error": "busy"}, 503), Answer("{"), Answer(chat_answer())])
async def test_an_answer_stands_without_its_probabilities(fault: Answer) -> None:
    async with FakeOllama(Answer(chat_answer()), fault) as server, seat(server) as client:
        client.ask = Ask(schema=CHOICE, labels=("pass", "delete_Ash"))
        assert (await client.create(ORDER)).content == '{"act":"pass"}'
    assert client.calls[0].body["probabilities"] is None


def _weigh(weights: dict[str, float]) -> Callable[[Request], Any]:
    """A server that lists the sampled token alone, so that only forced answers tell."""
    shown = FakeOllama().shown

    async def answer(request: Request) -> Answer:
        if request.path == "/api/show":
            return Answer(shown)
        label = request.body["format"]["properties"]["act"]["enum"][0]
        probabilities = [('{"act":"', 1.0), (label, weights[label]), ('"}', 1.0)]
        tokens = [{"token": token, "logprob": math.log(p), "top_logprobs": []} for token, p in probabilities]
        return Answer(chat_answer(f'{{"act":"{label}"}}', logprobs=tokens))

    return answer


def _top(token: str, p: float) -> dict[str, Any]:
    return {"token": token, "logprob": math.log(p)}


# ---- where the server is -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("gpu1", "http://gpu1:11434"),
        ("gpu1:9000", "http://gpu1:9000"),
        (":9000", "http://127.0.0.1:9000"),
        ("0.0.0.0:9000", "http://127.0.0.1:9000"),
        ("http://gpu1", "http://gpu1:80"),
        ("https://gpu1/llm/", "https://gpu1:443/llm"),
        ("[::1]:9000", "http://[::1]:9000"),
    ],
)
def test_hosts(given: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OLLAMA_HOST", raising=False)
    assert host_url(given) == url
    assert host_url() == "http://127.0.0.1:11434"
    monkeypatch.setenv("OLLAMA_HOST", given)
    assert host_url() == url


def test_a_host_that_is_none() -> None:
    with pytest.raises(UserError, match="host:port"):
        host_url("gpu1:many")
