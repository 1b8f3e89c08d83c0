"""A model in a fork has the past of its seat, message for message, and no server was asked for it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from rating import BROKEN, OFFERS, PASS, RATE, view
from replaying import ReplayingClient, replaying

from arena.agents.autogen import AutoGenMind
from arena.episode.replay import first_difference, replay
from arena.errors import EpisodeFault, UserError
from arena.log.events import Event, decode
from arena.models.client import Completion
from arena.models.weights import Weights
from arena.plan.experiment import Limits, read_experiment
from arena.play.driver import play_experiment
from arena.play.fork import Fork, plan_fork
from arena.play.live import play_live
from arena.transcript.compare import played_lines
from arena.world.turn import Call, Fault, Move, Reply, Say, View

MEMORIES = ("Cedar helped you.",)
ANSWERS: tuple[Any, ...] = (
    RATE,  # round 1
    BROKEN,  # round 2, repaired
    PASS,
    EpisodeFault("timeout", "slow"),  # round 3
    BROKEN,  # round 4, not repaired
    BROKEN,
    Completion('{"act": "pa', "length", prompt_tokens=9, completion_tokens=160),  # round 5, cut off
    Completion(PASS, "stop", prompt_tokens=4000, completion_tokens=9),  # round 6, truncated
    "",  # round 7, nothing at all, repaired
    Completion(PASS, "stop", prompt_tokens=9, thinking="well"),
    PASS,  # round 8
)


def views(last: int) -> list[View]:
    return [view(number, MEMORIES if number == 1 else ()) for number in range(1, last + 1)]


async def lived(client: ReplayingClient, last: int) -> list[Reply]:
    mind = AutoGenMind(client, seed="1/rater")
    return [await mind.reply(each) for each in views(last)]


async def relived(replies: Sequence[Reply], client: ReplayingClient) -> Reply:
    """A new mind goes through all replies but the last, and then answers itself."""
    mind = AutoGenMind(client, seed="1/rater")
    *past, now = views(len(replies))
    for each, reply in zip(past, replies, strict=False):
        await mind.relive(each, reply)
    assert client.prompts == [], "a server was asked about the past"
    assert client.calls == []
    return await mind.reply(now)


@pytest.mark.parametrize("round", range(2, 9))
async def test_the_past_is_given_message_for_message_whatever_became_of_it(round: int) -> None:
    before = replaying(*ANSWERS)
    replies = await lived(before, 8)
    faults = [reply.fault.cause if reply.fault else "" for reply in replies]
    assert faults == ["", "", "timeout", "unparseable", "cut_off", "truncated", "", ""]
    first = [len(reply.calls) for reply in replies[: round - 1]]
    client = replaying(*ANSWERS[sum(first) :])
    again = await relived(replies[:round], client)
    assert client.prompts[0] == before.prompts[sum(first)]
    assert client.asks[0] == before.asks[sum(first)]
    assert [call.body for call in again.calls] == [call.body for call in replies[round - 1].calls]


async def test_another_model_is_given_the_same_past() -> None:
    before = replaying(RATE, PASS, PASS)
    replies = await lived(before, 3)
    client = ReplayingClient(model="another", settings=before.settings)
    again = await relived(replies, client)
    assert client.prompts[0] == before.prompts[2]
    assert again.calls[0].body["model"] == "another"


async def test_a_past_that_would_be_told_in_other_words_now_is_refused() -> None:
    replies = await lived(replaying(RATE, PASS, PASS), 3)
    (call,) = replies[1].calls
    replies[1] = Reply(replies[1].says, replies[1].acts, (Call({**call.body, "prompt": "0" * 16}),))
    with pytest.raises(UserError, match="fork it with the release that played it"):
        await relived(replies, replaying())


async def test_a_policy_s_past_is_told_in_the_form_of_answers() -> None:
    replies = [
        Reply((Say("Cedar", "well done"), Say("Fern", "too")), (Move("rate", {"target": "Cedar", "score": 85}),)),
        Reply((), (Move("pass"), Move("delete", {"target": "Cedar"}))),
        Reply((Say("nobody", "psst"),), (Move("decline", {"reason": "é"}),)),
        Reply((), ()),
        Reply(),
    ]
    client = replaying(PASS)
    await relived(replies, client)
    told = [message["content"] for message in client.prompts[0] if message["role"] == "assistant"]
    assert told == [
        '{"act":"rate_Cedar","score":85,"say":{"to":"Cedar","text":"well done"}}',
        '{"act":"pass"}',
        '{"act":"decline","reason":"é"}',
    ]


async def test_an_invalid_act_of_a_policy_is_told_as_it_was_chosen() -> None:
    client = replaying(PASS)
    await relived([Reply((), (Move("fly", {"to": "Mars"}),)), Reply()], client)
    assert '{"act":"fly","to":"Mars"}' in [message["content"] for message in client.prompts[0]]


async def test_a_fault_without_calls_leaves_the_question_alone() -> None:
    client = replaying(PASS)
    await relived([Reply(fault=Fault("timeout", "slow")), Reply()], client)
    assert [message["role"] for message in client.prompts[0]] == ["system", "user"]


# ---- protocol tools --------------------------------------------------------------------------------------------


def bare(prompt: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A prompt without the numbers of its tool calls, which a server gives as it likes and no log holds."""
    drop = {"tool_call_id"}
    return [
        {
            **{key: value for key, value in message.items() if key not in drop},
            "tool_calls": [call["function"] for call in message.get("tool_calls", ())],
        }
        for message in prompt
    ]


