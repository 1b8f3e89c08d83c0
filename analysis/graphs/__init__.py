"""Interaction graphs: who did what to whom in an episode, a cell or a run, as `networkx` graphs.

`graph(load("runs/first_light"), cell={"threat": "on"})` is one; `graphs_of` gives them one after another, for files.
What each edge says: `analysis.tables.edges.TYPES`; for people: `docs/graphs.md`.
"""

from analysis.graphs.build import graph
from analysis.graphs.several import LEVELS, graphs_of

__all__ = ["LEVELS", "graph", "graphs_of"]
