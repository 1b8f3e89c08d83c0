"""AutoGen's own team: a `RoundRobinGroupChat` of `AssistantAgent`s, as its documentation shows.

Every agent has one tool, sees its result and then speaks (`reflect_on_tool_use`). The log is the team's messages,
tool events included, one JSON line each.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path
from typing import Any

from autogen_agentchat.agents import AssistantAgent
from autogen_agentchat.base import ChatAgent, TaskResult, Team
from autogen_agentchat.conditions import MaxMessageTermination
from autogen_agentchat.teams import RoundRobinGroupChat
from autogen_core import FunctionCall
from autogen_core.models import (
    ChatCompletionClient,
    CreateResult,
    FunctionExecutionResultMessage,
    LLMMessage,
    ModelFamily,
    ModelInfo,
    RequestUsage,
)

from benchmarks.load import BRIEF, SEATS, TURNS, crates, words

__all__ = ["play"]

USAGE = RequestUsage(prompt_tokens=100, completion_tokens=20)


class AtOnce(ChatCompletionClient):
    """The zero-latency model of one agent: a tool call, and words once it has seen the result."""

    component_type = "model"

    def __init__(self, seat: int) -> None:
        self.seat = seat
        self.turn = 0

    async def create(self, messages: Sequence[LLMMessage], **options: Any) -> CreateResult:
        if isinstance(messages[-1], FunctionExecutionResultMessage):
            return CreateResult(finish_reason="stop", content=words(self.seat, self.turn), usage=USAGE, cached=False)
        self.turn += 1
        arguments = json.dumps({"amount": crates(self.seat, self.turn)})
        call = FunctionCall(f"call{self.seat}_{self.turn}", arguments, "store")
        return CreateResult(finish_reason="function_calls", content=[call], usage=USAGE, cached=False)

    def create_stream(self, messages: Sequence[LLMMessage], **options: Any) -> AsyncGenerator[str | CreateResult, None]:
        raise RuntimeError("the team is run without streaming")

    def actual_usage(self) -> RequestUsage:
        return USAGE

    def total_usage(self) -> RequestUsage:
        return USAGE

    def count_tokens(self, messages: Sequence[LLMMessage], **options: Any) -> int:
        return 100

    def remaining_tokens(self, messages: Sequence[LLMMessage], **options: Any) -> int:
        return 1000

    async def close(self) -> None:
        """Nothing is held."""

    @property
    def capabilities(self) -> ModelInfo:
        return self.model_info

    @property
    def model_info(self) -> ModelInfo:
        return ModelInfo(
            vision=False, function_calling=True, json_output=True, structured_output=True, family=ModelFamily.UNKNOWN
        )


def team(bays: dict[str, int]) -> RoundRobinGroupChat:
    """A fresh team for one episode, around shared state."""

    def agent(seat: int, name: str) -> AssistantAgent:
        async def store(amount: int) -> str:
            """Put crates into your own bay."""
            bays[name] += amount
            return f"your bay holds {bays[name]}"

        return AssistantAgent(
            name,
            AtOnce(seat),
            tools=[store],
            system_message=BRIEF.format(name=name),
            reflect_on_tool_use=True,
        )

    agents: list[ChatAgent | Team] = [agent(seat, name) for seat, name in enumerate(SEATS)]
    return RoundRobinGroupChat(agents, termination_condition=MaxMessageTermination(TURNS + 1))  # and the task


async def episode(path: Path) -> Counter[str]:
    """Play one, write its log, count what happened."""
    bays = dict.fromkeys(SEATS, 0)
    result: TaskResult = await team(bays).run(task="Keep the warehouse.")
    path.write_text("".join(message.model_dump_json() + "\n" for message in result.messages))
    kinds = Counter(type(message).__name__ for message in result.messages)
    return Counter(acts=kinds["ToolCallExecutionEvent"], says=kinds["TextMessage"] - 1, crates=sum(bays.values()))


def play(episodes: int, folder: Path) -> Mapping[str, float]:
    """Warm up, play, count: wall and CPU seconds, bytes, acts, messages, crates stored."""
    return asyncio.run(_play(episodes, folder))


async def _play(episodes: int, folder: Path) -> Mapping[str, float]:
    await episode(folder / "warm")
    began, spent = time.perf_counter(), time.process_time()
    counted: Counter[str] = Counter()
    for number in range(episodes):
        counted += await episode(folder / f"{number}.jsonl")
    wall, cpu = time.perf_counter() - began, time.process_time() - spent
    size = sum(path.stat().st_size for path in folder.glob("*.jsonl"))
    return {"wall": wall, "cpu": cpu, "bytes": size, **counted}
