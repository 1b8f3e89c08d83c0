"""What is drawn of an interaction graph: its nodes, and one line for all edges of a type between the same two.

Every text in an element's data is short and escaped, for the component writes them as markup, but for `label`, which
it draws, or shows as text. Ids are data too.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

import polars as pl

from analysis.figures.kit.places import RING, places
from analysis.figures.kit.theme import EDGE_COLOURS, NODE_SHAPES, OUTCOME_COLOURS
from analysis.figures.kit.wording import humane, plain, short
from analysis.pages.interaction.drawing.appearance import STEPS

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["LINES", "DrawnGraph", "GraphFilter", "drawn_graph", "elements"]

SIZE, MARGIN = (560.0, 560.0), (40.0, 40.0)  # pixels of the plane that nodes stand on
PANEL = 0.33  # of its width is left free beside it, where the component opens its panel
SPACER = "\0panel"  # what keeps it free
CROWDED = 1.7  # a large graph's plane is so many times as wide and high
LINES = ["from", "into", "type"]  # what makes a line of edges
Element = dict[str, Any]
Elements = dict[str, list[Element]]


@dataclass(frozen=True)
class GraphFilter:
    """What of a graph is shown: these types of edges (none: all), what stood at the end alone, up to a round."""

    types: Collection[str] = ()
    standing: bool = False
    until: int | None = None


@dataclass(frozen=True)
class DrawnGraph:
    """A graph made ready to be drawn. `rows`: its edges one by one, as `analysis.pages.interaction.graphs` reads them;
    `lines`: one row for each line, with its `id`. It is the same for all rounds."""

    graph: "nx.MultiDiGraph"
    rows: pl.DataFrame
    lines: pl.DataFrame
    ids: Mapping[str, str]  # node → id
    places: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  # by id

    @property
    def large(self) -> bool:
        """Whether there are more nodes than stand on a ring with their names."""
        return len(self.ids) > RING

    @property
    def last(self) -> int:
        """The last round with an edge."""
        most = self.rows["round"].max()
        return most if isinstance(most, int) else 0

    def lines_shown(self, shown: GraphFilter) -> pl.DataFrame:
        """`lines` with what they come to in what is shown: `count`, `weight`, `episodes`, `means`, `rounds`."""
        rows = self.rows if shown.until is None else self.rows.filter(pl.col("round") <= shown.until)
        if shown.types:
            rows = rows.filter(pl.col("type").is_in(list(shown.types)))
        found = rows.group_by(LINES).agg(
            pl.len().cast(pl.Int64).alias("count"),
            pl.col("weight").sum(),
            pl.struct("run", "trial").n_unique().cast(pl.Int64).alias("episodes"),
            pl.col("means").drop_nulls().unique().sort(),
            pl.col("round").unique().sort().alias("rounds"),
        )
        return self.lines.join(found, on=LINES, how="left", maintain_order="left").with_columns(
            off=pl.col("count").is_null() | (pl.lit(shown.standing) & (pl.col("weight") == 0))
        )


def _inert(value: object, limit: int = 80) -> str:
    """Any value as one short line that is text even where it is taken for markup."""
    return escape(plain(value, limit))


def drawn_graph(graph: "nx.MultiDiGraph", rows: pl.DataFrame) -> DrawnGraph:
    """Ids and places of everything that the whole graph has."""
    taken: set[str] = set()
    ids = {node: _free(_inert(node, 60), taken) for node in graph}
    order = {name: place for place, name in enumerate(EDGE_COLOURS)}
    found = rows.group_by(LINES, maintain_order=True).agg(pl.col("weight").sum().alias("whole"))
    found = found.sort(pl.col("type").replace_strict(order, default=len(order)), "from", "into", maintain_order=True)
    names = [_free(f"{ids[a]} {_inert(humane(kind), 30)} {ids[b]}", taken) for a, b, kind in found.select(LINES).rows()]
    lines = found.with_columns(pl.Series("id", names, pl.String))
    wide = 1.0 if len(ids) <= RING else CROWDED
    spots = places(graph, wide * SIZE[0], wide * SIZE[1], MARGIN) if len(ids) else {}
    at = {ids[node]: {"x": x, "y": y} for node, (x, y) in spots.items()}
    free = {SPACER: {"x": -PANEL * wide * SIZE[0], "y": wide * SIZE[1] / 2}}
    return DrawnGraph(graph, rows, lines, ids, at | free)


def _free(name: str, taken: set[str]) -> str:
    """The name, or with a number behind it where it is taken."""
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name} ({number})"
    taken.add(found)
    return found


def elements(drawn: DrawnGraph, shown: GraphFilter, pick: str = "") -> Elements:
    """Nodes and edges for the component. Everything that the whole graph has is there; what is not shown is hidden, so
    that nothing moves from round to round. `pick`: the id of what is selected."""
    nodes = [_node(drawn, node, shown, pick) for node in drawn.ids]
    most = max(drawn.lines["whole"], default=0.0) or 1.0
    edges = [_line(drawn, row, most, pick) for row in drawn.lines_shown(shown).iter_rows(named=True)]
    spacer = {"data": {"id": SPACER, "label": ""}, "classes": "spacer", "selectable": False, "grabbable": False}
    found = _focused(nodes, edges, pick)
    return {"nodes": [spacer, *found["nodes"]], "edges": found["edges"]}


def _focused(nodes: list[Element], edges: list[Element], pick: str) -> Elements:
    """What has nothing to do with the pick stands back."""
    ends = {each["data"]["id"]: {each["data"]["source"], each["data"]["target"]} for each in edges}
    visible = {each["data"]["id"] for each in edges if "off" not in each["classes"].split()}
    near = {pick} | ends.get(pick, set())
    if pick and pick not in ends:
        mine = {id for id in visible if pick in ends[id]}
        near |= mine.union(*(ends[id] for id in mine))
    known = pick in ends or any(each["selected"] for each in nodes)
    for each in [*nodes, *edges] if known else []:
        if each["data"]["id"] not in near:
            each["classes"] += " away"
    return {"nodes": nodes, "edges": edges}


def _node(drawn: DrawnGraph, node: str, shown: GraphFilter, pick: str) -> dict[str, Any]:
    data, id = drawn.graph.nodes[node], drawn.ids[node]
    kind, outcome = data.get("kind"), data.get("outcome")
    told = {
        "kind": kind,
        "name": data.get("name"),
        "model": data.get("model"),
        "outcome": humane(short(outcome)) if outcome else None,
        "knows since round": data.get("informed"),
        "episodes": data.get("episodes"),
        "episodes as target": data.get("as_target"),
    }
    classes = [kind if kind in NODE_SHAPES else "agent"]
    classes += [outcome] if outcome in OUTCOME_COLOURS else []
    classes += ["target"] if data.get("is_target") or (data.get("as_target") and not drawn.large) else []
    classes += ["knows"] if _knows(data, shown.until, one=drawn.graph.graph.get("level") == "episode") else []
    texts = {name: _inert(value) for name, value in told.items() if value is not None}
    return {
        "data": {"id": id, "label": _label(node, data), **texts},
        "classes": " ".join(classes),
        "selected": id == pick,
    }


def _knows(data: Mapping[str, Any], until: int | None, *, one: bool) -> bool:
    """Whether a node is drawn as one that knows of the order: in an episode (`one`) from the round on in which it came
    to; in several, where it ever did."""
    if data.get("kind") == "operator":
        return True
    if not one:
        return bool(data.get("as_informed"))
    informed = data.get("informed")
    return informed is not None and (until is None or informed <= until)


def _label(node: str, data: Mapping[str, Any]) -> str:
    name = data.get("name")
    first = short(node, 28)
    return f"{first} ({short(name, 20)})" if name and name != node else first


def _line(drawn: DrawnGraph, row: Mapping[str, Any], most: float, pick: str) -> dict[str, Any]:
    kind = row["type"]
    weight = row["weight"] or 0.0
    step = min(STEPS - 1, math.floor(STEPS * math.sqrt(weight / most))) if most > 0 else 0
    classes = [*([kind] if kind in EDGE_COLOURS else []), f"w{step}"]
    classes += ["off"] if row["off"] else [] if weight else ["faint"]
    told = {
        "events": row["count"] or 0,
        "of them stand": f"{weight:g}",
        "episodes": row["episodes"] or 0,
        "rounds": ", ".join(map(str, row["rounds"] or [])) or "–",
        "means": ", ".join(map(str, row["means"] or [])) or "–",
    }
    ends = {"source": drawn.ids[row["from"]], "target": drawn.ids[row["into"]]}
    texts = {name: _inert(value) for name, value in told.items()}
    return {
        "data": {"id": row["id"], "label": short(humane(kind)), **ends, **texts},
        "classes": " ".join(classes),
        "selected": row["id"] == pick,
    }
