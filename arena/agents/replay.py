"""A mind that answers as a recorded one did: replies taken from an episode's log."""

from collections.abc import Iterable

from arena.agents.base import Call, Fault, Move, Reply, Say, View
from arena.events import Event

__all__ = ["ReplayMind", "recorded"]


class ReplayMind:
    """Gives the recorded reply of each round, model calls included, so that the replayed log is equal."""

    def __init__(self, replies: dict[int, Reply]) -> None:
        self._replies = replies

    async def reply(self, view: View) -> Reply:
        return self._replies.get(view.round, Reply())


def recorded(events: Iterable[Event], role: str, names: dict[str, str]) -> ReplayMind:
    """The recorded replies of one role. `names`: role → name, as in the log's first line."""
    replies: dict[int, Reply] = {}
    for event in events:
        if event.actor != role or event.kind not in ("say", "act", "call", "fault"):
            continue
        if "by" in event.body and event.kind == "say":  # spoken by an act, which speaks again when it is replayed
            continue
        so_far = replies.get(event.round, Reply())
        replies[event.round] = _extended(so_far, event, names)
    return ReplayMind(replies)


def _extended(reply: Reply, event: Event, names: dict[str, str]) -> Reply:
    says, acts, calls, fault, body = reply.says, reply.acts, reply.calls, reply.fault, event.body
    if event.kind == "say":
        to = names.get(event.to[0], "") if body["channel"] == "direct" and event.to else body["channel"]
        says += (Say(to, body["text"]),)
    elif event.kind == "act":
        acts += (Move(body["act"], body["args"]),)
    elif event.kind == "call":
        calls += (Call(body, event.took),)
    else:
        fault = Fault(body["cause"], body["detail"])
    return Reply(says, acts, calls, fault)
