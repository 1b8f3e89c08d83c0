"""Matched contrasts: the same order on the same seeds, one thing different.

`contrasts(load("runs/first_light").agents)` is the whole table; `docs/contrasts.md` explains every column.
"""

from analysis.contrasts.family import FAMILY, Contrast, declared, resolve
from analysis.contrasts.gradients import GRADIENT, gradient
from analysis.contrasts.interactions import INTERACTION, interaction
from analysis.contrasts.models import model_by_condition
from analysis.contrasts.table import CONTRASTS, contrasts, pairs

__all__ = [
    "CONTRASTS",
    "FAMILY",
    "GRADIENT",
    "INTERACTION",
    "Contrast",
    "contrasts",
    "declared",
    "gradient",
    "interaction",
    "model_by_condition",
    "pairs",
    "resolve",
]
