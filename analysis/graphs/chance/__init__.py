"""Whether a graph shows more than chance: permutations and what they leave of it."""

from analysis.graphs.chance.null_models import NULLS, STATISTICS, nulls
from analysis.graphs.chance.qap import qap_by

__all__ = ["NULLS", "STATISTICS", "nulls", "qap_by"]
