"""AutoGen's messages and tool calls in the form that all chat servers speak."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from autogen_core import FunctionCall
from autogen_core.models import FunctionExecutionResultMessage, LLMMessage, SystemMessage, UserMessage

__all__ = ["readable", "to_wire"]


def to_wire(messages: Sequence[LLMMessage]) -> list[dict[str, Any]]:
    """A conversation as role/content dictionaries, in OpenAI's spelling."""
    return _joined(line for message in messages for line in _on_wire(message))


def _on_wire(message: LLMMessage) -> list[dict[str, Any]]:
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


def _joined(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Neighbours of one role as one message: many chat templates refuse two system or two user messages in a row."""
    joined: list[dict[str, Any]] = []
    for line in lines:
        if joined and line["role"] == joined[-1]["role"] and line["role"] in ("system", "user"):
            joined[-1] = {**line, "content": f"{joined[-1]['content']}\n\n{line['content']}"}
        else:
            joined.append(line)
    return joined


def readable(call: FunctionCall) -> FunctionCall:
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
