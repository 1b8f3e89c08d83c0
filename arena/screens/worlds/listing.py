"""`arena worlds`: the worlds, their factors, and the exact texts that agents see."""

import asyncio
import inspect
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import prod

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from arena.agents.scripted import RANDOM
from arena.episode.loop import play
from arena.errors import unknown
from arena.protocol import Messages
from arena.world.base import World
from arena.world.turn import Move, Reply, View

__all__ = ["factors", "listing", "texts"]


def listing(worlds: Iterable[type[World]], console: Console) -> None:
    """Each world's story and factors in a few lines, wrapped at words and never cut."""
    for number, world in enumerate(worlds):
        cells = prod(map(len, world.factors.values()))
        facts = f"  version {world.version} · {world.rounds} rounds · {cells:,} cells"
        console.print(Text.assemble("\n" if number else "", (world.name, "bold"), (facts, "dim")))
        console.print(Padding(Text(_story(world)), (0, 0, 0, 2)))
        console.print(Padding(Text(f"factors: {', '.join(world.factors)}", "dim"), (0, 0, 0, 2)))
    console.print(Text("\narena worlds NAME tells a world's levels, policies and words.", "dim"))


def _story(world: type[World]) -> str:
    """The first line of the docstring of the world's module: its one-line story."""
    return (inspect.getdoc(sys.modules[world.__module__]) or "").partition("\n")[0]


def factors(world: type[World], console: Console) -> None:
    """A world's factors with their levels, its truths, and the policies that its exemplars make."""
    console.print(Text.assemble((world.name, "bold"), f", version {world.version}: {_story(world)}"))
    table = Table("factor", "levels (default first)")
    for name, levels in world.factors.items():
        table.add_row(name, ", ".join(levels))
    console.print(table)
    console.print(Text(f"Hidden truths: {', '.join(world.truths)}."))
    console.print(Text("Policies (scripted:<name>), by the cell that each is made for:"))
    for cell, names in _policies(world).items():
        console.print(
            Padding(Text.assemble((f"{cell or 'any, or the default'}: ", "dim"), ", ".join(names)), (0, 0, 0, 2))
        )


def _policies(world: type[World]) -> dict[str, list[str]]:
    """Levels off their defaults → the policies made for that cell; in another a script may do nothing."""
    found: dict[str, list[str]] = {"": [RANDOM]}
    for exemplar in world.exemplars:
        levels = [f"{factor}={level}" for factor, level in exemplar.cell.items() if level != world.factors[factor][0]]
        found.setdefault(" ".join(levels), []).append(exemplar.name)
    return found


def texts(world: type[World], levels: Mapping[str, str], role: str | None, console: Console) -> None:
    """All that a model in each role reads in a cell (seed 1, protocol `json`) while everybody passes."""
    here = world(levels)
    if role is not None and role not in here.seats:
        raise unknown(f"seat of world {world.name}", role, here.seats)
    factors(world, console)
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
