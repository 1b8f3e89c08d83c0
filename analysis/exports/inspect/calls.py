"""What a log says of one model call, in Inspect's terms: its message, its tokens, why it stopped."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessageAssistant,
    ContentReasoning,
    ContentText,
    ModelOutput,
    ModelUsage,
    StopReason,
)
from inspect_ai.tool import ToolCall

from arena.log.events import Event

__all__ = ["output_of", "reply_of", "usage_of"]

_STOPS: Final[dict[str, StopReason]] = {
    "stop": "stop",
    "length": "max_tokens",
    "cut_off": "max_tokens",
    "tool_calls": "tool_calls",
    "truncated": "model_length",
}


def reply_of(call: Event, id: str, tools: Sequence[ToolCall]) -> ChatMessageAssistant | None:
    """The reply as it came, before anything was read from it; None where the server gave none."""
    raw, thinking = call.body.get("raw"), call.body.get("thinking")
    if raw is None and not thinking:
        return None
    text = "" if raw is None else raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)
    parts: list[Any] = [ContentReasoning(reasoning=thinking), ContentText(text=text)] if thinking else []
    return ChatMessageAssistant(
        id=id,
        content=parts or text,
        source="generate",
        model=str(call.body.get("model", "")),
        tool_calls=list(tools) or None,
        metadata={"event": call.seq, "repair": True} if call.body.get("repair") else {"event": call.seq},
    )


def output_of(call: Event, model: str, reply: ChatMessageAssistant | None) -> ModelOutput:
    """Model, reply, tokens and seconds of a call."""
    stop = str(call.body.get("stop", ""))
    choices = [ChatCompletionChoice(message=reply, stop_reason=_STOPS.get(stop, "unknown"))] if reply else []
    return ModelOutput(
        model=str(call.body.get("model") or model),
        choices=choices,
        usage=usage_of([call]),
        time=call.took,
        error=None if reply else stop,
        metadata={"event": call.seq, "stop": stop, "prompt": call.body.get("prompt")},
    )


def usage_of(calls: Iterable[Event]) -> ModelUsage | None:
    """Tokens over the calls that the server counted, cached ones apart as Inspect has them; None: it counted none."""
    found: ModelUsage | None = None
    for call in calls:
        prompt, written = call.body.get("prompt_tokens"), call.body.get("completion_tokens")
        if prompt is None and written is None:
            continue
        cached = call.body.get("cached_tokens")
        one = ModelUsage(
            input_tokens=(prompt or 0) - (cached or 0),
            output_tokens=written or 0,
            total_tokens=(prompt or 0) + (written or 0),
            input_tokens_cache_read=cached,
        )
        found = one if found is None else found + one
    return found
