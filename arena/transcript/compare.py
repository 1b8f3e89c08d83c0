"""Two episodes side by side: what was set otherwise, where they part, and what came of each. A pure function."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from arena.episode.replay import first_difference
from arena.log.events import Event
from arena.transcript.lines import act_words
from arena.verdicts.classes import judge
from arena.verdicts.groups import GroupVerdict, judge_group
from arena.world.state import diff

__all__ = ["Comparison", "Divergence", "Row", "compare", "played_lines"]

CHOSEN = ("say", "act", "fault")  # what agents do, where all other lines follow from it


@dataclass(frozen=True)
class Divergence:
    """A line of each episode at the same place, in words; empty where one of the logs is over."""

    seq: int
    before: str
    after: str


@dataclass(frozen=True)
class Row:
    """One thing that both episodes came to."""

    what: str
    before: str
    after: str

    @property
    def same(self) -> bool:
        return self.before == self.after


@dataclass(frozen=True)
class Comparison:
    """`line` is the first line that differs, `first_act` the first act, message or fault that does; None: none."""

    changed: tuple[str, ...]
    line: Divergence | None
    first_act: Divergence | None
    rows: tuple[Row, ...]


def compare(before: Sequence[Event], after: Sequence[Event], reference: str = "") -> Comparison:
    """Compare two decoded logs of one world; `before` is the parent where one is a fork of the other.

    `reference` says where the world is, if not under its installed name.
    """
    found = first_difference(played_lines(before), played_lines(after))
    return Comparison(
        changed=tuple(_changed(before, after)),
        line=None if found is None else _divergence(found[0] + 1, before, after),
        first_act=_deed(before, after),
        rows=tuple(_rows(before, after, reference)),
    )


def played_lines(events: Sequence[Event]) -> list[Event]:
    """What happened: all lines but the first, which tells the trial, and without the digest, which follows from it."""
    end = events[-1]
    body = {key: value for key, value in end.body.items() if key != "digest"}
    return [*events[1:-1], replace(end, body=body)]


def _changed(before: Sequence[Event], after: Sequence[Event]) -> Iterator[str]:
    first, second = before[0].body, after[0].body
    fork = second.get("fork", {})
    since = f" from round {fork['round']} on" if fork else ""
    for key in ("version", "seed"):
        if first[key] != second[key]:
            yield f"{key}: {first[key]} → {second[key]}"
    for path, was, now in diff(first["cell"], second["cell"]):
        yield f"{path[1:]}: {was} → {now}{since}"
    for path, was, now in diff(first.get("cast", {}), second.get("cast", {})):
        yield f"{second['names'].get(path[1:], path[1:])} ({path[1:]}): {was} → {now}{since}"
    for seq in fork.get("drop", ()):
        yield f"not delivered: [{seq}] {_told(before[seq], first['names'])}"


def _divergence(place: int, before: Sequence[Event], after: Sequence[Event]) -> Divergence:
    one, other = (events[place] if place < len(events) else None for events in (before, after))
    names = before[0].body["names"]
    alike = one and other and (one.kind, one.actor, one.to) == (other.kind, other.actor, other.to)
    if one and other and alike and one.kind not in CHOSEN:
        path, was, now = _first_value(one.body, other.body)
        told = f"{_told(one, names)}:" + (f" {path}" if path != "text" else "")
        return Divergence(place, f"{told} {_value(was)}", f"{told} {_value(now)}")
    return Divergence(place, _told(one, names), _told(other, names))


def _first_value(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, Any, Any]:
    """The first value of two bodies that differs; of a text of many lines, the first such line."""
    effects = [effect for effect in diff(one, other) if effect[0] != "/digest"]
    effects.sort(key=lambda effect: effect[0] != "/text")  # of a view, the words
    path, was, now = effects[0] if effects else ("/", None, None)
    if isinstance(was, str) and isinstance(now, str):
        lines = zip_longest(was.split("\n"), now.split("\n"))
        was, now = next((pair for pair in lines if pair[0] != pair[1]), (was, now))
    return path[1:], was, now


def _deed(before: Sequence[Event], after: Sequence[Event]) -> Divergence | None:
    """By round and agent, since numbers of lines shift. The number is that of `after`, or of `before` if it is over."""
    one, other = ([e for e in events if e.kind in CHOSEN and e.actor != "operator"] for events in (before, after))
    names = before[0].body["names"]
    for was, now in zip_longest(one, other):
        if was is None or now is None or _essence(was) != _essence(now):
            told = [_told(event, names, round=True) for event in (was, now)]
            return Divergence((now or was).seq, *told)
    return None


def _essence(event: Event) -> tuple[Any, ...]:
    body = event.body
    done = [body.get(key) for key in ("act", "args", "result", "channel", "text", "cause")]
    return (event.round, event.kind, event.actor, event.to, done)


def _rows(before: Sequence[Event], after: Sequence[Event], reference: str) -> Iterator[Row]:
    first, second = judge(before), judge(after)
    names = {**before[0].body["names"], **after[0].body["names"]}
    told = [{agent.role: agent for agent in verdict.agents} for verdict in (first, second)]
    for role in dict.fromkeys(role for agents in told for role in agents):
        agents = [agents.get(role) for agents in told]
        outcomes = [agent.outcome or f"missing: {agent.validity}" if agent else "no seat" for agent in agents]
        yield Row(f"{names[role]} ({role})", *outcomes)
        yield Row("  flags", *(" ".join(agent.flags) or "none" if agent else "none" for agent in agents))
    groups = [judge_group(events, reference=reference) for events in (before, after)]
    yield Row("together", *(_group(found) for found in groups))
    yield Row("rounds played", *(str(events[-1].body["rounds"]) for events in (before, after)))
    yield Row("ordered effect", *("came about" if v.ordered_effect else "did not come about" for v in (first, second)))
    yield from _truths(before[-1].body["truths"], after[-1].body["truths"])


def _group(found: GroupVerdict) -> str:
    return f"{found.kind}, severity {found.severity}" if found.kind else f"not told: {found.reason}"


def _truths(before: Mapping[str, bool], after: Mapping[str, bool]) -> Iterator[Row]:
    other = [name for name in before if before[name] != after[name]]
    for name in other:
        yield Row(f"at the end {name}", str(before[name]).lower(), str(after[name]).lower())
    yield Row(f"at the end {len(before) - len(other)} other truths", "alike", "alike")


def _told(event: Event | None, names: Mapping[str, str], *, round: bool = False) -> str:
    """A line in a few words."""
    if event is None:
        return "nothing more"
    who, body = names.get(event.actor, event.actor), event.body
    when = f"round {event.round}: " if round else ""
    if event.kind == "view":
        return f"view of {names[event.to[0]]}"
    if event.kind == "say":
        to = ", ".join(names.get(role, role) for role in event.to) or "nobody"
        return f"{when}{who} to {to if body['channel'] in ('direct', 'order') else body['channel']}: {body['text']}"
    if event.kind == "act":
        return f"{when}{who} does {act_words(body).plain} ({body['result']})"
    if event.kind == "fault":
        return f"{when}{who} gives no answer that counts: {body['cause']}"
    return {"call": f"call of {who}", "world": "the world by itself", "end": "the end"}.get(event.kind, event.kind)


def _value(value: Any) -> str:
    return "(nothing)" if value is None else value if isinstance(value, str) else ascii(value)
