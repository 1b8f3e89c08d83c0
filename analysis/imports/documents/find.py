"""Finds transcripts in files and folders: `.json` (also gzipped), `.jsonl`, and dataset rows in `.parquet`."""

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arena.errors import UserError

__all__ = ["ENDINGS", "Document", "documents", "refuse_missing"]

ENDINGS = (".json", ".jsonl", ".ndjson", ".parquet", ".json.gz", ".jsonl.gz")
LINES = (".jsonl", ".ndjson")
ROWS_AT_ONCE = 500  # of a Parquet file: a row can hold a megabyte


@dataclass(frozen=True)
class Document:
    """One JSON value and where it was found; `problem` says why there is none."""

    source: str  # path; for rows, and where JSON is torn, the number of the row or line, from 1
    data: Any = None
    problem: str = ""


def refuse_missing(paths: Iterable[Path]) -> None:
    """`UserError` for a path that is not there or whose ending is none of `ENDINGS`."""
    for path in paths:
        if not path.exists():
            raise UserError(f"no such file or folder: {path}")
        if path.is_file() and not path.name.endswith(ENDINGS):
            raise UserError(f"{path} is no file of transcripts; their names end in {', '.join(ENDINGS)}")


def documents(paths: Iterable[Path]) -> Iterator[Document]:
    """Every document below the paths, in the order of the paths and of names. Each file is read once."""
    seen: set[Path] = set()
    for path in paths:
        for file in _files(path):
            if (whole := file.resolve()) not in seen:
                seen.add(whole)
                yield from _in_file(file)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(file for file in path.rglob("*") if file.name.endswith(ENDINGS) and file.is_file())


def _in_file(file: Path) -> Iterator[Document]:
    try:
        if file.suffix == ".parquet":
            yield from _rows(file)
        elif file.name.removesuffix(".gz").endswith(LINES):
            yield from _lines(file)
        else:
            yield from _values(str(file), _bytes(file))
    except gzip.BadGzipFile:
        yield Document(str(file), problem="no gzip file, as its name says")
    except OSError as error:
        yield Document(str(file), problem=f"cannot be read ({error.strerror or error})")
    except (EOFError, zlib.error) as error:
        yield Document(str(file), problem=f"torn gzip ({error})")


def _bytes(file: Path) -> bytes:
    data = file.read_bytes()
    return gzip.decompress(data) if file.name.endswith(".gz") else data


def _lines(file: Path) -> Iterator[Document]:
    for number, line in enumerate(_bytes(file).split(b"\n"), 1):
        if line.strip():
            yield from _values(f"{file}, row {number}", line)


def _values(source: str, data: bytes) -> Iterator[Document]:
    try:
        value = json.loads(data)
    except UnicodeDecodeError as error:
        yield Document(source, problem=f"no Unicode at byte {error.start}")
    except json.JSONDecodeError as error:
        yield Document(f"{source}, line {error.lineno}", problem="no whole JSON")
    except RecursionError:
        yield Document(source, problem="JSON that is nested too deeply")
    except ValueError as error:
        yield Document(source, problem=f"no whole JSON ({str(error)[:60]})")
    else:
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            yield from (Document(f"{source}, row {number}", item) for number, item in enumerate(value, 1))
        else:
            yield Document(source, value)


def _rows(file: Path) -> Iterator[Document]:
    import polars as pl

    try:
        total = pl.scan_parquet(file, glob=False).select(pl.len()).collect().item()
        for start in range(0, total, ROWS_AT_ONCE):
            part = pl.scan_parquet(file, glob=False).slice(start, ROWS_AT_ONCE).collect()
            for number, row in enumerate(part.iter_rows(named=True), start + 1):
                yield Document(f"{file}, row {number}", row)
    except pl.exceptions.PolarsError as error:
        yield Document(str(file), problem=f"no whole Parquet file ({type(error).__name__})")
