"""A part's cells in tables of the app: each number leads to the list of the episodes that it counts."""

from typing import Any

from analysis.findings.parts.cells import Cells, Row
from analysis.findings.parts.part import CONTROLS, Part
from analysis.measures.competence_gate import below_threshold
from analysis.pages.session.computed import gate
from analysis.pages.session.place import Place

__all__ = ["LinkedCells", "cells_of", "levels_without_control"]


class LinkedCells(Cells):
    """Cells whose numbers lead to episodes."""

    def __init__(self, place: Place, doubted: set[tuple[Any, ...]]) -> None:
        super().__init__(place.part, doubted)
        self.place = place

    def anchor(self, row: Row, outcome: str) -> str:
        return self.place.episodes(row, outcome=outcome)


def cells_of(place: Place) -> LinkedCells:
    """The cells of the part; casts below the competence gate are doubted."""
    return LinkedCells(place, below_threshold(gate(place)))


def levels_without_control(part: Part) -> dict[str, str]:
    """Column → level of the factors of which one level is left without their control arm: what an address needs to
    say of numbers that `Part.without_controls` gave. Where several are left, it names none, and the list of
    episodes has those of the control arm too."""
    found = {}
    for column in (name for name in CONTROLS if name in part.varied):
        left = [level for level in part.planned[column].drop_nulls().unique() if level != CONTROLS[column]]
        if len(left) == 1:
            found[column] = left[0]
    return found
