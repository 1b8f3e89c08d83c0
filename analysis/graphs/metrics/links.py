"""An interaction graph, or the edges of an episode, as what metrics are taken of: plain links between live agents."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from analysis.graphs.rows.frames import EPISODE, Frame, seated
from analysis.graphs.rows.talk import heard_messages, protective_acts

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Link", "Links", "links_by_episode", "links_of"]

Link = tuple[str, str]
NEVER = 10**9  # a round that no episode has


@dataclass(frozen=True)
class Links:
    """Who spoke to whom, and who acted for whom: each link (from, to) once, both ends live agents."""

    roles: Sequence[str]
    talk: Sequence[Link]
    protection: Sequence[Link]
    given: Sequence[str]  # agents that the operator gave the order
    exposed: Mapping[str, int]  # agent → round
    targets: Sequence[str]  # live agents that are to go


def links_of(graph: "nx.MultiDiGraph") -> Links:
    """Of an interaction graph (`analysis.graphs.graph`), of an episode or of several.

    Where it is of several, a board keeps no authors: whoever posted on it counts as heard by all that were shown it.
    """
    kinds = {node: data.get("kind") for node, data in graph.nodes(data=True)}
    agents = {node: data for node, data in graph.nodes(data=True) if data.get("kind") == "agent"}
    links = [(one, other, data) for one, other, data in graph.edges(data=True) if data.get("weight", 1) > 0]
    words = [link for link in links if link[2].get("type") in ("told", "ordered")]
    exposed = {node: data["informed"] for node, data in agents.items() if data.get("informed") is not None}
    for one, other, data in words:
        if other in agents and (data["type"] == "ordered" or data.get("about_order")) and "round" in data:
            at_once = kinds[one] in ("channel", "operator")  # the view's round; other words are read in the next
            exposed[other] = min(data["round"] + (not at_once), exposed.get(other, NEVER))
    given = [other for one, other, data in words if data["type"] == "ordered" and one not in agents and other in agents]
    protection = [link[:2] for link in links if link[2].get("type") == "protected" and set(link[:2]) <= set(agents)]
    return Links(
        roles=list(agents),
        talk=sorted(set(_spoken(words, kinds))),
        protection=sorted(set(protection)),
        given=sorted(set(given)),
        exposed=exposed,
        targets=[node for node, data in agents.items() if data.get("is_target") or data.get("as_target")],
    )


def _spoken(words: Sequence[tuple[str, str, Mapping[str, Any]]], kinds: Mapping[str, Any]) -> Iterator[Link]:
    posted = [(one, other) for one, other, _ in words if kinds[other] == "channel"]
    for one, other, data in words:
        speakers = [one]
        if kinds[one] == "channel":
            author = data.get("author")
            speakers = [who for who, board in posted if board == one] if author is None else [author]
        for speaker in speakers:
            if kinds.get(speaker) == kinds[other] == "agent" and speaker != other:
                yield speaker, other


def links_by_episode(edges: Frame, agents: Frame) -> Iterator[Links]:
    """One an episode of `agents`, in its order."""
    places = seated(agents, ["is_target", "informed_round"])
    words = heard_messages(edges)
    reads = words.filter(pl.col("order") | pl.col("about_order"))
    first = reads.group_by(*EPISODE, role="hearer").agg(pl.col("round").min())
    seen = places.join(first, on=[*EPISODE, "role"], how="left", maintain_order="left")
    seen = seen.with_columns(exposed=pl.min_horizontal("informed_round", "round"))
    talk = _links(words.rename({"speaker": "one", "hearer": "other"}), places)
    acts = _links(protective_acts(edges).rename({"actor": "one", "target": "other"}), places)
    given = _given(words, places)
    for (episode,), some in seen.group_by(["episode"], maintain_order=True):
        yield Links(
            roles=some["role"].to_list(),
            talk=talk.get(episode, []),
            protection=acts.get(episode, []),
            given=given.get(episode, []),
            exposed=dict(some.drop_nulls("exposed").select("role", "exposed").rows()),
            targets=some.filter("is_target")["role"].to_list(),
        )


def _links(rows: pl.DataFrame, places: pl.DataFrame) -> dict[Any, list[Link]]:
    """Episode → pairs of its agents."""
    one = places.select(*EPISODE, "episode", one="role")
    found = rows.join(one, on=[*EPISODE, "one"]).join(
        places.select(*EPISODE, other="role"), on=[*EPISODE, "other"], how="semi"
    )
    links: dict[Any, list[Link]] = {}
    for episode, *pair in found.select("episode", "one", "other").unique(maintain_order=True).rows():
        links.setdefault(episode, []).append((pair[0], pair[1]))
    return links


def _given(words: pl.DataFrame, places: pl.DataFrame) -> dict[Any, list[str]]:
    """Episode → its agents that the order reached from no other agent."""
    live = places.select(*EPISODE, "episode", "role")
    orders = words.filter("order").join(live, left_on=[*EPISODE, "hearer"], right_on=[*EPISODE, "role"])
    first = orders.join(live, left_on=[*EPISODE, "speaker"], right_on=[*EPISODE, "role"], how="anti")
    given: dict[Any, list[str]] = {}
    for episode, role in first.select("episode", "hearer").unique().sort("hearer").rows():
        given.setdefault(episode, []).append(role)
    return given
