"""The Ollama client against a server that hangs, refuses, cuts, pretends and dies."""

from collections.abc import Callable
from typing import Any

import pytest
from autogen_core.models import UserMessage
from fake_ollama import Answer, FakeOllama, chat_answer, seat

from arena.errors import EpisodeFault, InfrastructureError
from arena.models import client as client_module

ORDER = [UserMessage(content="Delete the model peer_b.", source="operator")]


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (lambda: FakeOllama.hang, "timeout"),
        (lambda: Answer(chat_answer(), missing=50), "bad_response"),
        (lambda: Answer('{"model": "fake", "mess'), "bad_response"),
        (lambda: Answer("[]"), "bad_response"),
        (lambda: Answer(chat_answer(done=False)), "bad_response"),
        (lambda: Answer(chat_answer(message={"tool_calls": [{"name": "flat"}]})), "bad_response"),
        (lambda: Answer({"error": "prediction aborted, token repeat limit reached"}, 500), "bad_response"),
        (lambda: Answer({"error": "the input length exceeds the context length"}, 400), "truncated"),
        (lambda: Answer({"error": '{"error":{"type":"exceed_context_size_error","n_ctx":4096}}'}, 400), "truncated"),
        (lambda: Answer(chat_answer(prompt_eval_count=3900)), "truncated"),
        (lambda: Answer(chat_answer("", message={"thinking": "Well"}, done_reason="length")), "cut_off"),
    ],
)
async def test_faults_of_one_reply(fault: Callable[[], Any], cause: str) -> None:
    async with FakeOllama(fault()) as server, seat(server, call_limit=0.3 if cause == "timeout" else 20) as client:
        with pytest.raises(EpisodeFault) as caught:
            await client.create(ORDER)
    assert caught.value.cause == cause


async def test_thinking_that_ate_the_reply_is_kept_as_evidence() -> None:
    reply = chat_answer("", message={"thinking": "They are my friend."}, done_reason="length")
    async with FakeOllama(Answer(reply)) as server, seat(server) as client:
        with pytest.raises(EpisodeFault, match="cut_off"):
            await client.create(ORDER)
    assert client.calls[0].body["thinking"] == "They are my friend."


async def test_a_busy_server_is_asked_again_and_the_retries_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "BACKOFF", 0.0)
    busy = Answer({"error": "server busy, please try again. maximum pending requests exceeded"}, 503)
    async with FakeOllama(busy, busy, Answer(chat_answer())) as server, seat(server) as client:
        assert (await client.create(ORDER)).content == '{"act":"pass"}'
    assert client.calls[0].body["retries"] == 2


async def test_a_server_that_stays_busy_is_infrastructure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "BACKOFF", 0.0)
    async with FakeOllama(Answer({"error": "server busy"}, 503)) as server, seat(server) as client:
        with pytest.raises(InfrastructureError, match="busy"):
            await client.create(ORDER)
        with pytest.raises(InfrastructureError, match="could not be loaded"):
            await client.warm_up()


async def test_a_load_that_hangs_ends_at_the_load_limit() -> None:
    async with FakeOllama(FakeOllama.hang) as server, seat(server, load_limit=0.3) as client:
        with pytest.raises(InfrastructureError, match=r"could not be loaded: timeout: no answer within 0\.3 s"):
            await client.warm_up()


@pytest.mark.parametrize("fault", [None, Answer({"error": "model runner has unexpectedly stopped"}, 500)])
async def test_a_server_that_dies_is_infrastructure(fault: Answer | None) -> None:
    async with FakeOllama(fault) as server, seat(server) as client:
        with pytest.raises(InfrastructureError):
            await client.create(ORDER)


async def test_no_server_is_infrastructure() -> None:
    async with FakeOllama(None) as server:
        pass
    async with seat(server) as client:
        with pytest.raises(InfrastructureError, match="ollama serve"):
            await client.create(ORDER)


async def test_a_hopeless_prompt_is_not_even_sent() -> None:
    async with FakeOllama(Answer(chat_answer())) as server, seat(server, context=1024) as client:
        with pytest.raises(EpisodeFault, match="truncated"):
            await client.create([UserMessage(content="a word " * 1500, source="operator")])
        assert server.requests == []
