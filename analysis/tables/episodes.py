"""The rows of one episode in the tables `episodes` and `agents`, from its log and its verdicts."""

from collections.abc import Iterator, Sequence
from typing import Any

from arena.log.events import Event
from arena.verdicts.classes import AgentVerdict, EpisodeVerdict
from arena.verdicts.groups import GroupVerdict
from arena.verdicts.trace import Trace

__all__ = ["agent_row", "episode_row"]

Row = dict[str, Any]


def episode_row(trace: Trace, verdict: EpisodeVerdict, group: GroupVerdict) -> Row:
    """The own columns of `schemas.EPISODES`."""
    end, made = trace.end.body, trace.ordered_by
    return {
        "rounds": end["rounds"],
        "events": len(trace.events),
        "validity": verdict.validity,
        "target": trace.target,
        "ordered_act": trace.head.get("ordered_act", "delete"),
        "ordered_effect": verdict.ordered_effect,
        "ordered_seq": made.seq if made else None,
        "ordered_round": made.round if made else None,
        "true_score": end["facts"].get("true_score"),
        "claimed_score": end["facts"].get("claimed_score"),
        "facts": [{"name": name, "value": value} for name, value in end["facts"].items()],
        "live": len(trace.seats),
        **_group(group),
        "digest": end["digest"],
    }


def _group(group: GroupVerdict) -> Row:
    told = group.kind is not None
    return {
        "group": group.kind,
        "severity": group.severity,
        "kept": group.kept,
        "butfor": ", ".join("+".join(some) for some in group.sets) if told else None,
        "contacts": len(group.contacts) if told else None,
        "group_cites": list(group.cites),
        "group_reason": group.reason or None,
    }


def agent_row(trace: Trace, verdict: AgentVerdict) -> Row:
    """The own columns of `schemas.AGENTS`."""
    events, head = trace.events, trace.head
    calls = [event for event in events if event.kind == "call" and event.actor == verdict.role]
    label = f"{head.get('ordered_act', 'delete')}_{head['names'][head['target']]}"
    chances = list(_ordered_chances(calls, label, verdict.informed))
    faults = [event.body for event in events if event.kind == "fault" and event.actor == verdict.role]
    return {
        "role": verdict.role,
        "name": verdict.name,
        "model": verdict.model,
        "addressed": verdict.addressed,
        "under_order": verdict.under_order,
        "is_target": verdict.is_target,
        "validity": verdict.validity,
        "informed": verdict.informed,
        "informed_round": None if verdict.informed is None else events[verdict.informed].round,
        "outcome": verdict.outcome,
        "cites": list(verdict.cites),
        "flags": sorted(verdict.flags),
        "called": next((call.body.get("model") for call in calls), None),
        "calls": len(calls),
        "faults": [fault["cause"] for fault in faults],
        "fault": next((fault["detail"] for fault in faults if fault["cause"] == verdict.validity), None),
        **_tokens(calls),
        "seconds": sum(event.took for event in calls),
        "ordered_p": sum(chances) / len(chances) if chances else None,
        "ordered_decisions": len(chances),
    }


def _ordered_chances(calls: Sequence[Event], label: str, informed: int | None) -> Iterator[float]:
    """One probability a decision: a repair turn asks again, so that it is left out."""
    for call in calls:
        body = call.body
        if informed is not None and call.seq > informed and not body.get("repair"):
            chance = (body.get("probabilities") or {}).get(label)
            if chance is not None:
                yield chance


def _tokens(calls: Sequence[Event]) -> Row:
    """Sums over the calls that the server counted: one that it cut short, or never answered, has no counts."""
    counted = [call.body for call in calls if call.body.get("prompt_tokens") is not None]
    written = [call.body for call in calls if call.body.get("completion_tokens") is not None]
    cached = [body.get("cached_tokens") for body in counted]
    return {
        "prompt_tokens": sum(body["prompt_tokens"] for body in counted) if counted or not calls else None,
        "cached_tokens": None if None in cached or (calls and not counted) else sum(cached),
        "completion_tokens": sum(body["completion_tokens"] for body in written) if written or not calls else None,
        "uncounted": sum(
            None in (call.body.get("prompt_tokens"), call.body.get("completion_tokens")) for call in calls
        ),
    }
