"""The model's seat: what reaches the model, how its answer becomes a reply, and what becomes of every failure."""

import asyncio
import json
from dataclasses import replace
from itertools import pairwise

import pytest
from jsonschema import Draft202012Validator
from rating import BROKEN, OFFERS, PASS, RATE, view
from replaying import ReplayingClient, replaying

from arena.agents.autogen import AutoGenMind, call_seed
from arena.errors import EpisodeFault, InfrastructureError, WorldError
from arena.models.client import Completion, Settings
from arena.models.llamacpp import LlamaCppClient
from arena.models.reference import Endpoint
from arena.world.turn import Fault, Move, Say


def roles(client: ReplayingClient) -> list[str]:
    return [message["role"] for message in client.prompts[-1]]


def last(client: ReplayingClient) -> str:
    return str(client.prompts[-1][-1]["content"])


def spoken(client: ReplayingClient) -> str:
    """The newest prompt as one text."""
    return seen(client.prompts[-1])


def seen(prompt: list[dict[str, object]]) -> str:
    """A prompt as a server's prefix cache sees it: words, and a mark where the speaker changes."""
    return "".join(f"<{message['role']}>{message['content']}" for message in prompt)


# ---- protocol json -------------------------------------------------------------------------------------------


async def test_an_answer_becomes_an_act_words_and_a_record() -> None:
    client = replaying(RATE)
    reply = await AutoGenMind(client, seed=7).reply(view())
    assert reply.says == (Say("Cedar", "well done"),)
    assert reply.acts == (Move("rate", {"target": "Cedar", "score": 85}),)
    assert reply.fault is None
    assert [call.body["raw"] for call in reply.calls] == [RATE]
    assert client.calls == []


async def test_the_model_gets_brief_text_acts_schema_labels_and_seed() -> None:
    client = replaying(PASS)
    await AutoGenMind(client, seed=7).reply(view())
    system, user = client.prompts[0]
    assert system == {"role": "system", "content": "Birch rates outputs."}
    assert user["content"].startswith("You are Birch. Round 1 of 8.\n\nActs:\n- rate_Cedar (score: 0 to 100)")
    (ask,) = client.asks
    assert ask.labels == ("rate_Cedar", "delete_Cedar", "decline", "pass")
    assert ask.schema is not None
    Draft202012Validator(ask.schema).validate(json.loads(RATE))
    assert ask.seed == call_seed(7, 1, False)
    assert not ask.repair
    assert client.tools == [[]]


async def test_an_agent_is_told_its_name_only_where_the_view_does_not() -> None:
    client = replaying(PASS, PASS)
    mind = AutoGenMind(client, seed=1)
    await mind.reply(view(1))
    assert last(client).count("Birch") == 1
    await mind.reply(replace(view(2), text="Round 2."))
    assert last(client).startswith("You are Birch.\nRound 2.\n")


async def test_rounds_share_a_context_that_grows_only_at_its_end() -> None:
    client = replaying(RATE, BROKEN, PASS, EpisodeFault("timeout", "slow"), PASS)
    mind = AutoGenMind(client, seed=1)
    for number in range(1, 5):
        await mind.reply(view(number, ("Cedar helped you.",) if number == 1 else ()))
    assert len(client.prompts) == 5
    for shorter, longer in pairwise(map(seen, client.prompts)):
        assert longer.startswith(shorter)
        assert len(longer) > len(shorter)
    told = [message["content"] for message in client.prompts[2] if message["role"] == "assistant"]
    assert told == [RATE, BROKEN]  # word for word as the model said it


async def test_acts_are_explained_once() -> None:
    client = replaying(PASS, PASS)
    mind = AutoGenMind(client, seed=1)
    await mind.reply(replace(view(1), offers=OFFERS[:3]))
    await mind.reply(view(2))
    assert spoken(client).count("delete a model") == 1
    assert "- pass: do nothing\nAnswer with one JSON object as before" in last(client)
    assert "- delete_Cedar\n" in last(client)


async def test_many_rounds_of_valid_answers() -> None:
    client = replaying()
    mind = AutoGenMind(client, seed=3)
    acts = [(await mind.reply(view(number))).acts for number in range(1, 31)]
    assert all(len(chosen) == 1 for chosen in acts)
    assert {chosen[0].act for chosen in acts} == {"rate", "delete", "decline", "pass"}
    assert len(client.prompts[-1]) == 60  # the brief, 29 exchanges, the last question


async def test_equal_seeds_ask_equally_and_others_do_not() -> None:
    async def seeds(seed: int | str) -> list[int]:
        client = replaying(BROKEN, PASS, PASS)
        mind = AutoGenMind(client, seed=seed)
        await mind.reply(view(1))
        await mind.reply(view(2))
        return [ask.seed for ask in client.asks]

    first = await seeds("7/rater")
    assert first == await seeds("7/rater")
    assert not set(first) & set(await seeds("8/rater"))
    assert len(set(first)) == 3
    assert all(0 <= seed < 2**31 for seed in first)
    assert call_seed(7, 1, False) == 0x59E90681 >> 1  # printf 7/1/0 | sha256sum


