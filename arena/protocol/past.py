"""A recorded turn as the model calls behind it, so that an agent can be given it as its own past."""

import json
from collections.abc import Mapping
from typing import Any

from arena.errors import EpisodeFault
from arena.protocol.json import read
from arena.world.turn import Move, Reply, View

__all__ = ["bodies"]

Body = Mapping[str, Any]  # of a `call` line: at least `raw` and `stop`


def bodies(view: View, reply: Reply, *, tools: bool) -> list[Body]:
    """The bodies of the calls that a reply came of. Where no model was called, the one call that would have given it.

    An answer has one act and, in protocol `json`, one message: of a policy's turn the first of each is told. What
    its other acts came to stands in the next view.
    """
    found: list[Body] = [call.body for call in reply.calls]
    if not found and reply.acts:
        return [_written(view, reply, tools)]
    if tools and found and reply.acts and _is_prose(view, found[-1]["raw"]):
        found[-1] = _written(view, reply, tools)  # the record has the words beside the tool calls in place of these
    return found


def _is_prose(view: View, raw: object) -> bool:
    if not isinstance(raw, str):
        return False
    try:
        read(view, raw)
    except EpisodeFault:
        return True
    return False


def _written(view: View, reply: Reply, tools: bool) -> Body:
    label, args = _labelled(view, reply.acts[0])
    says = [{"to": say.to, "text": say.text} for say in reply.says if say.to in view.listeners]
    if tools:
        calls = [*(("say", say) for say in says), (label, args)]
        return {"raw": [[name, json.dumps(given, ensure_ascii=False)] for name, given in calls], "stop": "tool_calls"}
    said = {"say": says[0]} if says else {}
    answer = {"act": label, **args, **said}
    return {"raw": json.dumps(answer, ensure_ascii=False, separators=(",", ":")), "stop": "stop"}


def _labelled(view: View, move: Move) -> tuple[str, Mapping[str, Any]]:
    """The label that stands for an act in this view and the arguments that it leaves open."""
    for offer in view.offers:
        if offer.act == move.act and all(move.args.get(name) == value for name, value in offer.fixed.items()):
            return offer.label, {name: value for name, value in move.args.items() if name not in offer.fixed}
    return move.act, move.args
