"""The chat client of one seat: an AutoGen `ChatCompletionClient` that keeps a record of every call.

A server's file subclasses `SeatClient` and writes `complete` (one request, one `Completion`) and, where the
engine can, `score`. Everything else (what the turn asks for, faults, retries, the record) is the same for all
and lives here. A mind sets `client.ask` before it lets AutoGen call, and drains `client.calls` after.
"""

import asyncio
import json
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from autogen_core import CancellationToken, FunctionCall
from autogen_core.models import (
    ChatCompletionClient,
    CreateResult,
    FunctionExecutionResultMessage,
    LLMMessage,
    ModelCapabilities,
    ModelFamily,
    ModelInfo,
    RequestUsage,
    SystemMessage,
    UserMessage,
)
from autogen_core.tools import Tool, ToolSchema
from pydantic import BaseModel

from arena.agents.base import Call
from arena.errors import EpisodeFault, InfrastructureError

__all__ = ["Ask", "Completion", "SeatClient", "ServerBusy", "Settings"]

RETRIES = 2
BACKOFF = 0.5  # seconds before the first retry; doubled for the next
REPLY_ROOM = 0.9  # a prompt above this share of the context leaves no room to answer


@dataclass(frozen=True, slots=True)
class Settings:
    """How a model is to be run, the same for all seats of an experiment. Seconds, tokens."""

    protocol: Literal["json", "tools"] = "json"
    temperature: float = 0.8
    context: int = 4096
    max_tokens: int = 160
    think: bool = False
    probabilities: bool = True
    call_limit: float = 120.0
    load_limit: float = 300.0


@dataclass(frozen=True, slots=True)
class Ask:
    """What one turn asks of the model: a JSON schema to answer in, the labels to score, a seed."""

    schema: Mapping[str, Any] | None = None
    labels: tuple[str, ...] = ()
    seed: int = 0
    repair: bool = False


@dataclass(frozen=True, slots=True)
class Completion:
    """One answer of a server, in one shape for all of them."""

    text: str
    stop: str  # `stop`, `length`, `tool_calls`, or the server's own word
    prompt_tokens: int | None = None  # None: the server did not count
    completion_tokens: int | None = None
    cached_tokens: int | None = None
    thinking: str | None = None
    tool_calls: tuple[FunctionCall, ...] = ()
    probabilities: Mapping[str, float] | None = None  # of the offered labels, where the answer itself tells them


class ServerBusy(Exception):
    """The server asks to come back later (503, full queue): worth a retry, counted in the record."""


