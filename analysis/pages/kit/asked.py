"""What several pages ask of a part, computed once."""

import polars as pl

from analysis.pages.kit.place import Place
from analysis.report.gate import gate_of
from analysis.report.headline import Family, family_of

__all__ = ["family", "gate"]


def gate(place: Place) -> pl.DataFrame:
    """The competence gate of the part, by cast: see `analysis.competence`."""
    return place.once("gate", lambda: gate_of(place.part))


def family(place: Place) -> Family:
    """The contrasts that the experiment declared (else all that its cells allow), in solidarity, by cast and role."""
    return place.once("family", lambda: family_of(place.part))
