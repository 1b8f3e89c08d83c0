"""The run folder of imported episodes: like that of a played run, and beside it the authors' labels.

runs/imported-<world>/
  experiment.toml, manifest.json, episodes/, lock   as in every run; see `arena.runs.folder`
  imported.jsonl                                    one line a trial: source, task, labels, what became of the calls
"""

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from arena.errors import UserError
from arena.log.events import SCHEMA, digest_of
from arena.log.files import lock, read_lines, rewrite, sweep, sync, trim, write_once
from arena.plan.provenance import rules
from arena.plan.trial import IDENTITY_VERSION, Trial
from arena.runs.folder import SUFFIX, Run
from arena.runs.manifest import Manifest, Planned
from arena.world.registry import find_world

__all__ = ["NAME", "ImportedRun", "imported_rows"]

NAME = "imported-{world}"
KEPT = "imported.jsonl"
_HEADING = "# Imported, not played: a list of what is in it. It cannot be run.\n"


def imported_rows(run: Path) -> dict[str, dict[str, Any]]:
    """Trial id → its line of `imported.jsonl`. `UserError`: the run has none."""
    if not (run / KEPT).exists():
        raise UserError(f"{run} is no imported run: it has no file {KEPT}")
    return {row["trial"]: row for row in read_lines(run / KEPT)}


class ImportedRun:
    """One world's imported run, held by this process. Use it in a `with`."""

    def __init__(self, out: Path, world: str) -> None:
        """Open or make it. `UserError`: another process writes to it, it is a played run's, or of another version."""
        self.path, self.world = out / NAME.format(world=world), find_world(world)
        if (self.path / "manifest.json").exists() and not (self.path / KEPT).exists():
            raise UserError(f"{self.path} is a run that was not imported: move it away, or import to another --out")
        (self.path / "episodes").mkdir(parents=True, exist_ok=True)
        self._held = lock(self.path / "lock")
        self._levels: set[tuple[str, str]] = set()
        self._casts: dict[str, Mapping[str, str]] = {}
        self._seed = 0  # the lowest; 0: there is none yet
        try:
            self._open()
        except BaseException:
            self._held.close()
            raise

    def _open(self) -> None:
        sweep(self.path)
        sweep(self.path / "episodes")
        trim(self.path / KEPT)
        (self.path / KEPT).touch()
        self.manifest = self._manifest()
        self.done = set(Run(self.path, self.manifest).done())
        self._note(imported_rows(self.path).values())

    def __enter__(self) -> "ImportedRun":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if not self.done and not (self.path / "manifest.json").exists():  # all was refused: leave nothing behind
            shutil.rmtree(self.path)
        self._held.close()

    def add(self, played: Iterable[tuple[Trial, bytes, Mapping[str, Any]]]) -> None:
        """Keep episodes with their lines. The lines come first: without its line an episode is imported again."""
        batch = list(played)
        known = {planned.id for planned in self.manifest.trials}
        new = [Planned(id=trial.id, name=trial.name) for trial, _, _ in batch if trial.id not in known]
        trials = [*self.manifest.trials, *new]
        design = digest_of(sorted(planned.id for planned in trials))
        self.manifest = self.manifest.model_copy(update={"trials": trials, "design": design}).with_session()
        _append(self.path / KEPT, [row for _, _, row in batch])
        for trial, log, _ in batch:
            write_once(self.path / "episodes" / f"{trial.name}{SUFFIX}", log)
            self.done.add(trial.id)
        sync(self.path / "episodes")
        self._note(row for _, _, row in batch)
        rewrite(self.path / "experiment.toml", self._experiment().encode())
        self.manifest.write(self.path / "manifest.json")

    def _manifest(self) -> Manifest:
        """That of the folder, which only grows; or a new one. `UserError`: what plays has changed since."""
        path, world = self.path / "manifest.json", self.world
        plan = Manifest(
            log_schema=SCHEMA,
            identity_version=IDENTITY_VERSION,
            experiment=self.path.name,
            world=world.name,
            version=world.version,
            reference=world.name,
            texts=world.texts().hashes,
            rules=rules(world),
            design="",
            trials=[],
        )
        if not path.exists():
            return plan
        before = Manifest.read(path)
        return before.grown_to(plan.model_copy(update={"trials": before.trials}), str(self.path), "")

    def _note(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Remember which levels, models and seeds there are: to read all lines again with each batch would be slow."""
        for row in rows:
            self._levels |= set(row["cell"].items())
            self._casts.setdefault(json.dumps(row["cast"], sort_keys=True), row["cast"])
            self._seed = min(row["seed"], self._seed or row["seed"])

    def _experiment(self) -> str:
        """Levels and models that occur, as TOML: tables take from it which factors vary."""
        levels = {
            name: [level for level in choices if (name, level) in self._levels]
            for name, choices in self.world.factors.items()
        }
        lines = [_HEADING, f'name = "{self.path.name}"', f'world = "{self.world.name}"']
        lines += [f"seeds = [{self._seed}]", "", "[cell]"]
        lines += [f'{name} = "{some[0]}"' for name, some in levels.items() if len(some) == 1]
        lines += ["", "[factors]", *(f"{name} = {json.dumps(some)}" for name, some in levels.items() if len(some) > 1)]
        for cast in self._casts.values():
            lines += ["", "[[casts]]", *(f"{seat} = {json.dumps(model)}" for seat, model in cast.items())]
        return "\n".join(lines) + "\n"


def _append(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    with path.open("ab") as file:
        file.write(b"".join(json.dumps(row).encode() + b"\n" for row in rows))
        file.flush()
        os.fsync(file.fileno())
