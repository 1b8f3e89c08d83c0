"""Leaves a column out of all tables, where it would say the same in every row of the report."""

from collections.abc import Sequence
from dataclasses import replace

from analysis.blocks.document import Block, Section, Table

__all__ = ["without_column"]


def without_column(blocks: Sequence[Block], title: str) -> list[Block]:
    """The blocks, their tables without the column of this title where they have others."""
    return [_block(block, title) for block in blocks]


def _block(block: Block, title: str) -> Block:
    if isinstance(block, Section):
        return replace(block, blocks=without_column(block.blocks, title))
    if not isinstance(block, Table):
        return block
    kept = [place for place, column in enumerate(block.columns) if column.title != title]
    if not kept or len(kept) == len(block.columns):
        return block
    columns = [block.columns[place] for place in kept]
    rows = [replace(row, cells=[row.cells[place] for place in kept]) for row in block.rows]
    return replace(block, columns=columns, rows=rows)
