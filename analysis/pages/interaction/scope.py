"""What the graph on the page is of: one episode, a cell, or the models; as the address or the reader names it."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl
import streamlit as st

from analysis.figures.kit.wording import humane
from analysis.findings.parts.part import Part
from analysis.pages.interaction.examples.where_to_begin import first_episode_links, first_episodes
from analysis.pages.kit.choose import one_of, preset
from analysis.pages.kit.show import html
from analysis.pages.session.place import FACTOR_KEY, Place
from analysis.tables.plan import FACTOR
from arena.errors import UserError

__all__ = ["Scope", "picked_scope"]

LEVELS = ("episode", "cell", "models")
ALL = "all"
MOST = 2_000  # episodes that one drawing adds up
Level = Literal["episode", "cell", "models"]


@dataclass(frozen=True)
class Scope:
    """`episodes`: rows of the part's table that are drawn, at most `MOST`, of `whole`. `cell`: what was asked for."""

    level: Level
    episodes: pl.DataFrame
    whole: int
    cell: Mapping[str, str]

    @property
    def key(self) -> Hashable:
        """Another one for each graph."""
        named = self.episodes.select("run", "trial").row(0) if self.level == "episode" else ()
        return self.level, named, tuple(self.cell.items())

    @property
    def read(self) -> Hashable:
        """Another one for other episodes."""
        return (self.key if self.level == "episode" else None), tuple(self.cell.items())

    @property
    def row(self) -> dict[str, Any]:
        """The episode itself, where there is one."""
        return self.episodes.row(0, named=True)


def picked_scope(place: Place) -> Scope:
    """Draws the choices, and gives what was chosen. `UserError`: no such episode, or no episode at all."""
    if place.part.episodes.is_empty():
        raise UserError("No episode of this run is finished yet: there is no graph to draw.")
    level = st.segmented_control("Graph of", LEVELS, default="episode", key="of", bind="query-params", required=True)
    if level == "episode" or level not in LEVELS:
        return _one(place)
    return _of_cell(place.part, _cell(place), "models" if level == "models" else "cell")


def _one(place: Place) -> Scope:
    clear = place.cached("clear episodes", lambda: first_episodes(place.part))
    options = [f"{run}/{trial}" for run, trial in clear.select("run", "trial").rows()]
    if not st.query_params.get("drawn"):
        preset("drawn", options[0], ())
    wanted = st.selectbox(
        "Episode (pick one that shows much, or paste RUN/ID)",
        options,
        index=None,
        key="drawn",
        bind="query-params",
        accept_new_options=True,
    )
    html(first_episode_links(place, clear, wanted or options[0]))
    return _of_address(place.part, wanted or options[0])


def _of_address(part: Part, wanted: str) -> Scope:
    """The episode that RUN/ID, or the id alone, names. `UserError`: this part has none."""
    run, _, trial = wanted.strip().rpartition("/")
    found = part.episodes.filter((pl.col("trial") == trial) & (pl.lit(not run) | (pl.col("run") == run)))
    if found.is_empty():
        raise UserError(f"no episode {wanted!r} is finished here; the page Episodes lists those that are")
    return Scope("episode", found.head(1), 1, {})


def _cell(place: Place) -> dict[str, str]:
    """The levels that were chosen, by column of the table of episodes; none for all."""
    part, chosen = place.part, dict[str, str]()
    if not part.by:
        return chosen
    for column, box in zip(part.by, st.columns(max(3, len(part.by))), strict=False):
        name = column.removeprefix(FACTOR)
        key = f"{FACTOR_KEY}{name}" if column.startswith(FACTOR) else name
        levels = part.casts if column == "cast" else _levels(part, column)
        with box:
            level = one_of(humane(column), [ALL, *levels], key)
        if level != ALL:
            chosen[column] = level
    return chosen


def _levels(part: Part, column: str) -> list[str]:
    return part.planned[column].drop_nulls().unique(maintain_order=True).to_list()


def _of_cell(part: Part, cell: Mapping[str, str], level: Level = "cell") -> Scope:
    """The episodes of a cell, the first `MOST` by seed, so that all arms of the plan are among them alike."""
    held = [pl.col(column) == value for column, value in cell.items()]
    found = part.episodes.filter(*held) if held else part.episodes
    some = found.sort("seed", maintain_order=True).head(MOST) if found.height > MOST else found
    return Scope(level, some, found.height, {name.removeprefix(FACTOR): value for name, value in cell.items()})
