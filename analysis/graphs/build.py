"""Builds the interaction graph of an episode, a cell or a run from the tables."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

from analysis.graphs.nodes import Nodes
from analysis.graphs.select import Chosen, Gathered, cell_words, gather, of_cell, of_episode
from analysis.graphs.sums import summed
from analysis.measures.origin import origin
from analysis.tables import Tables
from arena.errors import UserError

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["aggregated", "episode_graph", "graph", "keep_apart"]

_SHOWN = ("type", "round", "seq", "other", "weight", "channel", "means", "about_order", "stands", "author")


def graph(
    tables: Tables,
    *,
    episode: str | None = None,
    cell: Mapping[str, str] | None = None,
    models: bool = False,
    until: int | None = None,
    pool: bool = False,
) -> "nx.MultiDiGraph":
    """The interaction graph of one episode (its id, the first digits of it, or RUN/ID), of a cell (factor → level,
    any part of it), or, without both, of all episodes.

    An episode's graph has an edge for each row of `edges`, with the number of the event that it is. Else edges are
    added up over the valid episodes, for each source, target, type, means and channel: `weight` is the sum of weights,
    `count` of edges, `episodes` those with such an edge, `present` those in which both ends took part, and `rate`
    weight / present. With `models`, agents are their models: what passes between two seats of one model is a loop.
    `until`: only edges up to and with that round; nodes are those of the whole, and so is what is known of them.
    Attributes are text, whole numbers, numbers and truth values; one that is not known is left out.

    `UserError`: no or several such episodes, no such factor or level, both an episode and a cell, or several worlds or
    versions of one, or of the rules, or casts played, published and imported, and no `pool`.
    """
    if episode is not None and cell is not None:
        raise UserError("a graph is of an episode or of a cell: give one of both")
    chosen = of_episode(tables, episode) if episode is not None else of_cell(tables, cell or {})
    if not pool:
        keep_apart(chosen.episodes)
    gathered = gather(tables, chosen.episodes)
    if episode is not None and not models:
        return episode_graph(gathered, chosen.cell, until=until)
    return aggregated(gathered, chosen, models=models, until=until)


def keep_apart(episodes: pl.DataFrame) -> None:
    """`UserError` where one graph of these would pool worlds, versions, rules, or published casts with others."""
    kinds = episodes.select("world", "version", "rules", origin().alias("origin")).unique(maintain_order=True).rows()
    if len(kinds) > 1:
        told = ", ".join(f"{world} {version} (rules {rules}, {came} casts)" for world, version, rules, came in kinds)
        raise UserError(f"one graph would pool worlds or versions: {told}; take one run, or ask for it (pool=True)")


def episode_graph(gathered: Gathered, cell: Mapping[str, str], *, until: int | None = None) -> "nx.MultiDiGraph":
    """The graph of the one episode that was gathered. `until`: see `graph`."""
    import networkx as nx

    episode = gathered.episodes.row(0, named=True)
    nodes = Nodes.of(gathered)
    about = (
        "run",
        "trial",
        "world",
        "version",
        "rules",
        "seed",
        "cast",
        "validity",
        "target",
        "ordered_effect",
        "group",
    )
    attributes = {name: episode[name] for name in about}
    found = nx.MultiDiGraph(level="episode", cell=cell_words(cell), episodes=1, **_known(attributes))
    agents = {row["role"]: row for row in gathered.agents.iter_rows(named=True)}
    head = gathered.heads[episode["run"], episode["trial"]]
    for id, (group, name) in nodes.ids.items():
        seen = _agent(agents[name]) if group == "role" and name in agents else {}
        target = {"is_target": name == episode["target"]} if group == "role" else {}
        named = {"name": head["names"].get(name) if group == "role" else None}
        found.add_node(id, **_known({"kind": nodes.kind(id), **named, **target, **seen}))
    edges = nodes.placed(_grown(gathered, until).edges).select("from", "into", *_SHOWN)
    for number, (source, target, *values) in enumerate(edges.iter_rows(), 1):
        found.add_edge(source, target, key=f"e{number}", **_known(dict(zip(_SHOWN, values, strict=True))))
    return found


def _agent(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "model": row["model"],
        "outcome": row["outcome"],
        "informed": row["informed_round"],
        "under_order": row["under_order"],
        "valid": row["validity"] == "valid",
    }


def aggregated(
    gathered: Gathered, chosen: Chosen, *, models: bool = False, until: int | None = None
) -> "nx.MultiDiGraph":
    """The graph of the valid ones of the episodes that were gathered, added up. `until`: see `graph`."""
    import networkx as nx

    valid = gathered.valid()
    nodes = Nodes.of(valid, models=models)
    attributes = {
        "level": "model" if models else "cell",
        "cell": cell_words(chosen.cell),
        "episodes": valid.episodes.height,
        "left_out": gathered.episodes.height - valid.episodes.height,  # not valid
        **{name: _joined(gathered.episodes[name]) for name in ("run", "world", "version", "rules")},
    }
    found = nx.MultiDiGraph(**_known(attributes))
    for id, counts in nodes.counted(valid).items():
        found.add_node(id, **_known({"kind": nodes.kind(id), **counts}))
    for number, row in enumerate(summed(nodes, _grown(valid, until)).iter_rows(named=True), 1):
        source, target = row.pop("from"), row.pop("into")
        found.add_edge(source, target, key=f"e{number}", **_known(row))
    return found


def _grown(gathered: Gathered, until: int | None) -> Gathered:
    """With the edges up to and with a round."""
    return gathered if until is None else replace(gathered, edges=gathered.edges.filter(pl.col("round") <= until))


def _joined(values: pl.Series) -> Any:
    """The value that all have; several as text."""
    several = values.unique(maintain_order=True).to_list()
    return several[0] if len(several) == 1 else ", ".join(map(str, several)) or None


def _known(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if value is not None}
