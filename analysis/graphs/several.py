"""Graphs one after another, each with a name that can be a file's: of runs, of their cells, or of episodes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import polars as pl

from analysis.graphs.build import aggregated, episode_graph
from analysis.graphs.select import Chosen, gather
from analysis.tables import Tables
from analysis.tables.plan import FACTOR
from arena.errors import unknown

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["LEVELS", "graphs_of"]

LEVELS = ("run", "cell", "episode")
BATCH = 500  # episodes whose rows are held at once
LONGEST = 150  # characters: a file's name may have 255 bytes, and more is added to it


def graphs_of(tables: Tables, per: str = "run", *, models: bool = False) -> "Iterator[tuple[str, nx.MultiDiGraph]]":
    """Name and graph of each run, each cell of a run's factors that vary, or each episode, in the order of the plan.

    Made one by one. A run without an episode has an empty graph. Names are of letters, digits, `_`, `-` and `.`, and no
    two are alike on disks that tell no capitals apart. `UserError`: no such level.
    """
    if per not in LEVELS:
        raise unknown("level", per, LEVELS)
    return _safely(_graphs(tables, per, models=models))


def _graphs(tables: Tables, per: str, *, models: bool) -> "Iterator[tuple[str, nx.MultiDiGraph]]":
    for run in tables.names:
        episodes = tables.episodes.filter(pl.col("run") == run).collect()
        varied = _varied(tables, run)
        if per == "episode":
            yield from _by_episode(tables, run, episodes, varied)
        else:
            for cell in _cells(tables, run, varied) if per == "cell" else [{}]:
                held = [pl.col(f"{FACTOR}{name}") == level for name, level in cell.items()]
                chosen = Chosen(episodes.filter(*held) if held else episodes, cell)
                graph = aggregated(gather(tables, chosen.episodes), chosen, models=models)
                graph.graph["run"] = run
                yield "-".join([run, *(f"{name}_{level}" for name, level in cell.items())]), graph


def _by_episode(
    tables: Tables, run: str, episodes: pl.DataFrame, varied: Sequence[str]
) -> "Iterator[tuple[str, nx.MultiDiGraph]]":
    for first in range(0, episodes.height, BATCH):
        part = episodes[first : first + BATCH]
        for one in gather(tables, part, all_heads=True).each():
            row = one.episodes.row(0, named=True)
            levels = [row[name] or "none" for name in varied]
            cell = {name.removeprefix(FACTOR): row[name] for name in tables.factors if row[name] is not None}
            graph = episode_graph(one, cell)
            yield "-".join([run, *levels, f"s{row['seed']}", row["trial"]]), graph


def _varied(tables: Tables, run: str) -> list[str]:
    """The columns of the factors that vary in this run, in the order of its experiment."""
    if not tables.varied:
        return []
    seats = tables.seats.filter(pl.col("run") == run)
    counts = seats.select(pl.col(tables.varied).drop_nulls().n_unique()).collect().row(0, named=True)
    return [name for name in tables.varied if counts[name] > 1]


def _cells(tables: Tables, run: str, varied: Sequence[str]) -> list[Mapping[str, str]]:
    """The planned cells of a run, as far as they differ."""
    if not varied:
        return [{}]
    rows = tables.seats.filter(pl.col("run") == run).select(varied).drop_nulls().unique(maintain_order=True).collect()
    return [{name.removeprefix(FACTOR): level for name, level in row.items()} for row in rows.iter_rows(named=True)]


def _safely(named: "Iterator[tuple[str, nx.MultiDiGraph]]") -> "Iterator[tuple[str, nx.MultiDiGraph]]":
    seen: set[str] = set()
    for name, graph in named:
        safe = stem = re.sub(r"[^A-Za-z0-9_.-]+", "_", name).lstrip(".-")[:LONGEST] or "graph"
        number = 1
        while safe.lower() in seen:
            number += 1
            safe = f"{stem}-{number}"
        seen.add(safe.lower())
        yield safe, graph
