"""Counts of what agents did together, each a way to the episodes that it counts."""

from collections.abc import Mapping
from typing import Any

from analysis.pages.kit.cells import LinkedCells

__all__ = ["GroupCells"]


class GroupCells(LinkedCells):
    """Cells whose findings and steps of severity lead to episodes."""

    leads = "its episodes"

    def group(self, row: Mapping[str, Any], kind: str) -> str:
        return self.place.episodes(row, group=kind)

    def step(self, row: Mapping[str, Any], step: int) -> str:
        return self.place.episodes(row, severity=step)
