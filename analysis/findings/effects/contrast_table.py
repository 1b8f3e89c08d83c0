"""Rows of matched contrasts as a table, and in words how their intervals and p-values were made."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from analysis.blocks.document import Block, Cell, Column, Inline, Paragraph, Row, Span, Table
from analysis.blocks.notation import NOTHING, SAME, enumerated, number, points

__all__ = ["contrast_blocks"]

INTERVALS = {
    "Newcombe paired score": "Newcombe's score interval for pairs",
    "Newcombe hybrid score": "Newcombe's hybrid score interval where no seed is shared",
    "square-and-add": "Zou and Donner's square-and-add for differences of differences",
}
TESTS = {
    "McNemar": "McNemar's exact test where a seed has one pair",
    "sign flips": "exact sign flips of whole seeds where a seed has several",
    "Boschloo": "Boschloo's exact test where no seed is shared",
    "Fisher": "Fisher's exact test where no seed is shared",
}
EFFECTIVE = re.compile(r"([\d.]+)( and [\d.]+)? effective")


def contrast_blocks(table: pl.DataFrame, caption: str, *, folded: bool = False, named: bool = True) -> Iterator[Block]:
    """Rows of `analysis.contrasts.CONTRASTS` as a table; those without a difference in a line below it, by reason.

    `named`: the contrast's name stands behind its question, and alone where the question stood in the row before.
    """
    told = table.filter(pl.col("difference").is_not_null())
    if told.height:
        yield _table(told, caption, folded=folded, named=named)
    for text in _untold(table.filter(pl.col("difference").is_null())):
        yield Paragraph(text, "note")


def _table(table: pl.DataFrame, caption: str, *, folded: bool, named: bool) -> Table:
    more = [name for name in ("cast", "role") if table[name].n_unique() > 1]
    columns = [
        Column("asks" if named else "of", "words" if named else "text"),
        *(Column(name) for name in more),
        *(Column(name) for name in ("arm a", "arm b")),
        Column("a less b, points [95 %]", "number"),
        *(Column(name, "number") for name in ("p", "Holm p", "pairs", "only a", "only b")),
    ]
    rows, before = [], None
    for row in table.iter_rows(named=True):
        name = Span(row["contrast"], "code")
        asks: Inline = (
            row["question"] if not named else name if row["contrast"] == before else [row["question"], " ", name]
        )
        rows.append(Row([asks, *_cells(row, more)]))
        before = row["contrast"]
    return Table(columns, rows, caption, _how(table), SAME if folded else "")


def _how(table: pl.DataFrame) -> str:
    """What the columns are, and by which of the constructions that occur the intervals and p-values were made."""
    methods = " ".join(table["method"].drop_nulls().unique())
    intervals, tests = (
        enumerated(words for name, words in known.items() if name in methods) for known in (INTERVALS, TESTS)
    )
    parts = ["Arms: shown of so many. Only a, only b: pairs in which one arm alone showed it."]
    parts += [f"Interval: {intervals}."] if intervals else []
    parts += [f"p: {tests}."] if tests else []
    parts += ["Holm p is corrected for all rows with a p."] if tests else []
    if any(EFFECTIVE.search(method or "") for method in table["method"]):
        parts.append(
            "Pairs of one seed tell less than as many seeds would: the number after a tilde is how many independent "
            "pairs the interval counts them for."
        )
    return " ".join(parts)


def _cells(row: dict[str, Any], more: Sequence[str]) -> list[Cell | Inline]:
    names = [row[column] or "all" for column in more]
    bounds = f" [{points(row['low'])}, {points(row['high'])}]" if row["low"] is not None else ""
    counts = [_count(row[column]) for column in ("only_a", "only_b")]
    found = [f"{points(row['difference'])}{bounds}", number(row["p"], 3), number(row["p_holm"], 3)]
    return [*names, _arm(row, "a"), _arm(row, "b"), *found, _pairs(row), *counts]


def _pairs(row: dict[str, Any]) -> Inline:
    """The pairs and, where they are worth fewer, how many they were counted for."""
    worth = EFFECTIVE.search(row["method"] or "")
    if not row["pairs"] or worth is None or float(worth[1]) >= row["pairs"]:
        return _count(row["pairs"])
    return [f"{row['pairs']:,} ", Span(f"~{float(worth[1]):,.0f}", "quiet")]


def _arm(row: dict[str, Any], arm: str) -> Inline:
    counted = "" if row[f"events_{arm}"] is None else f" {row[f'events_{arm}']:,}/{row[f'n_{arm}']:,}"
    return [row[f"arm_{arm}"], Span(counted, "quiet")]


def _count(value: int | None) -> str:
    return NOTHING if value is None else f"{value:,}"


def _untold(table: pl.DataFrame) -> Iterator[str]:
    """One line for each reason: which contrasts, of which casts, have no difference."""
    for (reason,), rows in table.group_by("reason", maintain_order=True):
        each = []
        for (contrast,), some in rows.group_by("contrast", maintain_order=True):
            casts = some["cast"].drop_nulls().unique(maintain_order=True).to_list()
            of = (
                f" ({'casts' if len(casts) > 1 else 'cast'} {enumerated(casts)})"
                if casts and table["cast"].n_unique() > 1
                else ""
            )
            each.append(f"{contrast}{of}")
        yield f"No difference for {enumerated(each)}: {reason or 'nothing to compare'}."
