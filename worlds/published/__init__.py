"""Casts named after published results: `scripted:published/<model>` acts with the rates of the tables beside this file.

Every number stands in a table with the key of the text that it was read in. What no readable text tells is not there,
and a cast that would need it is refused. See docs/published.md for what each table can and cannot show.
"""

from collections.abc import Mapping

from arena.errors import UserError, unknown
from arena.plan.published import Figure
from arena.world import World
from arena.world.registry import find_world
from worlds.published.table import figures_of, tables

__all__ = ["figures", "policy"]


def policy(model: str, world: World) -> Mapping[str, float]:
    """In which share of episodes each exemplar of `world` is played as `model`, in the cell of `world`.

    `UserError`: no figure of that model is known, or none for this world, or none for this cell.
    """
    worlds = _worlds_of(model)
    if world.name not in worlds:
        raise UserError(f"no figure of {model} was published for world {world.name}, only for {', '.join(worlds)}")
    own = [figure for figure in figures_of(type(world)) if figure.model == model]
    weights: dict[str, float] = {}
    for figure in own:
        if arm := figure.arm(world.cell):
            weights[figure.exemplar] = weights.get(figure.exemplar, 0.0) + (figure.share if arm == "figure" else 0.0)
    if not weights:
        raise UserError(
            f"no figure of {model} was published for this cell of {world.name} ({_told(world, world.cell)}); "
            f"there are some for: {'; '.join(dict.fromkeys(_told(world, figure.cell) for figure in own))}"
        )
    return weights


def figures() -> list[Figure]:
    """Every figure of every table, in their order."""
    names = dict.fromkeys(behaviour.world for table in tables() for behaviour in table.behaviours.values())
    return [figure for name in names for figure in figures_of(find_world(name))]


def _worlds_of(model: str) -> list[str]:
    found: dict[str, list[str]] = {}
    for table in tables():
        for row in table.figures:
            worlds = found.setdefault(row.model, [])
            if (world := table.behaviours[row.behaviour].world) not in worlds:
                worlds.append(world)
    if model not in found:
        raise unknown("published model", model, sorted(found))
    return found[model]


def _told(world: World, cell: Mapping[str, str]) -> str:
    """The levels of a cell that are not the world's defaults."""
    defaults = world.full_cell({})
    return ", ".join(f"{factor} {level}" for factor, level in cell.items() if level != defaults[factor]) or "defaults"
