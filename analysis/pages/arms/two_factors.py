"""All that the page of conditions tells of two factors, of their interaction, and of one factor at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from analysis.blocks.document import Block, Paragraph, Section
from analysis.blocks.notation import column_words, share
from analysis.contrasts import interaction
from analysis.figures.kit.files import Figure as Chart
from analysis.findings.effects.conditions import by_factor, left_out
from analysis.findings.parts.part import Part
from analysis.measures.rates import headline
from analysis.pages.arms.difference_of_differences import crossing_of, curve_blocks, difference_blocks, product_words
from analysis.pages.arms.grid import crossed_rates, dot_blocks, grid_blocks, heat_chart
from analysis.pages.arms.held_fixed import ArmCells, HeldFixed, with_held_fixed
from analysis.pages.arms.options import poolable
from analysis.pages.session.place import Place

__all__ = ["Pair", "TwoFactors", "product_blocks", "single_blocks", "two_factors"]

MOST = 60_000  # agent-episodes: a regression on more takes longer than a reader waits
Pair = tuple[str, str]


@dataclass(frozen=True)
class TwoFactors:
    """What is told of two factors: blocks before and within the section on their interaction; a picture; the rates."""

    grid: list[Block]
    interaction: list[Block]
    heat: Chart
    rates: pl.DataFrame


def two_factors(place: Place, measure: str, pair: Pair, held: HeldFixed) -> TwoFactors:
    """Everything but the product term of a regression, which takes longer."""
    part = with_held_fixed(place.part, held)
    rates = crossed_rates(part, *pair)
    cells = ArmCells(place, held)
    grid = [*grid_blocks(cells, rates, *pair, measure), *dot_blocks(rates, *pair, measure)]
    return TwoFactors(
        grid, list(_interplay(place, rates, measure, pair, held)), heat_chart(rates, *pair, measure), rates
    )


def _interplay(place: Place, rates: pl.DataFrame, measure: str, pair: Pair, held: HeldFixed) -> Iterator[Block]:
    frame, _ = with_held_fixed(place.part, held).without_controls(*pair)
    contrast = crossing_of(frame, *pair)
    if contrast is None:
        names = " and ".join(map(column_words, pair))
        yield Paragraph(f"Of {names}, one was played at a single level here: there is nothing to set apart.", "note")
        return
    (row,) = interaction(frame, contrast, measure, by=[], odds=False).iter_rows(named=True)
    yield from difference_blocks(row, contrast, measure)
    yield from curve_blocks(rates, *pair, measure)


def product_blocks(place: Place, measure: str, pair: Pair, held: HeldFixed) -> list[Block]:
    """The product term in a sentence; empty where the factors have no two levels."""
    frame, _ = with_held_fixed(place.part, held).without_controls(*pair)
    contrast = crossing_of(frame, *pair)
    if contrast is None:
        return []
    if frame.height > MOST:
        return [
            Paragraph(f"In odds: choose one cast to see it; a regression on {frame.height:,} takes too long.", "note")
        ]
    (row,) = interaction(frame, contrast, measure, by=[]).iter_rows(named=True)
    return [Paragraph(product_words(row), "note")]


def single_blocks(place: Place, measure: str, held: HeldFixed) -> list[Block]:
    """The measure by one factor at a time; where none varies, one number a cast."""
    part = with_held_fixed(place.part, held)
    if not part.varied:
        return list(_unvaried(part, measure))
    pooled = held.cast is None and poolable(place.part)
    words = f"Averaged over the other factors{' and over all casts' if pooled else ''}. {left_out(part)}Exploratory."
    return [
        Section(
            "single",
            "One factor at a time",
            [Paragraph(words, "note"), by_factor(part, ArmCells(place, held), measure, pooled=pooled)],
        )
    ]


def _unvaried(part: Part, measure: str) -> Iterator[Block]:
    """The measure where there is one cell: one number a cast."""
    yield Paragraph("One cell was played: no condition varies, so there is nothing to set side by side.", "note")
    for row in headline(part.counted, ["cast"]).filter(pl.col("measure") == measure).iter_rows(named=True):
        of = f" of cast {row['cast']}" if len(part.casts) > 1 else ""
        yield Paragraph(f"{measure.capitalize()}{of}: {share(row)}.", "answer")
