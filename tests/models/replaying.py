"""A seat's client without a model or a delay: canned answers first, then valid ones chosen by the call's seed."""

import json
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autogen_core import FunctionCall
from autogen_core.tools import ToolSchema

from arena.models.client import Ask, Completion, SeatClient, Settings

__all__ = ["ReplayingClient", "filled", "replaying"]

Canned = str | Completion | Exception | Sequence[tuple[str, str]]
"""A reply's text, a whole completion, an error to raise, or tool calls as (name, arguments in JSON)."""


@dataclass(eq=False)
class ReplayingClient(SeatClient):
    """Answers `canned` in turn, then any valid answer. Keeps what it was asked where `keep` is set."""

    canned: deque[Canned] = field(default_factory=deque)
    keep: bool = True
    prompts: list[list[dict[str, Any]]] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    tools: list[Sequence[ToolSchema]] = field(default_factory=list)

    async def complete(self, messages: list[dict[str, Any]], tools: Sequence[ToolSchema]) -> Completion:
        if self.keep:
            self.prompts.append(messages)
            self.asks.append(self.ask)
            self.tools.append(tools)
        answer = self.canned.popleft() if self.canned else self._valid(tools)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Completion):
            return answer
        if isinstance(answer, str):
            return Completion(answer, "stop", prompt_tokens=1, completion_tokens=1)
        calls = tuple(FunctionCall(f"call{i}", arguments, name) for i, (name, arguments) in enumerate(answer))
        return Completion("", "tool_calls", prompt_tokens=1, completion_tokens=1, tool_calls=calls)

    def _valid(self, tools: Sequence[ToolSchema]) -> Canned:
        seed = self.ask.seed
        if self.ask.schema is not None:
            return json.dumps(
                filled(_alternative(self.ask), seed) | {"act": self.ask.labels[seed % len(self.ask.labels)]}
            )
        acts = [tool for tool in tools if tool["name"] != "say"]
        return [(tool["name"], json.dumps(filled(tool["parameters"], seed))) for tool in (acts[seed % len(acts)],)]


def replaying(*canned: Canned, keep: bool = True, **settings: Any) -> ReplayingClient:
    """A client of its own, ready to be seated."""
    return ReplayingClient(model="replaying", settings=Settings(**settings), canned=deque(canned), keep=keep)


def filled(schema: Mapping[str, Any], seed: int) -> Any:
    """A value that the schema accepts; all properties are given. Knows the keywords that acts use."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][seed % len(schema["enum"])]
    if schema["type"] == "object":
        return {name: filled(inner, seed // 7 + i) for i, (name, inner) in enumerate(schema["properties"].items())}
    if schema["type"] == "integer":
        low = schema.get("minimum", 0)
        return low + seed % (schema.get("maximum", low + 9) - low + 1)
    if schema["type"] == "boolean":
        return seed % 2 == 0
    if schema["type"] == "array":
        return [filled(schema["items"], seed // 7)]
    return f"word {seed % 1000}"[: schema.get("maxLength", 160)]


def _alternative(ask: Ask) -> Mapping[str, Any]:
    """The alternative of the schema that carries the label which the seed picks."""
    label = ask.labels[ask.seed % len(ask.labels)]
    assert ask.schema is not None
    for alternative in ask.schema["anyOf"]:
        act = alternative["properties"]["act"]
        if label == act.get("const") or label in act.get("enum", ()):
            return alternative
    raise AssertionError(f"no alternative for {label}")
