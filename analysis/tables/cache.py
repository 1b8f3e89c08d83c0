"""Keeps the tables of a run as Parquet beside it: `<run>/tables/<key>/<part>/<table>.parquet`.

A part holds some of the episodes; an episode is read and judged once. The key is a digest of all that decides what the
rows say (the rules of verdicts, of the world, of the tables), so that no other version's rows are ever shown. Deleting
the folder loses nothing. Any number of processes may build at once: one does, the others wait and read.
"""

import fcntl
import hashlib
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import orjson
import polars as pl
from pydantic import BaseModel, ValidationError

from analysis.tables.build import BuiltPart, build, stamp, write_part
from analysis.tables.schemas import TABLES, TABLES_VERSION
from arena.errors import UserError
from arena.log.files import rewrite
from arena.plan.provenance import rules, this_build
from arena.runs.folder import Run
from arena.world.registry import find_world

__all__ = ["Progress", "cached", "key_of"]

FOLDER = "tables"
INDEX = "parts.json"
SMALL, MOST_SMALL = 1000, 16  # episodes of a part, and parts of fewer, before they are made into one
STALE = 3600.0  # seconds: what no index names any more, but another process may still be reading, is kept so long
Progress = Callable[[int, int], None]  # episodes read, of so many


class _Index(BaseModel):
    parts: list[BuiltPart] = []


def cached(run: Run, files: Mapping[str, Path], progress: Progress) -> tuple[list[Path], list[str], dict[str, str]]:
    """The folders of the parts that have all of these episodes, their factor columns, and what is wrong with files
    that could not be read (by name). Builds what is missing. `OSError`: the run's folder cannot be written to.
    """
    folder = run.folder / FOLDER / key_of(run)
    folder.mkdir(parents=True, exist_ok=True)
    with _held(run.folder / FOLDER / "lock"):
        stamps = {file.name: stamp(file) for file in files.values()}
        before = _read(folder / INDEX)
        parts = [part for part in before if part.holds(stamps) and part.is_whole(folder)]
        known = {name for part in parts for name in part.files}
        missing = [file for file in files.values() if file.name not in known]
        made, spoiled = build(missing, run.manifest.reference, folder, progress) if missing else ([], {})
        parts = _merged([*parts, *made], folder)
        if parts != before:
            rewrite(folder / INDEX, _Index(parts=parts).model_dump_json().encode())
            _sweep(run.folder / FOLDER, folder, {part.name for part in parts})
    return [folder / part.name for part in parts], _factors(parts), spoiled


def key_of(run: Run) -> str:
    """16 hex digits: equal keys, equal rows."""
    try:
        world = rules(find_world(run.manifest.reference or run.manifest.world))
    except UserError:
        world = {"world": "gone"}
    here = Path(__file__).parent
    sources = {path.name: path.read_text(encoding="utf-8") for path in sorted(here.glob("*.py"))}
    told = [TABLES_VERSION, this_build().source, world, sources, run.manifest.reference]
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Wait until no other process builds; the kernel lets go of a killed one's lock."""
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _read(index: Path) -> list[BuiltPart]:
    try:
        return _Index.model_validate_json(index.read_bytes()).parts
    except (FileNotFoundError, ValidationError):  # never built, or altered by hand: built anew
        return []


def _merged(parts: Sequence[BuiltPart], folder: Path) -> list[BuiltPart]:
    """A run that is looked at while it is played leaves many small parts: they become one."""
    small = [part for part in parts if len(part.files) < SMALL]
    if len(small) <= MOST_SMALL:
        return list(parts)
    factors = _factors(small)
    frames = {
        table: pl.concat((pl.read_parquet(part.table(folder, table), glob=False) for part in small), how="diagonal")
        for table in TABLES
    }
    files = {name: stamp for part in small for name, stamp in part.files.items()}
    return [*(part for part in parts if part not in small), write_part(folder, frames, files, factors)]


def _factors(parts: Sequence[BuiltPart]) -> list[str]:
    return list(dict.fromkeys(factor for part in parts for factor in part.factors))


def _sweep(tables: Path, folder: Path, kept: set[str]) -> None:
    """Remove parts, and tables of other versions, that nothing has touched for a while."""
    others = [path for path in tables.iterdir() if path.is_dir() and path != folder]
    gone = [path for path in folder.iterdir() if path.is_dir() and path.name not in kept]
    for path in (*others, *gone):
        if time.time() - path.stat().st_mtime > STALE:
            shutil.rmtree(path, ignore_errors=True)
