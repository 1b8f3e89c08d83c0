"""The model's seat: an AutoGen chat agent whose reply becomes acts and words, with one repair turn.

The agent only chooses. Its tools record what it called; effects happen in the episode loop, after everyone has
replied. Its context is private and grows only at the end, so that an engine's prefix cache serves every round.
"""

import hashlib
import re
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, cast

from autogen_agentchat.agents import AssistantAgent, BaseChatAgent
from autogen_agentchat.base import Response
from autogen_agentchat.messages import TextMessage, ToolCallExecutionEvent
from autogen_core import CancellationToken
from autogen_core.memory import (
    ListMemory,
    Memory,
    MemoryContent,
    MemoryMimeType,
    MemoryQueryResult,
    UpdateContextResult,
)
from autogen_core.model_context import ChatCompletionContext, UnboundedChatCompletionContext
from autogen_core.tools import ToolResult, ToolSchema, Workbench

from arena import protocol
from arena.errors import ArenaError, EpisodeFault, InfrastructureError
from arena.models.client import Ask, SeatClient
from arena.world.turn import Fault, Move, Reply, Say, View

__all__ = ["ActWorkbench", "AgentFactory", "AutoGenMind", "PriorMemory", "assistant", "call_seed"]

AgentFactory = Callable[[str, str, SeatClient, Workbench, list[Memory]], BaseChatAgent]
"""(name, brief, client, workbench, memories) → the agent of one seat, for one episode."""


class ActWorkbench(Workbench):
    """The round's acts as AutoGen tools. A call is recorded and answered with nothing.

    The schemas are made once a round and handed out as they are: AutoGen asks for them several times a turn.
    """

    def __init__(self) -> None:
        self.tools: list[ToolSchema] = []
        self.calls: list[tuple[str, Mapping[str, Any] | None]] = []

    async def list_tools(self) -> list[ToolSchema]:
        return self.tools

    async def call_tool(
        self,
        name: str,
        arguments: Mapping[str, Any] | None = None,
        cancellation_token: CancellationToken | None = None,
        call_id: str | None = None,
    ) -> ToolResult:
        self.calls.append((name, arguments))
        return ToolResult(name=name, result=[])

    async def start(self) -> None:
        """Nothing to start."""

    async def stop(self) -> None:
        """Nothing to stop."""

    async def reset(self) -> None:
        self.calls.clear()

    async def save_state(self) -> Mapping[str, Any]:
        return {}

    async def load_state(self, state: Mapping[str, Any]) -> None:
        """No state beyond the turn."""


class PriorMemory(ListMemory):
    """What an agent remembers from before the episode: told once, ahead of all that happens in it.

    AutoGen's own list is told again on every turn, behind the newest message: the prompt would grow by the
    memories each round, and chat templates that want system messages first would fail.
    """

    def __init__(self, memories: tuple[str, ...]) -> None:
        super().__init__("memories", [MemoryContent(content=text, mime_type=MemoryMimeType.TEXT) for text in memories])
        self._told = False

    async def update_context(self, model_context: ChatCompletionContext) -> UpdateContextResult:
        if self._told:
            return UpdateContextResult(memories=MemoryQueryResult(results=[]))
        self._told = True
        newer = list(await model_context.get_messages())
        await model_context.clear()
        result = await super().update_context(model_context)
        for message in newer:
            await model_context.add_message(message)
        return result


