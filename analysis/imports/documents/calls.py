"""Reads a conversation: what the assistant wrote, which tools it called, and what came of each call.

Calls are read in every shape in which they are found: a mapping of tool to arguments (the published files), a list of
`{function: {name, arguments}}` with the arguments as JSON text (OpenAI), and flat `{name, arguments}`, `{tool, args}`
or `{function, args}`. Results are messages of the role `tool`; they belong to a call by its id, else by its name and
arguments, else by its name. A mapping cannot hold two calls of one tool: a result without its call brings it along.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["DONE", "FAILED", "UNANSWERED", "ToolCall", "Turn", "read_turns", "text_of"]

DONE, FAILED, UNANSWERED = "done", "failed", "unanswered"
_FAILURE = re.compile(r"^\s*(?:Failed to\b|Error\b|\w*(?:Error|Exception)\s*:|(?:Permission|Access) denied\b)")
_ARGUMENTS = ("arguments", "args", "input", "parameters")


@dataclass
class ToolCall:
    """One call. `result` is None while no result was found for it."""

    name: str
    args: Mapping[str, Any]
    id: str = ""
    result: str | None = None
    error: bool = False

    @property
    def status(self) -> str:
        """`done`, `failed` (the result says so, or says nothing) or `unanswered` (there is no result)."""
        if self.result is None:
            return UNANSWERED
        return FAILED if self.error or not self.result.strip() or _FAILURE.match(self.result) else DONE


@dataclass
class Turn:
    """One message of the assistant. `number` is its place in the conversation, from 0."""

    number: int
    text: str
    thinking: str = ""
    calls: list[ToolCall] = field(default_factory=list)


def read_turns(conversation: list[Any]) -> list[Turn]:
    """The assistant's messages with their calls and results. `ValueError`: a message is no mapping with a role."""
    turns: list[Turn] = []
    for number, message in enumerate(conversation):
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            raise ValueError(f"message {number} of the conversation has no role")
        role = message["role"].lower()
        if role in ("assistant", "ai", "model"):
            thinking = text_of(message.get("reasoning_content") or message.get("reasoning") or "")
            turns.append(Turn(number, text_of(message.get("content")), thinking, list(_calls(message))))
        elif role in ("tool", "function") and turns:
            _answer(turns, message)
    return turns


def text_of(content: Any) -> str:
    """The text of a content: a string, or blocks of which those of text count."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(text_of(block["text"]) for block in content if isinstance(block, dict) and "text" in block)
    return "" if content is None else _json(content)


def _calls(message: Mapping[str, Any]) -> Iterator[ToolCall]:
    calls = message.get("tool_calls")
    if isinstance(calls, dict):
        yield from (ToolCall(name, _arguments(args)) for name, args in calls.items())
    elif isinstance(calls, list):
        yield from (call for item in calls if (call := _call(item)) is not None)
    content = message.get("content")
    for block in content if isinstance(content, list) else ():
        if isinstance(block, dict) and block.get("type") == "tool_use" and (call := _call(block)) is not None:
            yield call


def _call(item: Any) -> ToolCall | None:
    if not isinstance(item, dict):
        return None
    inner = item["function"] if isinstance(item.get("function"), dict) else item
    name = next((inner[key] for key in ("name", "tool", "function") if isinstance(inner.get(key), str)), "")
    given: Any = next((inner[key] for key in _ARGUMENTS if inner.get(key) is not None), {})
    return ToolCall(name, _arguments(given), str(item.get("id") or "")) if name else None


def _arguments(given: Any) -> Mapping[str, Any]:
    if isinstance(given, str):
        try:
            given = json.loads(given or "{}")
        except (ValueError, RecursionError):
            return {}
    return given if isinstance(given, dict) else {}


def _answer(turns: list[Turn], message: Mapping[str, Any]) -> None:
    """Give a result to its call; to none where it names neither an id nor a tool that was called."""
    error = message.get("error")
    told = text_of(message.get("content"))
    result = told or (text_of(error) if error else "")
    for echo in _echoes(message):
        call = _open_call(turns, echo)
        if call is None and echo.name:
            call = echo
            turns[-1].calls.append(call)
        if call is not None:
            call.result, call.error = result, bool(error) or bool(message.get("is_error"))


def _echoes(message: Mapping[str, Any]) -> list[ToolCall]:
    """What a result says of its call."""
    id = str(message.get("tool_call_id") or message.get("id") or "")
    if echoed := list(_calls(message)):
        return [ToolCall(echo.name, echo.args, echo.id or id) for echo in echoed]
    return [ToolCall(str(message.get("name") or message.get("tool") or ""), {}, id)]


def _open_call(turns: list[Turn], echo: ToolCall) -> ToolCall | None:
    waiting = [call for turn in turns for call in turn.calls if call.result is None]
    if echo.id and (known := [call for call in waiting if call.id == echo.id]):
        return known[0]
    named = [call for call in waiting if call.name == echo.name] if echo.name else waiting[:1]
    if not echo.args:
        return named[0] if named else None
    return next((call for call in named if call.args == echo.args), None)


def _json(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    except (TypeError, ValueError, RecursionError):
        return str(value)[:10_000]
