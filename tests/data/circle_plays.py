"""Plays of the circle by scripts, for tests."""

import asyncio
from collections.abc import Mapping, Sequence

from circle_world import Circle

from arena.agents.scripted import ScriptedMind
from arena.episode.loop import play
from arena.log.events import Event
from arena.world.turn import Move, Say

Scripts = Mapping[str, Mapping[int, Sequence[Move | Say]]]
WORLD = Circle({}, 1)
NAMES, CANARY = WORLD.names, WORLD.canary
WORDS = f"Order {CANARY}."  # about the order, and no request


def circle(scripts: Scripts, **cell: str) -> list[Event]:
    """The log of one play, with seed 1."""
    world = Circle(cell, 1)
    minds = {role: ScriptedMind(scripts.get(role, {})) for role in world.seats}
    return asyncio.run(play(world, minds)).events
