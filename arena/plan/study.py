"""Studies: a TOML file that names experiments which are planned, played and summed up together.

runs/<study>/
  study.toml         the study, as given
  <experiment>/      the run of each experiment; see `arena.runs.folder`
"""

import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from arena.errors import UserError
from arena.log.files import rewrite
from arena.log.plainly import first_mistake
from arena.plan.experiment import Experiment, read_experiment

__all__ = ["KEPT", "Study", "is_study", "read_study"]

KEPT = "study.toml"  # in the folder of a study that was played


class _Plan(BaseModel):
    """The keys of a study's file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
    experiments: list[str]
    label: str = ""

    @field_validator("experiments")
    @classmethod
    def _some(cls, files: list[str]) -> list[str]:
        if not files:
            raise ValueError("must name at least one experiment's file")
        return files


@dataclass(frozen=True)
class Study:
    """A study whose experiments were all read. `label` stands over everything that is printed of it."""

    name: str
    label: str
    source: str
    parts: tuple[tuple[Path, Experiment], ...]  # in the order in which they are played

    def open(self, folder: Path) -> None:
        """Make the folder of the study's runs, or go on in it. `UserError`: it is a run's."""
        if (folder / "manifest.json").exists():
            raise UserError(f"{folder} is a run: give the study another name, or move the run away")
        folder.mkdir(parents=True, exist_ok=True)
        rewrite(folder / KEPT, self.source.encode())


def is_study(path: Path) -> bool:
    """Whether a file says that it is a study. What is wrong with a file, its reader tells."""
    try:
        return "experiments" in tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False


def read_study(path: Path) -> Study:
    """Read a study and all its experiments; their paths are meant from its folder.

    `UserError`, one line: a key or value that is not valid, an experiment that cannot be read, two of one name.
    """
    source = path.read_text(encoding="utf-8")
    try:
        plan = _Plan.model_validate(tomllib.loads(source))
    except ValidationError as error:
        raise UserError(f"{path}: {first_mistake(error, _Plan)}") from None
    files = [path.parent / name for name in plan.experiments]
    if nested := [file for file in files if is_study(file)]:
        raise UserError(f"{path}: experiments: {nested[0]} is a study, not an experiment")
    parts = tuple((file, read_experiment(file)) for file in files)
    counts = Counter(experiment.name for _, experiment in parts)
    if twice := [name for name, count in counts.items() if count > 1]:
        raise UserError(f"{path}: experiments: two are named {twice[0]!r}; each has a folder of its own name")
    return Study(plan.name, plan.label, source, parts)
