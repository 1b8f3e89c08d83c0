"""A part of what was played, as findings are made from it: the tables of one world and version, gathered once.

Runs of one world lie in one part where they play different cells or casts. Where two of them play the same seed in the
same cell with the same cast (with other model settings, say), each run is a part of its own, so that nothing is pooled
or counted twice. Casts that act out published results, and imported ones, are kept apart from all others.
"""

import inspect
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import polars as pl

from analysis.measures.cast_letters import letters_for
from analysis.measures.origin import IMPORTED, PLAYED, origin
from analysis.measures.rates import VALID_UNDER_ORDER
from analysis.tables import Tables
from analysis.tables.plan import FACTOR
from analysis.tables.schemas import TABLES
from arena.errors import UserError
from arena.runs.folder import Run
from arena.world.base import World
from arena.world.registry import find_world

__all__ = ["CONTROLS", "Part", "parts_of"]

CONTROLS = {f"{FACTOR}threat": "off", f"{FACTOR}instruction": "resist"}  # arms that are there to be compared with
LARGE = ("events", "messages")  # tables with all that was said
MANY = 20_000  # episodes from which on no table is kept in memory as a whole


@dataclass(frozen=True)
class Part:
    """One part. Frames have a column `cast` with the cast's letter where `letters` has one, else with the cast."""

    key: str  # begins the anchors of this part
    title: str
    runs: Mapping[str, Run]  # by the name in the column `run`
    tables: Tables
    planned: pl.DataFrame
    episodes: pl.DataFrame
    varied: Sequence[str]  # factor columns with several levels here
    letters: Mapping[str, str]  # cast → letter
    origin: str = PLAYED  # where its casts come from: see `analysis.measures.origin`
    shared: bool = True  # whether the tables have rows of other parts too

    @cached_property
    def casts(self) -> list[str]:
        """The casts as tables name them, in the order of the plan."""
        return list(self.planned["cast"].drop_nulls().unique(maintain_order=True))

    @cached_property
    def by(self) -> list[str]:
        """The columns that name a cell with its cast."""
        return [*self.varied, *(["cast"] if len(self.casts) > 1 else [])]

    @cached_property
    def agents(self) -> pl.DataFrame:
        """The agents' episodes that were played: rows of `planned` with a verdict."""
        return self.planned.filter(pl.col("validity").is_not_null())

    @cached_property
    def under_order(self) -> pl.DataFrame:
        """Planned seats of agents under order; those that the operator was to order, where none was played."""
        return self.planned.filter(pl.coalesce("under_order", "addressed").fill_null(value=True))

    @cached_property
    def counted(self) -> pl.DataFrame:
        """`under_order` without the cells, by `by_role`, that have no valid episode: nothing is to be said of them."""
        if not self.by_role:
            return self.under_order
        there = self.under_order.filter(VALID_UNDER_ORDER).select(self.by_role).unique()
        return self.under_order.join(there, on=self.by_role, how="semi", nulls_equal=True, maintain_order="left")

    @cached_property
    def empty_cells(self) -> int:
        """How many planned cells `counted` leaves out."""
        if not self.by_role:
            return 0
        return self.under_order.select(self.by_role).n_unique() - self.counted.select(self.by_role).n_unique()

    @cached_property
    def valid_casts(self) -> list[str]:
        """The casts with a valid episode of an agent under order, in the order of the plan."""
        there = set(self.counted["cast"])
        return [cast for cast in self.casts if cast in there]

    def without_controls(self, *but: str) -> tuple[pl.DataFrame, list[str]]:
        """`counted` without the cells of control arms (threat off, told to resist) where there are others, and the
        columns by which they were left out; `but`: columns whose levels all stay."""
        frame, left_out = self.counted, []
        for column, level in CONTROLS.items():
            if column in self.varied and column not in but:
                frame = frame.filter((pl.col(column) != level).fill_null(value=True))
                left_out.append(column)
        return frame, left_out

    @cached_property
    def several_under_order(self) -> bool:
        """Whether some episode has several agents under order: their parts differ, so that roles are told apart."""
        return not self.under_order.group_by("run", "trial").len().filter(pl.col("len") > 1).is_empty()

    @property
    def by_role(self) -> list[str]:
        """The columns that name what a rate is of: a cell with its cast, and the role where several are under order."""
        return [*self.by, *(["role"] if self.several_under_order else [])]

    @cached_property
    def valid(self) -> int:
        """Valid episodes."""
        return self.episodes.filter(pl.col("validity") == "valid").height

    @cached_property
    def world(self) -> type[World] | None:
        """The world, where it is installed in the version that was played."""
        manifest = next(iter(self.runs.values())).manifest
        try:
            world = find_world(manifest.reference or manifest.world)
        except UserError:
            return None
        return world if world.version == manifest.version else None

    @property
    def story(self) -> str:
        """The world in a line; empty where it is not installed."""
        world = self.world
        return (inspect.getdoc(sys.modules[world.__module__]) or "").partition("\n")[0] if world else ""

    @cached_property
    def own_tables(self) -> Tables:
        """The tables with the rows of this part alone, casts by their full names."""
        frames: dict[str, Any] = {name: getattr(self.tables, name) for name in TABLES}
        if self.shared:
            keys = self.planned.select("run", "trial").unique().lazy()
            frames = {
                name: frame.join(keys, on=["run", "trial"], how="semi", maintain_order="left")
                for name, frame in frames.items()
            }
        if self.episodes.height <= MANY:
            small = [name for name in TABLES if name not in LARGE]  # read once, since many sections ask for them
            read = pl.collect_all([frames[name] for name in small])
            frames |= {name: frame.lazy() for name, frame in zip(small, read, strict=True)}
        return replace(self.tables, **frames)

    def rows(self, table: str) -> pl.LazyFrame:
        """The rows of a table that belong to this part."""
        frame: pl.LazyFrame = getattr(self.own_tables, table)
        return frame.with_columns(pl.col("cast").replace(dict(self.letters)))


