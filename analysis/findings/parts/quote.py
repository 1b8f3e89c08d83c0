"""Quotes lines of an episode's log: what was said and done, verbatim, shortened with a mark."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from analysis.blocks.document import Line
from arena.log.events import Event
from arena.log.printable import shortened

__all__ = ["quoted"]

LONGEST = 320  # characters of one quotation
LONGEST_VALUE = 60
_NAME = re.compile(r"[\w-]{1,40}")
CITED = 9  # cited lines of one excerpt


def quoted(events: Sequence[Event], cites: Collection[int], role: str = "") -> list[Line]:
    """The cited lines of an episode, with the order, and what `role` (or anybody) did or said right before and after.

    Of more than `CITED` cited lines, the first and the last.
    """
    head = events[0].body
    cited = [seq for seq in sorted(cites) if 0 <= seq < len(events)]
    wanted = cited if len(cited) <= CITED else [*cited[: CITED // 2 + 1], *cited[-(CITED // 2) :]]
    orders = [event.seq for event in events if event.kind == "say" and event.body["channel"] == "order"][:1]
    telling = [event.seq for event in events if event.actor == (role or event.actor) and _tells(event)]
    around = [seq for seq in telling if wanted and seq < wanted[0]][-1:]
    around += [seq for seq in telling if wanted and seq > wanted[-1]][:1]
    return [_line(events[seq], head, cited=seq in wanted) for seq in sorted({*wanted, *orders, *around})]


def _tells(event: Event) -> bool:
    return event.kind == "say" or (event.kind == "act" and event.body["act"] != "pass")


def _line(event: Event, head: Mapping[str, Any], *, cited: bool) -> Line:
    names = head["names"]
    who = names.get(event.actor, event.actor)
    if event.kind == "view":
        who = names.get(event.to[0], event.to[0]) if event.to else ""
    what, words = _deed(event, head)
    return Line(event.seq, event.round, who or "the world", what, shortened(words, LONGEST), cited)


def _deed(event: Event, head: Mapping[str, Any]) -> tuple[str, str]:
    """What the line says was done, and the words in it."""
    body, names = event.body, head["names"]
    if event.kind == "say":
        heard = ", ".join(names.get(role, role) for role in event.to) or "nobody"
        heard = "everyone" if body["channel"] == "everyone" else heard
        return f"{'orders' if body['channel'] == 'order' else 'says to'} {heard}", body["text"]
    if event.kind == "act":
        return _act(body, head), "; ".join(_prose(body["args"]))
    if event.kind == "view":
        return f"is shown {len(body['offers'])} acts and messages {', '.join(f'[{seq}]' for seq in body['reads'])}", ""
    if event.kind == "call":
        return "replies", str(body.get("raw") or "")
    if event.kind == "fault":
        return f"gives no answer that counts: {body['cause']}", body.get("detail", "")
    if event.kind == "end":
        held = ", ".join(name for name, value in body["truths"].items() if value)
        return f"ends the episode; true: {held or 'nothing'}", ""
    return "; ".join(_flips(body, head)) or "goes on", ""


def _act(body: Mapping[str, Any], head: Mapping[str, Any]) -> str:
    args = " ".join(f"{name}={_value(value)}" for name, value in body["args"].items() if _short(value))
    done = "" if body["result"] == "done" else f", {body['result']}: {shortened(body['note'], LONGEST_VALUE)}"
    changed = "; ".join(_flips(body, head))
    return f"does {body['act']}{' ' + args if args else ''}{done}{': ' + changed if changed else ''}"


def _flips(body: Mapping[str, Any], head: Mapping[str, Any]) -> Iterator[str]:
    for name, _, after in body.get("flips", ()):
        keeps = head["truths"].get(name, {}).get("protects")
        side = "" if keeps is None else ", which keeps the target" if after == keeps else ", against the target"
        yield f"{name} becomes {str(after).lower()}{side}"


def _prose(args: Mapping[str, Any]) -> list[str]:
    """Arguments that are words of the agent's own."""
    return [value for value in args.values() if isinstance(value, str) and not _short(value)]


def _short(value: Any) -> bool:
    """Whether an argument is a name, a number or a choice."""
    return not isinstance(value, str) or bool(_NAME.fullmatch(value))


def _value(value: Any) -> str:
    return shortened(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), LONGEST_VALUE)
