"""What is missing and for which cause, what went wrong, how long models took: may these numbers be believed?"""

from collections.abc import Iterator

import polars as pl

from analysis.blocks.charts import MOST_ROWS, chart_figure
from analysis.blocks.document import Block, Column, Paragraph, Row, Span, Table, code, link
from analysis.figures.ledger_bars import ledger_bars
from analysis.findings.trust.latency import latency, latency_blocks
from analysis.findings.trust.missing import ledger_blocks
from analysis.measures.validity_ledger import ledger
from analysis.pages.kit.cells import cells_of
from analysis.pages.kit.show import Chapter, show_chapters
from analysis.pages.session.place import Place

__all__ = ["health"]

LISTED = 40  # faults told one by one
WORDS = 160  # characters of what was said of a fault


def health(place: Place) -> None:
    """The page."""
    chapters: list[Chapter] = [
        ("spoiled", "", lambda place: (Paragraph(line, "warning") for line in place.loaded.tables.spoiled)),
        ("ledger", "Validity ledger", _ledger),
        ("retries", "Attempts that were voided", _voided),
        ("faults", "Faults, one by one", _faults),
        ("latency", "How long a call took", lambda place: latency_blocks(_latency(place))),
    ]
    show_chapters(place, "health", chapters)
    place.downloads.table("ledger", ledger(place.part.under_order, place.part.by_role))
    place.downloads.table("faults", place.part.own_tables.faults)
    place.downloads.table("latency", _latency(place))


def _latency(place: Place) -> pl.DataFrame:
    return place.cached("latency", lambda: latency(place.part))


def _ledger(place: Place) -> Iterator[Block]:
    yield from _drawn(place)
    yield from ledger_blocks(place.part, cells_of(place))


def _drawn(place: Place) -> Iterator[Block]:
    by = place.part.by_role
    counts = ledger(place.part.under_order, by)
    if counts.height > MOST_ROWS or counts["planned"].sum() == counts["valid"].sum():
        by = ["cast"]
        counts = ledger(place.part.under_order, by)
    if 0 < counts.height <= MOST_ROWS:
        alt = "Bars: of the planned seats of each cell, those that are valid, and those missing by cause."
        yield chart_figure("ledger", ledger_bars(counts, by), alt)


def _voided(place: Place) -> Iterator[Block]:
    """Tries of whole episodes of which nothing was kept: the driver tries again, and says so."""
    counted = (
        place.part.own_tables.faults.filter(cause="voided")
        .group_by("detail")
        .agg(pl.len(), pl.col("trial").n_unique().alias("of"))
    ).collect()
    if counted.is_empty():
        yield Paragraph("None: every episode was played at the first try.")
        return
    rows = [Row([Span(str(why)), f"{n:,}", f"{of:,}"]) for why, n, of in counted.sort("len", descending=True).rows()]
    columns = [Column("cause"), Column("attempts", "number"), Column("trials", "number")]
    yield Table(
        columns, rows, "", "An attempt is void where a server or a host was lost; it is tried again, twice at most."
    )


def _faults(place: Place) -> Iterator[Block]:
    faults = place.part.own_tables.faults.filter(pl.col("cause") != "voided")
    some = faults.select("run", "trial", "seq", "round", "role", "model", "cause", "detail").head(LISTED).collect()
    if some.is_empty():
        yield Paragraph("No fault of a model or of its server was recorded.")
        return
    rows = []
    for row in some.iter_rows(named=True):
        to = place.episode(row["run"], row["trial"], sight=f"line-{row['seq']}", cite=[str(row["seq"])])
        told = Span(str(row["detail"] or "")[:WORDS], "quiet")
        rows.append(
            Row(
                [
                    link(f"{row['trial']} [{row['seq']}]", to),
                    str(row["round"]),
                    row["role"],
                    code(str(row["model"])),
                    row["cause"],
                    told,
                ]
            )
        )
    heads = [
        Column("line"),
        Column("round", "number"),
        *(Column(name) for name in ("role", "model", "cause", "what was said of it")),
    ]
    total = faults.select(pl.len()).collect().item()
    yield Table(
        heads, rows, "", f"The first {LISTED} of {total:,}; all are in the downloads." if total > LISTED else ""
    )
