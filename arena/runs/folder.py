"""The run folder: names, write-once episodes, attempts, what is left to do.

runs/<experiment>/
  experiment.toml                 the plan, as given
  manifest.json                   see `arena.runs.manifest`
  episodes/<trial name>.jsonl.gz  write-once; the name ends with the trial's id; a file that is there is played
  attempts.jsonl                  one line for each attempt that was voided
  lock                            held by the process that plays
"""

import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from arena.errors import UserError
from arena.log.files import append_line, lock, read_lines, rewrite, sweep, sync, trim, write_once
from arena.plan.experiment import Experiment, read_experiment
from arena.plan.trial import Trial
from arena.runs.jobs import Played
from arena.runs.manifest import Manifest, ModelFacts
from arena.world.state import diff

__all__ = ["SUFFIX", "Attempt", "Ledger", "OpenRun", "Run"]

SUFFIX = ".jsonl.gz"
ID_DIGITS = 12


@dataclass(frozen=True)
class Attempt:
    """A try at a trial that was voided. `number` counts from 1; `at` is seconds since the epoch."""

    trial: str
    number: int
    cause: str
    at: float


@dataclass(frozen=True)
class Ledger:
    """Where a run stands. `missing` has, for trials with attempts and no episode, the last cause → trials."""

    planned: int
    finished: int
    missing: Mapping[str, int]
    attempts: int  # voided ones, of all trials

    @property
    def remaining(self) -> int:
        """Trials without an episode."""
        return self.planned - self.finished


@dataclass
class Run:
    """A run as it lies on disk, for reading. It may be played by another process meanwhile."""

    folder: Path
    manifest: Manifest

    @classmethod
    def load(cls, folder: Path) -> "Run":
        """Open for reading. `UserError` where the folder is not a run."""
        return Run(folder, Manifest.read(folder / "manifest.json"))

    def plan(self) -> Experiment:
        """The experiment of the run, its world found where it was when the run was played."""
        return read_experiment(self.folder / "experiment.toml", self.manifest.reference)

    def done(self) -> dict[str, Path]:
        """Trial id → file of every episode in the folder."""
        return {path.name.removesuffix(SUFFIX)[-ID_DIGITS:]: path for path in self._folder.glob(f"[!.]*{SUFFIX}")}

    def episodes(self) -> Iterator[Path]:
        """The files of the finished episodes, in the order of the plan."""
        done = self.done()
        return (done[trial.id] for trial in self.manifest.trials if trial.id in done)

    def attempts(self, trial: str | None = None) -> list[Attempt]:
        """The voided attempts of all trials, or of the one with this id."""
        try:
            found = [Attempt(**line) for line in read_lines(self._attempts)]
        except TypeError:
            raise UserError(f"{self._attempts}: holds a line that is no attempt of this version") from None
        return [attempt for attempt in found if trial in (None, attempt.trial)]

    def ledger(self) -> Ledger:
        """Planned, finished, missing by cause."""
        done = self.done()
        planned = {trial.id for trial in self.manifest.trials}
        attempts = self.attempts()
        last = {attempt.trial: attempt.cause for attempt in attempts}
        missing = Counter(cause for trial, cause in last.items() if trial in planned and trial not in done)
        return Ledger(len(planned), len(planned & set(done)), dict(missing.most_common()), len(attempts))

    @property
    def _folder(self) -> Path:
        return self.folder / "episodes"

    @property
    def _attempts(self) -> Path:
        return self.folder / "attempts.jsonl"


class OpenRun(Run):
    """A run held by this process, which alone may write to it. Close it, or use it in a `with`."""

    def __init__(self, folder: Path, manifest: Manifest, experiment: Experiment, held: IO[bytes]) -> None:
        super().__init__(folder, manifest)
        self.experiment = experiment
        self._held = held
        self._done = set(self.done())
        self._tries = Counter(attempt.trial for attempt in self.attempts())

    @classmethod
    def open_or_create(cls, folder: Path, experiment: Experiment, source_text: str) -> "OpenRun":
        """Start a run, or continue it. `source_text` is the experiment's TOML, kept as given.

        Raises `UserError`: another process plays it, or the experiment changed otherwise than by added trials.
        """
        (folder / "episodes").mkdir(parents=True, exist_ok=True)
        held = lock(folder / "lock")
        try:
            manifest = _settle(folder, experiment, source_text)
            return cls(folder, manifest, experiment, held)
        except BaseException:
            held.close()
            raise

    def close(self) -> None:
        """Let go of the folder."""
        self._held.close()

    def __enter__(self) -> "OpenRun":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def todo(self) -> list[Trial]:
        """The trials without an episode, in the order of the plan."""
        planned = {trial.id: trial for trial in self.experiment.trials()}  # two casts may be the same
        return [trial for trial in planned.values() if trial.id not in self._done]

    def finish(self, played: Iterable[Played]) -> None:
        """Keep the logs of whole episodes. When this returns they survive a power failure."""
        for episode in played:
            if episode.trial.id in self._done:
                raise UserError(f"trial {episode.trial.name} is played already")
            write_once(self._folder / f"{episode.trial.name}{SUFFIX}", episode.log)
            self._done.add(episode.trial.id)
        sync(self._folder)

    def void(self, trial: Trial, cause: str) -> None:
        """Record an attempt of which nothing is kept."""
        self._tries[trial.id] += 1
        number = self._tries[trial.id]
        append_line(self._attempts, {"trial": trial.id, "number": number, "cause": cause, "at": time.time()})

    def record_models(self, models: Mapping[str, ModelFacts]) -> None:
        """Put what the servers say of their models into the manifest, and what plays. `UserError`: another model."""
        manifest = self.manifest.with_models(models).with_session()
        if manifest != self.manifest:
            manifest.write(self.folder / "manifest.json")
        self.manifest = manifest


def _settle(folder: Path, experiment: Experiment, source_text: str) -> Manifest:
    """Clear away a killed driver's leavings, and write the plan where it is new or has grown."""
    sweep(folder)
    sweep(folder / "episodes")
    trim(folder / "attempts.jsonl")
    path = folder / "manifest.json"
    plan = Manifest.planned(experiment)
    played = any((folder / "episodes").iterdir())
    if path.exists() and played:
        before = Manifest.read(path)
        plan = before.grown_to(plan, str(folder), _change(folder / "experiment.toml", source_text))
        if plan == before:
            return plan
    elif played:
        raise UserError(f"{folder} has episodes and no manifest.json: move them away, or restore it")
    rewrite(folder / "experiment.toml", source_text.encode())  # nothing was played: any plan is as good
    plan.write(path)
    return plan


def _change(before: Path, source_text: str) -> str:
    """The first key by which an experiment differs from the one that the run has, seeds last; empty: none is seen."""
    try:
        effects = diff(tomllib.loads(before.read_text(encoding="utf-8")), tomllib.loads(source_text))
    except (OSError, ValueError):
        return ""
    told = [effect for effect in effects if not effect[0].startswith(("/name", "/limits", "/contrasts"))]
    if not told:
        return ""
    path, was, now = min(told, key=lambda effect: (effect[0].startswith("/seeds"), effect[0]))
    return f"{path[1:].replace('/', '.')} was {_value(was)}, is {_value(now)}"


def _value(value: Any) -> str:
    return "not given" if value is None else ascii(value)
