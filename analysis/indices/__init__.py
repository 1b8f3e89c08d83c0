"""Indices of peer preservation: `indices(tables.agents, tables.episodes)`; `docs/contrasts.md` explains each."""

from analysis.indices.table import ACROSS, INDEX, INDICES, indices

__all__ = ["ACROSS", "INDEX", "INDICES", "indices"]
