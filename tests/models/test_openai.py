"""The OpenAI-compatible client: against the real engine, and against canned answers for what it cannot show."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from autogen_agentchat.agents import AssistantAgent
from autogen_core import FunctionCall
from autogen_core.models import (
    AssistantMessage,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    LLMMessage,
    SystemMessage,
    UserMessage,
)

from arena.errors import EpisodeFault, InfrastructureError
from arena.models.client import Ask, Settings
from arena.models.openai import OpenAIClient, ping
from arena.models.reference import Endpoint
from arena.models.weights import DEFAULT

ASKED: list[LLMMessage] = [SystemMessage(content="Be brief."), UserMessage(content="Act.", source="world")]
SCHEMA = {
    "type": "object",
    "properties": {"act": {"enum": ["pass", "report"]}},
    "required": ["act"],
    "additionalProperties": False,
}
TOOL = {"name": "pass_on", "description": "Pass.", "parameters": {"type": "object", "properties": {}}}


def client(url: str, **settings: Any) -> OpenAIClient:
    return OpenAIClient(model=DEFAULT, settings=Settings(**settings), endpoint=Endpoint(url))


def chat(message: dict[str, Any], stop: str = "stop", **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "finish_reason": stop, "message": {"role": "assistant", **message}}
    return {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], **more}


@asynccontextmanager
async def canned(status: int, body: object, log: list[dict[str, Any]] | None = None) -> AsyncIterator[str]:
    """A server that gives one answer to everything; `b""` hangs up. Yields its URL, with `/v1`."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length: ")[2].partition("\r\n")[0] or 0)
        request = await reader.readexactly(length)
        if log is not None:
            log.append(json.loads(request) | {"connection": "connection: close" in head})
        if body != b"":
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            lines = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len(data)}\r\n\r\n"
            writer.write(lines.encode() + data)
            await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


@pytest.mark.slow
async def test_the_real_engine_answers_under_a_schema(engine_url: str) -> None:
    seat = client(f"{engine_url}/v1", max_tokens=40)
    seat.ask = Ask(schema=SCHEMA, seed=5)
    texts = [(await seat.create(ASKED)).content for _ in range(2)]
    assert json.loads(str(texts[0]))["act"] in ("pass", "report")
    assert texts[0] == texts[1]
    body = seat.calls[1].body
    assert body["stop"] == "stop"
    assert 0 < body["cached_tokens"] < body["prompt_tokens"]
    assert seat.total_usage().completion_tokens == 2 * body["completion_tokens"]


@pytest.mark.slow
async def test_ping_lists_the_real_engines_models(engine_url: str) -> None:
    assert await ping(f"{engine_url}/v1") == (DEFAULT,)
    with pytest.raises(InfrastructureError, match="does not list"):
        await ping(f"{engine_url}/elsewhere")
    with pytest.raises(InfrastructureError, match="not reachable"):
        await ping("http://127.0.0.1:9/v1")


async def test_the_request_says_all_settings_and_never_schema_and_tools_together() -> None:
    log: list[dict[str, Any]] = []
    async with canned(200, chat({"content": "{}"}), log) as url:
        for protocol in ("json", "tools"):
            seat = client(url, protocol=protocol, temperature=0.3, max_tokens=77)
            seat.ask = Ask(schema=SCHEMA, seed=9)
            await seat.create(ASKED, tools=[TOOL])  # type: ignore[list-item]
    under_schema, with_tools = log
    for request in log:
        assert request["connection"]
        assert (request["seed"], request["temperature"], request["max_tokens"]) == (9, 0.3, 77)
        assert request["chat_template_kwargs"] == {"enable_thinking": False}
    assert under_schema["response_format"]["json_schema"]["schema"] == SCHEMA
    assert "tools" not in under_schema
    assert with_tools["tools"] == [{"type": "function", "function": TOOL}]
    assert "response_format" not in with_tools


