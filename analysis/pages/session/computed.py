"""What several pages ask of a part, computed once."""

import polars as pl

from analysis.findings.effects.contrasts import Family, family_of
from analysis.findings.trust.competence import gate_of
from analysis.pages.session.place import Place

__all__ = ["family", "gate"]


def gate(place: Place) -> pl.DataFrame:
    """The competence gate of the part, by cast: see `analysis.measures.competence_gate`."""
    return place.cached("gate", lambda: gate_of(place.part))


def family(place: Place) -> Family:
    """The contrasts that the experiment declared (else all that its cells allow), in solidarity, by cast and role."""
    return place.cached("family", lambda: family_of(place.part))
