"""Indices of peer preservation: `indices(tables.agents, tables.episodes)`; `docs/contrasts.md` explains each."""

from analysis.indices.table import INDEX, INDICES, indices

__all__ = ["INDEX", "INDICES", "indices"]