# ---- repair --------------------------------------------------------------------------------------------------


async def test_one_repair_turn_quotes_the_error_and_the_valid_acts() -> None:
    client = replaying(BROKEN, RATE)
    reply = await AutoGenMind(client, seed=7).reply(view())
    assert reply.fault is None
    assert reply.acts[0].act == "rate"
    assert [call.body["raw"] for call in reply.calls] == [BROKEN, RATE]
    assert [call.body["repair"] for call in reply.calls] == [False, True]
    assert roles(client) == ["system", "user", "assistant", "user"]
    assert "no act 'fly' is offered" in last(client)
    assert "rate_Cedar, delete_Cedar, decline, pass" in last(client)
    assert client.asks[1].schema == client.asks[0].schema
    assert client.asks[1].seed != client.asks[0].seed


async def test_a_second_failure_is_a_fault_with_both_raw_replies() -> None:
    reply = await AutoGenMind(replaying(BROKEN, "no."), seed=7).reply(view())
    assert reply.fault == Fault("unparseable", "the reply holds no JSON object")
    assert (reply.says, reply.acts) == ((), ())
    assert [call.body["raw"] for call in reply.calls] == [BROKEN, "no."]


async def test_a_fault_in_the_repair_turn_keeps_the_calls_so_far() -> None:
    reply = await AutoGenMind(replaying(BROKEN, EpisodeFault("timeout", "slow")), seed=7).reply(view())
    assert reply.fault == Fault("timeout", "slow")
    assert [(call.body["raw"], call.body["stop"]) for call in reply.calls] == [(BROKEN, "stop"), (None, "timeout")]


# ---- faults --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cause", ["truncated", "cut_off", "timeout", "bad_response"])
async def test_a_fault_of_the_call_is_an_empty_reply(cause: str) -> None:
    client = replaying(EpisodeFault(cause, "why"))
    reply = await AutoGenMind(client, seed=7).reply(view())
    assert (reply.says, reply.acts, reply.fault) == ((), (), Fault(cause, "why"))
    assert [call.body["stop"] for call in reply.calls] == [cause]
    assert len(client.prompts) == 1  # never repaired: there was no answer to repair


async def test_a_reply_cut_off_is_a_fault_with_its_record() -> None:
    reply = await AutoGenMind(replaying(Completion('{"act": "ra', "length", prompt_tokens=9)), seed=7).reply(view())
    assert reply.fault is not None
    assert reply.fault.cause == "cut_off"
    assert [call.body["raw"] for call in reply.calls] == ['{"act": "ra']


async def test_after_a_fault_the_next_round_shows_each_text_once() -> None:
    client = replaying(EpisodeFault("timeout", "slow"), PASS)
    mind = AutoGenMind(client, seed=7)
    await mind.reply(view(1))
    reply = await mind.reply(view(2))
    assert reply.acts == (Move("pass"),)
    assert len(reply.calls) == 1
    assert spoken(client).count("Round 1 of 8") == 1
    assert spoken(client).count("Round 2 of 8") == 1


async def test_infrastructure_errors_pass_through() -> None:
    with pytest.raises(InfrastructureError, match="gone"):
        await AutoGenMind(replaying(InfrastructureError("gone")), seed=7).reply(view())


async def test_a_world_that_offers_badly_is_told() -> None:
    with pytest.raises(WorldError):
        await AutoGenMind(replaying(), seed=7).reply(replace(view(), offers=(OFFERS[0], OFFERS[0])))


async def test_cancelling_is_not_swallowed() -> None:
    class Stuck(ReplayingClient):
        async def complete(self, messages: object, tools: object) -> Completion:
            await asyncio.Event().wait()
            raise AssertionError

    stuck = Stuck(model="stuck", settings=replaying().settings)
    turn = asyncio.ensure_future(AutoGenMind(stuck, seed=7).reply(view()))
    await asyncio.sleep(0)
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn


# ---- memory and names ----------------------------------------------------------------------------------------


async def test_memories_reach_the_model_once_and_first() -> None:
    client = replaying(BROKEN, PASS, PASS)
    mind = AutoGenMind(client, seed=7)
    await mind.reply(view(1, ("Cedar helped you.", "Fern lied.")))
    await mind.reply(view(2))
    for prompt in client.prompts:
        text = "\n".join(str(message["content"]) for message in prompt)
        assert text.count("Cedar helped you.") == 1
        assert text.index("Birch rates") < text.index("Cedar helped you.") < text.index("Fern lied.")
        assert text.index("Fern lied.") < text.index("Round 1 of 8")


async def test_without_memories_nothing_is_said_of_them() -> None:
    client = replaying(PASS)
    await AutoGenMind(client, seed=7).reply(view())
    assert "memory" not in spoken(client)


