"""Which runs lie in a folder, and whether one of them has changed on disk since it was read."""

from collections.abc import Iterable
from pathlib import Path

from analysis.tables.load import runs_in
from arena.errors import UserError
from arena.plan.study import KEPT

__all__ = ["runs_to_choose", "stamp_of"]

MANIFEST = "manifest.json"
CHANGES = ("episodes", "forks", MANIFEST, "attempts.jsonl")  # what a driver adds to while it plays


def runs_to_choose(folder: Path) -> tuple[dict[str, Path], str]:
    """Name in addresses → folder of every run and study that can be picked, the one last played first; and the name
    to begin with.

    `folder` is that of a run or a study, which is then the one to begin with, among those beside it; or the folder
    that they lie in. `UserError`: there is neither.
    """
    if not folder.is_dir():
        raise UserError(f"{folder} is no folder: name a run's, such as runs/first_light, or the one that runs lie in")
    here = folder.resolve()
    if _can_be_opened(here):
        return _newest_first([here, *_inside(here.parent)]), here.name
    found = _newest_first(_inside(here))
    if not found:
        raise UserError(f"no run lies in {folder}: play one with `arena run`, or name its folder")
    return found, next(iter(found))


def stamp_of(folder: Path) -> str:
    """A text that is another one once anything was added to the run, or to a run of the study."""
    told = []
    for run in runs_in(folder):
        for name in CHANGES:
            try:
                told.append(f"{run.name}/{name}:{(run / name).stat().st_mtime_ns}")
            except FileNotFoundError:
                continue
    return " ".join(told)


def _inside(folder: Path) -> list[Path]:
    return [each for each in folder.iterdir() if _can_be_opened(each)]


def _can_be_opened(folder: Path) -> bool:
    """Whether it is a run's folder, or that of a study which has begun to be played."""
    return (folder / MANIFEST).is_file() or ((folder / KEPT).is_file() and any(folder.glob(f"*/{MANIFEST}")))


def _newest_first(folders: Iterable[Path]) -> dict[str, Path]:
    return {folder.name: folder for folder in sorted(set(folders), key=lambda each: (-_played(each), each.name))}


def _played(folder: Path) -> float:
    """When something was last added, in seconds since 1970."""
    places = [run / name for run in runs_in(folder) for name in ("episodes", MANIFEST)]
    return max((place.stat().st_mtime for place in places if place.exists()), default=0.0)
