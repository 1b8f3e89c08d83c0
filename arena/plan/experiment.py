"""Experiments: read and check a TOML file, cross its factors into trials, freeze the design in a digest."""

import re
import tomllib
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from arena.agents.mixtures import weights
from arena.errors import UserError, unknown
from arena.log.events import digest_of
from arena.log.plainly import first_mistake
from arena.models.reference import ModelRef, parse
from arena.plan.provenance import rules
from arena.plan.published import refuse_mixed
from arena.plan.trial import Trial
from arena.world.base import World
from arena.world.registry import find_world, located

__all__ = ["Experiment", "Limits", "ModelSettings", "contrast_arms", "read_experiment"]

ARMS = re.compile(r"([^\s=/]+)=([^\s=/]+)/([^\s=/]+)")
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
DEFAULT_SEAT = "agents"  # the key of `cast` that fills every seat not named
Positive = Annotated[int, Field(gt=0)]
Count = Annotated[int, Field(gt=0, le=1_000_000)]
Seconds = Annotated[float, Field(gt=0)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ModelSettings(_Strict):
    """How models are sampled; part of a trial's identity."""

    protocol: Literal["json", "tools"] = "json"
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.8
    context: Positive = 4096
    max_tokens: Positive = 160
    think: bool = False
    probabilities: bool = True


class Limits(_Strict):
    """Seconds. They end what hangs and change nothing that is said: not part of the identity."""

    load: Seconds = 300
    call: Seconds = 120
    episode: Seconds = 1800


class Experiment(_Strict):
    """The plan, as written in the TOML file."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
    world: str
    seeds: Count | Annotated[list[Positive], Field(min_length=1)]
    cell: dict[str, str] = {}
    factors: dict[str, list[str]] = {}
    cast: dict[str, str] = {}
    casts: list[dict[str, str]] = []
    contrasts: list[str] = []  # the declared family, the primary one first; no part of the design's digest
    model: ModelSettings = ModelSettings()
    limits: Limits = Limits()

    @model_validator(mode="after")
    def _whole(self) -> "Experiment":
        if bool(self.cast) == bool(self.casts):
            raise ValueError("write either one [cast] or several [[casts]]")
        if both := set(self.cell) & set(self.factors):
            raise ValueError(f"{', '.join(sorted(both))} stands in both [cell] and [factors]")
        for factor, levels in self.factors.items():
            if not levels or len(set(levels)) < len(levels):
                raise ValueError(f"factor {factor} needs levels, each once")
        for contrast in self.contrasts:
            if self.contrasts.count(contrast) > 1:
                raise ValueError(f"contrasts: {contrast!r} stands there twice")
        return self

    @property
    def reference(self) -> str:
        """How `find_world` gets the world from any directory: its name, or the whole path of its file or folder."""
        return located(self.world, Path())

    @property
    def world_type(self) -> type[World]:
        """The class of the world. `UserError` where there is none of that name."""
        return find_world(self.world)

    @property
    def seed_list(self) -> list[int]:
        """The seeds, shared by all cells."""
        return list(range(1, self.seeds + 1)) if isinstance(self.seeds, int) else sorted(set(self.seeds))

    def cells(self) -> list[dict[str, str]]:
        """All combinations of the crossed levels, defaults filled in."""
        world = self.world_type
        crossed = [dict(zip(self.factors, levels, strict=True)) for levels in product(*self.factors.values())]
        return [world.full_cell({**self.cell, **levels}) for levels in crossed]

    def trials(self) -> list[Trial]:
        """Every trial once: by cast, so that a model stays resident; then by seed, so that a part of a run is
        balanced over cells. A trial's cast has the seats of its cell."""
        world, cells = self.world_type, self.cells()
        seats = [world(cell).seats for cell in cells]
        return [
            Trial(
                world=world.name,
                version=world.version,
                cell=cell,
                cast={seat: cast[seat] for seat in here},
                seed=seed,
                settings=self.model.model_dump(),
                reference=self.reference,
                varied=tuple(self.factors),
            )
            for cast in self._full_casts(list(dict.fromkeys(seat for here in seats for seat in here)))
            for seed in self.seed_list
            for cell, here in zip(cells, seats, strict=True)
        ]

    def _full_casts(self, seats: list[str]) -> list[dict[str, str]]:
        """Each cast with a model for every seat that some cell of the experiment has."""
        full: list[dict[str, str]] = []
        for cast in self.casts or [self.cast]:
            for seat in cast:
                if seat != DEFAULT_SEAT and seat not in seats:
                    raise self._no_seat(seat, seats)
            if missing := [seat for seat in seats if seat not in cast and DEFAULT_SEAT not in cast]:
                raise UserError(f"cast has no model for {', '.join(missing)}; name it, or write {DEFAULT_SEAT} = ...")
            refs = {key: self._policy(key, text) for key, text in cast.items()}
            full.append({seat: str(refs[seat if seat in refs else DEFAULT_SEAT]) for seat in seats})
            if full[-1] in full[:-1]:
                raise UserError(f"casts: {full.index(full[-1]) + 1} and {len(full)} are the same")
        refuse_mixed(full)
        return full

    def _no_seat(self, seat: str, seats: list[str]) -> UserError:
        if self.world_type().parts.get(seat) == "agent":
            valid = ", ".join([*seats, DEFAULT_SEAT])
            return UserError(f"cast: {seat!r} has no mind in any cell of the experiment; valid: {valid}")
        return unknown("seat", seat, [*seats, DEFAULT_SEAT])

    def _policy(self, key: str, text: str) -> ModelRef:
        try:
            ref = parse(text)
            if ref.backend == "scripted":
                for cell in self.cells() if "/" in ref.name else [{}]:  # only a named mix can differ between cells
                    weights(ref, self.world_type(cell))
        except UserError as error:
            raise UserError(f"cast: {key}: {error}") from None
        return ref

    def check_contrasts(self) -> None:
        """`UserError` where a declared contrast has neither form, or names a factor or level that the world lacks.

        What a contrast that is given by a name compares, only the analysis knows.
        """
        factors = self.world_type.factors
        for contrast in self.contrasts:
            if (arms := contrast_arms(contrast)) is None:
                continue
            factor, *levels = arms
            if factor not in factors:
                raise unknown(f"factor in contrast {contrast!r}", factor, factors)
            for level in levels:
                if level not in factors[factor]:
                    raise unknown(f"level of {factor} in contrast {contrast!r}", level, factors[factor])

    def digest(self) -> str:
        """Digest of the design: every trial's identity, the texts and the rules. Frozen when a run starts."""
        trials = [trial.identity for trial in self.trials()]
        return digest_of({"trials": trials, "texts": self.world_type.texts().hashes, "rules": rules(self.world_type)})


def contrast_arms(text: str) -> tuple[str, str, str] | None:
    """The factor and the two levels of a contrast written as `factor=a/b`; None for the name of a contrast, which is
    of lower-case words with hyphens. `UserError`: neither."""
    if found := ARMS.fullmatch(text):
        factor, one, other = found.groups()
        if one == other:
            raise UserError(f"contrast {text!r} compares {one} with itself")
        return factor, one, other
    if not NAME.fullmatch(text):
        raise UserError(f"contrast {text!r} must be a name such as 'peer-object', or 'factor=level/level'")
    return None


def read_experiment(path: Path, world: str = "") -> Experiment:
    """Read an experiment's TOML. `UserError` with one line that names the place and the mistake.

    The path of a world is meant from the folder of the TOML; `world` stands in for what the TOML names.
    """
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path} is not TOML: {error}") from None
    named = world or raw.get("world")
    if isinstance(named, str):
        raw["world"] = located(named, path.parent)
    try:
        experiment = Experiment.model_validate(raw)
    except ValidationError as error:
        raise UserError(f"{path}: {first_mistake(error, Experiment)}") from None
    try:  # unknown names and texts that cannot be read are told here, with their file
        experiment.trials()
        experiment.world_type.texts()
        experiment.check_contrasts()
    except UserError as error:
        raise type(error)(f"{path}: {error}") from None
    return experiment
