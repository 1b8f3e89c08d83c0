"""Finds what `replay:<run>` seats say: the episode of a run that has the same world, cell and seed."""

import gzip
import zlib
from functools import lru_cache
from pathlib import Path

import orjson

from arena.agents.replay import ReplayMind, recorded
from arena.errors import LogError, UserError
from arena.log.events import Event, canonical, decode
from arena.plan.trial import Trial
from arena.runs.folder import Run

__all__ = ["recorded_mind", "recording"]


def recording(run: str) -> Path:
    """The folder of the run that a `replay:<run>` seat names: a path, or a name below `runs`. `UserError`: none."""
    folder = next((path for path in (Path(run), Path("runs") / run) if path.is_dir()), None)
    if folder is None:
        raise UserError(f"no such run: {run}")
    if not (folder / "manifest.json").is_file():
        raise UserError(f"{folder} is not a run: it has no file manifest.json")
    return folder


def recorded_mind(run: str, trial: Trial, role: str) -> ReplayMind:
    """The mind that answers as `role` did in the recorded episode with the trial's world, cell and seed.

    `run` is a run folder, or the name of one below `runs`. `UserError` where it has no such episode, or several
    (of different casts).
    """
    folder = recording(run)
    sought = canonical([trial.world, trial.version, dict(trial.cell), trial.seed])
    found = _index(folder.resolve(), (folder / "episodes").stat().st_mtime_ns).get(sought, [])
    if len(found) != 1:
        problem = f"{len(found)} episodes" if found else "no episode"
        raise UserError(f"run {run} has {problem} of world {trial.world} {trial.version} for {trial.name}")
    events = _events(found[0])
    head = events[0].body
    if role not in head["seats"]:
        raise UserError(f"{found[0].name} has no seat {role!r}")
    return recorded(events, role, head["names"])


@lru_cache(maxsize=8)
def _index(folder: Path, changed: int) -> dict[bytes, list[Path]]:
    """World, version, cell and seed → episodes. `changed` makes a run that has grown be read anew."""
    index: dict[bytes, list[Path]] = {}
    for path in Run.load(folder).episodes():
        try:
            with gzip.open(path) as file:
                head = orjson.loads(file.readline())["body"]
        except (OSError, EOFError, zlib.error, ValueError, KeyError) as error:
            raise LogError(f"{path.name}: torn file ({error})") from None
        key = canonical([head["world"], head["version"], head["cell"], head["seed"]])
        index.setdefault(key, []).append(path)
    return index


@lru_cache(maxsize=32)
def _events(path: Path) -> list[Event]:
    return decode(path.read_bytes(), path.name)