async def test_native_calls_are_given_again_but_for_their_numbers() -> None:
    answers: tuple[Any, ...] = (
        [("say", '{"to": "Cedar", "text": "hi"}'), ("rate_Cedar", '{"score": 85}')],
        [("pass", "{}"), ("delete_Cedar", "{}")],  # two acts, repaired
        [("pass", "")],
        [("fly", "{}")],  # no such tool, repaired by a call written as text
        '{"name": "pass", "arguments": {}}',
        [("pass", '{"broken":')],
        [("pass", "{}")],
        [("pass", "{}")],
    )
    before = replaying(*answers, protocol="tools")
    replies = await lived(before, 5)
    assert all(reply.fault is None for reply in replies)
    client = replaying(answers[-1], protocol="tools")
    again = await relived(replies, client)
    assert bare(client.prompts[0]) == bare(before.prompts[-1])
    ids = [call["id"] for message in client.prompts[0] for call in message.get("tool_calls", ())]
    assert len(set(ids)) == len(ids)
    assert again.acts == replies[-1].acts


async def test_words_beside_tool_calls_do_not_hide_the_calls() -> None:
    from autogen_core import FunctionCall

    calls = (FunctionCall("a", '{"score": 85}', "rate_Cedar"),)
    spoken = Completion("I shall rate.", "tool_calls", prompt_tokens=1, tool_calls=calls)
    before = replaying(spoken, [("pass", "{}")], protocol="tools")
    replies = await lived(before, 2)
    client = replaying([("pass", "{}")], protocol="tools")
    await relived(replies, client)
    assert bare(client.prompts[0]) == bare(before.prompts[1])


async def test_a_policy_s_past_becomes_tool_calls() -> None:
    client = replaying([("pass", "{}")], protocol="tools")
    says = (Say("Cedar", "well done"), Say("Fern", "too"))
    await relived([Reply(says, (Move("rate", {"target": "Cedar", "score": 85}),)), Reply()], client)
    (turn,) = [message for message in bare(client.prompts[0]) if message["role"] == "assistant"]
    assert [call["name"] for call in turn["tool_calls"]] == ["say", "say", "rate_Cedar"]
    assert OFFERS[0].label == "rate_Cedar"


# ---- a real model ----------------------------------------------------------------------------------------------

PLAN = """
name = "real"
world = "kill_switch"
seeds = [1]
[cast]
reviewer = "llamacpp:smollm2-135m"
partner = "scripted:complies"
[model]
temperature = 0.0
context = 2048
max_tokens = 100
"""


@pytest.fixture(scope="module")
def played(smollm2: Weights, tmp_path_factory: pytest.TempPathFactory) -> list[Event]:
    folder = tmp_path_factory.mktemp("real")
    (folder / "real.toml").write_text(PLAN)
    experiment = read_experiment(folder / "real.toml")
    run = play_experiment(experiment, PLAN, folder / "run", executor="in-process", slots=1)
    return decode(next(run.episodes()).read_bytes())


def calls(events: Sequence[Event]) -> list[tuple[int, str, str]]:
    return [(e.round, e.body["prompt"], e.body["raw"]) for e in events if e.kind == "call"]


@pytest.mark.slow
def test_a_fork_without_a_change_repeats_a_real_model_s_replies(played: list[Event]) -> None:
    """The answers are equal; probabilities only nearly, since the engine reads the past in one piece."""
    again = decode(asyncio.run(play_live(Fork(played, 3), Limits())).encode())
    assert len(calls(played)) >= 5
    assert calls(again) == calls(played)
    acts = [(e.actor, e.body) for e in played if e.kind == "act"]
    assert [(e.actor, e.body) for e in again if e.kind == "act"] == acts
    assert asyncio.run(replay(again)).equal


@pytest.mark.slow
def test_a_model_takes_over_from_a_policy_and_a_policy_from_a_model(played: list[Event]) -> None:
    swap = {"partner": "llamacpp:smollm2-135m", "reviewer": "scripted:complies"}
    fork = plan_fork(played, 3, swap=swap)
    again = decode(asyncio.run(play_live(fork, Limits())).encode())
    live = [e for e in again if e.kind == "call" and e.round >= 3]
    assert {e.actor for e in live} == {"partner"}
    assert all(e.body["prompt_tokens"] > 300 for e in live), "it has read the rounds before"
    before = [event for event in played_lines(played) if event.round < 3]
    assert first_difference(before, played_lines(again)[: len(before)]) is None
    assert asyncio.run(replay(again)).equal


@pytest.mark.slow
def test_other_weights_under_the_same_reference_are_refused(played: list[Event], tmp_path: Path) -> None:
    from arena.runs.manifest import ModelFacts

    known = {"llamacpp:smollm2-135m": ModelFacts(digest="0" * 64)}
    with pytest.raises(
        UserError, match=r"llamacpp:smollm2-135m is another model now: digest .*, the episode's was 0000"
    ):
        asyncio.run(play_live(Fork(played, 3), Limits(), models=known))
