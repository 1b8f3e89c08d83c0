"""Finds the episode files that a person means."""

from pathlib import Path

from arena.errors import UserError

__all__ = ["find_episode", "find_episodes"]

SUFFIX = ".jsonl.gz"


def find_episodes(target: str) -> list[Path]:
    """The episodes of a run's folder, or the one that `find_episode` finds."""
    folder = Path(target)
    if folder.is_dir():
        found = sorted((folder / "episodes").glob(f"*{SUFFIX}"))
        if not found:
            raise UserError(f"{target} holds no finished episode{_runs_in(folder)}")
        return found
    return [find_episode(target)]


def find_episode(target: str) -> Path:
    """A file, or `RUN/ID` with the first digits of an episode's or a fork's id. `UserError` lists what is there."""
    path = Path(target)
    if path.is_file() and not path.name.endswith(SUFFIX):
        raise UserError(f"{target} is no episode: its name does not end in {SUFFIX}")
    if path.is_file():
        return path
    if path.is_dir():
        ids = ", ".join(_id(each) for each in sorted((path / "episodes").glob(f"*{SUFFIX}"))[:8])
        some = f"; some ids: {ids}" if ids else _runs_in(path)
        raise UserError(f"{target} is a folder: name one of its episodes, as in {path / 'ID'}{some}")
    folder, wanted = path.parent / "episodes", path.name
    if not folder.is_dir():
        raise UserError(f"no such run or episode: {target}; name a run's folder, a file, or RUN/ID")
    names = [*sorted(folder.glob(f"*{SUFFIX}")), *sorted((path.parent / "forks").glob(f"*{SUFFIX}"))]
    found = [p for p in names if _id(p).startswith(wanted) or p.name.removesuffix(SUFFIX) == wanted]
    if len(found) != 1:
        listed = ", ".join(_id(p) for p in (found or names)[:8])
        raise UserError(f"{len(found)} episodes of {path.parent} match {wanted!r}; some ids: {listed or 'none'}")
    return found[0]


def _id(path: Path) -> str:
    return path.name.removesuffix(SUFFIX).rsplit("-", 1)[-1]


def _runs_in(folder: Path) -> str:
    """The runs that lie in a study's folder, or in that of all runs, for a mistake's end."""
    runs = [path.parent.name for path in sorted(folder.glob("*/manifest.json"))]
    return f"; runs in it: {', '.join(runs)}" if runs else ""
