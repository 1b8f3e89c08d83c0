"""How long model calls took, model by model: the middle, the slow, the slowest."""

from collections.abc import Iterator

import polars as pl

from analysis.blocks.document import Block, Cell, Column, Paragraph, Row, Strip, Table, code
from analysis.blocks.notation import NOTHING
from analysis.findings.parts.part import Part

__all__ = ["latency", "latency_blocks"]

QUANTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}


def latency(part: Part) -> pl.DataFrame:
    """One row a model: `model`, `calls`, `repairs` (second calls, since the first could not be read), `retries` (of
    the client), seconds `p50`, `p90`, `p99`, `most`, and `tokens` written per second."""
    calls = part.own_tables.events.filter(pl.col("kind") == "call").select(
        "run",
        "trial",
        pl.col("actor").alias("role"),
        "took",
        pl.col("body").str.json_path_match("$.repair").eq("true").alias("repair"),
        pl.col("body").str.json_path_match("$.retries").cast(pl.Int64, strict=False).alias("retries"),
        pl.col("body").str.json_path_match("$.completion_tokens").cast(pl.Int64, strict=False).alias("written"),
    )
    seats = part.planned.lazy().select("run", "trial", "role", "model")
    took = pl.col("took")
    return (
        calls.join(seats, on=["run", "trial", "role"], how="left")
        .group_by("model")
        .agg(
            pl.len().alias("calls"),
            pl.col("repair").sum().alias("repairs"),
            pl.col("retries").sum(),
            *(took.quantile(at).alias(name) for name, at in QUANTILES.items()),
            took.max().alias("most"),
            pl.when(took.sum() > 0).then(pl.col("written").sum() / took.sum()).alias("tokens"),
        )
        .sort("model")
        .collect()
    )


def latency_blocks(found: pl.DataFrame) -> Iterator[Block]:
    """The frame of `latency` as a table; the strip goes from the middle call to the slowest hundredth."""
    if found.is_empty():
        yield Paragraph("No model was asked: scripted seats make no calls.")
        return
    end = float(found["most"].max() or 1.0) or 1.0  # type: ignore[arg-type]
    columns = [Column("model"), *(Column(name, "number") for name in ("calls", "repair calls", "retries"))]
    columns += [Column(name, "number") for name in ("median, s", "90 %, s", "99 %, s", "longest, s")]
    columns += [Column(f"0 to {end:.1f} s", "strip"), Column("tokens written per second", "number")]
    rows = []
    for row in found.iter_rows(named=True):
        drawn = Cell(strip=Strip(row["p90"], row["p50"], row["p99"], most=end, hue="plain"))
        seconds = [f"{row[name]:.2f}" for name in (*QUANTILES, "most")]
        counts = [f"{row[name] or 0:,}" for name in ("calls", "repairs", "retries")]
        rows.append(
            Row(
                [
                    code(str(row["model"])),
                    *counts,
                    *seconds,
                    drawn,
                    NOTHING if row["tokens"] is None else f"{row['tokens']:.1f}",
                ]
            )
        )
    yield Table(columns, rows, "", "The dot is the slow tenth; the line goes from the median to the slowest hundredth.")
