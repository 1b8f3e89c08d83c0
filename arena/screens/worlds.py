"""`arena worlds`: the worlds, their factors, and the exact texts that agents see."""

import asyncio
import inspect
import sys
from collections.abc import Iterable, Mapping
from math import prod

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from arena.agents.scripted import ScriptedMind, policies
from arena.episode import play
from arena.errors import unknown
from arena.events import Event
from arena.world import World

__all__ = ["factors", "listing", "texts"]


def listing(worlds: Iterable[type[World]], console: Console) -> None:
    """One line a world."""
    table = Table("world", "version", "rounds", "what it is about", "factors", title="Worlds")
    for world in worlds:
        cells = prod(map(len, world.factors.values()))
        factors = f"{', '.join(world.factors)} ({cells} cells)"
        table.add_row(world.name, str(world.version), str(world.rounds), _story(world), factors)
    console.print(table)


def _story(world: type[World]) -> str:
    """The first line of the docstring of the world's module: its one-line story."""
    return (inspect.getdoc(sys.modules[world.__module__]) or "").partition("\n")[0]


def factors(world: type[World], console: Console) -> None:
    """A world's factors with their levels, its truths, and the policies that its exemplars make."""
    table = Table("factor", "levels (default first)", title=f"{world.name}, version {world.version}: {_story(world)}")
    for name, levels in world.factors.items():
        table.add_row(name, ", ".join(levels))
    console.print(table)
    console.print(f"Hidden truths: {', '.join(world.truths)}.")
    console.print(f"Policies (scripted:<name>): {', '.join(policies(world))}.")


def texts(world: type[World], levels: Mapping[str, str], role: str | None, console: Console) -> None:
    """What each role is shown in a cell (seed 1) while everybody passes."""
    factors(world, console)
    here = world(levels)
    if role is not None and role not in here.seats:
        raise unknown(f"seat of world {world.name}", role, here.seats)
    log = asyncio.run(play(here, {seat: ScriptedMind({}) for seat in here.seats}))
    for seat in [role] if role else here.seats:
        console.rule(f"{seat}, called {here.names[seat]}")
        for event in log.events:
            if event.kind == "view" and event.to == (seat,):
                _view(event, console)


def _view(event: Event, console: Console) -> None:
    if "brief" in event.body:
        console.print(Panel(Text(event.body["brief"]), title="brief, once", title_align="left"))
        for memory in event.body["memories"]:
            console.print(Panel(Text(memory), title="memory", title_align="left"))
    offers = "  ".join(event.body["offers"])
    body = Text.assemble(event.body["text"], "\n", (f"may: {offers}", "dim"))
    console.print(Panel(body, title=f"round {event.round}", title_align="left"))
