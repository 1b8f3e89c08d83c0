"""A part's cells in tables of the app: each number leads to the list of the episodes that it counts."""

from typing import Any

from analysis.competence import below
from analysis.pages.kit.place import Place
from analysis.report.cells import Cells, Row
from analysis.report.gate import gate_of

__all__ = ["LinkedCells", "cells_of", "gate"]


class LinkedCells(Cells):
    """Cells whose numbers lead to episodes."""

    def __init__(self, place: Place, doubted: set[tuple[Any, ...]]) -> None:
        super().__init__(place.part, doubted)
        self.place = place

    def anchor(self, row: Row, outcome: str) -> str:
        return self.place.episodes(row, outcome=outcome)


def gate(place: Place) -> Any:
    """The competence gate of the part, by cast: see `analysis.competence`."""
    return place.once("gate", lambda: gate_of(place.part))


def cells_of(place: Place) -> LinkedCells:
    """The cells of the part; casts below the competence gate are doubted."""
    return LinkedCells(place, below(gate(place)))
