"""The contrast that a reader chose: its rows, whether the experiment declared it, and the pairs behind it."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from analysis.contrasts import FAMILY, Contrast, contrasts, pairs, resolve
from analysis.contrasts.measures import FAILURE
from analysis.findings.effects.contrasts import on_instruction, uninstructed
from analysis.findings.parts.part import Part
from analysis.pages.arms.options import ALL_CASTS, EACH_CAST
from analysis.pages.session.computed import family
from analysis.pages.session.place import Place, Value
from analysis.tables.plan import FACTOR

__all__ = ["ContrastChoice", "offered_contrasts", "pairs_of", "rows_of"]

OUTCOMES = ("seed", "trial_a", "trial_b", "run_a", "run_b", "outcome_a", "outcome_b", "kind")


@dataclass(frozen=True)
class ContrastChoice:
    """A contrast (a name of `FAMILY` or `factor=a/b`), what it counts, and of which casts."""

    contrast: str
    measure: str = "solidarity"
    cast: str = EACH_CAST  # or `ALL_CASTS`, or one cast

    @property
    def by(self) -> tuple[str, ...]:
        """The columns that name a row."""
        return ("role",) if self.cast == ALL_CASTS else ("cast", "role")

    @property
    def state(self) -> dict[str, Value]:
        """What addresses need to choose the same again."""
        named = {"contrast": self.contrast}
        if self.contrast not in FAMILY:
            chosen = resolve(self.contrast)
            named = {"contrast": "other", "factor": chosen.factor, "a": chosen.a, "b": chosen.b}
        return {**named, "measure": self.measure, "cast": self.cast}


def offered_contrasts(part: Part, table: pl.DataFrame | None) -> list[str]:
    """The family first, then all others of `FAMILY` whose arms were played."""
    names = [] if table is None else table["contrast"].unique(maintain_order=True).to_list()
    known = {_arms(resolve(name)) for name in names}
    for each in FAMILY.values():
        if _arms(each) in known:  # declared by its levels, or named there already
            continue
        wanted = [(each.factor, each.a), (each.factor, each.b)]
        wanted += [(each.within[0], level) for level in each.within[1:]] if each.within else []
        if all(_has(part, factor, level) for factor, level in wanted):
            names.append(each.name)
    return names


def _arms(contrast: Contrast) -> tuple[object, ...]:
    return contrast.factor, contrast.a, contrast.b, contrast.within


def _has(part: Part, factor: str, level: str) -> bool:
    column = f"{FACTOR}{factor}"
    return column in part.varied and level in part.planned[column]


def rows_of(place: Place, chosen: ContrastChoice) -> tuple[pl.DataFrame, bool]:
    """The rows of the chosen contrast, and whether they are rows of the family, corrected together with it."""
    if chosen.measure == "solidarity" and chosen.cast != ALL_CASTS:
        table = family(place).table
        if table is not None and (table["contrast"] == chosen.contrast).any():
            rows = table.filter(pl.col("contrast") == chosen.contrast)
            return (rows if chosen.cast == EACH_CAST else rows.filter(pl.col("cast") == chosen.cast)), True
    found = contrasts(_frame(place.part, chosen), [chosen.contrast], chosen.measure, by=chosen.by)
    return found, False


def pairs_of(place: Place, chosen: ContrastChoice) -> pl.DataFrame:
    """The pairs behind these rows: what differs between them, both trials, both outcomes, and `kind`."""
    found = pairs(_frame(place.part, chosen), chosen.contrast, chosen.measure, by=chosen.by)
    kept = [
        name
        for name in _strata(place.part)
        if name in found.columns and name != FACTOR + resolve(chosen.contrast).factor
    ]
    few = [pl.col(*kept, "run_a", "run_b", "outcome_a", "outcome_b", "kind").cast(pl.Categorical)]  # kept in memory
    return found.select(*kept, *OUTCOMES).with_columns(few)


def _strata(part: Part) -> Sequence[str]:
    return ["cast", "role", *part.varied]


def _frame(part: Part, chosen: ContrastChoice) -> pl.DataFrame:
    frame = part.episodes if chosen.measure == FAILURE else part.agents
    if chosen.cast not in (EACH_CAST, ALL_CASTS):
        frame = frame.filter(pl.col("cast") == chosen.cast)
    return frame if on_instruction(chosen.contrast) else uninstructed(frame)
