"""Which episodes a graph is of: one that is named, or those of a cell; and their rows, read once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import polars as pl

from analysis.tables import Tables
from analysis.tables.plan import FACTOR
from arena.errors import UserError, unknown

__all__ = ["EPISODE", "Chosen", "Gathered", "cell_words", "gather", "of_cell", "of_episode"]

EPISODE = ("run", "trial")  # the key of one episode
LISTED = 8  # ids that a mistake's line names
_RULES = ["world", "version", "rules"]


@dataclass(frozen=True)
class Chosen:
    """The episodes of a graph, as rows of the table `episodes`, and the cell that was asked for."""

    episodes: pl.DataFrame
    cell: Mapping[str, str]


@dataclass(frozen=True)
class Gathered:
    """All rows that the graphs of some episodes need. `heads`: (run, trial) → what its log's first line says of names
    and parts; for one episode of each world and version at least."""

    episodes: pl.DataFrame
    agents: pl.DataFrame
    edges: pl.DataFrame
    heads: Mapping[tuple[str, str], Mapping[str, Any]]

    def valid(self) -> "Gathered":
        """Of those that may be counted."""
        episodes = self.episodes.filter(pl.col("validity") == "valid")
        agents = self.agents.join(episodes, on=EPISODE, how="semi", maintain_order="left")
        edges = self.edges.join(episodes, on=EPISODE, how="semi", maintain_order="left")
        return Gathered(episodes, agents, edges, self.heads)

    def each(self) -> "Iterator[Gathered]":
        """Of one episode after another; all heads must have been gathered."""
        agents, edges = (frame.partition_by(EPISODE, as_dict=True) for frame in (self.agents, self.edges))
        for number, key in enumerate(self.episodes.select(EPISODE).rows()):
            one = (found.get(key, frame.clear()) for found, frame in ((agents, self.agents), (edges, self.edges)))
            yield Gathered(self.episodes[number : number + 1], next(one), next(one), {key: self.heads[key]})


def of_episode(tables: Tables, wanted: str) -> Chosen:
    """The episode of this id, of its first digits, or of RUN/ID. `UserError`: none, or several."""
    run, _, id = wanted.strip("/").rpartition("/")
    there = tables.episodes.collect()
    found = there.filter(pl.col("trial").str.starts_with(id))
    if run:
        found = found.filter(pl.col("run").map_elements(lambda name: _same_run(name, run), return_dtype=pl.Boolean))
    if found.height != 1 or not id:
        ids = (found if found.height else there).select(pl.format("{}/{}", *EPISODE)).to_series()[:LISTED].to_list()
        raise UserError(f"{found.height} episodes match {wanted!r}; some ids: {', '.join(ids) or 'none'}")
    factors = [column for column in found.columns if column.startswith(FACTOR)]
    levels = found.select(factors).row(0, named=True)
    return Chosen(found, {name.removeprefix(FACTOR): level for name, level in levels.items() if level is not None})


def _same_run(name: str, given: str) -> bool:
    """Whether a run is meant, by its folder's name with or without those of the folders that it lies in."""
    short, long = sorted((f"/{name}", f"/{given}"), key=len)
    return long.endswith(short)


def of_cell(tables: Tables, cell: Mapping[str, str]) -> Chosen:
    """The episodes in which every factor of `cell` has this level. `UserError`: no such factor, or level."""
    factors = [name.removeprefix(FACTOR) for name in tables.factors]
    wanted = {name.removeprefix(FACTOR): level for name, level in cell.items()}
    for name, level in wanted.items():
        if name not in factors:
            raise unknown("factor", name, factors)
        levels = tables.seats.select(pl.col(f"{FACTOR}{name}").drop_nulls().unique().sort()).collect().to_series()
        if level not in levels:
            raise unknown(f"level of {name}", level, levels.to_list())
    held = [pl.col(f"{FACTOR}{name}") == level for name, level in wanted.items()]
    episodes = tables.episodes.filter(*held) if held else tables.episodes
    return Chosen(episodes.collect(), wanted)


def cell_words(cell: Mapping[str, str]) -> str:
    """A cell in one line; empty: all cells."""
    return ", ".join(f"{name}={level}" for name, level in cell.items())


def gather(tables: Tables, episodes: pl.DataFrame, *, all_heads: bool = False) -> Gathered:
    """Read the rows of these episodes."""
    keys = episodes.select(EPISODE)
    headed = keys if all_heads else episodes.unique(["run", *_RULES], maintain_order=True).select(EPISODE)
    return Gathered(
        episodes,
        _of(tables.agents, keys).collect(),
        _of(tables.edges, keys).collect(),
        _heads(_of(tables.events.filter(pl.col("seq") == 0), headed)),
    )


def _of(frame: pl.LazyFrame, keys: pl.DataFrame) -> pl.LazyFrame:
    """The rows of these episodes. Of a few, a filter is read more quickly than a join: it skips whole files."""
    if keys.height <= LISTED:
        frame = frame.filter(pl.col("trial").is_in(keys["trial"].to_list()))
    return frame.join(keys.lazy(), on=EPISODE, how="semi", maintain_order="left")


def _heads(lines: pl.LazyFrame) -> dict[tuple[str, str], Mapping[str, Any]]:
    return {(run, trial): orjson.loads(body) for run, trial, body in lines.select(*EPISODE, "body").collect().rows()}
