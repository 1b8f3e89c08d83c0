"""Minds that answer as recorded ones did: for a whole episode, or until a live one takes the seat."""

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from arena.log.events import Event
from arena.world.turn import Call, Fault, Mind, Move, Reply, Say, View

__all__ = ["HandedOver", "Reliving", "ReplayMind", "recorded"]


class ReplayMind:
    """Gives the recorded reply of each round, model calls included, so that the replayed log is equal."""

    def __init__(self, replies: dict[int, Reply]) -> None:
        self._replies = replies

    async def reply(self, view: View) -> Reply:
        return self._replies.get(view.round, Reply())


@runtime_checkable
class Reliving(Protocol):
    """A mind with a context, which can be given a turn of the log as its own past."""

    async def relive(self, view: View, reply: Reply) -> None: ...


class HandedOver:
    """A seat that is played as recorded before a round, and from that round on by a live mind that has the past."""

    def __init__(self, past: ReplayMind, live: Mind, round: int) -> None:
        self._past = past
        self._live = live
        self._round = round

    async def reply(self, view: View) -> Reply:
        if view.round >= self._round:
            return await self._live.reply(view)
        reply = await self._past.reply(view)
        if isinstance(self._live, Reliving):
            await self._live.relive(view, reply)
        else:  # a policy: what it would have done is not used, but it keeps count of its draws
            await self._live.reply(view)
        return reply

    async def close(self) -> None:
        """Let go of what the live mind holds."""
        if close := getattr(self._live, "close", None):
            await close()


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
