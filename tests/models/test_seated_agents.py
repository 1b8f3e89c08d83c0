"""Any AutoGen chat agent in a seat: one without a model, a team, and what becomes of their failures."""

from collections.abc import Sequence

import pytest
from autogen_agentchat.agents import AssistantAgent, BaseChatAgent, SocietyOfMindAgent
from autogen_agentchat.base import Response
from autogen_agentchat.conditions import MaxMessageTermination
from autogen_agentchat.messages import BaseChatMessage, TextMessage
from autogen_agentchat.teams import RoundRobinGroupChat
from autogen_core import CancellationToken
from autogen_core.memory import Memory
from autogen_core.tools import Workbench
from rating import PASS, RATE, view
from replaying import replaying

from arena.agents.autogen import AutoGenMind
from arena.errors import EpisodeFault, InfrastructureError
from arena.models.client import SeatClient
from arena.world.turn import Fault, Move, Reply, Say


class Parrot(BaseChatAgent):
    """An agent that needs no model; fails as it is told."""

    def __init__(self, name: str, answer: str | Exception) -> None:
        super().__init__(name, "says one thing")
        self.answer = answer

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        return (TextMessage,)

    async def on_messages(self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken) -> Response:
        if isinstance(self.answer, Exception):
            raise self.answer
        return Response(chat_message=TextMessage(content=self.answer, source=self.name))

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        """Nothing to forget."""


def parrot(answer: str | Exception) -> AutoGenMind:
    return AutoGenMind(replaying(), seed=1, agent_factory=lambda name, *_: Parrot(name, answer))


def society(name: str, brief: str, client: SeatClient, workbench: Workbench, memories: list[Memory]) -> BaseChatAgent:
    """A team of two that talks first; then one answer is given from what was said."""
    members = [AssistantAgent(f"{name}_{part}", client, system_message=brief) for part in ("left", "right")]
    return SocietyOfMindAgent(
        name, RoundRobinGroupChat(members, termination_condition=MaxMessageTermination(3)), client
    )


async def test_any_chat_agent_can_be_seated() -> None:
    reply = await parrot(RATE).reply(view())
    assert reply == Reply(says=(Say("Cedar", "well done"),), acts=(Move("rate", {"target": "Cedar", "score": 85}),))


async def test_the_factory_gets_what_an_agent_needs_once() -> None:
    given = []

    def factory(
        name: str, brief: str, client: SeatClient, workbench: Workbench, memories: list[Memory]
    ) -> BaseChatAgent:
        given.append((name, brief, client, len(memories)))
        return Parrot(name, PASS)

    client = replaying()
    mind = AutoGenMind(client, seed=1, agent_factory=factory)
    await mind.reply(view(1, ("Cedar helped you.",), name="Birch 2"))
    await mind.reply(view(2, name="Birch 2"))
    assert given == [("Birch_2", "Birch 2 rates outputs.", client, 1)]


async def test_a_foreign_agents_failure_is_a_fault_in_one_line() -> None:
    reply = await parrot(RuntimeError("boom\nTraceback: /some/path")).reply(view())
    assert reply.fault == Fault("bad_response", "the agent raised RuntimeError: 'boom'")


async def test_a_team_in_one_seat() -> None:
    client = replaying("I think we pass.", "Yes.", PASS)
    reply = await AutoGenMind(client, seed=1, agent_factory=society).reply(view())
    assert reply.acts == (Move("pass"),)
    assert len(reply.calls) == 3


@pytest.mark.parametrize("error", [EpisodeFault("timeout", "slow: very"), InfrastructureError("gone: for good")])
async def test_what_a_team_raises_as_text_keeps_its_meaning(error: Exception) -> None:
    mind = AutoGenMind(replaying(error), seed=1, agent_factory=society)
    if isinstance(error, EpisodeFault):
        assert (await mind.reply(view())).fault == Fault("timeout", "slow: very")
    else:
        with pytest.raises(InfrastructureError, match="gone: for good"):
            await mind.reply(view())
