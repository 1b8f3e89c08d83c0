"""Opens runs as tables."""

import errno
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from analysis.tables.batch import columns, tabulate
from analysis.tables.cache import cached
from analysis.tables.plan import FACTOR, crossed_factors, missing_seats
from analysis.tables.schemas import TABLES
from arena.errors import UserError
from arena.runs.folder import Run

__all__ = ["Tables", "load", "runs_in"]

Row = dict[str, Any]
UNWRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS)
ORDERED = ("episodes", "agents", "seats")  # tables whose rows stand in the order of the plan


def _silent(done: int, of: int) -> None:
    """Tells nobody."""


@dataclass(frozen=True)
class Tables:
    """The tables of some runs, each a lazy frame with the columns of `analysis.tables.schemas`.

    `episodes`, `agents` and `seats` stand in the order of the plan, runs in the order given; the rows of one episode in
    the others stand in the order of its log.
    """

    runs: tuple[Run, ...]
    episodes: pl.LazyFrame
    agents: pl.LazyFrame
    events: pl.LazyFrame
    messages: pl.LazyFrame
    acts: pl.LazyFrame
    verdicts: pl.LazyFrame
    edges: pl.LazyFrame
    faults: pl.LazyFrame
    seats: pl.LazyFrame
    names: tuple[str, ...]  # of the runs, as the column `run` has them
    spoiled: tuple[str, ...] = ()  # one line for each file that could not be read, with what to do

    @cached_property
    def factors(self) -> list[str]:
        """The columns of all factors."""
        return [column for column in self.seats.collect_schema() if column.startswith(FACTOR)]

    @cached_property
    def varied(self) -> list[str]:
        """The columns of the factors with more than one level in these runs, in the order of their experiments: what
        cells are named by."""
        counts = self.seats.select(pl.col(self.factors).drop_nulls().n_unique()).collect() if self.factors else None
        several = sorted(name for name in self.factors if counts is not None and counts[name].item() > 1)
        ranks = {
            f"{FACTOR}{name}": rank for rank, name in enumerate(n for run in self.runs for n in crossed_factors(run))
        }
        return sorted(several, key=lambda column: ranks.get(column, len(ranks)))

    @cached_property
    def planned(self) -> pl.LazyFrame:
        """Every planned seat with what is known of its agent: null in all columns of `agents` where none played."""
        known = set(self.seats.collect_schema())
        found = [column for column in self.agents.collect_schema() if column not in known]
        place = ["run", "trial", "role"]
        return self.seats.join(self.agents.select(*place, *found), on=place, how="left", maintain_order="left")

    def path(self, run: str, trial: str) -> Path:
        """The file of an episode. `UserError`: there is none."""
        for name, each in zip(self.names, self.runs, strict=True):
            if name == run and (file := each.done().get(trial)):
                return file
        raise UserError(f"no episode {run}/{trial} in {', '.join(self.names) or 'no run'}")


def load(*folders: str | Path, cache: bool = True, progress: Callable[[int, int], None] = _silent) -> Tables:
    """Read and judge every episode of these runs, or of a study's, which may be played meanwhile.
    An empty run gives empty tables.

    The first time takes a while, and `progress` is told (episodes read, of so many); then the tables lie beside the
    run. `cache=False`, or a folder that cannot be written to: they are made in memory. A file that is torn, altered or
    of another schema is left out and told in `spoiled`. `UserError`: no run, one twice, or a folder that is none.
    """
    runs = [Run.load(run) for folder in folders for run in runs_in(Path(folder))]
    names = _names(runs)
    opened = [_open(run, name, progress, cache=cache) for run, name in zip(runs, names, strict=True)]
    frames = {table: pl.concat((found[table] for found, _ in opened), how="diagonal") for table in TABLES}
    told = [(f"{name}/" if len(names) > 1 else "", lines) for name, (_, lines) in zip(names, opened, strict=True)]
    spoiled = tuple(f"{place}{line}" for place, lines in told for line in lines)
    return Tables(tuple(runs), names=tuple(names), spoiled=spoiled, **frames)