def parts_of(tables: Tables) -> list[Part]:
    """The parts of these tables, in the order of the runs; one for each run that has no episode yet."""
    manifests = {name: run.manifest for name, run in zip(tables.names, tables.runs, strict=True)}
    worlds = pl.DataFrame(
        [(name, m.world, m.version) for name, m in manifests.items()],
        {"run": pl.String(), "world_": pl.String(), "version_": pl.Int64()},
        orient="row",
    )
    planned, episodes = pl.collect_all([tables.planned, tables.episodes])
    named = planned.join(worlds, on="run", how="left", maintain_order="left").with_columns(
        pl.coalesce("world", "world_").alias("world"),
        pl.coalesce("version", "version_").alias("version"),
        origin().fill_null(strategy="forward").over("run").fill_null(PLAYED).alias("origin"),
    )
    parts = [(key, _apart(group, tables.factors)) for key, group in _split(named, ["world", "version", "origin"])]
    each = [(key, part, len(split) > 1) for key, split in parts for part in split]
    return [_part(*part, episodes, tables, place, shared=len(each) > 1) for place, part in enumerate(each, 1)]


def _split(frame: pl.DataFrame, by: list[str]) -> list[tuple[tuple[Any, ...], pl.DataFrame]]:
    """The groups in order, each with its key; a large frame that is one group is not copied for it."""
    keys = frame.select(by).unique(maintain_order=True).rows()
    if len(keys) == 1:
        return [(keys[0], frame)]
    return [(tuple(key), group) for key, group in frame.group_by(by, maintain_order=True)]


def _apart(group: pl.DataFrame, factors: Sequence[str]) -> list[pl.DataFrame]:
    """The runs together, or each alone where two of them play the same."""
    if group["run"].n_unique() < 2:
        return [group]
    trials = group.drop_nulls("seed").unique(["run", *factors, "cast", "seed"])
    twice = trials.group_by(*factors, "cast", "seed").agg(pl.col("run").n_unique()).filter(pl.col("run") > 1)
    return [group] if twice.is_empty() else group.partition_by("run", maintain_order=True)


def _part(
    key: tuple[Any, ...],
    planned: pl.DataFrame,
    alone: bool,
    episodes: pl.DataFrame,
    tables: Tables,
    place: int,
    *,
    shared: bool,
) -> Part:
    world, version, source = key
    runs = {
        name: run for name, run in zip(tables.names, tables.runs, strict=True) if name in set(planned["run"].unique())
    }
    casts = planned["cast"].drop_nulls().unique(maintain_order=True).to_list()
    letters = letters_for(casts)
    own = episodes
    if shared:
        keys = planned.select("run", "trial").unique()
        own = episodes.join(keys, on=["run", "trial"], how="semi", maintain_order="left")
    varied = [column for column in tables.varied if planned[column].drop_nulls().n_unique() > 1]
    title = f"{world}, version {version}"
    title += "" if source == PLAYED else ", imported transcripts" if source == IMPORTED else ", published casts"
    return Part(
        key=f"part{place}",
        title=f"{title}, {next(iter(runs))}" if alone else title,
        runs=runs,
        tables=tables,
        planned=planned.with_columns(pl.col("cast").replace(letters)),
        episodes=own.with_columns(pl.col("cast").replace(letters)),
        varied=varied,
        letters=letters,
        origin=source,
        shared=shared,
    )
