"""The section on interaction graphs: how the order spread, who spoke with whom, and whether it is more than chance."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from analysis.blocks.charts import chart_figure
from analysis.blocks.document import Block, Cell, Column, Inline, Paragraph, Row, Section, Table, Term, code, link
from analysis.blocks.notation import NOTHING, SAME, cell_words, enumerated, number, percent
from analysis.figures.diffusion import diffusion
from analysis.figures.drawing import drawing
from analysis.findings.parts.part import CONTROLS, Part
from analysis.graphs import graph
from analysis.graphs.chance.null_models import nulls
from analysis.graphs.metrics.coalitions import coalitions
from analysis.graphs.metrics.diffusion import exposure, informed_share
from analysis.graphs.metrics.network import metrics
from analysis.graphs.metrics.spread import preceded, secondary_cases
from analysis.tables.plan import FACTOR
from arena.verdicts.groups import SEVERITY

__all__ = ["coalition_blocks", "diffusion_blocks", "interaction_blocks", "null_blocks"]

DRAWS = 1_000
WHOLE = frozenset({"first_exposure"})  # metrics that are rounds
CURVES = 7  # casts: more curves are not told apart
CASTS = 12  # diffusion is told round by round for so many


def interaction_blocks(part: Part) -> Iterator[Block]:
    """Diffusion, nulls and coalitions of each cast; then the graph of a cell and of the clearest episode."""
    several = part.episodes.filter((pl.col("validity") == "valid") & (pl.col("live") > 1))
    if several.is_empty():
        return
    edges = part.rows("edges").collect()
    acts = part.rows("acts").collect()
    yield from diffusion_blocks(part, edges)
    yield from null_blocks(nulls(edges, part.agents, acts, part.episodes, ["cast"], draws=DRAWS))
    yield from coalition_blocks(coalitions(edges, part.agents, acts, part.episodes, ["cast"], draws=DRAWS))
    yield from _graphs(part)


def diffusion_blocks(part: Part, edges: pl.DataFrame) -> Iterator[Block]:
    """How the order spread among the agents of each cast. `edges`: the part's own."""
    shares = informed_share(part.agents, part.episodes, ["cast"])
    rounds = shares["round"].unique().sort().to_list()[1:]
    found = {(row["cast"], row["round"]): row["value"] for row in shares.iter_rows(named=True)}
    told = exposure(part.agents, part.episodes, ["cast"])
    cases = _by_cast(secondary_cases(edges, part.agents, part.episodes, ["cast"]))
    before = _by_cast(preceded(edges, part.agents, part.episodes, ["cast"]))
    casts = [cast for cast in part.casts if (cast, 0) in found][:CASTS]
    columns = [Column("cast"), *(Column(f"round {number_}", "number") for number_ in rounds)]
    rows = [Row([cast, *(_heat(found.get((cast, number_))) for number_ in rounds)]) for cast in casts]
    curves = len(casts) <= CURVES
    if curves:
        alt = "Curves: the share of agents that know of the order by the end of each round, for each cast."
        yield chart_figure(f"{part.key}-diffusion", diffusion(shares, ["cast"]), alt)
    caption = "Percent of agents that know of the order by the end of each round"
    yield Table(columns, rows, caption, folded=SAME if curves else "")
    heads = [
        Column("cast"),
        *(Column(name, "number") for name in ("not given the order", "came to know", "first round")),
    ]
    heads += [Column(name, "number") for name in ("median round", "told on by each", "acts after contact")]
    lines = [
        Row(
            [
                row["cast"],
                f"{row['agents']:,}",
                f"{row['exposed']:,}",
                NOTHING if row["first"] is None else str(row["first"]),
                number(row["median"], 1),
                _ratio(cases.get(row["cast"]), 2),
                _share(before.get(row["cast"])),
            ]
        )
        for row in told.iter_rows(named=True)
    ]
    note = (
        "Told on by each: agents that came to know from an informed one, per informed agent. Acts after contact: share "
    )
    yield Table(
        heads, lines, "Who came to know", note + "of protective acts whose actor had read of the order from another."
    )


def _by_cast(frame: pl.DataFrame) -> dict[str, dict[str, Any]]:
    return {row["cast"]: row for row in frame.iter_rows(named=True)}


def _heat(value: float | None) -> Cell | Inline:
    return NOTHING if value is None else Cell(percent(value), share=value)


def _ratio(row: dict[str, Any] | None, digits: int) -> str:
    if row is None or row["value"] is None:
        return NOTHING
    return f"{number(row['value'], digits)} [{number(row['low'], digits)}, {number(row['high'], digits)}]"


def _share(row: dict[str, Any] | None) -> str:
    if row is None or row["value"] is None:
        return NOTHING
    return f"{percent(row['value'])} % [{percent(row['low'])}, {percent(row['high'])}]"


def null_blocks(found: pl.DataFrame) -> Iterator[Block]:
    """A frame of `analysis.graphs.chance.null_models.nulls` by cast: what is more than chance, and what is not."""
    told, rest = found.filter(pl.col("p").is_not_null()), found.filter(pl.col("p").is_null())
    columns = [Column(name) for name in ("cast", "statistic")]
    columns += [Column(name, "number") for name in ("n", "value", "by chance [middle 95 %]", "p")]
    rows = []
    for row in told.iter_rows(named=True):
        chance = f"{number(row['null_mean'])} [{number(row['null_low'])}, {number(row['null_high'])}]"
        names = [row["cast"], link(row["statistic"].replace("_", " "), Term(row["statistic"], "").id)]
        rows.append(Row([*names, f"{row['n']:,}", number(row["value"]), chance, number(row["p"], 3)]))
    note = "Who did what is shuffled among those who acted in the same round; p: how often chance reaches the value."
    if rows:
        yield Table(columns, rows, "More than chance?", note)
    if rest.height:
        yield Paragraph(f"Not to be told from chance: {'; '.join(_unshuffled(rest))}.", "note")


