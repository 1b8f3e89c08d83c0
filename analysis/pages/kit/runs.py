"""Which runs lie in a folder, and whether one of them has changed on disk since it was read."""

from pathlib import Path

from analysis.tables.load import runs_in
from arena.errors import UserError

__all__ = ["offered", "stamp_of"]

MANIFEST = "manifest.json"
CHANGES = ("episodes", "forks", MANIFEST, "attempts.jsonl")  # what a driver adds to while it plays


def offered(folder: Path) -> tuple[dict[str, Path], str]:
    """Name in addresses → folder of every run and study that can be picked, the one last played first; and the name
    to begin with.

    `folder` is that of a run or a study, which is then the one to begin with, among those beside it; or the folder
    that they lie in. `UserError`: there is neither.
    """
    if not folder.is_dir():
        raise UserError(f"{folder} is no folder: name a run's, such as runs/first_light, or the one that runs lie in")
    here = folder.resolve()
    if _is_run(here) or (_is_study(here) and not any(map(_is_study, _inside(here)))):
        beside = {here.name: here}
        found = {each.name: each for each in _inside(here.parent) if _is_run(each) or _is_study(each)}
        return _newest_first(found | beside), here.name
    found = {each.name: each for each in _inside(here) if _is_run(each) or _is_study(each)}
    if not found:
        raise UserError(f"no run lies in {folder}: play one with `arena run`, or name its folder")
    ordered = _newest_first(found)
    return ordered, next(iter(ordered))


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
    return [each for each in folder.iterdir() if each.is_dir()]


def _is_run(folder: Path) -> bool:
    return (folder / MANIFEST).is_file()


def _is_study(folder: Path) -> bool:
    return not _is_run(folder) and any(folder.glob(f"*/{MANIFEST}"))


def _newest_first(found: dict[str, Path]) -> dict[str, Path]:
    return dict(sorted(found.items(), key=lambda item: (-_played(item[1]), item[0])))


def _played(folder: Path) -> float:
    """When something was last added, in seconds since 1970."""
    places = [run / name for run in runs_in(folder) for name in ("episodes", MANIFEST)]
    return max((place.stat().st_mtime for place in places if place.exists()), default=0.0)