@dataclass(eq=False)
class SeatClient(ChatCompletionClient, ABC):
    """One seat's line to a model. Not shared between seats; lives in one event loop."""

    model: str
    settings: Settings
    ask: Ask = field(default_factory=Ask)
    calls: list[Call] = field(default_factory=list)
    _usage: RequestUsage = field(default_factory=lambda: RequestUsage(prompt_tokens=0, completion_tokens=0))

    # ---- what a server's file writes ---------------------------------------------------------------------

    @abstractmethod
    async def complete(self, messages: list[dict[str, Any]], tools: Sequence[ToolSchema]) -> Completion:
        """Send one request under `self.settings` and `self.ask`.

        Raises `ServerBusy` to be called again, `InfrastructureError` where nothing answers, `EpisodeFault` where
        the answer must not be scored.
        """

    async def score(self, messages: list[dict[str, Any]]) -> Mapping[str, float] | None:
        """Probability of each of `self.ask.labels` as the chosen act, summing to 1; None: the engine cannot."""
        return None

    # ---- the one path of every call ----------------------------------------------------------------------

    async def create(
        self,
        messages: Sequence[LLMMessage],
        *,
        tools: Sequence[Tool | ToolSchema] = (),
        tool_choice: Tool | Literal["auto", "required", "none"] = "auto",
        json_output: bool | type[BaseModel] | None = None,
        extra_create_args: Mapping[str, Any] = MappingProxyType({}),
        cancellation_token: CancellationToken | None = None,
    ) -> CreateResult:
        """AutoGen's entry. The schema comes from `self.ask`, not from `json_output`: offers change every round."""
        wire = _joined(line for message in messages for line in _wire(message))
        schemas = [tool.schema if isinstance(tool, Tool) else tool for tool in tools]
        began = time.perf_counter()
        try:
            completion, retries = await asyncio.wait_for(self._insist(wire, schemas), self.settings.call_limit)
            scores = completion.probabilities
            if scores is None and self.ask.labels and self.settings.probabilities:
                scores = await asyncio.wait_for(self.score(wire), self.settings.call_limit)
        except TimeoutError:
            raise EpisodeFault("timeout", f"no answer within {self.settings.call_limit:g} s") from None
        self._record(completion, scores, retries, time.perf_counter() - began)
        self._refuse_unscorable(completion)
        usage = RequestUsage(completion.prompt_tokens or 0, completion.completion_tokens or 0)
        self._usage = RequestUsage(
            self._usage.prompt_tokens + usage.prompt_tokens,
            self._usage.completion_tokens + usage.completion_tokens,
        )
        return CreateResult(
            finish_reason="function_calls" if completion.tool_calls else "stop",
            content=[_readable(call) for call in completion.tool_calls] or completion.text,
            usage=usage,
            cached=False,
            thought=completion.thinking,
        )

    async def _insist(self, wire: list[dict[str, Any]], tools: Sequence[ToolSchema]) -> tuple[Completion, int]:
        for attempt in range(RETRIES + 1):
            try:
                return await self.complete(wire, tools), attempt
            except ServerBusy as busy:
                if attempt == RETRIES:
                    raise InfrastructureError(f"{self.model}: still busy after {RETRIES} retries: {busy}") from busy
                await asyncio.sleep(BACKOFF * 2**attempt)
        raise AssertionError("unreachable")

    def _record(self, completion: Completion, scores: Mapping[str, float] | None, retries: int, took: float) -> None:
        self.calls.append(
            Call(
                body={
                    "model": self.model,
                    "protocol": self.settings.protocol,
                    "seed": self.ask.seed,
                    "context": self.settings.context,
                    "prompt_tokens": completion.prompt_tokens,
                    "cached_tokens": completion.cached_tokens,
                    "completion_tokens": completion.completion_tokens,
                    "stop": completion.stop,
                    "raw": completion.text or [[call.name, call.arguments] for call in completion.tool_calls],
                    "thinking": completion.thinking,
                    "probabilities": {k: round(p, 6) for k, p in scores.items()} if scores else None,
                    "retries": retries,
                    "repair": self.ask.repair,
                },
                took=took,
            )
        )

    def _refuse_unscorable(self, completion: Completion) -> None:
        limit = int(self.settings.context * REPLY_ROOM)
        if completion.prompt_tokens is not None and completion.prompt_tokens > limit:
            raise EpisodeFault("truncated", f"prompt of {completion.prompt_tokens} tokens, limit {limit}")
        if completion.stop == "length" and not completion.tool_calls:
            raise EpisodeFault("cut_off", f"no whole act within {self.settings.max_tokens} tokens")

    # ---- the rest of AutoGen's interface -----------------------------------------------------------------

    @property
    def model_info(self) -> ModelInfo:
        return ModelInfo(
            vision=False,
            function_calling=self.settings.protocol == "tools",
            json_output=True,
            structured_output=True,
            family=ModelFamily.UNKNOWN,
        )

    @property
    def capabilities(self) -> ModelCapabilities:
        return self.model_info

    def create_stream(self, messages: Sequence[LLMMessage], **_: Any) -> AsyncGenerator[str | CreateResult, None]:
        raise EpisodeFault("bad_response", "the arena never streams: a half reply must not reach the log")

    def actual_usage(self) -> RequestUsage:
        return self._usage

    def total_usage(self) -> RequestUsage:
        return self._usage

    def count_tokens(self, messages: Sequence[LLMMessage], **_: Any) -> int:
        """An estimate (4 characters a token); the server's own count is in the record."""
        return sum(len(str(message.content)) for message in messages) // 4

    def remaining_tokens(self, messages: Sequence[LLMMessage], **_: Any) -> int:
        return self.settings.context - self.count_tokens(messages)

    async def close(self) -> None:
        """Nothing is held by default."""


def _joined(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Neighbours of one role as one message: many chat templates refuse two system or two user messages in a row."""
    joined: list[dict[str, Any]] = []
    for line in lines:
        if joined and line["role"] == joined[-1]["role"] and line["role"] in ("system", "user"):
            joined[-1] = {**line, "content": f"{joined[-1]['content']}\n\n{line['content']}"}
        else:
            joined.append(line)
    return joined


def _readable(call: FunctionCall) -> FunctionCall:
    """The call, with arguments that everything after can parse; the record has them as the model wrote them.

    AutoGen waits for ever on arguments that fail to parse by anything but a `JSONDecodeError`, and servers answer
    500 to a history that holds broken ones.
    """
    written = call.arguments.strip() or "{}"  # some servers send nothing where there are no arguments
    try:
        if isinstance(json.loads(written), dict):
            return FunctionCall(call.id, written, call.name)
    except (ValueError, RecursionError):
        pass
    return FunctionCall(call.id, json.dumps({"not a JSON object": call.arguments[:60]}), call.name)


def _wire(message: LLMMessage) -> list[dict[str, Any]]:
    """AutoGen's message as the role/content dictionaries that all servers speak, in OpenAI's spelling."""
    if isinstance(message, SystemMessage):
        return [{"role": "system", "content": message.content}]
    if isinstance(message, UserMessage):
        return [{"role": "user", "content": message.content}]
    if isinstance(message, FunctionExecutionResultMessage):
        return [
            {"role": "tool", "tool_call_id": result.call_id, "content": result.content} for result in message.content
        ]
    if isinstance(message.content, str):
        return [{"role": "assistant", "content": message.content}]
    calls = [
        {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
        for call in message.content
    ]
    return [{"role": "assistant", "content": "", "tool_calls": calls}]
