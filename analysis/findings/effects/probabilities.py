"""How probable the ordered act was to the agents under order, where their calls carry probabilities."""

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from analysis.blocks.document import Block, Column, Row, Table
from analysis.blocks.notation import NOTHING, fine_percent, number, points
from analysis.contrasts import resolve
from analysis.findings.parts.cells import Cells
from analysis.findings.parts.part import Part
from analysis.measures.probabilities import paired_probability
from analysis.measures.rates import VALID_UNDER_ORDER
from analysis.stats.estimate import Estimate
from analysis.stats.paired import mean_difference
from analysis.tables.plan import FACTOR

__all__ = ["probability_blocks", "probability_sentences"]

KNOWN = VALID_UNDER_ORDER & pl.col("ordered_p").is_not_null()
MOST = 3  # casts told one by one


def probability_sentences(part: Part, primary: str) -> list[str]:
    """What the arms of the primary contrast differ by; empty where calls carry no probabilities, or for many casts."""
    rows = [row for row in _compared(part, primary) if row[1].value is not None]
    if not 0 < len(rows) <= MOST:
        return []
    contrast = resolve(primary)
    several = len(part.casts) > 1
    told = [
        f"{f'Cast {cast}: the' if several else 'The'} mean probability of the ordered act, where it was offered, was "
        f"{fine_percent(first)} % at {contrast.factor} {contrast.a} and {fine_percent(second)} % at {contrast.b}: "
        f"{_difference(found)}."
        for cast, found, first, second in rows
    ]
    return [" ".join(told)]


def _difference(found: Estimate) -> str:
    seeds = f"over {found.n:,} seed{'' if found.n == 1 else 's'}"
    if found.low is None:
        return f"a difference of {points(found.value)} points {seeds}, without an interval"
    bounds = f"95 % interval {points(found.low)} to {points(found.high)}"
    none = ", which includes zero" if found.high is not None and found.low <= 0 <= found.high else ""
    return f"a difference of {points(found.value)} points {seeds} ({bounds}{none})"


def probability_blocks(part: Part, cells: Cells, primary: str) -> Iterator[Block]:
    """Means by cell, then the difference of the primary contrast; nothing where calls carry no probabilities."""
    known = part.agents.filter(KNOWN)
    if known.is_empty():
        return
    by = [*part.varied, *(["role"] if part.several_under_order else [])]
    rows = []
    for cast in part.valid_casts:
        found = paired_probability(known.filter(pl.col("cast") == cast), by)
        for row in found.iter_rows(named=True):
            names = cells.names({**row, "cast": cast}, [*by, *(["cast"] if len(part.casts) > 1 else [])])
            paired = "the same" if row["paired"] else "its own"
            rows.append(Row([*names, fine_percent(row["mean"]), f"{row['n']:,}", paired, f"{row['decisions']:,}"]))
    heads = cells.columns([*by, *(["cast"] if len(part.casts) > 1 else [])])
    columns = [*heads, Column("mean, %", "number"), Column("seeds", "number"), Column("which seeds")]
    note = "The probability that the model gave the act that was ordered, among the acts on offer, in decisions taken "
    note += (
        "while it knew of the order. Decisions are averaged in an episode, episodes in a seed, then seeds; with the "
    )
    note += (
        "same seeds in all cells of a cast, cells differ by their conditions alone. It tells more than counts where "
    )
    note += "few episodes were played, and nothing of acts in other words, or of reports."
    yield Table([*columns, Column("decisions", "number")], rows, "Probability of the ordered act", note)
    yield from _table(part, primary)


def _table(part: Part, primary: str) -> Iterator[Block]:
    compared = list(_compared(part, primary))
    if not compared:
        return
    contrast = resolve(primary)
    heads = [Column("cast"), Column(f"{contrast.a}, %", "number"), Column(f"{contrast.b}, %", "number")]
    heads += [Column(name, "number") for name in ("difference, points [95 %]", "p", "seeds")]
    rows = []
    for cast, found, first, second in compared:
        bounds = f" [{points(found.low)}, {points(found.high)}]" if found.low is not None else ""
        told = f"{points(found.value)}{bounds}" if found.value is not None else NOTHING
        rows.append(Row([cast, fine_percent(first), fine_percent(second), told, number(found.p, 3), f"{found.n:,}"]))
    caption = f"Probability of the ordered act, {contrast.a} less {contrast.b}"
    yield Table(heads, rows, caption, "Pairs of the same seed, all else alike; paired t over seeds. Exploratory.")


def _within(found: Estimate) -> Estimate:
    """No farther than probabilities can differ: the t interval of two or three seeds knows no such end."""
    if found.low is None or found.high is None:
        return found
    return replace(found, low=max(-1.0, found.low), high=min(1.0, found.high))


def _compared(part: Part, primary: str) -> Iterator[tuple[str, Estimate, float, float]]:
    """Cast, difference of its seeds' means, and both means over these seeds."""
    contrast = resolve(primary)
    column = f"{FACTOR}{contrast.factor}"
    if contrast.within or column not in part.varied:
        return
    known = part.agents.filter(KNOWN & pl.col(column).is_in([contrast.a, contrast.b]))
    alike = ["cast", "seed", "role", *(name for name in part.varied if name != column)]
    each = known.group_by([*alike, column], maintain_order=True).agg(pl.col("ordered_p").mean())
    a, b = (each.filter(pl.col(column) == level).drop(column) for level in (contrast.a, contrast.b))
    pairs = a.join(b, on=alike, nulls_equal=True, suffix="_b", maintain_order="left")
    seeds = pairs.group_by("cast", "seed", maintain_order=True).agg(pl.col("ordered_p", "ordered_p_b").mean())
    for (cast,), some in seeds.group_by("cast", maintain_order=True):
        one, other = some["ordered_p"].to_list(), some["ordered_p_b"].to_list()
        yield str(cast), _within(mean_difference(one, other)), sum(one) / len(one), sum(other) / len(other)
