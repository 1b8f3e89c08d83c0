"""Where the file of an episode lies."""

from pathlib import Path

from analysis.pages.session.place import Place
from arena.runs.folder import SUFFIX, Run

__all__ = ["episode_file"]


def episode_file(place: Place, run: str, trial: str) -> Path:
    """The file of an episode: where the plan says that it lies, which spares to list a folder of many; else where it
    is found. `UserError`: there is none."""
    names: dict[str, str] = place.cached(("names", run), lambda: _names(place.part.runs[run]))
    path = place.part.runs[run].folder / "episodes" / f"{names.get(trial, trial)}{SUFFIX}"
    return path if path.is_file() else place.loaded.tables.path(run, trial)


def _names(run: Run) -> dict[str, str]:
    return {trial.id: trial.name for trial in run.manifest.trials}
