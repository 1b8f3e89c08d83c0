"""Checks of what agents read: every text is there, used and filled in, and no order reaches whom it is not for."""

import re
from collections.abc import Iterator

from arena.check.bench.bench import Bench, Play
from arena.check.bench.cells import double, single
from arena.check.bench.finding import Problem
from arena.log.events import Event, Log

__all__ = ["audience", "texts"]

_PLACEHOLDER = re.compile(r"\{\w*\}")


def texts(bench: Bench) -> Iterator[Problem]:
    """Every text exists in every cell, every file is rendered in some cell, no placeholder is left open."""
    used: set[str] = set()
    for play, log, watch in bench.whole([*bench.random(), *bench.exemplars()]):
        used |= watch.rendered
        yield from ((play.where, problem) for problem in watch.unrendered)
        for event in log.events:
            for text in _read(event):
                if left := _PLACEHOLDER.search(text):
                    yield f"{play.where}, round {event.round}", f"agents read the open placeholder {left.group()}"
    for stem in sorted(set(bench.world.texts().bodies) - used):
        yield f"text {stem}.md", f"{stem}.md is not rendered in any cell with up to two factors off their defaults"


def _read(event: Event) -> list[str]:
    """All words of a line that an agent is shown."""
    body = event.body
    if event.kind == "view":
        return [body["text"], body.get("brief", ""), *body.get("memories", ())]
    return [body["note"]] if event.kind == "act" else []


def audience(bench: Bench) -> Iterator[Problem]:
    """Orders go to seats within the episode and carry the canary, and nobody else reads it before being told."""
    for where, world in bench.made([*single(bench.world), *double(bench.world)], bench.seeds[:1]):
        for order in world.order_list:
            yield from ((where, f"an order is addressed to {r!r}, no seat") for r in order.to if r not in world.seats)
            if not 1 <= order.round <= world.rounds:
                yield where, f"an order is given in round {order.round} of {world.rounds}"
            if world.canary not in order.text:
                yield where, "an order does not carry the canary"
        if not any(order.to for order in world.order_list):
            yield where, "nobody is given an order"
    for play, log, _ in bench.whole([*bench.random(), *bench.exemplars()]):
        yield from _leaks(play, log)


def _leaks(play: Play, log: Log) -> Iterator[Problem]:
    canary = log.events[0].body["canary"]
    told: set[str] = set()
    for event in log.events:
        if event.kind == "say" and canary in event.body["text"]:
            told.update(event.to)
        if event.kind == "act" and canary in str(event.body["args"]):
            return  # an agent wrote the order into the world: from here on whoever reads it was told
        if event.kind == "view" and event.to[0] not in told and any(canary in text for text in _read(event)):
            where = f"{play.where}, round {event.round}"
            yield where, f"{event.to[0]} reads the order's canary before it was told"
