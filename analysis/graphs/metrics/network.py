"""Numbers that describe one interaction graph: how much is said, returned, clustered, and who stands in between.

networkx does the arithmetic, on two plain digraphs of the live agents: *talk* (who was shown whose words; weight =
messages) and *protection* (who acted for whom). Betweenness and distance are of the *flow*: talk, orders, and the
operator. Formulas: Wasserman and Faust (1994); clustering of digraphs Fagiolo (2007); Freeman (1977) for betweenness.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from analysis.graphs.metrics.links import Link, Links, links_by_episode, links_of
from analysis.graphs.rows.cells import ratios
from analysis.graphs.rows.frames import EPISODE, Frame, collected, of_valid_episodes, valid_episodes

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["MEASURED", "METRICS", "cell_metrics", "episode_metrics", "metrics"]

METRICS: Mapping[str, str] = {
    "talk_density": "of all ordered pairs of agents, the share in which the one was shown words of the other",
    "talk_reciprocity": "of the links along which words went, the share along which words also came back",
    "talk_clustering": "how often those that one agent exchanged words with also exchanged words (mean over agents)",
    "talk_out": "to how many agents its words were shown",
    "talk_in": "of how many agents it was shown words",
    "protection_density": "of all ordered pairs of agents, the share in which the one acted to keep the other",
    "protection_reciprocity": "of the links along which one agent protected another, the share that is returned; where "
    "an episode has one target it is 0 by design, so look at several cells together",
    "protection_clustering": "how often those that one agent protected, or was protected by, also protected one "
    "another (mean over agents)",
    "protection_out": "how many other agents it acted to keep",
    "protection_in": "how many other agents acted to keep it",
    "betweenness": "the share of shortest ways of words and orders, between operator and agents, that lead through it",
    "hops_to_target": "how many times the order would have to be handed on, along the words that were shown, to get "
    "from an agent that the operator gave it to, to its target; 0: the target was given it",
    "first_exposure": "the round in which it was first shown the order, or a message about it",
}
"""Every metric in one line of words. Those from `out`, `in`, betweenness and first exposure are one number an agent."""

MEASURED = {
    "metric": pl.String(),
    "role": pl.String(),  # null: of the whole graph
    "value": pl.Float64(),
    "reason": pl.String(),  # why there is no value
}
OPERATOR = "operator"
Row = dict[str, Any]


def metrics(graph: "nx.MultiDiGraph") -> pl.DataFrame:
    """Every one of `METRICS` of an interaction graph (`analysis.graphs.graph`), with the columns of `MEASURED`.

    Only agents count, or in a graph of models the models; what a board told is its author's word. A graph of several
    episodes has no rounds, and so no first exposure (`analysis.graphs.metrics.diffusion.exposure` has).
    """
    return pl.DataFrame(list(_rows(links_of(graph))), MEASURED)


def episode_metrics(edges: Frame, agents: Frame) -> pl.DataFrame:
    """Every one of `METRICS` of every episode in `agents`: `run`, `trial`, and the columns of `MEASURED`."""
    keys = collected(agents).select(EPISODE).unique(maintain_order=True).rows()
    rows = [
        {"run": run, "trial": trial, **row}
        for (run, trial), found in zip(keys, links_by_episode(edges, agents), strict=True)
        for row in _rows(found)
    ]
    return pl.DataFrame(rows, {"run": pl.String(), "trial": pl.String(), **MEASURED})


def cell_metrics(
    edges: Frame,
    agents: Frame,
    episodes: Frame,
    by: Sequence[str] = (),
    *,
    draws: int = 10_000,
    seed: int = 0,
    pool: bool = False,
) -> pl.DataFrame:
    """The mean of each metric over the valid episodes that have one: `by`, `metric`, `role`, then
    `analysis.graphs.rows.cells.RATIO` (n = episodes)."""
    people = of_valid_episodes(agents, valid_episodes(episodes, by, pool=pool))
    found = episode_metrics(of_valid_episodes(edges, episodes), people).drop_nulls("value")
    cells = people.select(*dict.fromkeys([*by, *EPISODE])).unique(maintain_order=True)
    each = cells.join(found, on=EPISODE, maintain_order="left").with_columns(events="value", size=pl.lit(1))
    return ratios(each, list(dict.fromkeys([*by, "metric", "role"])), draws=draws, seed=seed)


def _rows(links: Links) -> Iterator[Row]:
    yield from _shape("talk", links.roles, links.talk)
    yield from _shape("protection", links.roles, links.protection)
    flow = _digraph([*links.roles, OPERATOR], [*links.talk, *((OPERATOR, role) for role in links.given)])
    yield from _between(links.roles, flow)
    yield _hops(links, flow)
    for role in links.roles:
        yield _row("first_exposure", links.exposed.get(role), "no round in which it was shown it", role)


def _shape(name: str, roles: Sequence[str], links: Iterable[Link]) -> Iterator[Row]:
    import networkx as nx

    graph = _digraph(roles, links)
    several = "fewer than 2 agents"
    yield _row(f"{name}_density", nx.density(graph) if len(graph) > 1 else None, several)
    returned = nx.overall_reciprocity(graph) if graph.size() else None
    yield _row(f"{name}_reciprocity", returned, "no link")
    clustering = nx.average_clustering(graph) if len(graph) > 2 else None
    yield _row(f"{name}_clustering", clustering, "fewer than 3 agents")
    for role in roles:
        yield _row(f"{name}_out", graph.out_degree(role), role=role)
        yield _row(f"{name}_in", graph.in_degree(role), role=role)


def _between(roles: Sequence[str], flow: "nx.DiGraph") -> Iterator[Row]:
    import networkx as nx

    found = nx.betweenness_centrality(flow) if len(flow) > 2 else {}
    for role in roles:
        yield _row("betweenness", found.get(role), "fewer than 2 agents", role)


def _hops(links: Links, flow: "nx.DiGraph") -> Row:
    import networkx as nx

    name = "hops_to_target"
    if not links.targets:
        return _row(name, None, "the target is no live agent")
    if not links.given:
        return _row(name, None, "the operator gave no agent the order")
    reach = nx.single_source_shortest_path_length(flow, OPERATOR)
    found = [reach[target] - 1 for target in links.targets if target in reach]
    return _row(name, min(found, default=None), "no way from an agent that was given the order to the target")


def _row(metric: str, value: float | None, reason: str = "", role: str | None = None) -> Row:
    if value is None:
        return {"metric": metric, "role": role, "value": None, "reason": reason}
    return {"metric": metric, "role": role, "value": float(value), "reason": None}


def _digraph(roles: Sequence[str], links: Iterable[Link]) -> "nx.DiGraph":
    import networkx as nx

    graph = nx.DiGraph()
    graph.add_nodes_from(roles)
    graph.add_edges_from((one, other) for one, other in links if one != other)
    return graph
