"""Plays a log's acts again, step by step, so that a check can look at the states on the way."""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any

from arena.episode.engine import Engine
from arena.log.events import Event, Log
from arena.world.base import World
from arena.world.turn import Move

__all__ = ["Step", "retrace"]


@dataclass(frozen=True)
class Step:
    """One line that may change the state, with engines that stand before and after it."""

    event: Event
    before: Engine
    after: Engine
    body: dict[str, Any]
    opens: bool  # the first of its round


def retrace(world: World, log: Log) -> Iterator[Step]:
    """Every `act` and `world` line of a log, done once more in a fresh world."""
    engine = Engine(world)
    number = 0
    for event in log.events:
        if event.kind not in ("act", "world"):
            continue
        opens = event.round != number
        if opens:
            number = event.round
            engine.open_round(number)
        before = copy(engine)
        if event.kind == "act":
            body = engine.apply(event.actor, Move(event.body["act"], event.body["args"]))
        else:
            body = engine.tick()
        yield Step(event, before, copy(engine), body, opens)