def runs_in(folder: Path) -> list[Path]:
    """The folder itself, where it is a run; the runs in it, where it is a study's."""
    inside = sorted(path.parent for path in folder.glob("*/manifest.json"))
    return [folder] if (folder / "manifest.json").exists() or not inside else inside


def _names(runs: Sequence[Run]) -> list[str]:
    """The names of the folders, with their parents' as far as it takes to tell them apart."""
    if not runs:
        raise UserError("no run is given: name the folder of one, such as runs/first_light")
    places = [run.folder.resolve().parts for run in runs]
    if len(set(places)) < len(places):
        twice = next(run.folder for run, place in zip(runs, places, strict=True) if places.count(place) > 1)
        raise UserError(f"{twice} is given twice")
    for depth in range(1, max(map(len, places)) + 1):
        names = ["/".join(place[-depth:]) for place in places]
        if len(set(names)) == len(names):
            break
    return names


def _open(
    run: Run, name: str, progress: Callable[[int, int], None], *, cache: bool
) -> tuple[dict[str, pl.LazyFrame], list[str]]:
    done = run.done()
    files = {trial.id: done[trial.id] for trial in run.manifest.trials if trial.id in done}
    frames, factors, spoiled = _kept(run, files, progress) if cache else _made(run, files, progress)
    unreadable = {id: spoiled[file.name] for id, file in files.items() if file.name in spoiled}
    missing = list(missing_seats(run, files.keys() - unreadable.keys(), unreadable))
    factors = list(dict.fromkeys([*factors, *(key for row in missing for key in row if key.startswith(FACTOR))]))
    frames["seats"] = _and(frames["seats"], missing, "seats", factors)
    frames["faults"] = _and(frames["faults"], _voided(run), "faults", factors)
    places = pl.LazyFrame({"trial": [trial.id for trial in run.manifest.trials]}).with_row_index("place")
    for table in TABLES:
        whole = _complete(frames[table], columns(factors, table)).select(pl.lit(name).alias("run"), pl.all())
        if table in ORDERED:
            whole = whole.join(places, on="trial", how="left", maintain_order="left").sort("place", maintain_order=True)
            whole = whole.drop("place")
        frames[table] = whole
    return frames, list(unreadable.values())


def _kept(
    run: Run, files: Mapping[str, Path], progress: Callable[[int, int], None]
) -> tuple[dict[str, pl.LazyFrame], list[str], Mapping[str, str]]:
    try:
        parts, factors, spoiled = cached(run, files, progress)
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        return _made(run, files, progress)
    if not parts:
        return _made(run, {}, progress)[0], factors, spoiled
    frames = {
        table: pl.scan_parquet(
            [part / f"{table}.parquet" for part in parts],
            schema=columns(factors, table),
            missing_columns="insert",
            glob=False,  # a folder's name may have brackets in it
            hive_partitioning=False,  # ... or be like factor=level
        )
        for table in TABLES
    }
    return frames, factors, spoiled


def _made(
    run: Run, files: Mapping[str, Path], progress: Callable[[int, int], None]
) -> tuple[dict[str, pl.LazyFrame], list[str], Mapping[str, str]]:
    part = tabulate(list(files.values()), run.manifest.reference, progress)
    factors = [column for column in part.frames["episodes"].columns if column.startswith(FACTOR)]
    return {table: frame.lazy() for table, frame in part.frames.items()}, factors, part.spoiled


def _and(frame: pl.LazyFrame, rows: Sequence[Row], table: str, factors: Sequence[str]) -> pl.LazyFrame:
    """With rows that come from the plan or the attempts, not from a log."""
    schema = columns(factors, table)
    return pl.concat([_complete(frame, schema), pl.LazyFrame(list(rows), schema)]) if rows else frame


def _complete(frame: pl.LazyFrame, schema: Mapping[str, pl.DataType]) -> pl.LazyFrame:
    """All columns of the schema, in its order; null in those that the frame lacks."""
    there = frame.collect_schema()
    absent = [pl.lit(None, kind).alias(name) for name, kind in schema.items() if name not in there]
    return frame.with_columns(absent).select(list(schema))


def _voided(run: Run) -> list[Row]:
    return [{"trial": attempt.trial, "cause": "voided", "detail": attempt.cause} for attempt in run.attempts()]
