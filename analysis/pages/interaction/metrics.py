"""The numbers of the graph beside what chance makes of them, in words."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from analysis.blocks.document import Block, Cell, Column, Inline, Paragraph, Row, Table, Term, link
from analysis.blocks.notation import NOTHING, enumerated, number
from analysis.graphs.chance.null_models import nulls
from analysis.graphs.metrics.network import METRICS, cell_metrics, metrics
from analysis.graphs.rows.frames import EPISODE, is_valid
from analysis.pages.interaction.first_by_seed import rows_of
from analysis.pages.interaction.graphs import graph_of, rows_of_scope
from analysis.pages.interaction.scope import Scope
from analysis.pages.session.place import Place
from analysis.stats.families import holm

__all__ = ["chance_blocks", "metric_blocks"]

SAMPLE = 300  # episodes on which means and chance are computed
DRAWS = 1_000
ROUNDS = frozenset({"first_exposure"})  # metrics that are rounds
CLEAR = 0.05
MOST_ROLES = 30  # agents with a row of their own


Frames = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]


# ---- what the graph is like ------------------------------------------------------------------------------


def metric_blocks(place: Place, scope: Scope, until: int | None) -> Iterator[Block]:
    """The metrics of what is shown: of the whole graph, then agent by agent. Of a cell: means over its episodes, at
    most `SAMPLE`, of all rounds."""
    if scope.level == "cell":
        yield from _of_cell(place, scope)
        return
    found = place.cached(("metrics", scope.key, until), lambda: metrics(graph_of(place, scope, until)))
    told = found.filter(pl.col("value").is_not_null())
    if told.is_empty():
        yield Paragraph("Nobody spoke or acted for anybody: there is nothing to measure.", "note")
        return
    whole = told.filter(pl.col("role").is_null())
    columns = [Column("metric"), Column("value", "number"), Column("what it says", "words")]
    rows = [Row([_named(name), _value(name, value), METRICS[name]]) for name, value in whole.select(_SHOWN).rows()]
    if rows:
        yield Table(columns, rows, "The whole graph")
    yield from _by_role(told, "model" if scope.level == "models" else "agent")


_SHOWN = ("metric", "value")


def _of_cell(place: Place, scope: Scope) -> Iterator[Block]:
    def made() -> pl.DataFrame:
        edges, agents, _, episodes = _sample(place, scope)
        return cell_metrics(edges, agents, episodes, draws=DRAWS)

    found = place.cached(("cell metrics", scope.read), made)
    told = found.filter(pl.col("value").is_not_null())
    if told.is_empty():
        yield Paragraph("No valid episode has anything to measure.", "note")
        return
    columns = [Column("metric"), Column("mean [95 %]", "number"), Column("episodes", "number")]
    rows = []
    for row in told.filter(pl.col("role").is_null()).iter_rows(named=True):
        name, mean = row["metric"], f"{number(row['value'])} [{number(row['low'])}, {number(row['high'])}]"
        rows.append(Row([_named(name), mean, f"{row['episodes']:,}", METRICS[name]]))
    yield Table([*columns, Column("what it says", "words")], rows, "An episode on average")
    yield from _by_role(told, "agent")


def _by_role(told: pl.DataFrame, what: str) -> Iterator[Block]:
    each = told.filter(pl.col("role").is_not_null())
    if each.is_empty():
        return
    wide = each.pivot("metric", index="role", values="value", maintain_order=True)
    kinds = wide.columns[1:]
    columns = [Column(what), *(Column(kind.replace("_", " "), "number") for kind in kinds)]
    rows = [
        Row([row["role"], *(_value(kind, row[kind]) for kind in kinds)])
        for row in wide.head(MOST_ROLES).iter_rows(named=True)
    ]
    rest = f"The first {MOST_ROLES} of {wide.height:,}." if wide.height > MOST_ROLES else ""
    yield Table(columns, rows, f"Each {what}", rest)


def _named(metric: str) -> Inline:
    name = metric.replace("_", " ")
    return link(name, Term(name, "").id)


def _value(metric: str, value: float | None) -> Cell | Inline:
    return NOTHING if value is None else number(value, 0 if metric in ROUNDS else 2)


# ---- chance ----------------------------------------------------------------------------------------------


def chance_blocks(place: Place, scope: Scope) -> Iterator[Block]:
    """Each statistic against shuffled actors, over at most `SAMPLE` episodes."""

    def made() -> tuple[pl.DataFrame, int]:
        edges, agents, acts, episodes = _sample(place, scope)
        return nulls(edges, agents, acts, episodes, draws=DRAWS), episodes.height

    found, sampled = place.cached(("nulls", scope.read), made)
    told = found.filter(pl.col("p").is_not_null())
    for (reason,), some in found.filter(pl.col("p").is_null()).group_by("reason", maintain_order=True):
        names = enumerated([name.replace("_", " ") for name in some["statistic"]])
        yield Paragraph(f"Not to be told from chance: {names} ({reason or 'no test'}).", "note")
    if told.is_empty():
        return
    columns = [Column("statistic"), Column("n", "number"), Column("value", "number")]
    columns += [Column("by chance [middle 95 %]", "number"), Column("p", "number"), Column("in words", "words")]
    told = told.with_columns(pl.Series("p_holm", holm(told["p"].to_list()), pl.Float64))
    rows = [Row(list(_against(row))) for row in told.iter_rows(named=True)]
    several = f"over {sampled:,} episodes, " if sampled != 1 else "in this episode, "
    first = "the first by seed of those drawn, " if 1 < sampled < scope.episodes.height else ""
    note = (
        f"Computed {several}{first}in all rounds. By chance: who did what is shuffled {DRAWS:,} times among those who "
        "acted in the same round, so that everybody keeps the number of its acts; p is how often chance reaches the "
        "value. The words go by p after Holm's correction for being several tests."
    )
    yield Table(columns, rows, "Is it more than chance?", note)


def _against(row: dict[str, Any]) -> Iterator[Cell | Inline]:
    yield _named(row["statistic"])
    yield f"{row['n']:,}"
    yield number(row["value"])
    yield f"{number(row['null_mean'])} [{number(row['null_low'])}, {number(row['null_high'])}]"
    yield number(row["p"], 3)
    yield _verdict(row)


def _verdict(row: dict[str, Any]) -> str:
    if row["p_holm"] > CLEAR:
        return "what chance would give as well"
    return "more than chance" if row["value"] > row["null_mean"] else "less than chance"


def _sample(place: Place, scope: Scope) -> Frames:
    """Edges, agents, acts and episodes of the first valid ones by seed."""
    gathered = rows_of_scope(place, scope)
    valid = gathered.episodes.filter(is_valid())
    episodes = valid.sort("seed", maintain_order=True).head(SAMPLE)
    keys = episodes.select(EPISODE)
    edges, agents = (
        frame.join(keys, on=EPISODE, how="semi", maintain_order="left") for frame in (gathered.edges, gathered.agents)
    )
    return edges, agents, rows_of(place.part, episodes, "acts"), episodes