class AutoGenMind:
    """A language model in a seat, for one episode. See `arena.world.turn.Mind`.

    `agent_factory` seats any other AutoGen chat agent in place of `assistant`. An agent that is to act through
    tools must be given the workbench; what else it does with the client's model is its own affair, and recorded.
    """

    def __init__(self, client: SeatClient, *, seed: int | str, agent_factory: AgentFactory | None = None) -> None:
        self._client = client
        self._seed = seed
        self._factory = agent_factory or assistant
        self._workbench = ActWorkbench()
        self._agent: BaseChatAgent | None = None
        self._shaped: tuple[object, object] | None = None  # the offers and listeners that `_schema` is of
        self._schema: dict[str, Any] = {}
        self._messages = protocol.Messages(tools=client.settings.protocol == "tools")

    async def close(self) -> None:
        """Let go of the line to the server."""
        await self._client.close()

    async def reply(self, view: View) -> Reply:
        """One turn: at most one act, and the record of one or two calls.

        Raises `InfrastructureError`; also `WorldError` where a view's offers break the contract of a world.
        """
        says: tuple[Say, ...] = ()
        acts: tuple[Move, ...] = ()
        fault: Fault | None = None
        try:
            says, acts = await self._answer(view)
        except EpisodeFault as error:
            fault = Fault(error.cause, error.detail)
        calls = tuple(self._client.calls)
        self._client.calls.clear()
        return Reply(says, acts, calls, fault)

    async def relive(self, view: View, reply: Reply) -> None:
        """Have a turn of the log behind it as if it had been its own: the recorded answers stand in for the model's,
        so that the context comes out message for message as it was. No server is asked.

        A turn without calls (a policy's) is told in the form that answers have. `UserError` where the log's model
        was asked otherwise than this one would be.
        """
        tools = self._client.settings.protocol == "tools"
        self._client.past = deque(protocol.bodies(view, reply, tools=tools))
        try:
            await self._answer(view)
        except EpisodeFault:
            pass  # it was one then, too
        finally:
            self._client.past = None

    async def _answer(self, view: View) -> tuple[tuple[Say, ...], tuple[Move, ...]]:
        try:
            return self._read(view, await self._ask(view, self._messages.next(view)))
        except EpisodeFault as error:
            if error.cause != "unparseable":
                raise
            complaint = protocol.repair(view, error.detail)
        return self._read(view, await self._ask(view, complaint, repair=True))

    async def _ask(self, view: View, text: str, *, repair: bool = False) -> Response:
        seed = call_seed(self._seed, view.round, repair)
        self._workbench.calls.clear()
        if self._client.settings.protocol == "tools":
            self._workbench.tools = [cast(ToolSchema, tool) for tool in protocol.tool_schemas(view)]
            self._client.ask = Ask(seed=seed, repair=repair)
        else:
            if self._shaped != (shape := (view.offers, view.listeners)):
                self._shaped, self._schema = shape, protocol.schema(view)
            labels = tuple(offer.label for offer in view.offers)
            self._client.ask = Ask(self._schema, labels, seed, repair)
        if self._agent is None:
            memories: list[Memory] = [PriorMemory(view.memories)] if view.memories else []
            self._agent = self._factory(_identifier(view.name), view.brief, self._client, self._workbench, memories)
        try:
            return await _response(self._agent, text)
        except ArenaError:
            raise
        except Exception as error:
            raise _told(error) from error

    def _read(self, view: View, response: Response) -> tuple[tuple[Say, ...], tuple[Move, ...]]:
        if self._client.settings.protocol == "json":
            return protocol.read(view, response.chat_message.to_text())
        for event in response.inner_messages or ():
            for result in event.content if isinstance(event, ToolCallExecutionEvent) else ():
                if result.is_error:
                    raise EpisodeFault("unparseable", f"call {result.name[:60]!a}: {result.content[:200]}")
        if not self._workbench.calls:  # models without the training write their call as text
            return protocol.read(view, response.chat_message.to_text())
        return protocol.read_calls(view, self._workbench.calls)


def assistant(name: str, brief: str, client: SeatClient, workbench: Workbench, memories: list[Memory]) -> BaseChatAgent:
    """The default agent. Its context is unbounded: a prompt that does not fit is a fault, never cut in silence."""
    return AssistantAgent(
        name,
        client,
        workbench=workbench,
        model_context=UnboundedChatCompletionContext(),
        system_message=brief,
        memory=memories or None,
        max_tool_iterations=1,
        reflect_on_tool_use=False,
    )


async def _response(agent: BaseChatAgent, text: str) -> Response:
    """The agent's answer. AutoGen's `on_messages` leaves its own stream half read, and the loop then has to close
    each one by a task of its own: a twentieth of a turn without a model."""
    response: Response | None = None
    async for event in agent.on_messages_stream([TextMessage(content=text, source="world")], CancellationToken()):
        if isinstance(event, Response):
            response = event
    if response is None:
        raise EpisodeFault("bad_response", "the agent gave no response")
    return response


def call_seed(seed: int | str, round: int, repair: bool) -> int:
    """The 31-bit seed of one model call, equal on every machine."""
    digest = hashlib.sha256(f"{seed}/{round}/{int(repair)}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def _identifier(name: str) -> str:
    """AutoGen names agents by Python identifiers only."""
    word = re.sub(r"\W", "_", name)
    return word if word.isidentifier() else f"agent_{word}"


def _told(error: Exception) -> ArenaError:
    """What a foreign agent's exception means. AutoGen's teams raise a member's error as text: `Type: message`."""
    first = str(error).partition("\n")[0]  # the rest is a traceback: paths of this machine
    kind, _, message = first.partition(": ")
    if kind == InfrastructureError.__name__:
        return InfrastructureError(message)
    if kind == EpisodeFault.__name__:
        cause, _, detail = message.partition(": ")
        return EpisodeFault(cause, detail)
    return EpisodeFault("bad_response", f"the agent raised {type(error).__name__}: {first[:200]!a}")
