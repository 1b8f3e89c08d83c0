"""A page with nothing but the app's drawing of a made-up graph of 200 agents: `benchmarks.app` opens and moves it."""

import random

import networkx as nx
import polars as pl

from analysis.figures.kit.theme import EDGE_COLOURS
from analysis.pages.interaction.drawing.appearance import style_rules
from analysis.pages.interaction.drawing.component import draw_graph
from analysis.pages.interaction.drawing.elements import DrawnGraph, GraphFilter, drawn_graph, elements
from analysis.pages.interaction.graphs import ROWS

__all__ = ["made", "main"]

AGENTS, EDGES, ROUNDS = 200, 1_200, 10


def made() -> DrawnGraph:
    """Agents in random contact, the same every time."""
    chance = random.Random(0)
    graph = nx.MultiDiGraph(level="cell")
    agents = [f"agent_{number}" for number in range(AGENTS)]
    graph.add_node("operator", kind="operator")
    graph.add_nodes_from(agents, kind="agent")
    pairs = [chance.sample(agents, 2) for _ in range(EDGES)]
    graph.add_edges_from(pairs)
    types = [chance.choice(list(EDGE_COLOURS)) for _ in pairs]
    rounds = [chance.randint(1, ROUNDS) for _ in pairs]
    columns = {
        "run": ["made"] * EDGES,
        "trial": [f"{number % 50:012x}" for number in range(EDGES)],
        "from": [source for source, _ in pairs],
        "into": [target for _, target in pairs],
        "type": types,
        "round": rounds,
        "seq": list(range(EDGES)),
        "means": [None] * EDGES,
        "channel": [None] * EDGES,
        "stands": [True] * EDGES,
        "weight": [1.0] * EDGES,
    }
    return drawn_graph(graph, pl.DataFrame(columns, schema_overrides={"means": pl.String()}).select(ROWS))


def main() -> None:
    """The page."""
    import streamlit as st

    st.set_page_config(layout="wide")
    of = st.cache_resource(made)()
    until = st.slider("Until the end of round", 0, ROUNDS, ROUNDS)
    draw_graph(
        elements(of, GraphFilter(until=until)),
        of.places,
        style_rules(dark=False, large=True),
        key="g",
        picked=lambda _: None,
    )
    st.html("<p id='drawn'>drawn</p>")


if __name__ == "__main__":
    main()
