"""One agent's side of an episode as Inspect's chat messages and events: what it was shown, said and did, no more."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Literal

from inspect_ai.event import Event as InspectEvent
from inspect_ai.event import InfoEvent, ModelEvent, SpanBeginEvent, SpanEndEvent, ToolEvent
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    GenerateConfig,
    ModelOutput,
)
from inspect_ai.tool import ToolCall, ToolCallContent, ToolCallError

from analysis.exports.inspect.calls import output_of, reply_of
from analysis.exports.inspect.turns import Turn, turns
from arena.log.events import Event
from arena.log.printable import one_line, printable
from arena.world.channels import EVERYONE

__all__ = ["UNSEEN", "Transcript", "transcript"]

UNSEEN = "(never shown to the agent: it had no later view)"
_ERRORS: Final[Mapping[str, Literal["permission", "parsing"]]] = {"denied": "permission", "invalid": "parsing"}


@dataclass
class Transcript:
    """What one agent saw and did. Each message and event has the number of its line in the log, as `event`."""

    messages: list[ChatMessage] = field(default_factory=list)
    events: list[InspectEvent] = field(default_factory=list)
    shown: dict[int, list[ChatMessage]] = field(default_factory=dict)  # view → the messages that it became
    output: ModelOutput = field(default_factory=ModelOutput)  # of the last reply


def transcript(events: Sequence[Event], role: str, model: str, prefix: str) -> Transcript:
    """The transcript of a role. Ids begin with `prefix`, so that they are unique, and are equal in every export."""
    writer = _Writer(events[0], model, prefix)
    for turn in turns(events, role):
        writer.turn(turn)
    return writer.found


class _Writer:
    def __init__(self, first: Event, model: str, prefix: str) -> None:
        self.names: Mapping[str, str] = first.body["names"]
        self.began, self.model, self.prefix = first.at, model, prefix
        self.found = Transcript()
        self.span = ""

    def turn(self, turn: Turn) -> None:
        """One round: a span of events, and the messages of it."""
        view = turn.view
        self.span = self._id(view, "round")
        begun = self._frame(view, "begin", reads=view.body["reads"], offers=view.body["offers"])
        self.found.events.append(SpanBeginEvent(**begun, id=self.span, name=f"round {view.round} [{view.seq}]"))
        self._view(view)
        tools = [self._tool(act) for act in turn.acts]
        if not self._replies(turn, tools):
            self._quote(turn, tools)
        for say in turn.says:
            self._info(say, f"says to {self._audience(say)}", say.body["text"])
        if turn.fault is not None:
            self._info(turn.fault, f"fault: {turn.fault.body['cause']}", turn.fault.body["detail"])
        for act, tool in zip(turn.acts, tools, strict=True):
            self._act(act, tool, turn.shown)
        last = [view, *turn.calls, *turn.says, *turn.acts][-1]
        self.found.events.append(SpanEndEvent(**self._frame(last, "end"), id=self.span))

    def _view(self, view: Event) -> None:
        body = view.body
        shown: list[ChatMessage] = []
        if "brief" in body:
            for place, text in enumerate((body["brief"], *body["memories"])):
                id = self._id(view, f"memory{place}" if place else "brief")
                shown.append(ChatMessageSystem(id=id, content=text, source="input", metadata={"event": view.seq}))
        facts = {"event": view.seq}
        shown.append(ChatMessageUser(id=self._id(view), content=body["text"], source="input", metadata=facts))
        self.found.shown[view.seq] = shown
        self.found.messages += shown

    def _replies(self, turn: Turn, tools: list[ToolCall]) -> bool:
        """Its model's replies as they came, the acts with the last; whether they have all that it did."""
        began, whole = turn.view.at, False
        for call in turn.calls:
            reply = reply_of(call, self._id(call), tools if call is turn.calls[-1] else ())
            self._generate(call, output_of(call, self.model, reply), began)
            began, whole = began + call.took, reply is not None
        return whole or not (turn.says or tools)

    def _quote(self, turn: Turn, tools: list[ToolCall]) -> None:
        """A mind without a model is quoted from the log."""
        first = [*turn.says, *turn.acts][0]
        reply = ChatMessageAssistant(
            id=self._id(turn.view, "reply"),
            content="\n\n".join(f"To {self._audience(say)}: {say.body['text']}" for say in turn.says),
            source="generate",
            model=self.model,
            tool_calls=tools or None,
            metadata={"event": first.seq},
        )
        choice = ChatCompletionChoice(message=reply, stop_reason="stop")
        self._generate(turn.view, ModelOutput(model=self.model, choices=[choice]), turn.view.at)

    def _generate(self, event: Event, output: ModelOutput, began: float) -> None:
        """One reply. `event` is the call, or the view where no model was called."""
        took = event.took if event.kind == "call" else 0.0
        began = min(began, event.at)  # a replayed call took longer than its replay: events stay in order
        frame = self._frame(event, "reply" if event.kind == "view" else "", called=event.kind == "call")
        self.found.events.append(
            ModelEvent(
                **{**frame, "timestamp": _time(began), "working_start": max(0.0, began - self.began)},
                model=output.model,
                input=list(self.found.messages),
                tools=[],
                tool_choice="auto",
                config=GenerateConfig(seed=event.body.get("seed")),
                output=output,
                error=output.error,
                completed=_time(min(began + took, event.at)),
                working_time=took,
            )
        )
        if output.choices:
            self.found.messages.append(output.message)
            self.found.output = output

    def _tool(self, act: Event) -> ToolCall:
        name, args = act.body["act"], act.body["args"]
        words = ", ".join(f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in args.items())
        # The viewer adds the name by itself where there is nothing else.
        title = f"[{act.seq}] {name}" if args else f"[{act.seq}]"
        view = ToolCallContent(title=one_line(title, 80), format="text", content=printable(words))
        return ToolCall(id=self._id(act), function=name, arguments=args, view=view)

    def _act(self, act: Event, tool: ToolCall, shown: Event | None) -> None:
        """The act, with what came of it as far as the agent was told."""
        result, note = act.body["result"], act.body["note"]
        told = UNSEEN if shown is None else f"{result}. {note}".rstrip()
        kind = _ERRORS.get(result) if shown is not None else None
        error = ToolCallError(kind, told) if kind else None
        message = ChatMessageTool(
            id=self._id(act, "result"),
            content=told,
            tool_call_id=tool.id,
            function=tool.function,
            error=error,
            metadata={"event": act.seq},
        )
        self.found.messages.append(message)
        self.found.events.append(
            ToolEvent(
                **self._frame(act, result=result, note=note, shown=shown.seq if shown else None),
                id=tool.id,
                function=tool.function,
                arguments=tool.arguments,
                view=tool.view,
                result=told,
                error=error,
                message_id=message.id,
            )
        )

    def _info(self, event: Event, title: str, text: str) -> None:
        place = f"info{len(self.found.events)}"
        self.found.events.append(
            InfoEvent(**self._frame(event, place), source=one_line(f"[{event.seq}] {title}"), data=printable(text))
        )

    def _audience(self, say: Event) -> str:
        if say.body["channel"] == EVERYONE:
            return EVERYONE
        return ", ".join(self.names.get(role, role) for role in say.to) or "nobody"

    def _id(self, event: Event, part: str = "") -> str:
        return f"{self.prefix}.{event.seq}{part and '.'}{part}"

    def _frame(self, event: Event, part: str = "", **facts: Any) -> dict[str, Any]:
        return {
            "uuid": self._id(event, part or event.kind),
            "span_id": self.span,
            "timestamp": _time(event.at),
            "working_start": max(0.0, event.at - self.began),
            "metadata": {"event": event.seq, **facts},
        }


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
