"""The run that was played last: what verbs mean where no run is named."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from arena.errors import UserError
from arena.runs.folder import Run

__all__ = ["RUNS", "last_run", "runs_in"]

RUNS = Path("runs")  # where run folders go, if nothing else is said


def runs_in(folder: Path) -> Iterator[Path]:
    """The runs in a folder, those of studies included, the one played last first."""
    found = [
        path.parent for pattern in ("*", "*/*") for path in folder.glob(f"{pattern}/manifest.json") if path.is_file()
    ]
    return iter(sorted(found, key=_touched, reverse=True))


def last_run(folder: Path = RUNS) -> Run:
    """The run in `folder` that was played last; what cannot be read is passed over. `UserError`: there is none."""
    if folder.is_file():
        raise UserError(f"{folder} is a file: runs go into a folder of that name; move it away, or name a run")
    for path in runs_in(folder):
        with suppress(UserError):
            return Run.load(path)
    raise UserError(f"no run in {folder} yet: play one, as in arena run demo")


def _touched(run: Path) -> float:
    """When something was last written: an episode, or the plan."""
    return max(path.stat().st_mtime for path in (run / "episodes", run / "manifest.json") if path.exists())