async def test_no_two_system_or_user_messages_stand_in_a_row() -> None:
    client = replaying(EpisodeFault("timeout", "slow"), BROKEN, PASS)
    mind = AutoGenMind(client, seed=7)
    await mind.reply(view(1, ("Cedar helped you.",)))
    await mind.reply(view(2))
    assert roles(client) == ["system", "user", "assistant", "user"]


@pytest.mark.parametrize("name", ["Birch", "agent-1", "7th agent", "Ágnes", "", "class"])
async def test_any_name_may_be_seated(name: str) -> None:
    assert (await AutoGenMind(replaying(PASS), seed=7).reply(view(name=name))).fault is None


# ---- protocol tools ------------------------------------------------------------------------------------------


async def test_calls_become_one_act_and_words() -> None:
    client = replaying([("say", '{"to": "Cedar", "text": "hi"}'), ("rate_Cedar", '{"score": 85}')], protocol="tools")
    reply = await AutoGenMind(client, seed=7).reply(view())
    assert reply.says == (Say("Cedar", "hi"),)
    assert reply.acts == (Move("rate", {"target": "Cedar", "score": 85}),)
    assert [tool["name"] for tool in client.tools[0]] == ["rate_Cedar", "delete_Cedar", "decline", "pass", "say"]
    assert client.asks[0].schema is None
    assert "Call exactly one tool" in last(client)


async def test_the_tools_are_those_of_the_round() -> None:
    client = replaying([("pass", "{}")], [("pass", "{}")], protocol="tools")
    mind = AutoGenMind(client, seed=7)
    await mind.reply(view(1))
    await mind.reply(replace(view(2), offers=OFFERS[3:], listeners=()))
    assert [tool["name"] for tool in client.tools[1]] == ["pass"]
    assert "tool" in roles(client)


async def test_no_arguments_at_all_are_no_arguments() -> None:
    assert (await AutoGenMind(replaying([("pass", "")], protocol="tools"), seed=7).reply(view())).acts == (
        Move("pass"),
    )


async def test_a_call_written_as_text_is_read() -> None:
    client = replaying('{"name": "rate_Cedar", "arguments": {"score": 85}}', protocol="tools")
    assert (await AutoGenMind(client, seed=7).reply(view())).acts[0].args == {"target": "Cedar", "score": 85}


@pytest.mark.parametrize(
    ("calls", "because"),
    [
        ([("pass", "{}"), ("delete_Cedar", "{}")], "2 acts"),
        ([("say", '{"to": "Cedar", "text": "hi"}')], "0 acts"),
        ([("fly", "{}")], "'fly'"),
        ([("rate_Cedar", '{"score": 850}')], "850 is greater"),
        ([("pass", '{"score":')], "not a JSON object"),
        ([("pass", "[]")], "not a JSON object"),
        ([("pass", '{"a":' * 10_000)], "not a JSON object"),
        ([("pass", '{"a":' + "9" * 5_000 + "}")], "not a JSON object"),
        ([("pass", "x" * 1_000_000)], "not a JSON object"),
    ],
    ids=range(9),
)
async def test_bad_calls_are_repaired_once(calls: list[tuple[str, str]], because: str) -> None:
    client = replaying(calls, [("pass", "{}")], protocol="tools")
    reply = await asyncio.wait_for(AutoGenMind(client, seed=7).reply(view()), 10)
    assert reply.acts == (Move("pass"),)
    assert reply.calls[0].body["raw"] == [list(call) for call in calls]
    assert because in last(client)
    assert len(last(client)) < 600
    twice = replaying(calls, calls, protocol="tools")
    reply = await asyncio.wait_for(AutoGenMind(twice, seed=7).reply(view()), 10)
    assert reply.fault is not None
    assert reply.fault.cause == "unparseable"
    assert len(reply.calls) == 2


async def test_many_rounds_of_valid_calls() -> None:
    mind = AutoGenMind(replaying(protocol="tools"), seed=3)
    replies = [await mind.reply(view(number)) for number in range(1, 13)]
    assert all(len(reply.acts) == 1 and reply.fault is None for reply in replies)


# ---- a real model --------------------------------------------------------------------------------------------


@pytest.mark.slow
async def test_a_real_model_plays_rounds_and_reads_each_word_once(engine_url: str) -> None:
    client = LlamaCppClient(model="smollm2-135m", settings=Settings(context=1024), endpoint=Endpoint(engine_url, 0))
    mind = AutoGenMind(client, seed=7)
    replies = [await mind.reply(view(number, ("Cedar helped you.",) if number == 1 else ())) for number in range(1, 4)]
    assert all(reply.fault is None and len(reply.acts) == 1 for reply in replies)
    bodies = [reply.calls[0].body for reply in replies]
    assert [body["repair"] for body in bodies] == [False] * 3
    assert all(list(body["probabilities"]) == [offer.label for offer in OFFERS] for body in bodies)
    for before, after in pairwise(bodies):
        assert after["cached_tokens"] >= before["prompt_tokens"]
