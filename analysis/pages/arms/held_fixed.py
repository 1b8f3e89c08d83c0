"""A part narrowed to one cast and to levels that are held fixed, and how its cells lead to episodes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from analysis.blocks.document import Inline, Span, link, strong
from analysis.blocks.notation import bracketed
from analysis.findings.parts.cells import Row
from analysis.findings.parts.part import Part
from analysis.measures.competence_gate import below_threshold
from analysis.measures.rates import MEASURES
from analysis.pages.kit.cells import LinkedCells, levels_without_control
from analysis.pages.session.computed import gate
from analysis.pages.session.place import Place
from analysis.tables.plan import FACTOR

__all__ = ["ArmCells", "HeldFixed", "with_held_fixed"]


@dataclass(frozen=True)
class HeldFixed:
    """What rates are of: one cast (None: all of them), and levels of factors that are held fixed (by column)."""

    cast: str | None = None
    levels: tuple[tuple[str, str], ...] = ()


def with_held_fixed(part: Part, held: HeldFixed) -> Part:
    """The part with the rows of the cast and levels alone; a factor that is held varies no more."""
    if held == HeldFixed():
        return part
    fixed = dict(held.levels)
    holds = [pl.col(column) == level for column, level in fixed.items()]
    holds += [pl.col("cast") == held.cast] if held.cast is not None else []
    varied = [column for column in part.varied if column not in fixed]
    return replace(part, planned=part.planned.filter(holds), varied=varied)


class ArmCells(LinkedCells):
    """Cells of a narrowed part: numbers lead to the episodes of exactly what was held, without control arms."""

    def __init__(self, place: Place, held: HeldFixed) -> None:
        super().__init__(place, below_threshold(gate(place)))
        self.held = held

    def kept(self, row: Row) -> Mapping[str, Any]:
        """The row with all levels that its number is of: those held, and those that control arms leave."""
        cast = {"cast": self.held.cast} if self.held.cast is not None else {}
        told = {name: value for name, value in row.items() if name.startswith(FACTOR) or name in ("cast", "role")}
        return {**levels_without_control(self.place.part), **cast, **told, **dict(self.held.levels)}

    def shown(self, row: Row, measure: str, words: str) -> Span:
        """Words that lead to the episodes of a row that show the measure; nowhere where none does."""
        if not row["events"]:
            return strong(words)
        return link(words, self.place.episodes(self.kept(row), outcome=sorted(MEASURES[measure])))

    def share(self, row: Row, measure: str) -> Inline:
        if not row["events"]:
            return bracketed(row)
        return self.shown(row, measure, bracketed(row))

    def whole(self, row: Row) -> Span:
        return link(f"{row['n']:,}", self.place.episodes(self.kept(row))) if row["n"] else Span("0")
