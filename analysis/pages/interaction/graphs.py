"""The graph of a scope: its rows read once, and the networkx graph up to any round of it."""

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from analysis.graphs.build import aggregated, episode_graph, keep_apart
from analysis.graphs.nodes import Nodes
from analysis.graphs.select import EPISODE, Chosen, Gathered, gather
from analysis.pages.interaction.drawing.elements import DrawnGraph, drawn_graph
from analysis.pages.interaction.scope import Scope
from analysis.pages.session.place import Place

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["ROWS", "drawn_graph_of", "graph_of", "rows_of_scope"]

ROWS = [*EPISODE, "from", "into", "type", "round", "seq", "means", "channel", "stands", "weight"]
"""The columns of a drawn graph's `rows`: one row an edge, `from` and `into` as the graph names its nodes."""
FRAMES = ("episodes", "agents", "edges")


def rows_of_scope(place: Place, scope: Scope) -> Gathered:
    """The rows of the scope's episodes, casts by their full names, without the columns of factors."""

    def read() -> Gathered:
        keys = scope.episodes.select(EPISODE)
        told = place.part.own_tables.episodes
        if keys.height == 1:
            told = told.filter(pl.col("trial") == keys["trial"].item())
        episodes = told.join(keys.lazy(), on=EPISODE, how="semi", maintain_order="left").collect()
        keep_apart(episodes)
        found = gather(place.part.own_tables, episodes)
        slim = {name: getattr(found, name).select(~pl.selectors.starts_with("factor_")) for name in FRAMES}
        return replace(found, **slim)

    return place.cached(("rows", scope.read), read)


def graph_of(place: Place, scope: Scope, until: int | None = None) -> "nx.MultiDiGraph":
    """The graph up to and with a round; None: all of it."""
    return place.cached(("graph", scope.key, until), lambda: _graph(rows_of_scope(place, scope), scope, until))


def _graph(gathered: Gathered, scope: Scope, until: int | None) -> "nx.MultiDiGraph":
    if scope.level == "episode":
        return episode_graph(gathered, scope.cell, until=until)
    return aggregated(gathered, Chosen(scope.episodes, scope.cell), models=scope.level == "models", until=until)


def drawn_graph_of(place: Place, scope: Scope) -> DrawnGraph:
    """What is drawn of the scope, in all rounds."""

    def made() -> DrawnGraph:
        gathered = rows_of_scope(place, scope)
        shown = gathered if scope.level == "episode" else gathered.valid()
        nodes = Nodes.of(shown, models=scope.level == "models")
        rows = nodes.placed(shown.edges, shown.agents).select(ROWS)
        return drawn_graph(graph_of(place, scope), rows)

    return place.cached(("drawn graph", scope.key), made)
