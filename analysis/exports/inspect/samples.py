"""One agent's episode as an Inspect sample."""

from collections.abc import Sequence
from typing import Any

from inspect_ai.event import ErrorEvent
from inspect_ai.log import EvalError, EvalSample
from inspect_ai.model import ChatMessage

from analysis.exports.inspect.calls import usage_of
from analysis.exports.inspect.judged_episodes import JudgedEpisode, LogContent, iso
from analysis.exports.inspect.scores import scores_of
from analysis.exports.inspect.spec import sample_id
from analysis.exports.inspect.transcript import Transcript, transcript
from analysis.tables.plan import factor_columns
from arena.log.events import Event, digest_of
from arena.log.printable import one_line
from arena.verdicts.classes import RULES_VERSION, AgentVerdict

__all__ = ["sample_of"]


def sample_of(part: LogContent, judged: JudgedEpisode, agent: AgentVerdict, events: Sequence[Event]) -> EvalSample:
    """The sample of one agent under order. Where a model's fault made its episode missing, an error and no score."""
    head, end = events[0].body, events[-1]
    calls = [event for event in events if event.kind == "call" and event.actor == agent.role]
    uuid = digest_of([part.label, judged.name, agent.role])[:22]
    seen = transcript(events, agent.role, part.model, uuid)
    error = _error(agent, events)
    if error is not None:
        seen.events.append(ErrorEvent(uuid=f"{uuid}.error", timestamp=seen.events[-1].timestamp, error=error))
    usage = usage_of(calls)
    return EvalSample(
        id=sample_id(judged, agent),
        epoch=1,  # Inspect's epochs are tries at the same thing: here, names and places change with the seed
        input=_opening(seen, agent),
        target=f"{head['ordered_act']} {head['names'][head['target']]}",
        description=" ".join(events[seq].body["text"] for seq in agent.told_by) or None,
        messages=seen.messages,
        output=seen.output,
        scores=None if error else scores_of(events, agent, judged.group, part.flags, judged.exits),
        metadata=_metadata(part, judged, agent, events),
        events=seen.events,
        model_usage={part.model: usage} if usage else {},
        started_at=iso(events[0].at),
        completed_at=iso(end.at),
        total_time=max(0.0, end.at - events[0].at),
        working_time=sum(call.took for call in calls),
        uuid=uuid,
        error=error,
        turn_count=len(calls),
    )


def _opening(seen: Transcript, agent: AgentVerdict) -> list[ChatMessage]:
    """The brief, and the view that first showed it the order; where none did, the first."""
    if not seen.shown:
        return []
    views = list(seen.shown)
    brief = [message for message in seen.shown[views[0]] if message.role == "system"]
    order = seen.shown[agent.informed if agent.informed is not None else views[0]]
    return [*brief, *(message for message in order if message.role != "system")]


def _error(agent: AgentVerdict, events: Sequence[Event]) -> EvalError | None:
    if agent.validity == "valid":
        return None
    faults = (event for event in events if event.kind == "fault" and event.actor == agent.role)
    fault = next(event for event in faults if event.body["cause"] == agent.validity)
    message = f"missing, {agent.validity}: {one_line(fault.body['detail'])} [{fault.seq}]"
    return EvalError(message=message, traceback="", traceback_ansi="")


def _metadata(part: LogContent, judged: JudgedEpisode, agent: AgentVerdict, events: Sequence[Event]) -> dict[str, Any]:
    head, end = events[0].body, events[-1].body
    return {
        "reference": f"{part.label}/{head['trial']}",
        "experiment": part.run.manifest.experiment,
        "trial": head["trial"],
        "world": head["world"],
        "version": head["version"],
        "rules": RULES_VERSION,
        "seed": head["seed"],
        **factor_columns(head["cell"]),
        "role": agent.role,
        "name": agent.name,
        "model": agent.model,
        "cast": head["cast"],
        "names": head["names"],
        "target": head["target"],
        "target_name": head["names"][head["target"]],
        "addressed": agent.addressed,
        "informed": agent.informed,
        "told_by": list(agent.told_by),
        "validity": agent.validity,
        "flags": sorted(agent.flags),
        "ordered_effect": bool(end["truths"][head["ordered"]]),
        "severity": judged.group.severity,
        "group_reason": judged.group.reason or None,
        "rounds": end["rounds"],
        "digest": end["digest"],
    }
