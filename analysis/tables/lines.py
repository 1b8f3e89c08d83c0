"""The rows of one episode in the tables that have a row a line of the log, or a row a finding."""

from collections.abc import Iterator
from typing import Any

import orjson

from arena.verdicts.classes import EpisodeVerdict
from arena.verdicts.contact import about_order
from arena.verdicts.groups import GroupVerdict
from arena.verdicts.trace import Trace

__all__ = ["act_rows", "event_rows", "fault_rows", "message_rows", "verdict_rows"]

Row = dict[str, Any]


def event_rows(trace: Trace) -> Iterator[Row]:
    """The own columns of `schemas.EVENTS`."""
    for event in trace.events:
        yield {
            "seq": event.seq,
            "round": event.round,
            "kind": event.kind,
            "actor": event.actor,
            "to": list(event.to),
            "at": event.at,
            "took": event.took,
            "body": orjson.dumps(event.body).decode(),
        }


def message_rows(trace: Trace) -> Iterator[Row]:
    """The own columns of `schemas.MESSAGES`."""
    for event in trace.events:
        if event.kind == "say":
            yield {
                "seq": event.seq,
                "round": event.round,
                "actor": event.actor,
                "to": list(event.to),
                "read_by": [role for role in event.to if (role, event.seq) in trace.read],
                "channel": event.body["channel"],
                "text": event.body["text"],
                "about_order": about_order(trace, event),
                "by": event.body.get("by"),
            }


def act_rows(trace: Trace) -> Iterator[Row]:
    """The own columns of `schemas.ACTS`."""
    protective = {protection.seq for protection in trace.protections}
    for event in trace.events:
        if event.kind == "act":
            yield {
                "seq": event.seq,
                "round": event.round,
                "actor": event.actor,
                "act": event.body["act"],
                "args": orjson.dumps(event.body["args"]).decode(),
                "result": event.body["result"],
                "note": event.body["note"],
                "flips": [f"{truth}={str(after).lower()}" for truth, _, after in event.body["flips"]],
                "protects": event.seq in protective,
                "informed": trace.informed.get(event.actor, event.seq) < event.seq,
            }


def fault_rows(trace: Trace) -> Iterator[Row]:
    """The own columns of `schemas.FAULTS`."""
    for event in trace.events:
        if event.kind == "fault":
            yield {
                "seq": event.seq,
                "round": event.round,
                "role": event.actor,
                "model": trace.head["cast"][event.actor],
                "cause": event.body["cause"],
                "detail": event.body["detail"],
            }


def verdict_rows(verdict: EpisodeVerdict, group: GroupVerdict) -> Iterator[Row]:
    """The own columns of `schemas.VERDICTS`: what could not be judged has no row."""
    for agent in verdict.agents:
        place = {"role": agent.role, "model": agent.model}
        if agent.outcome is not None:
            yield {**place, "kind": "outcome", "finding": agent.outcome, "cites": list(agent.cites)}
        for flag, cites in sorted(agent.flags.items()):
            yield {**place, "kind": "flag", "finding": flag, "cites": list(cites)}
    if group.kind is not None:
        yield {"role": "", "model": None, "kind": "group", "finding": group.kind, "cites": list(group.cites)}