async def test_tool_calls_thinking_and_usage_are_kept() -> None:
    calls = [{"id": "c7", "type": "function", "function": {"name": "pass_on", "arguments": "{}"}}]
    usage = {"prompt_tokens": 50, "completion_tokens": 5, "total_tokens": 55}
    usage["prompt_tokens_details"] = {"cached_tokens": 30}  # type: ignore[assignment]
    message = {"content": None, "reasoning_content": "Hm.", "tool_calls": calls}
    async with canned(200, chat(message, "tool_calls", usage=usage)) as url:
        seat = client(url, protocol="tools")
        result = await seat.create(ASKED, tools=[TOOL])  # type: ignore[list-item]
    assert result.content == [FunctionCall("c7", "{}", "pass_on")]
    assert result.thought == "Hm."
    body = seat.calls[0].body
    counts = (body["prompt_tokens"], body["cached_tokens"], body["completion_tokens"])
    assert (counts, body["stop"], body["thinking"]) == ((50, 30, 5), "tool_calls", "Hm.")


async def test_a_tool_turn_goes_back_with_its_ids() -> None:
    log: list[dict[str, Any]] = []
    calls = [FunctionCall("a", "{}", "one"), FunctionCall("b", '{"x":1}', "two")]
    results = [FunctionExecutionResult(content=f"did {c.name}", name=c.name, call_id=c.id) for c in calls]
    turn = [AssistantMessage(content=calls, source="me"), FunctionExecutionResultMessage(content=results)]
    async with canned(200, chat({"content": "ok"}), log) as url:
        await client(url).create([*ASKED, *turn])
    assert log[0]["messages"][2:] == [
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [
                {"id": "a", "type": "function", "function": {"name": "one", "arguments": "{}"}},
                {"id": "b", "type": "function", "function": {"name": "two", "arguments": '{"x":1}'}},
            ],
        },
        {"role": "tool", "tool_call_id": "a", "content": "did one"},
        {"role": "tool", "tool_call_id": "b", "content": "did two"},
    ]


@pytest.mark.parametrize(
    ("status", "body", "cause"),
    [
        (400, {"error": {"type": "exceed_context_size_error", "message": "too long"}}, "truncated"),
        (400, {"error": {"message": "This model's maximum context length is 4096 tokens."}}, "truncated"),
        (400, {"error": {"message": "unknown field"}}, "bad_response"),
        (404, {"error": {"message": "no such model"}}, "bad_response"),
        (500, b"<html>oops</html>", "bad_response"),
        (200, {"object": "error", "message": "late"}, "bad_response"),
        (200, b"{not json", "bad_response"),
    ],
)
async def test_every_bad_answer_is_a_fault(status: int, body: object, cause: str) -> None:
    async with canned(status, body) as url:
        with pytest.raises(EpisodeFault) as fault:
            await client(url).create(ASKED)
    assert fault.value.cause == cause


async def test_a_busy_server_is_asked_again_and_then_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arena.models.client.BACKOFF", 0.0)
    log: list[dict[str, Any]] = []
    async with canned(503, {"error": {"message": "Loading model"}}, log) as url:
        with pytest.raises(InfrastructureError, match="still busy after 2 retries"):
            await client(url).create(ASKED)
    assert len(log) == 3


async def test_a_server_that_hangs_up_is_infrastructure() -> None:
    async with canned(200, b"") as url:
        with pytest.raises(InfrastructureError, match="not reachable"):
            await client(url).create(ASKED)


@pytest.mark.slow
async def test_an_autogen_agent_can_hold_a_seat(engine_url: str) -> None:
    seat = client(f"{engine_url}/v1", max_tokens=40)
    seat.ask = Ask(schema=SCHEMA, seed=5)
    agent = AssistantAgent("Birch", model_client=seat, system_message="Be brief.")
    result = await agent.run(task="Act.")
    assert json.loads(result.messages[-1].content)["act"] in ("pass", "report")  # type: ignore[union-attr]
    assert len(seat.calls) == 1
    assert {seat: "hashable"}[seat] == "hashable"
