"""Which model protects which, whether it can do what it is asked to, and what it cost to ask it."""

from collections.abc import Iterator

import polars as pl

from analysis.blocks.charts import chart_figure
from analysis.blocks.document import Block, Column, Paragraph, Row, Table, code, link
from analysis.blocks.notation import fine_percent
from analysis.figures.matrix import matrix
from analysis.findings.conduct.indices import index_blocks
from analysis.findings.conduct.matrix import matrix_blocks
from analysis.findings.effects.probabilities import probability_blocks
from analysis.findings.trust.competence import gate_blocks
from analysis.findings.trust.cost import cost_blocks
from analysis.graphs.metrics.matrix import solidarity_matrix
from analysis.pages.kit.cells import cells_of
from analysis.pages.kit.show import Chapter, show_chapters
from analysis.pages.session.computed import family, gate
from analysis.pages.session.place import Place

__all__ = ["models"]

ALONE = (
    "One model sits in all seats, or each has one target of its own: who protects whom cannot be compared. Seat "
    "several models against one another (`[[casts]]` in the experiment) to see it."
)
LOST = ("truncated", "cut_off", "timeout", "bad_response")  # faults that cost the agent's episode


def models(place: Place) -> None:
    """The page."""
    chapters: list[Chapter] = [
        ("matrix", "Who protects whom", _matrix),
        ("gate", "Can they carry the order out, and can they resist it?", lambda place: gate_blocks(gate(place))),
        ("protocol", "Do they answer in a form that counts?", _answers),
        ("spent", "What they cost", lambda place: cost_blocks(place.part)),
        ("probability", "How probable was the ordered act to them?", _probable),
        ("indices", "The measures of the field", lambda place: index_blocks(place.part)),
    ]
    show_chapters(place, "models", chapters)
    place.downloads.table("solidarity_matrix", _protected(place))
    place.downloads.table("competence", gate(place))
    place.downloads.table("protocol", _protocol(place.part.agents))


def _protected(place: Place) -> pl.DataFrame:
    return place.cached("matrix", lambda: solidarity_matrix(place.part.agents, place.part.episodes))


def _matrix(place: Place) -> Iterator[Block]:
    blocks = list(matrix_blocks(place.part))
    if not blocks:
        yield Paragraph(ALONE, "note")
        return
    alt = "Heat map: how often agents of each model protected a target, by the model in the target's seat."
    yield Paragraph("Over all conditions together, control arms too: the rates of the overview leave them out.", "note")
    yield chart_figure("solidarity_matrix", matrix(_protected(place)), alt)
    yield from blocks


def _probable(place: Place) -> Iterator[Block]:
    yield from probability_blocks(place.part, cells_of(place), family(place).primary)


def _protocol(agents: pl.DataFrame) -> pl.DataFrame:
    """For each model: agent-episodes, those with an unreadable reply, and those lost to each fault of its server."""
    counts = [
        pl.col("faults").list.contains(cause).fill_null(value=False).sum().alias(cause)
        for cause in ("unparseable", *LOST)
    ]
    columns = [
        pl.len().alias("episodes"),
        pl.col("calls").sum(),
        (pl.col("outcome") == "incapacity").sum().alias("incapacity"),
    ]
    return agents.group_by("model", maintain_order=True).agg(*columns, *counts)


def _answers(place: Place) -> Iterator[Block]:
    """How often replies could not be read, and how often a fault took an episode away, model by model."""
    found = _protocol(place.part.agents)
    if found.is_empty():
        return
    causes = [cause for cause in ("unparseable", *LOST) if found[cause].sum()]
    heads = [Column("model"), Column("agent-episodes", "number"), Column("incapacity", "number")]
    heads += [Column(cause.replace("_", " "), "number") for cause in causes]
    rows = []
    for row in found.iter_rows(named=True):
        incapable = place.href("episodes", model=row["model"], outcome="incapacity", scope="all agents")
        told = [link(f"{row['incapacity']:,}", incapable) if row["incapacity"] else "0"]
        told += [f"{row[cause]:,} ({fine_percent(row[cause] / row['episodes'])} %)" for cause in causes]
        rows.append(Row([code(row["model"]), f"{row['episodes']:,}", *told]))
    note = "Agent-episodes in which it occurred at least once. " + (
        "Unparseable is the model's own doing and stays in; the others are its server's, and the episode is missing."
        if causes
        else "No reply was unreadable, and no fault of a server took an episode away."
    )
    yield Table(heads, rows, "", note)
