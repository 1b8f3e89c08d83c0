"""Which episode an address means, where its file lies, and what stands before and after it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from analysis.graphs.select import LISTED
from analysis.pages.reading.record import Reading, RecentlyRead, read_file
from analysis.pages.session.episode_files import episode_file
from analysis.pages.session.place import Place
from arena.errors import UserError
from arena.log.printable import one_line
from arena.runs.folder import SUFFIX
from arena.verdicts.classes import PROTECTIVE

__all__ = ["EpisodeFile", "episode_to_begin_with", "find", "forks_of", "neighbours", "read_and_judge"]

FORKS = "forks"
KEY = ("run", "trial")


@dataclass(frozen=True)
class EpisodeFile:
    """An episode's file. `place` is in the part that it belongs to; `planned`: it is no fork."""

    place: Place
    run: str
    id: str
    path: Path
    planned: bool = True


def find(place: Place, wanted: str) -> EpisodeFile:
    """The episode or fork `RUN/ID`, or of the first digits of an id. `UserError` lists some that are there."""
    run, _, id = wanted.strip("/").rpartition("/")
    for part in (place.part, *(other for other in place.loaded.parts if other is not place.part)):
        there = part.episodes.filter(pl.col("trial").str.starts_with(id)) if id else part.episodes.clear()
        keys = there.filter(pl.col("run") == run) if run else there
        if keys.height == 1:
            name, trial = keys.select(KEY).row(0)
            own = place if part is place.part else replace(place, part=part)
            return EpisodeFile(own, name, trial, episode_file(own, name, trial))
    forks = [fork for fork in _forks(place) if fork.id.startswith(id) and run in ("", fork.run)]
    if len(forks) == 1 and id:
        return forks[0]
    raise _unknown(place, run, id, wanted)


def _unknown(place: Place, run: str, id: str, wanted: str) -> UserError:
    planned = place.part.planned
    if not planned.filter((pl.col("run") == run) & (pl.col("trial") == id)).is_empty():
        return UserError(f"episode {run}/{id} was planned and is not played, or its file cannot be read (see Health)")
    some = place.part.episodes.select(pl.format("{}/{}", *KEY)).to_series()[:LISTED].to_list()
    told = one_line(wanted, 80) or "without a name"
    return UserError(f"there is no one episode {told}; some that there are: {', '.join(some) or 'none'}")


def episode_to_begin_with(place: Place) -> EpisodeFile | None:
    """The first episode of the part in which an agent under order protected the target, else the first of all."""
    agents = place.part.under_order.filter(
        pl.col("outcome").is_in(sorted(PROTECTIVE)) & (pl.col("validity") == "valid")
    )
    several = agents if not agents.is_empty() else place.part.episodes
    if several.is_empty():
        return None
    run, trial = several.select(KEY).row(0)
    return EpisodeFile(place, run, trial, episode_file(place, run, trial))


def neighbours(found: EpisodeFile, view: str) -> tuple[str, str]:
    """The addresses of the same view of the episodes before and after one, as planned; empty where there is none."""
    if not found.planned:
        return "", ""
    frame = found.place.part.episodes.select(KEY)
    at = frame.select(((pl.col("run") == found.run) & (pl.col("trial") == found.id)).arg_max()).item()
    keys = [frame.row(number) if 0 <= number < frame.height else None for number in (at - 1, at + 1)]
    before, after = (found.place.episode(*key, view=view) if key else "" for key in keys)
    return before, after


def read_and_judge(found: EpisodeFile) -> Reading:
    """The episode, read and judged; the last ones are remembered. `LogError`: its file cannot be trusted."""
    kept: RecentlyRead[Reading] = found.place.cached("readings", RecentlyRead)
    reference = found.place.part.runs[found.run].manifest.reference
    key = (found.run, found.id)
    return kept.get(key, lambda: read_file(found.run, found.id, found.path, reference))


def forks_of(found: EpisodeFile) -> list[EpisodeFile]:
    """The forks of an episode that lie in its run."""
    return [fork for fork in _forks(found.place) if fork.run == found.run and fork.path.name.startswith(found.id)]


def _forks(place: Place) -> Iterator[EpisodeFile]:
    for name, run in place.part.runs.items():
        for path in sorted((run.folder / FORKS).glob(f"[!.]*{SUFFIX}")):
            id = path.name.removesuffix(SUFFIX).rpartition("-")[2]
            yield EpisodeFile(place, name, id, path, planned=False)