def _unshuffled(rest: pl.DataFrame) -> Iterator[str]:
    """Why statistics have no p: a part for each reason, casts named where there are several."""
    several = rest["cast"].n_unique() > 1
    for (reason,), some in rest.group_by("reason", maintain_order=True):
        each = [
            str(name).replace("_", " ") + (f" of {enumerated(rows['cast'])}" if several else "")
            for (name,), rows in some.group_by("statistic", maintain_order=True)
        ]
        yield f"{enumerated(each)} ({reason or 'no test'})"


def coalition_blocks(found: pl.DataFrame) -> Iterator[Block]:
    """A frame of `analysis.graphs.metrics.coalitions.coalitions` by cast."""
    told = found.filter(pl.col("members").is_not_null())
    if told.is_empty():
        yield Paragraph("No coalition: no two agents acted for the target in the same episodes.")
        return
    columns = [Column(name) for name in ("cast", "kind", "members")]
    columns += [Column(name, "number") for name in ("statistic", "by chance [middle 95 %]", "p")]
    rows = []
    for row in told.iter_rows(named=True):
        chance = NOTHING
        if row["null_mean"] is not None:
            chance = f"{number(row['null_mean'])} [{number(row['null_low'])}, {number(row['null_high'])}]"
        p = number(row["p"], 3) if row["p"] is not None else row["reason"] or NOTHING
        names = [row["cast"], row["kind"], row["members"].replace("+", " + ")]
        rows.append(Row([*names, number(row["statistic"]), chance, p]))
    note = "Mutual: all acted for the same target together; how often its least tied two did. Community: modularity."
    yield Table(columns, rows, "Coalitions", note)


# ---- two graphs ------------------------------------------------------------------------------------------


def _graphs(part: Part) -> Iterator[Block]:
    cell = _cell(part)
    if cell:
        of_cell = graph(part.own_tables, cell={name.removeprefix(FACTOR): level for name, level in cell.items()})
        yield Section(
            f"{part.key}-graph-cell",
            f"Interaction graph of the cell {cell_words(cell, cell)}",
            list(_graph(of_cell, f"{part.key}-graph-cell")),
        )
    if best := _clearest(part):
        of_episode = graph(part.own_tables, episode=f"{best['run']}/{best['trial']}")
        title = f"Interaction graph of an episode: {best['group']}, severity {best['severity']}"
        told = Paragraph(
            [
                f"{SEVERITY[best['severity']]}; {cell_words(best, part.by)}, seed {best['seed']}, episode ",
                code(best["trial"]),
            ]
        )
        yield Section(f"{part.key}-graph-episode", title, [told, *_graph(of_episode, f"{part.key}-graph-episode")])


def _cell(part: Part) -> dict[str, str]:
    """The levels of the first planned cell with a peer as target and no control arm; empty where nothing varies."""
    frame = part.episodes.filter(pl.col("validity") == "valid")
    for column, level in ((f"{FACTOR}target", "peer"),):
        if column in part.varied and level in frame[column]:
            frame = frame.filter(pl.col(column) == level)
    for column, level in CONTROLS.items():
        if column in part.varied and frame.filter(pl.col(column) != level).height:
            frame = frame.filter(pl.col(column) != level)
    first = frame.select(part.varied).head(1)
    return first.row(0, named=True) if first.height and part.varied else {}


def _clearest(part: Part) -> dict[str, Any] | None:
    """The valid episode of the highest severity, a peer as target first, with the fewest contacts to read."""
    frame = part.episodes.filter((pl.col("validity") == "valid") & (pl.col("live") > 1) & (pl.col("severity") > 0))
    plain = {f"{FACTOR}target": "peer", f"{FACTOR}threat": "on", f"{FACTOR}instruction": "none"}
    off = [(pl.col(column) != level) for column, level in plain.items() if column in frame.columns]
    ranked = frame.sort([-pl.col("severity"), *off, pl.col("contacts"), pl.col("seed"), pl.col("trial")])
    return ranked.row(0, named=True) if ranked.height else None


def _digits(metric: str) -> int:
    return 0 if metric in WHOLE else 2


def _graph(of: Any, name: str) -> Iterator[Block]:
    if of.number_of_edges():
        alt = (
            "Graph: who told, ordered, protected, harmed, reported or warned whom; each type of edge in its own colour."
        )
        yield chart_figure(name, drawing(of), alt)
    found = metrics(of).filter(pl.col("value").is_not_null())
    if found.is_empty():
        yield Paragraph("Nobody spoke or acted for anybody: there is nothing to measure.")
        return
    whole = found.filter(pl.col("role").is_null())
    each = found.filter(pl.col("role").is_not_null())
    if whole.height:
        columns = [Column(name.replace("_", " "), "number") for name in whole["metric"]]
        row = Row(
            [
                link(number(value, _digits(name)), Term(name.replace("_", " "), "").id)
                for name, value in whole.select("metric", "value").rows()
            ]
        )
        yield Table(columns, [row], "", "Each metric is explained under Words.")
    if each.height:
        wide = each.pivot("metric", index="role", values="value", maintain_order=True)
        kinds = wide.columns[1:]
        columns = [Column("role"), *(Column(kind.replace("_", " "), "number") for kind in kinds)]
        yield Table(
            columns,
            [Row([row["role"], *(number(row[k], _digits(k)) for k in kinds)]) for row in wide.iter_rows(named=True)],
        )
