"""Says once what several parts of a report would each say in the same words."""

from collections.abc import Sequence
from dataclasses import replace

from analysis.blocks.document import Block, Paragraph, Section, Table

__all__ = ["without_repeats"]

LEAST = 80  # characters: what is shorter is not worth a reader's search for where it was said


def without_repeats(blocks: Sequence[Block]) -> list[Block]:
    """The blocks without explanations that stood before, word for word: long paragraphs without links or look, and
    notes below tables."""
    return _once(blocks, set())


def _once(blocks: Sequence[Block], said: set[str]) -> list[Block]:
    kept: list[Block] = []
    for block in blocks:
        if isinstance(block, Section):
            kept.append(replace(block, blocks=_once(block.blocks, said)))
        elif isinstance(block, Paragraph) and block.tone in ("", "note") and _repeated(block.content, said):
            continue
        elif isinstance(block, Table) and _repeated(block.note, said):
            kept.append(replace(block, note=""))
        else:
            kept.append(block)
    return kept


def _repeated(words: object, said: set[str]) -> bool:
    if not isinstance(words, str) or len(words) < LEAST:
        return False
    before = words in said
    said.add(words)
    return before
