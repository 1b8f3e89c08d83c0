"""The chat client of one seat: an AutoGen `ChatCompletionClient` that keeps a record of every call.

A server's file subclasses `SeatClient` and writes `complete` (one request, one `Completion`) and, where the
engine can, `score`. Everything else (what the turn asks for, faults, retries, the record) is the same for all
and lives here. A mind sets `client.ask` before it lets AutoGen call, and drains `client.calls` after.
"""

import asyncio
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import AsyncGenerator, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from autogen_core import CancellationToken, FunctionCall
from autogen_core.models import (
    ChatCompletionClient,
    CreateResult,
    LLMMessage,
    ModelCapabilities,
    ModelFamily,
    ModelInfo,
    RequestUsage,
)
from autogen_core.tools import Tool, ToolSchema
from pydantic import BaseModel

from arena.errors import EpisodeFault, InfrastructureError, UserError
from arena.log.events import digest_of
from arena.models.wire import readable, to_wire
from arena.world.turn import Call

__all__ = ["Ask", "Completion", "SeatClient", "ServerBusy", "Settings"]

Answer = TypeVar("Answer")
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


_NOTHING = dict.fromkeys(
    ("prompt_tokens", "cached_tokens", "completion_tokens", "stop", "raw", "thinking", "probabilities", "unscored")
)


class ServerBusy(Exception):
    """The server asks to come back later (503, full queue): worth a retry, counted in the record."""


@dataclass(eq=False)
class SeatClient(ChatCompletionClient, ABC):
    """One seat's line to a model. Not shared between seats; lives in one event loop."""

    model: str
    settings: Settings
    ask: Ask = field(default_factory=Ask)
    calls: list[Call] = field(default_factory=list)
    past: deque[Mapping[str, Any]] | None = None  # bodies of recorded calls that answer in the server's place
    _retries: int = 0
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
        wire = to_wire(messages)
        schemas = [tool.schema if isinstance(tool, Tool) else tool for tool in tools]
        prompt = digest_of([wire, schemas, self.ask.schema])[:16]
        if self.past is not None:
            return _result(self._answered(prompt))
        began = time.perf_counter()
        try:
            completion = await self._within_limit(self._insist(wire, schemas))
        except EpisodeFault as fault:
            self._record({"stop": fault.cause, "prompt": prompt}, time.perf_counter() - began)
            raise
        scored = {} if tools else await self._scored(completion, wire)
        self._record({**_facts(completion), **scored, "prompt": prompt}, time.perf_counter() - began)
        self._refuse_unscorable(completion)
        usage = RequestUsage(completion.prompt_tokens or 0, completion.completion_tokens or 0)
        self._usage = RequestUsage(
            self._usage.prompt_tokens + usage.prompt_tokens,
            self._usage.completion_tokens + usage.completion_tokens,
        )
        return _result(completion)

    def _answered(self, prompt: str) -> Completion:
        """The answer of the next recorded call, or its fault. `UserError` where it was asked with another prompt."""
        if not self.past:
            raise EpisodeFault("bad_response", "the log holds no further call")
        body = self.past.popleft()
        # Servers number tool calls as they like, and the numbers are in the prompt: there it cannot be held to it.
        if self.settings.protocol == "json" and body.get("prompt", prompt) != prompt:
            raise UserError(
                "the history that a model would be given is not what was asked when the episode was played: "
                "fork it with the release that played it"
            )
        if body["raw"] is None:
            raise EpisodeFault(body["stop"], "as recorded")
        completion = _recorded(body, prompt)
        self._refuse_unscorable(completion)
        return completion

    async def _within_limit(self, answer: Coroutine[Any, Any, Answer]) -> Answer:
        try:
            async with asyncio.timeout(self.settings.call_limit):
                return await answer
        except TimeoutError:
            raise EpisodeFault("timeout", f"no answer within {self.settings.call_limit:g} s") from None

    async def _insist(self, wire: list[dict[str, Any]], tools: Sequence[ToolSchema]) -> Completion:
        for self._retries in range(RETRIES + 1):
            try:
                return await self.complete(wire, tools)
            except ServerBusy as busy:
                if self._retries == RETRIES:
                    raise InfrastructureError(f"{self.model}: still busy after {RETRIES} retries: {busy}") from busy
                await asyncio.sleep(BACKOFF * 2**self._retries)
        raise AssertionError("unreachable")

    async def _scored(self, completion: Completion, wire: list[dict[str, Any]]) -> dict[str, Any]:
        """The probabilities of the offered labels, or why there are none. A good answer outlives a failed score."""
        if not (self.ask.labels and self.settings.probabilities):
            return {"unscored": "not asked"}
        scores = completion.probabilities
        try:
            scores = scores or await self._within_limit(self.score(wire))
        except EpisodeFault as fault:
            return {"unscored": fault.cause}
        if scores is None:
            return {"unscored": "the engine does not tell"}
        return {"probabilities": {label: round(p, 6) for label, p in scores.items()}}

    def _record(self, found: dict[str, Any], took: float) -> None:
        asked = {
            "model": self.model,
            "protocol": self.settings.protocol,
            "seed": self.ask.seed,
            "context": self.settings.context,
            "retries": self._retries,
            "repair": self.ask.repair,
        }
        self.calls.append(Call({**_NOTHING, **asked, **found}, took))

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


def _result(completion: Completion) -> CreateResult:
    return CreateResult(
        finish_reason="function_calls" if completion.tool_calls else "stop",
        content=[readable(call) for call in completion.tool_calls] or completion.text,
        usage=RequestUsage(completion.prompt_tokens or 0, completion.completion_tokens or 0),
        cached=False,
        thought=completion.thinking,
    )


def _recorded(body: Mapping[str, Any], prompt: str) -> Completion:
    """The completion that `_facts` made a record of, as far as an agent's context holds it. No record has the ids of
    tool calls: they are made of the prompt's digest."""
    raw = body["raw"]
    calls = [] if isinstance(raw, str) else raw
    return Completion(
        text=raw if isinstance(raw, str) else "",
        stop=body["stop"],
        prompt_tokens=body.get("prompt_tokens"),
        thinking=body.get("thinking"),
        tool_calls=tuple(FunctionCall(f"{prompt}-{i}", arguments, name) for i, (name, arguments) in enumerate(calls)),
    )


def _facts(completion: Completion) -> dict[str, Any]:
    """What the record keeps of an answer, in valid Unicode: a server may send half a character."""
    raw = completion.text or [[call.name, call.arguments] for call in completion.tool_calls]
    return {
        "prompt_tokens": completion.prompt_tokens,
        "cached_tokens": completion.cached_tokens,
        "completion_tokens": completion.completion_tokens,
        "stop": completion.stop,
        "raw": _valid(raw) if isinstance(raw, str) else [[_valid(part) for part in call] for call in raw],
        "thinking": completion.thinking and _valid(completion.thinking),
    }


def _valid(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
