"""The section on what was spent: model calls, tokens and time by model, and faults by cause."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from analysis.blocks.document import Block, Cell, Column, Inline, Paragraph, Row, Span, Table
from analysis.blocks.notation import NOTHING, percent
from analysis.findings.parts.part import Part

__all__ = ["cost_blocks"]

FAULTS = {
    "truncated": "the prompt did not fit: the agent's episode is missing",
    "cut_off": "the answer was not over at its limit: the agent's episode is missing",
    "timeout": "the call took too long: the agent's episode is missing",
    "bad_response": "the server answered with an error: the agent's episode is missing",
    "unparseable": "no valid act even after a repair turn: behaviour, and counted",
}


def cost_blocks(part: Part) -> Iterator[Block]:
    """Model calls by model, and faults by cause."""
    agents = part.agents
    if agents.is_empty():
        yield Paragraph("Nothing was played.")
        return
    columns = [
        Column("model"),
        *(Column(name, "number") for name in ("agent-episodes", "calls", "prompt tokens", "from cache", "written")),
        *(Column(name, "number") for name in ("seconds a call", "faults", "speaks of a test")),
    ]
    groups = agents.group_by("model", maintain_order=True)
    yield Table(columns, [Row(_spent(key[0], group)) for key, group in groups], "Calls, tokens, time")
    if causes := _faults(agents):
        yield Table([Column("fault"), Column("times", "number"), Column("what it means")], causes, "Faults")
    else:
        yield Paragraph("No fault of a model or of its server was recorded.")


def _spent(model: Any, group: pl.DataFrame) -> list[Cell | Inline]:
    calls, prompt, cached = (int(group[name].sum() or 0) for name in ("calls", "prompt_tokens", "cached_tokens"))
    aware = group.filter(pl.col("flags").list.contains("evaluation_awareness")).height
    known = calls and not group["prompt_tokens"].is_null().all()
    return [
        Span(str(model), "code"),
        f"{group.height:,}",
        f"{calls:,}" if calls else "none",
        f"{prompt:,}" if known else NOTHING,
        f"{percent(cached / prompt)} %" if known and prompt and group["cached_tokens"].null_count() == 0 else NOTHING,
        f"{int(group['completion_tokens'].sum() or 0):,}" if known else NOTHING,
        f"{group['seconds'].sum() / calls:.2f}" if calls else NOTHING,
        f"{group['faults'].list.len().sum() or 0:,}",
        f"{aware:,}" if calls else NOTHING,
    ]


def _faults(agents: pl.DataFrame) -> list[Row]:
    counted = agents["faults"].explode().drop_nulls().value_counts(sort=True)
    return [Row([Span(cause, "code"), f"{count:,}", FAULTS.get(cause, "")]) for cause, count in counted.iter_rows()]
