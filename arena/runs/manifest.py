"""The manifest of a run: what was planned and by which versions, and whether a later plan may continue it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from arena.errors import UserError
from arena.log.events import SCHEMA
from arena.log.files import rewrite
from arena.plan.experiment import Experiment
from arena.plan.provenance import packages, rules, this_build
from arena.plan.trial import IDENTITY_VERSION

__all__ = ["Manifest", "ModelFacts", "Planned", "Session"]

ANOTHER_NAME = "give the experiment another name to start a new run"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Planned(_Part):
    """A trial of the plan: its id and its readable name."""

    id: str
    name: str


class ModelFacts(_Part):
    """A served model: the digest of its weights (None: the server does not tell) and its server's version."""

    digest: str | None = None
    server: str = ""


class Session(_Part):
    """What played from some moment on. `at` is an ISO time in UTC."""

    at: str
    arena: str
    source: str
    design: str
    packages: dict[str, str]


class Manifest(_Part):
    """The content of `manifest.json`."""

    log_schema: int
    identity_version: int
    experiment: str
    world: str
    version: int
    reference: str = ""  # how the world was found: its name, or the path of its file
    texts: dict[str, str]
    rules: dict[str, str] = {}  # see `arena.plan.provenance.rules`
    design: str
    trials: list[Planned]
    models: dict[str, ModelFacts] = {}
    sessions: list[Session] = []

    @classmethod
    def planned(cls, experiment: Experiment) -> "Manifest":
        """The manifest of a run that starts now."""
        world = experiment.world_type
        names = {trial.id: trial.name for trial in experiment.trials()}  # two casts may be the same
        return cls(
            log_schema=SCHEMA,
            identity_version=IDENTITY_VERSION,
            experiment=experiment.name,
            world=world.name,
            version=world.version,
            reference=experiment.reference,
            texts=world.texts().hashes,
            rules=rules(world),
            design=experiment.digest(),
            trials=[Planned(id=id, name=name) for id, name in names.items()],
        )

    @classmethod
    def read(cls, path: Path) -> "Manifest":
        """`UserError` where there is none or it is not of this form."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise UserError(f"{path.parent} is not a run: it has no file {path.name}") from None
        except ValidationError as error:
            place = ".".join(map(str, error.errors()[0]["loc"]))
            raise UserError(f"{path} is not a manifest of this version: {place} {error.errors()[0]['msg']}") from None

    def write(self, path: Path) -> None:
        """Replace the file, whole."""
        rewrite(path, self.model_dump_json(indent=1).encode() + b"\n")

    def grown_to(self, plan: "Manifest", run: str, change: str) -> "Manifest":
        """The manifest of this run continued under `plan`. `UserError` unless the plan only adds trials.

        `run` names the run in the refusal; `change` says how the experiments differ, where that is known.
        """
        self._refuse_other(plan, run)
        if self.version != plan.version:
            change = f"the version of world {self.world} was {self.version}, is {plan.version}"
        ids = {trial.id for trial in plan.trials}
        if gone := [trial.name for trial in self.trials if trial.id not in ids]:
            raise UserError(
                f"{run} has begun and its experiment has changed{change and ': '}{change}; {len(gone)} of its "
                f"{len(self.trials)} trials are no longer planned (such as {gone[0]}); trials may only be added; "
                f"{ANOTHER_NAME}"
            )
        return plan.model_copy(update={"models": self.models, "sessions": self.sessions})

    def _refuse_other(self, plan: "Manifest", run: str) -> None:
        for what in ("log_schema", "identity_version", "world"):
            before, now = getattr(self, what), getattr(plan, what)
            if before != now:
                raise UserError(f"{run} was begun with {what} {before}, now {now}; {ANOTHER_NAME}")
        if self.version != plan.version:
            return
        if changed := _changed(self.texts, plan.texts):
            raise UserError(
                f"{run} has begun and the text {changed}.md of world {self.world} has changed; "
                f"restore it, or raise the world's version; {ANOTHER_NAME}"
            )
        if self.rules and (changed := _changed(self.rules, plan.rules)):
            raise UserError(
                f"{run} has begun and {changed}, by which world {self.world} is played, has changed; "
                f"restore it, or raise the world's version; {ANOTHER_NAME}"
            )

    def with_models(self, models: Mapping[str, ModelFacts]) -> "Manifest":
        """With what the servers say of their models. `UserError` where a model is not the one of before."""
        for reference, facts in models.items():
            before = self.models.get(reference)
            if before and before.digest and facts.digest and before.digest != facts.digest:
                raise UserError(
                    f"run {self.experiment} has begun and {reference} is another model now: digest "
                    f"{facts.digest[:12]}, was {before.digest[:12]}; {ANOTHER_NAME}"
                )
        return self.model_copy(update={"models": {**self.models, **models}})

    def with_session(self) -> "Manifest":
        """With a line on what plays from now on, where that differs from the last session."""
        build = this_build()
        facts: dict[str, Any] = {
            "arena": build.version,
            "source": build.source,
            "design": self.design,
            "packages": packages(),
        }
        if self.sessions and self.sessions[-1].model_dump(exclude={"at"}) == facts:
            return self
        now = Session(at=datetime.now(UTC).isoformat(timespec="seconds"), **facts)
        return self.model_copy(update={"sessions": [*self.sessions, now]})


def _changed(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """The first name whose digest is not the same in both; empty where there is none."""
    return min((name for name, _ in set(before.items()) ^ set(now.items())), default="")
