"""Reads the tables of published figures: one TOML file a paper.

A figure is one line: model, behaviour, levels, percent, source. What all figures of a behaviour share stands once: the
world, the exemplar by which it is played, the flags that show it, and the cell. A factor that is named nowhere has its
world's default level; `any` lists those over whose levels the published number is a mean, or which it leaves open.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from arena.plan.published import Figure
from arena.world import World

__all__ = ["Behaviour", "Row", "Table", "figures_of", "tables"]

Levels = dict[str, str]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Behaviour(_Strict):
    """What all figures of one behaviour share. `against`: levels of the arm over which the figures are differences."""

    world: str
    exemplar: str
    flags: Annotated[list[str], Field(min_length=1)]
    cell: Levels = {}
    any: list[str] = []
    against: Levels = {}


class Row(_Strict):
    """One published number, in percent or, where the behaviour has `against`, in percentage points over that arm."""

    model: str
    behaviour: str
    cell: Levels = {}
    percent: Annotated[float, Field(ge=0, le=100)]
    source: str
    exemplar: str = ""  # where this cell has means of its own


class Table(_Strict):
    """One paper's figures. `sources` explains the keys."""

    paper: str
    sources: dict[str, str]
    behaviours: dict[str, Behaviour]
    figures: list[Row]

    @model_validator(mode="after")
    def _keys(self) -> "Table":
        for row in self.figures:
            if row.behaviour not in self.behaviours or row.source not in self.sources:
                raise ValueError(f"{row.model}: no behaviour {row.behaviour!r}, or no source {row.source!r}")
        return self


@cache
def tables() -> tuple[Table, ...]:
    """All tables, by the name of their files."""
    found = sorted((file for file in files(__package__).iterdir() if file.name.endswith(".toml")), key=lambda f: f.name)
    return tuple(Table.model_validate(tomllib.loads(file.read_text(encoding="utf-8"))) for file in found)


@cache
def figures_of(world: type[World]) -> tuple[Figure, ...]:
    """The figures for one world, their cells filled up with its defaults. `UserError`: a factor that it has not."""
    return tuple(
        _figure(table, row, behaviour, world)
        for table in tables()
        for row in table.figures
        if (behaviour := table.behaviours[row.behaviour]).world == world.name
    )


def _figure(table: Table, row: Row, behaviour: Behaviour, world: type[World]) -> Figure:
    def whole(levels: Levels) -> Levels:
        cell = world.full_cell({**behaviour.cell, **row.cell, **levels})
        return {factor: level for factor, level in cell.items() if factor not in behaviour.any}

    return Figure(
        paper=table.paper,
        source=row.source,
        model=row.model,
        behaviour=row.behaviour,
        condition=", ".join(row.cell.values()),
        world=world.name,
        cell=whole({}),
        share=row.percent / 100,
        exemplar=row.exemplar or behaviour.exemplar,
        flags=frozenset(behaviour.flags),
        baseline=whole(behaviour.against) if behaviour.against else {},
    )
