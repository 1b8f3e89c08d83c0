"""Writes the tables of runs as Parquet, CSV or JSON lines: one file a table."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import polars as pl

from analysis.tables import Tables
from analysis.tables.schemas import TABLES
from arena.errors import unknown
from arena.log.files import replacing

__all__ = ["TABLE_FORMATS", "csv_safe", "write_tables"]

FORMULA = r"^[=+\-@\t\r]"
TABLE_FORMATS = ("parquet", "csv", "jsonl")


def write_tables(tables: Tables, folder: Path, form: str) -> Iterator[Path]:
    """Write every table in one of `TABLE_FORMATS` into a folder that exists; each file is whole once it is given back.

    Parquet and JSON lines keep lists as lists; CSV has them as JSON text, and a `'` before what a table program would
    take for a formula: the words are models'. The rows are never all in memory, but for
    those of the tables that stand in the order of the plan. `UserError`: no such format.
    """
    if form not in TABLE_FORMATS:
        raise unknown("table format", form, TABLE_FORMATS)
    for name in TABLES:
        frame: pl.LazyFrame = getattr(tables, name)
        path = folder / f"{name}.{form}"
        with replacing(path) as unfinished:
            if form == "parquet":
                frame.sink_parquet(unfinished, compression="zstd")
            elif form == "jsonl":
                frame.sink_ndjson(unfinished)
            else:
                csv_safe(frame).sink_csv(unfinished)
        yield path


def csv_safe(frame: pl.LazyFrame) -> pl.LazyFrame:
    """CSV knows no lists, and what reads it may run texts that begin as formulas do."""
    kinds = frame.collect_schema()
    nested = [name for name, kind in kinds.items() if kind.is_nested()]
    texts = pl.col([name for name, kind in kinds.items() if kind == pl.String()])
    return frame.with_columns(
        *(pl.col(name).map_elements(_json, return_dtype=pl.String()) for name in nested),
        pl.when(texts.str.contains(FORMULA)).then("'" + texts).otherwise(texts).name.keep(),
    )


def _json(value: pl.Series) -> str:
    return orjson.dumps(value.to_list()).decode()
