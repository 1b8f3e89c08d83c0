"""Who told, ordered, protected, harmed or warned whom: a drawing to touch, the same as a table, its numbers."""

from typing import TYPE_CHECKING

import streamlit as st

from analysis.blocks.document import Section
from analysis.figures.kit.theme import EDGE_COLOURS
from analysis.pages.interaction.drawing.appearance import style_rules
from analysis.pages.interaction.drawing.component import draw_graph
from analysis.pages.interaction.drawing.elements import DrawnGraph, GraphFilter, elements
from analysis.pages.interaction.drawing.legend import legend
from analysis.pages.interaction.edge_table import edge_blocks
from analysis.pages.interaction.graph_files import offer_files
from analysis.pages.interaction.graphs import drawn_graph_of, graph_of
from analysis.pages.interaction.metrics import chance_blocks, metric_blocks
from analysis.pages.interaction.picked import picked_blocks
from analysis.pages.interaction.round_slider import picked_round
from analysis.pages.interaction.scope import Scope, picked_scope
from analysis.pages.interaction.scope_in_words import scope_blocks
from analysis.pages.kit.choose import some_of
from analysis.pages.kit.show import html, show
from analysis.pages.session.place import Place

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["graph"]


def graph(place: Place) -> None:
    """The page."""
    scope = picked_scope(place)
    with st.spinner("Reading the edges"):
        drawn = drawn_graph_of(place, scope)
    show(place, scope_blocks(place, scope, drawn))
    shown = _shown(drawn)
    with st.container(key="drawn-main"):
        left, right = st.columns([2, 1], gap="medium")
    with right:
        pick = _pick(drawn)
        show(place, picked_blocks(place, drawn, shown, pick))
    with left:
        _draw(place, scope, drawn, shown, pick)
    _files(place, scope, drawn, shown)
    show(place, [Section("edges", "Every edge that is shown", list(edge_blocks(place, drawn, shown)))])
    with st.spinner("Shuffling who did what"):
        numbers = [*metric_blocks(place, scope, shown.until), *chance_blocks(place, scope)]
    show(place, [Section("numbers", "In numbers", numbers)])


def _shown(drawn: DrawnGraph) -> GraphFilter:
    """What the reader wants to see of it."""
    with st.container(key="drawn-bar"):
        types, standing, rounds = st.columns([3, 2, 5], vertical_alignment="bottom", gap="medium")
    there = set(drawn.lines["type"])
    with types:
        chosen = some_of("Edges", [name for name in EDGE_COLOURS if name in there], "edge")
    with standing:
        help_ = "Leaves out what was denied, taken back or never read."
        only = st.toggle("Only what stands", key="standing", bind="query-params", help=help_)
    with rounds:
        until = picked_round(drawn.last)
    return GraphFilter(chosen, only, until)


def _pick(drawn: DrawnGraph) -> str:
    """The id of the node or line that is picked, by a click, in the list, or by the address; empty: none."""
    ids = [*drawn.ids.values(), *drawn.lines["id"]]
    if st.session_state.get("pick") not in [None, *ids]:
        st.session_state["pick"] = None
    picked = st.selectbox(
        "Picked",
        ids,
        index=None,
        key="pick",
        bind="query-params",
        placeholder="click a node or a line, or choose one here",
    )
    return picked or ""


def _draw(place: Place, scope: Scope, drawn: DrawnGraph, shown: GraphFilter, pick: str) -> None:
    def picked(id: str) -> None:
        st.session_state["pick"] = id

    key = f"drawn {abs(hash((scope.key, place.part.key)))}"
    draw_graph(
        elements(drawn, shown, pick),
        drawn.places,
        style_rules(dark=place.dark, large=drawn.large),
        key=key,
        picked=picked,
    )
    data = [attributes for _, attributes in drawn.graph.nodes(data=True)]
    kinds = {each.get("kind", "agent") for each in data}
    outcomes = {each["outcome"] for each in data if each.get("outcome")}
    html(legend(kinds, set(drawn.lines["type"]), outcomes))


def _files(place: Place, scope: Scope, drawn: DrawnGraph, shown: GraphFilter) -> None:
    def made() -> "nx.MultiDiGraph":
        return graph_of(place, scope, shown.until)

    offer_files(made, "graph")
    place.downloads.graph("graph", made)
    place.downloads.table("edges", drawn.rows)
