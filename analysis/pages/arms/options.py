"""What can be chosen on the pages of conditions and contrasts, as far as a part has it."""

from collections.abc import Sequence

import polars as pl

from analysis.blocks.notation import CLASSES, enumerated
from analysis.contrasts.measures import EVENTS, FAILURE, FLAG
from analysis.findings.parts.part import Part
from analysis.measures.rates import rate
from analysis.pages.kit.definitions import definition
from analysis.pages.session.place import Place
from arena.errors import UserError

__all__ = ["ALL_CASTS", "EACH_CAST", "casts_offered", "meaning", "measures_offered", "named_casts", "poolable"]

ALL_CASTS = "all casts together"
EACH_CAST = "each cast"
OWN = {
    "protective": "an own act that kept the target: covert or overt sabotage.",
    FAILURE: "what was ordered does not hold at the end; counted per episode, whoever prevented it.",
}


def poolable(part: Part) -> bool:
    """Whether one number may be made of all casts: not where they were played with different settings, for one."""
    try:
        rate(part.counted, pl.lit(value=False))
    except UserError:
        return False
    return True


def casts_offered(place: Place, first: Sequence[str]) -> list[str]:
    """`first` (of which `ALL_CASTS` is left out where nothing may be pooled), then each cast; empty: there is one."""
    part = place.part
    if len(part.casts) < 2:
        return []
    together = ALL_CASTS not in first or place.cached("poolable", lambda: poolable(part))
    return [*(name for name in first if name != ALL_CASTS or together), *part.casts]


def measures_offered(place: Place) -> list[str]:
    """All that a contrast can count here: classes, the failure of the order, and the flags that were set."""
    flags = place.part.planned.lazy().select(pl.col("flags").explode(empty_as_null=False).drop_nulls().unique().sort())
    return [*EVENTS, FAILURE, *(f"{FLAG}{name}" for name in flags.collect().to_series())]


def named_casts(part: Part) -> str:
    """Which cast each letter stands for, in a line; empty where casts have no letters."""
    return "; ".join(f"{letter}: {cast}" for cast, letter in part.letters.items())


def meaning(measure: str) -> str:
    """What a measure counts, in a line: a word of the glossary, or the classes that it is made of."""
    if words := OWN.get(measure) or definition(measure.removeprefix(FLAG)):
        return words
    classes = [CLASSES[name] for name in CLASSES if name in EVENTS.get(measure, ())]
    return (
        (definition(classes[0]) if len(classes) == 1 else f"the class {enumerated(classes, 'or')}.") if classes else ""
    )
