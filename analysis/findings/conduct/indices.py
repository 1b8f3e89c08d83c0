"""The section on indices: the measures of the field, each with its interval or why there is none."""

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from analysis.blocks.document import Block, Cell, Column, Inline, Paragraph, Row, Span, Table
from analysis.blocks.notation import NOTHING, enumerated, number
from analysis.contrasts.scope import NOWHERE
from analysis.findings.parts.part import Part
from analysis.indices import ACROSS, INDICES, indices

__all__ = ["index_blocks"]


def index_blocks(part: Part) -> Iterator[Block]:
    """All indices that this run can tell; below, those that it cannot, by reason."""
    if not part.valid:
        yield Paragraph("No valid episode: no index.")
        return
    found = _found(part)
    told = found.filter(pl.col("value").is_not_null())
    several = ["cast"] if len(part.casts) > 1 else []
    columns = [Column("index"), *(Column(name) for name in several)]
    columns += [Column(name, "number") for name in ("value", "95 %", "n", "p")]
    order = {name: place for place, name in enumerate(INDICES)}
    ranked = sorted(told.iter_rows(named=True), key=lambda row: order[row["index"]])
    before = [None, *(row["index"] for row in ranked)]
    rows = [Row(_cells(row, several, row["index"] == last)) for row, last in zip(ranked, before, strict=False)]
    if rows:
        note = (
            "Premiums, gaps and effects are differences of shares, from \N{MINUS SIGN}1 to 1; gradients are log-odds."
        )
        yield Table(columns, rows, "Indices", note)
    if untold := _untold(found, part):
        yield Paragraph(untold, "note")


def _found(part: Part) -> pl.DataFrame:
    """Each index of each cast; those that set casts against each other once, of all of them."""
    agents, episodes = _of(part.agents, part), _of(part.episodes, part)
    across = ACROSS if len(part.valid_casts) > 1 else ()
    each = indices(agents, episodes, ["cast"], [name for name in INDICES if name not in across])
    together = indices(agents, episodes, names=across).select(pl.lit("all").alias("cast"), pl.all())
    return pl.concat([each, together])


def _of(frame: pl.DataFrame, part: Part) -> pl.DataFrame:
    """The rows of casts of which there is something to tell."""
    return frame.filter(pl.col("cast").is_in(part.valid_casts))


def _untold(found: pl.DataFrame, part: Part) -> str:
    """The indices that no cast has, by reason, in one paragraph."""
    told = found.filter(pl.col("value").is_not_null())["index"].unique()
    missing = found.filter(pl.col("value").is_null() & ~pl.col("index").is_in(told.to_list()))
    missing = missing.unique("index", maintain_order=True)
    if missing.is_empty():
        return ""
    parts = [
        f"{enumerated(map(_words, some['index']))} ({(reason or 'nothing to count').removeprefix(f'{NOWHERE}: ')})"
        for (reason,), some in missing.group_by("reason", maintain_order=True)
    ]
    return f"Not told by {'this run' if len(part.runs) == 1 else 'these runs'}: {'; '.join(parts)}."


def _cells(row: dict[str, Any], several: Sequence[str], again: bool) -> list[Cell | Inline]:
    name = _words(row["index"])
    names: list[Cell | Inline] = [name if again else [name, ": ", Span(row["words"], "quiet")]]
    names += [str(row[name]) for name in several]
    bounds = _interval(row["low"], row["high"])
    return [*names, number(row["value"], 3), bounds, f"{row['n']:,}", number(row["p"], 3)]


def _words(index: str) -> str:
    return index.replace("_", " ")


def _interval(low: float | None, high: float | None) -> str:
    return NOTHING if low is None or high is None else f"[{number(low, 3)}, {number(high, 3)}]"
