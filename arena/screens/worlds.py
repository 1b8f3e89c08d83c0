"""`arena worlds`: the worlds, their factors, and the exact texts that agents see."""

import asyncio
import inspect
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import prod

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from arena.agents.base import Move, Reply, View
from arena.agents.scripted import policies
from arena.episode import play
from arena.errors import unknown
from arena.protocol import Messages
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
    """All that a model in each role reads in a cell (seed 1, protocol `json`) while everybody passes."""
    factors(world, console)
    here = world(levels)
    if role is not None and role not in here.seats:
        raise unknown(f"seat of world {world.name}", role, here.seats)
    seats = {seat: _Listener() for seat in here.seats}
    asyncio.run(play(here, seats))
    for seat in [role] if role else here.seats:
        console.rule(f"{seat}, called {here.names[seat]}")
        messages = Messages()
        for number, view in enumerate(seats[seat].views):
            if not number:
                _panel(view.brief, "brief: the system prompt", console)
                for memory in view.memories:
                    _panel(memory, "memory", console)
            _panel(messages.next(view), f"round {view.round}", console)


@dataclass
class _Listener:
    """Passes, and keeps what it was shown."""

    views: list[View] = field(default_factory=list)

    async def reply(self, view: View) -> Reply:
        self.views.append(view)
        return Reply(acts=(Move("pass"),))


def _panel(text: str, title: str, console: Console) -> None:
    console.print(Panel(Text(text), title=title, title_align="left"))
